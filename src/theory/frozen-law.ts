import { commonRateModel, MANY_SERVERS, OTHER_WORK, queuesNegligible } from './common-rate.js';
import { expectedIdleSignal } from './idle-signal.js';
import { longestIdleSignal } from './longest-idle.js';
import type { ServerLaw } from './server-law.js';
import { stationaryLaw } from './stationary-law.js';
import { type System, serversAreIndependent } from './system.js';

/** What is seen in the long run of servers whose rates stand still. */
export interface FrozenLaw {
  busyProbability: number[];
  /** means over servers */
  busyFraction: number;
  /** tasks at a server, the one in service included */
  meanTasks: number;
  /** fraction of the tasks that are dropped */
  blockingProbability: number;
  /** tasks completed per unit of time and per server */
  throughput: number;
  /** of accepted tasks */
  meanSojournTime: number;
  /** what it is if it is not exact */
  approximation: string | null;
  idleSignal: { values: number[]; approximation: string | null } | { reason: string };
}

/**
 * The stationary law at frozen rates of any system: of independent servers (random dispatch, round-robin), of busy sets with unit
 * buffers, which does not depend on the law of work, and of many equal servers under Join-Shortest-Queue of d.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @throws {Error} where it is not known, with the reason
 */
export function frozenLaw(system: System, rates: readonly number[]): FrozenLaw {
  const { room, dispatch, choices } = system;
  if (serversAreIndependent(system)) return ofIndependent(system, rates);
  if (room === 1) return ofBusySets(system, rates);
  const equal = rates.every((rate) => rate === rates[0]);
  if (choices !== null || equal) {
    const unit = ofBusySets(system, rates);
    const slowest = Math.min(...rates);
    const load = equal ? (system.arrivalRate * system.work.mean) / slowest : unit.busyFraction;
    if (queuesNegligible(system, load, unit.blockingProbability)) return unit;
  }
  if (!equal) {
    throw new Error(`queues of servers with different rates under ${dispatch} are not known`);
  }
  return ofIndependent(system, rates);
}

/** Servers each of which sees nothing of the others but their common law. */
function ofIndependent(system: System, rates: readonly number[]): FrozenLaw {
  const { law, approximation } = commonRateModel(system);
  const perRate = new Map([...new Set(rates)].map((rate) => [rate, law(rate)]));
  for (const [rate, { meanTasks }] of perRate) {
    if (meanTasks < Number.POSITIVE_INFINITY) continue;
    throw new Error(
      `a server of rate ${rate} cannot keep up with the ${system.arrivalRate} tasks per unit of time that it gets`,
    );
  }
  return averaged(
    system,
    rates.map((rate) => perRate.get(rate) as ServerLaw),
    approximation,
  );
}

/** Means over servers that all get as many tasks. */
function averaged(
  { arrivalRate }: System,
  laws: readonly ServerLaw[],
  approximation: string | null,
): FrozenLaw {
  const mean = (of: (law: ServerLaw) => number) =>
    laws.reduce((sum, law) => sum + of(law), 0) / laws.length;
  const meanTasks = mean((law) => law.meanTasks);
  const throughput = arrivalRate * mean((law) => 1 - law.blockingProbability);
  return {
    busyProbability: laws.map((law) => 1 - law.idleProbability),
    busyFraction: mean((law) => 1 - law.idleProbability),
    meanTasks,
    blockingProbability: mean((law) => law.blockingProbability),
    throughput,
    meanSojournTime: meanTasks / throughput,
    approximation,
    idleSignal: { values: laws.map((law) => law.idleSignal), approximation },
  };
}

/** Servers with unit buffers, of which one that is idle takes a task if the task sees one. */
function ofBusySets(system: System, rates: readonly number[]): FrozenLaw {
  const { servers, arrivalRate, dispatch, choices, work } = system;
  if (choices === null && !rates.every((rate) => rate === rates[0])) {
    throw new Error(`servers with different rates under ${dispatch} are not known`);
  }
  const speeds = rates.map((rate) => rate / work.mean);
  const law = stationaryLaw(speeds, arrivalRate, choices ?? servers);
  return {
    busyProbability: law.busyProbability,
    busyFraction: law.busyFraction,
    meanTasks: law.busyFraction,
    blockingProbability: law.blockingProbability,
    throughput: law.throughput,
    meanSojournTime: law.meanSojournTime,
    approximation: null,
    idleSignal: idleSignalOf(system, speeds),
  };
}

function idleSignalOf(system: System, speeds: readonly number[]): FrozenLaw['idleSignal'] {
  const { arrivalRate, dispatch, choices, work } = system;
  if (dispatch === 'shortest-idle') {
    return { reason: 'idle times under shortest-idle are not known' };
  }
  if (choices === null) {
    const value = longestIdleSignal(speeds.length, speeds[0] as number, arrivalRate);
    return { values: speeds.map(() => value), approximation: null };
  }
  const { values, exact } = expectedIdleSignal(speeds, arrivalRate, choices);
  const other = work.exponential ? null : OTHER_WORK;
  return { values, approximation: exact ? other : MANY_SERVERS };
}
