/** What happens at servers of one common rate, for every system of which that is known. */
import { busyWindow } from './busy-window.js';
import { choicesLimit } from './choices-limit.js';
import { homogeneousIdleSignal } from './idle-signal.js';
import { longestIdleSignal } from './longest-idle.js';
import { logNoneIdle } from './none-idle.js';
import { cyclicServer, poissonServer, type ServerLaw } from './server-law.js';
import { type System, serversAreIndependent } from './system.js';

export interface CommonRateModel {
  law(rate: number): ServerLaw;
  /** E[I], which takes less than the whole law where that is costly */
  idleSignal(rate: number): number;
  /** what it is if it is not exact */
  approximation: string | null;
  /** whether it has unit buffers */
  unit: boolean;
}

/** `jsq:d` counts as a limit of many servers from 25 d² of them on: E[I] is then within about 1 % of it. */
const SERVERS_PER_SQUARE = 25;

export const MANY_SERVERS = 'in the limit of many servers';
export const OTHER_WORK = 'as for exponential work, which other laws of work come close to';

/**
 * The model of a system whose servers have unit buffers, or queues that count.
 * @throws {Error} where it is not known, with the reason
 */
export function commonRateModel(system: System): CommonRateModel {
  return system.room === 1 ? unitModel(system) : queueModel(system);
}

/** @throws {Error} where it is not known, with the reason */
export function unitModel(system: System): CommonRateModel {
  const { servers, dispatch, choices, work } = system;
  if (serversAreIndependent(system)) return independentModel({ ...system, room: 1 });
  if (dispatch === 'shortest-idle') {
    throw new Error(
      'under shortest-idle some servers stay idle for times without bound: the servers split into busy, fast and idle, slow ones',
    );
  }
  const { arrivalRate } = system;
  const idleSignal = (rate: number) =>
    choices === null
      ? longestIdleSignal(servers, rate / work.mean, arrivalRate)
      : homogeneousIdleSignal(servers, rate / work.mean, arrivalRate, choices);
  return {
    idleSignal,
    law: (rate) => ({
      ...busyLaw(servers, arrivalRate, rate / work.mean, choices ?? servers),
      idleSignal: idleSignal(rate),
    }),
    approximation: choices === null || work.exponential ? null : OTHER_WORK,
    unit: true,
  };
}

function queueModel(system: System): CommonRateModel {
  const { servers, arrivalRate, room, dispatch, choices, work } = system;
  if (serversAreIndependent(system)) return independentModel(system);
  if (choices === null || choices === servers) {
    const law = work.exponential || dispatch !== 'jiq' ? '' : ' for this law of work';
    throw new Error(
      `queues under ${dispatch} are not known${law}, and too frequent to be neglected`,
    );
  }
  if (!work.exponential) {
    throw new Error(`queues under ${dispatch} are known for exponential work only`);
  }
  const least = SERVERS_PER_SQUARE * choices ** 2;
  if (servers < least) {
    throw new Error(
      `queues under ${dispatch} are known for many servers only, at least ${least} of them`,
    );
  }
  const law = (rate: number) => choicesLimit(arrivalRate, rate, choices, room);
  return {
    law,
    idleSignal: (rate) => law(rate).idleSignal,
    approximation: MANY_SERVERS,
    unit: false,
  };
}

/** Every server by itself: random dispatch, where it has its own Poisson arrivals, and round-robin, where it has every n-th task. */
function independentModel({ servers, arrivalRate, room, dispatch, work }: System): CommonRateModel {
  const limited = room > 1 && room < Number.POSITIVE_INFINITY;
  const model = (law: CommonRateModel['law']) => ({
    law,
    idleSignal: (rate: number) => law(rate).idleSignal,
    approximation: null,
    unit: room === 1,
  });
  if (dispatch !== 'round-robin') {
    if (limited && !work.exponential) {
      throw new Error('queues of limited length are known for exponential work only');
    }
    return model((rate) => poissonServer(arrivalRate, rate / work.mean, room, work.scv));
  }
  if (!work.exponential) throw new Error('round-robin is known for exponential work only');
  if (limited) throw new Error('round-robin is known for unit and for unbounded buffers only');
  return model((rate) =>
    cyclicServer(servers, arrivalRate, rate, room === 1 ? 1 : Number.POSITIVE_INFINITY),
  );
}

/** Insensitive: the same for every law of work. */
function busyLaw(servers: number, arrivalRate: number, rate: number, choices: number) {
  const { first, probability } = busyWindow(servers, rate, arrivalRate, choices);
  let [busy, dropped] = [0, 0];
  probability.forEach((p, i) => {
    busy += (p * (first + i)) / servers;
    dropped += p * Math.exp(logNoneIdle(servers, choices, first + i));
  });
  return { idleProbability: 1 - busy, blockingProbability: dropped, meanTasks: busy };
}

/** Queues are neglected where at most this part of the tasks would see no idle server without them. */
const NEGLIGIBLE = 1e-7;

/**
 * Whether queues hardly ever form. Of the tasks that see no idle server, a share `blocked` with unit buffers, each makes others
 * wait for about 1/(1 − ρ) of them, and the more, the more the work of tasks varies.
 */
export function queuesNegligible({ work }: System, load: number, blocked: number): boolean {
  return load < 1 && (blocked * (1 + work.scv)) / 2 <= NEGLIGIBLE * (1 - load);
}
