/** The bounds in the proof of Theorem 2.9 that can be evaluated, for frozen rates and unit buffers. */

import { ConfigError } from '../errors.js';
import { checkPositive, checkRates, checkWithin } from './arguments.js';

/**
 * Bound on P(fraction of busy servers ≤ 1 − 3ε) in an overloaded system (Lemma 4.2):
 * (1 − μ₋ε/λ)^{εn}, with μ₋ the least rate.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server, at least the mean rate
 * @param epsilon in (0, 1/3]
 * @returns a probability
 * @throws {ConfigError} for arguments outside these ranges
 */
export function busyFractionLowerTail(
  rates: readonly number[],
  arrivalRate: number,
  epsilon: number,
): number {
  checkOverloaded(rates, arrivalRate);
  checkWithin('epsilon', epsilon, Number.MIN_VALUE, 1 / 3);
  return (1 - (extremes(rates).least * epsilon) / arrivalRate) ** (epsilon * rates.length);
}

/**
 * Bound on E[I_v] of every server in an overloaded system (Lemma 4.3):
 * 6ε/λ + (√2/λ + 1/μ₋)(1 − μ₋ε/λ)^{εn/2}, with μ₋ the least rate.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server, at least the mean rate
 * @param epsilon in (0, 1/3]
 * @returns in units of time
 * @throws {ConfigError} for arguments outside these ranges
 */
export function overloadedIdleSignalBound(
  rates: readonly number[],
  arrivalRate: number,
  epsilon: number,
): number {
  const tail = busyFractionLowerTail(rates, arrivalRate, epsilon);
  const { least } = extremes(rates);
  return (6 * epsilon) / arrivalRate + (Math.SQRT2 / arrivalRate + 1 / least) * Math.sqrt(tail);
}

/**
 * Bound on P(fraction of busy servers ≥ 1 − ε) in an underloaded system (Lemma 4.9):
 * (1 − μ₊ε/(λ + μ₊ε))^{εn}, with μ₊ the largest rate.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server, less than the mean rate
 * @param epsilon in (0, δ/(3μ₊)], δ the mean rate minus `arrivalRate`
 * @returns a probability
 * @throws {ConfigError} for arguments outside these ranges
 */
export function busyFractionUpperTail(
  rates: readonly number[],
  arrivalRate: number,
  epsilon: number,
): number {
  checkRates('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  const { largest, mean } = extremes(rates);
  if (!(arrivalRate < mean)) {
    throw new ConfigError(
      'arrivalRate',
      `got ${arrivalRate}; must be less than the mean rate, ${mean}`,
    );
  }
  checkWithin('epsilon', epsilon, Number.MIN_VALUE, (mean - arrivalRate) / (3 * largest));
  return (arrivalRate / (arrivalRate + largest * epsilon)) ** (epsilon * rates.length);
}

/** Bounds on a fraction of busy servers. */
export interface BusyBounds {
  lower: number;
  upper: number;
}

/**
 * Bounds on the fraction of busy servers in the deterministic limit (4.4) of an underloaded system, a time
 * after it was known (Lemma 4.11): λ/μ_max − |x − λ/μ_max| exp(−μ_max t) and
 * λ/μ_min + |x − λ/μ_min| exp(−μ_min t). For time Infinity they are the bounds of Theorem 2.9 on
 * the constant c.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server, less than the mean rate
 * @param initialFraction x, fraction of busy servers at time 0, in [0, 1]
 * @param time in units of time, at least 0; may be Infinity
 * @returns bounds as the lemma has them; the lower may be negative, the upper may exceed 1
 * @throws {ConfigError} for arguments outside these ranges
 */
export function auxiliaryBusyBounds(
  rates: readonly number[],
  arrivalRate: number,
  initialFraction: number,
  time: number,
): BusyBounds {
  checkRates('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  checkWithin('initialFraction', initialFraction, 0, 1);
  checkWithin('time', time, 0, Number.POSITIVE_INFINITY);
  const { least, largest, mean } = extremes(rates);
  if (!(arrivalRate < mean)) {
    throw new ConfigError(
      'arrivalRate',
      `got ${arrivalRate}; must be less than the mean rate, ${mean}`,
    );
  }
  const gap = (rate: number) =>
    Math.abs(initialFraction - arrivalRate / rate) * Math.exp(-rate * time);
  return { lower: arrivalRate / largest - gap(largest), upper: arrivalRate / least + gap(least) };
}

function checkOverloaded(rates: readonly number[], arrivalRate: number): void {
  checkRates('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  const { mean } = extremes(rates);
  if (!(arrivalRate >= mean)) {
    throw new ConfigError(
      'arrivalRate',
      `got ${arrivalRate}; must be at least the mean rate, ${mean}`,
    );
  }
}

function extremes(rates: readonly number[]): { least: number; largest: number; mean: number } {
  let [least, largest, sum] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const rate of rates) {
    least = Math.min(least, rate);
    largest = Math.max(largest, rate);
    sum += rate;
  }
  return { least, largest, mean: sum / rates.length };
}
