/** Fixed points of systems whose servers queue tasks (buffers above 1), as far as they are known. */
import type { CostFunctions } from '../cost/cost.js';
import { busyWindow } from './busy-window.js';
import { fixedPoint, restPoint } from './fixed-point.js';
import { QueueingChain } from './queueing-signal.js';

/** Where the rates of servers with queues settle as m → ∞. */
export interface QueueingFixedPoint {
  /** The common rate, tasks per unit of time. */
  rate: number;
  /** E[I] there: a task that starts when one before it leaves has idle signal 0 (Remark 2.4). */
  idleSignal: number;
  /**
   * P(all servers are busy) at that rate in the system without queues, on which queues depend; `null` where queues are in
   * the fixed point
   */
  neglected: number | null;
}

/** Queues are neglected where all servers are busy for at most this part of the time. */
const NEGLIGIBLE = 1e-7;
/** Probability, about, of more waiting tasks than are counted. */
const TRUNCATED = 1e-8;
/** Largest chain of queues that is solved, in less than a second or so. */
const MOST_STATES = 2000;
const MOST_STEPS = 60;
const MOST_SERVERS = 100;

/**
 * The fixed point of the averaged dynamics with buffers above 1.
 *
 * A single server is M/M/1 or M/M/1/K: with π₀ the probability that it is idle, idle periods of mean 1/λ begin at rate λπ₀
 * and each is the signal of one task, so E[I] = π₀(1/λ + 1/μ), which is (1 − ρ²)/λ for unbounded buffers, ρ = λ/μ < 1. A few
 * servers are the chain of their queues (`QueueingChain`), solved to about 1e-7 unless that is too large. With many
 * servers all are so rarely busy that queues hardly ever form: tasks queue with at most the probability `neglected` divided
 * by 1 − ρ, and this is the fixed point of unit buffers. Between the two it is not known.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param servers number of servers, an integer from 1 to 134,000,000
 * @param buffer tasks that a server holds, from 2, or Infinity
 * @throws {ConfigError} where it is not known, with the reason, and for a cost without thresholds or fixed point
 */
export function queueingFixedPoint(
  cost: CostFunctions,
  arrivalRate: number,
  servers: number,
  buffer: number,
): QueueingFixedPoint {
  if (servers === 1) {
    const signal = (rate: number) => singleServerSignal(arrivalRate, rate, buffer);
    const rate = restPoint(cost, arrivalRate, signal);
    return { rate, idleSignal: signal(rate), neglected: null };
  }
  const { rate } = fixedPoint(cost, arrivalRate, servers);
  const { first, last, probability } = busyWindow(servers, rate, arrivalRate);
  const allBusy = last === servers ? (probability[servers - first] as number) : 0;
  const load = arrivalRate / rate;
  if (load < 1 && allBusy <= NEGLIGIBLE * (1 - load)) {
    return { rate, idleSignal: 1 / arrivalRate - 1 / rate, neglected: allBusy };
  }
  // queues raise the rate, so that the load is less than this, and with every waiting task all are that much rarer
  const waiting =
    load < 1 ? Math.ceil(Math.log(TRUNCATED / allBusy) / Math.log(load)) : Number.POSITIVE_INFINITY;
  const chain =
    servers <= MOST_SERVERS
      ? QueueingChain.create(
          servers,
          buffer,
          Math.min(waiting, servers * (buffer - 1)),
          MOST_STATES,
        )
      : undefined;
  if (!chain) {
    throw new RangeError(
      `the fixed point with queues is not known here: all ${servers} servers would be busy for ${allBusy.toPrecision(2)} of the time even without queues, too much to neglect them, and there are too many states of the queues to count`,
    );
  }
  // a rate gives a signal and that a rate again, which is closer: few of the costly signals are needed
  let idleSignal = chain.idleSignal(rate, arrivalRate);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = restPoint(cost, arrivalRate, () => idleSignal);
    const last = idleSignal;
    idleSignal = chain.idleSignal(next, arrivalRate);
    if (Math.abs(idleSignal - last) <= 1e-9 * last)
      return { rate: next, idleSignal, neglected: null };
  }
  throw new RangeError(
    'the fixed point with queues was not found: its iteration does not converge',
  );
}

/** E[I] of M/M/1/K, and of M/M/1 if K is Infinity; 0 where that has no idle periods in the long run. */
function singleServerSignal(arrivalRate: number, rate: number, buffer: number): number {
  const load = arrivalRate / rate;
  const idle =
    buffer === Number.POSITIVE_INFINITY ? Math.max(0, 1 - load) : emptyProbability(load, buffer);
  return idle * (1 / arrivalRate + 1 / rate);
}

/** 1/(1 + ρ + … + ρ^K) */
function emptyProbability(load: number, buffer: number): number {
  if (Math.abs(load - 1) * buffer < 1e-6) return 1 / (buffer + 1);
  return Math.expm1(Math.log(load)) / Math.expm1((buffer + 1) * Math.log(load));
}
