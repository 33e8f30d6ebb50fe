/**
 * The engine and the event list, which share nothing, run from the same start many times; what they reach is
 * compared in distribution.
 */
import { expect } from 'vitest';
import {
  type PowerCost,
  Simulation,
  type SimulationConfig,
  type SlownessCost,
} from '../../src/index.js';
import { type EventListOptions, simulateEventList } from '../reference/event-list.js';
import { chiSquarePValue, kolmogorovSmirnovTest } from '../reference/statistics.js';

/** What is compared: integers by chi-square, others by Kolmogorov–Smirnov. */
const INTEGERS = ['tasks', 'queue', 'departures', 'dropped'] as const;
const REALS = ['rate', 'fastRate', 'meanRate', 'idleSignal'] as const;
type Reached = Record<(typeof INTEGERS)[number] | (typeof REALS)[number], number>;

const TIMES = [2, 20];

/** What the systems below have in common. */
const initialRates = [0, 0.4, 1.1, 2.4];
const base: SimulationConfig = {
  servers: initialRates.length,
  arrivalRate: 0.8,
  inverseStepSize: 60,
  initialRates,
  horizon: 20,
};

/**
 * Expects that four servers, of rates 0, 0.4, 1.1 and 2.4 at the start, reach the same law by times 2 and 20:
 * 16 comparisons, each with the given false-alarm probability.
 *
 * @param changed what is not as in the common system
 * @param reference the same for the event list, of fields that are spelt differently there
 */
export async function expectAgreement(
  changed: Partial<SimulationConfig>,
  reference: Partial<EventListOptions>,
  { runs, falseAlarm }: { runs: number; falseAlarm: number },
): Promise<void> {
  const config = { ...base, ...changed };
  const engine: Reached[][] = [];
  const eventList: Reached[][] = [];
  for (let run = 0; run < runs; run++) {
    engine.push(await byEngine({ ...config, seed: `agreement ${run}` }));
    eventList.push(byEventList(config, { seed: run + 1, ...reference }));
  }
  TIMES.forEach((time, i) => {
    const of = (key: keyof Reached) =>
      [engine, eventList].map((side) => side.map((run) => run[i][key])) as [number[], number[]];
    for (const key of REALS) {
      // laws with atoms (a server busy all the time): what agrees to 9 digits must compare equal
      const [a, b] = of(key).map((samples) => samples.map((x) => Number(x.toPrecision(9))));
      const { pValue } = kolmogorovSmirnovTest(a, b);
      expect(pValue, `${key} at t = ${time}`).toBeGreaterThan(falseAlarm);
    }
    for (const key of INTEGERS) {
      expect(sameCounts(...of(key)), `${key} at t = ${time}`).toBeGreaterThan(falseAlarm);
    }
  });
}

async function byEngine(config: SimulationConfig): Promise<Reached[]> {
  const simulation = await Simulation.create(config);
  return TIMES.map((time) => {
    simulation.runUntil(time);
    const { events } = simulation.result();
    return describeState(
      [...simulation.rates()],
      [...simulation.queueLengths()],
      [...simulation.idleSignals()],
      events,
    );
  });
}

function byEventList(
  config: SimulationConfig,
  reference: Partial<EventListOptions> & { seed: number },
): Reached[] {
  const { servers, arrivalRate, cost, buffer = 1, initialTasks = 0 } = config;
  const snapshots = simulateEventList({
    servers,
    arrivalRate,
    inverseStepSize: finite(config.inverseStepSize),
    bufferCapacity: finite(buffer),
    initialRates,
    initialTasks: initialRates.map((_, v) =>
      typeof initialTasks === 'number' ? initialTasks : initialTasks[v],
    ),
    ...(cost && { cost: { ...(cost.g as SlownessCost), ...(cost.h as PowerCost) } }),
    sampleTimes: TIMES,
    ...reference,
  });
  return snapshots.map((s) => describeState(s.rates, s.queueLengths, s.idleSignals, s));
}

function describeState(
  rates: number[],
  queues: number[],
  signals: number[],
  { departures, dropped }: { departures: number; dropped: number },
): Reached {
  return {
    rate: rates[0],
    fastRate: rates[3],
    meanRate: rates.reduce((sum, x) => sum + x, 0) / rates.length,
    idleSignal: signals[1],
    tasks: queues.reduce((sum, x) => sum + x, 0),
    queue: queues[1],
    departures,
    dropped,
  };
}

function finite(value: number | 'inf'): number {
  return value === 'inf' ? Number.POSITIVE_INFINITY : value;
}

/** p-value of the two-sample chi-square test of integer samples, rare values pooled. */
function sameCounts(a: number[], b: number[]): number {
  const counts = new Map<number, [number, number]>();
  for (const [sample, side] of [
    [a, 0],
    [b, 1],
  ] as const) {
    for (const x of sample) {
      const count = counts.get(x) ?? [0, 0];
      count[side] += 1;
      counts.set(x, count);
    }
  }
  const cells: [number, number][] = [];
  let pool: [number, number] = [0, 0];
  for (const [, count] of [...counts].sort(([x], [y]) => x - y)) {
    pool = [pool[0] + count[0], pool[1] + count[1]];
    if (pool[0] + pool[1] >= 30) {
      cells.push(pool);
      pool = [0, 0];
    }
  }
  const last = cells.pop() ?? [0, 0];
  cells.push([last[0] + pool[0], last[1] + pool[1]]);
  if (cells.length < 2) return 1;
  const statistic = cells.reduce((sum, [x, y]) => sum + (x - y) ** 2 / (x + y), 0);
  return chiSquarePValue(statistic, cells.length - 1);
}
