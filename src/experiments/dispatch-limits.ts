/**
 * Equal servers of rate μ with unbounded buffers under other dispatch rules than Join-Idle-Queue: what theory says of a server's idle
 * signal and of the sojourn time of tasks. With exponential work; ρ = λ/μ < 1.
 */
import type { Dispatch } from '../config/config.js';
import { rootBetween } from '../numerics/root.js';
import { restPoint } from '../theory/fixed-point.js';
import { COST } from './experiment.js';

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
      // M/M/1 at every n: A is exponential of mean 1/λ with probability 1 − ρ
      return {
        idleSignal: (rate) => (1 - (arrivalRate / rate) ** 2) / arrivalRate,
        sojournTime: (rate) => 1 / (rate - arrivalRate),
      };
    case 'round-robin':
      return roundRobin(arrivalRate, servers);
    case 'jsq:2':
      // n → ∞: a share s_k = ρ^(2^k − 1) of the servers has k tasks or more, so that idle ones get tasks at rate λ(1 − ρ²)/(1 − ρ)
      return {
        idleSignal: (rate) => {
          const load = arrivalRate / rate;
          return (1 - load) * (1 / (arrivalRate * (1 + load)) + 1 / rate);
        },
        sojournTime: (rate) => {
          let tasks = 0;
          for (let k = 1; k < 60; k++) tasks += (arrivalRate / rate) ** (2 ** k - 1);
          return tasks / arrivalRate;
        },
      };
    default:
      return null;
  }
}

/**
 * E_n/M/1 at every n: a server gets every n-th task, so the time X between two is Erlang with n phases of rate λn. A task stays for an
 * exponential time of rate ν = μ(1 − σ), σ the root of σ = E[e^{−μ(1 − σ)X}] (Kleinrock, Queueing Systems I, 1975, section 6.4), and A is what
 * is left of X then.
 */
function roundRobin(arrivalRate: number, servers: number): DispatchLimit {
  /** 1 − σ: the root of 1 − x = E[e^{−μxX}] in (0, 1) */
  const idleShare = (rate: number) =>
    rootBetween(1e-12, 1, (x) => {
      const exponent = servers * Math.log1p((rate * x) / (arrivalRate * servers));
      return x + Math.expm1(-exponent);
    }) ?? Number.NaN;
  return {
    idleSignal: (rate) => {
      const share = idleShare(rate);
      const nu = rate * share;
      const first = 1 / arrivalRate - share / nu;
      const second =
        (1 + 1 / servers) / arrivalRate ** 2 - 2 / (arrivalRate * nu) + (2 * share) / nu ** 2;
      return arrivalRate * (second / 2 + first / rate);
    },
    sojournTime: (rate) => 1 / (rate * idleShare(rate)),
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
