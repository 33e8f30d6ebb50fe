/**
 * Equal servers of rate μ with unbounded buffers under other dispatch rules than Join-Idle-Queue: what theory says of a server's idle
 * signal and of the sojourn time of tasks. With exponential work; ρ = λ/μ < 1.
 */
import type { Dispatch } from '../config/config.js';
import { rootBetween } from '../numerics/root.js';
import { choicesLimit } from '../theory/choices-limit.js';
import { restPoint } from '../theory/fixed-point.js';
import { cyclicServer, poissonServer, type ServerLaw } from '../theory/server-law.js';
import { COST } from './experiment.js';

const NO_LIMIT = Number.POSITIVE_INFINITY;

export interface DispatchLimit {
  /** E[I] */
  idleSignal: (rate: number) => number;
  /** E[S] */
  sojournTime: (rate: number) => number;
}

/**
 * An idle period of length A is the signal of itself and of the task that ends it, and there are λ P(A > 0) of them per unit
 * of time, so E[I] = λ (E[A²]/2 + E[A]/μ) with A = 0 for tasks that start when another one leaves (Remark 2.4).
 * @returns null for a rule of which that is not known
 */
export function dispatchLimit(
  dispatch: Dispatch,
  arrivalRate: number,
  servers: number,
): DispatchLimit | null {
  const signal = (first: number, second: number, rate: number) =>
    arrivalRate * (second / 2 + first / rate);
  switch (dispatch) {
    case 'jiq':
    case 'jsq':
      // n → ∞: there is always an idle server, and any of them is as likely: A is exponential
      return {
        idleSignal: (rate) => (1 - arrivalRate / rate) / arrivalRate,
        sojournTime: (rate) => 1 / rate,
      };
    case 'longest-idle':
      // n → ∞: the idle servers are a queue that moves at a constant speed, so all A are equal
      return {
        idleSignal: (rate) => {
          const length = 1 / arrivalRate - 1 / rate;
          return signal(length, length ** 2, rate);
        },
        sojournTime: (rate) => 1 / rate,
      };
    case 'random':
      return limitOf((rate) => poissonServer(arrivalRate, rate, NO_LIMIT, 1), arrivalRate);
    case 'round-robin':
      return limitOf((rate) => cyclicServer(servers, arrivalRate, rate, NO_LIMIT), arrivalRate);
    case 'jsq:2':
      return limitOf((rate) => choicesLimit(arrivalRate, rate, 2, NO_LIMIT), arrivalRate);
    default:
      return null;
  }
}

/** Of servers of which any one is known by itself; sojourn times by Little's law. */
function limitOf(law: (rate: number) => ServerLaw, arrivalRate: number): DispatchLimit {
  return {
    idleSignal: (rate) => law(rate).idleSignal,
    sojournTime: (rate) => law(rate).meanTasks / arrivalRate,
  };
}

/** Where the control rests if this is the idle signal of a server among equals. */
export function restOf({ idleSignal }: DispatchLimit, arrivalRate: number): number {
  return restPoint(COST, arrivalRate, idleSignal);
}

/** The common rate that would be cheapest under a rule, and its cost. */
export function bestOf({ sojournTime }: DispatchLimit, arrivalRate: number) {
  const costAt = (rate: number) => arrivalRate * COST.g(1 / sojournTime(rate)) + COST.h(rate);
  const step = 1e-5;
  const slope = (rate: number) => costAt(rate * (1 + step)) - costAt(rate * (1 - step));
  const rate = rootBetween(arrivalRate * 1.01, 10, slope) as number;
  return { rate, cost: costAt(rate) };
}
