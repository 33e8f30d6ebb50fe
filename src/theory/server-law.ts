/** Long-run averages at a server whose rate stands still, and which the rates of other servers do not concern. */
import { rootBetween } from '../numerics/root.js';

/** What happens at a server in the long run. */
export interface ServerLaw {
  /** P(it is idle). */
  idleProbability: number;
  /** Fraction of the tasks sent to it that find no room. */
  blockingProbability: number;
  /** Mean number of tasks at it, the one in service included; Infinity if it cannot keep up. */
  meanTasks: number;
  /** E[I], in units of time; a task that starts when one before it leaves has idle signal 0 (Remark 2.4). */
  idleSignal: number;
}

/**
 * A server to which tasks come as a Poisson process, as to every server under random dispatch: M/M/1/K, M/G/1 and M/G/1/1.
 *
 * Idle periods are exponential with mean 1/λ, begin at rate λ P(idle), and each is the signal of one task. So
 * E[I] = P(idle)(1/λ + 1/μ) whatever the law of work: 1/λ with a unit buffer and (1 − ρ²)/λ without limit, ρ = λ/μ < 1.
 * The number of tasks is geometric, cut off at K, or has mean ρ + ρ²(1 + c)/(2(1 − ρ)) (Pollaczek and Khinchine).
 *
 * @param arrivalRate λ, tasks that come to the server per unit of time
 * @param rate μ, tasks it completes per unit of time while busy
 * @param buffer K, tasks it holds, from 1, or Infinity
 * @param scv c, squared coefficient of variation of the work of a task; must be 1 (exponential work) if 1 < K < ∞
 */
export function poissonServer(
  arrivalRate: number,
  rate: number,
  buffer: number,
  scv: number,
): ServerLaw {
  const load = arrivalRate / rate;
  if (buffer === Number.POSITIVE_INFINITY) {
    if (load >= 1) return OVERLOADED;
    const waiting = (load ** 2 * (1 + scv)) / 2 / (1 - load);
    return {
      idleProbability: 1 - load,
      blockingProbability: 0,
      meanTasks: load + waiting,
      idleSignal: (1 - load) * (1 / arrivalRate + 1 / rate),
    };
  }
  const { first, last, mean } = truncatedGeometric(load, buffer);
  return {
    idleProbability: first,
    blockingProbability: last,
    meanTasks: mean,
    idleSignal: buffer === 1 ? 1 / arrivalRate : first * (1 / arrivalRate + 1 / rate),
  };
}

/** Of a server to which tasks come faster than it works, for ever. */
const OVERLOADED: ServerLaw = {
  idleProbability: 0,
  blockingProbability: 0,
  meanTasks: Number.POSITIVE_INFINITY,
  idleSignal: 0,
};

/** P(0), P(K) and mean of the law on 0, …, K whose probabilities grow by the factor ρ. */
function truncatedGeometric(ratio: number, most: number) {
  const log = Math.log(ratio);
  const width = most + 1;
  if (log === 0) return { first: 1 / width, last: 1 / width, mean: most / 2 };
  const first = Math.expm1(log) / Math.expm1(width * log);
  const last = Math.expm1(-log) / Math.expm1(-width * log);
  const mean =
    Math.abs(log) * width < 1e-3
      ? most / 2 + (log * (width ** 2 - 1)) / 12 // where the two terms below nearly cancel
      : 1 / Math.expm1(-log) - width / Math.expm1(-width * log);
  return { first, last, mean };
}

/**
 * A server that gets every n-th of the tasks, as every server does under round-robin, with exponential work: the times between its
 * tasks are Erlang with n phases, so that it is E_n/M/1 without limit, or E_n/M/1/1 with a unit buffer.
 *
 * Right after a task has come, accepted or not, the work there takes the server an exponential time W with some rate η until it is idle
 * (Asmussen, Applied Probability and Queues, §III.9): η = μ with a unit buffer, and without limit the root
 * of η = μ(1 − E[e^{−ηT}]), T being the time to the next. It is idle for (T − W)⁺, so that
 *
 *   E[I] = λ E[((T − W)⁺)²]/2 + P(idle)/μ,   E[((T − W)⁺)²] = E[T²] − 2/(λη) + 2 P(W < T)/η²,   E[T²] = (1 + 1/n)/λ² .
 *
 * @param servers n, a whole number from 1
 * @param arrivalRate λ, tasks that come to each server per unit of time
 * @param rate μ, tasks it completes per unit of time while busy
 * @param buffer tasks it holds: 1 or Infinity
 */
export function cyclicServer(
  servers: number,
  arrivalRate: number,
  rate: number,
  buffer: 1 | typeof Number.POSITIVE_INFINITY,
): ServerLaw {
  /** P(an exponential time of this rate ends before the next task comes) */
  const endsBefore = (speed: number) =>
    -Math.expm1(-servers * Math.log1p(speed / (servers * arrivalRate)));
  const load = arrivalRate / rate;
  const halfSquare = (1 + 1 / servers) / 2 / arrivalRate; // λ E[T²]/2
  if (buffer === 1) {
    const taken = endsBefore(rate);
    const idle = Math.max(0, 1 - load * taken);
    const age = Math.max(0, halfSquare - idle / rate);
    return {
      idleProbability: idle,
      blockingProbability: 1 - taken,
      meanTasks: load * taken,
      idleSignal: age + idle / rate,
    };
  }
  const eta = rootBetween(1e-15 * rate, rate, (x) => x - rate * endsBefore(x));
  if (load >= 1 || eta === undefined) return OVERLOADED;
  return {
    idleProbability: 1 - load,
    blockingProbability: 0,
    meanTasks: arrivalRate / eta,
    idleSignal: Math.max(0, halfSquare - (1 - load) * (1 / eta - 1 / rate)),
  };
}
