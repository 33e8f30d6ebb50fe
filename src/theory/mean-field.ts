import { rootBetween } from '../numerics/root.js';
import { checkCount, checkPositive, checkRatesOrZero } from './arguments.js';

/** The limit of many servers at frozen rates (Theorem 2.9). */
export interface MeanField {
  /** c, the fraction of servers that are busy, in (0, 1]. */
  busyFraction: number;
  /** The long-run average idle signal of every server, (1 − c)/λ under Join-Idle-Queue, in units of time. */
  idleSignal: number;
}

/**
 * The many-server limit of a system whose rates have the given empirical distribution.
 *
 * c = 1 if the mean rate is at most λ; otherwise c balances the server classes, each of which is
 * busy with probability λ/(λ + μ(1 − c)): the stationary point of equation (4.4), the root of
 * mean_v[λ/(λ + μ_v(1 − c))] = c in (0, 1).
 *
 * Where tasks look at d servers only, those that see no idle one are dropped, a share c^d. An idle server is then taken at rate
 * ν = λ(1 − c^d)/(1 − c), and c is the root of mean_v[ν/(ν + μ_v)] = c: the signals are exponential idle periods, of mean 1/ν.
 *
 * @param rates service rates, tasks per unit of time; each 0 or from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param choices servers that an arriving task looks at for an idle one, or Infinity for Join-Idle-Queue (default)
 * @throws {ConfigError} for arguments outside these ranges
 */
export function meanField(
  rates: readonly number[],
  arrivalRate: number,
  choices = Number.POSITIVE_INFINITY,
): MeanField {
  checkRatesOrZero('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  if (choices !== Number.POSITIVE_INFINITY) {
    checkCount('choices', choices, 1);
    const busy = (c: number) => {
      const taken = takenPerIdle(c, arrivalRate, choices);
      return rates.reduce((sum, rate) => sum + taken / (taken + rate), 0) / rates.length;
    };
    // at c = 0 at least some are busy, at c = 1 not all
    const busyFraction = rootBetween(1e-300, 1, (c) => c - busy(c)) ?? 1;
    return { busyFraction, idleSignal: 1 / takenPerIdle(busyFraction, arrivalRate, choices) };
  }
  const idleFraction = idleFractionOf(rates, rates, rates.length, arrivalRate);
  return { busyFraction: 1 - idleFraction, idleSignal: idleFraction / arrivalRate };
}

/** λ(1 − c^d): tasks taken per unit of time and per server where a fraction c is busy; all of them under Join-Idle-Queue. */
export function acceptedPerServer(
  busyFraction: number,
  arrivalRate: number,
  choices: number,
): number {
  if (choices === Number.POSITIVE_INFINITY) return arrivalRate;
  return arrivalRate * (0 - Math.expm1(choices * Math.log(busyFraction))); // 0, not −0, at c = 1
}

/** λ(1 − c^d)/(1 − c) = λ(1 + c + … + c^{d−1}): the rate at which an idle server is taken where a fraction c is busy. */
export function takenPerIdle(busyFraction: number, arrivalRate: number, choices: number): number {
  if (busyFraction === 1) return arrivalRate * choices;
  return acceptedPerServer(busyFraction, arrivalRate, choices) / (1 - busyFraction);
}

/**
 * The idle fraction x = 1 − c, the root of 1/mean_v[1/(λ/μ_v + x)] = 1 or 0. The left side is a harmonic
 * mean, increasing and concave in x, so Newton's method from 0 climbs to the root without overshooting.
 * Takes every k-th server to count `weights[k]` times if weights are given.
 */
export function idleFractionOf(
  rates: ArrayLike<number>,
  weights: ArrayLike<number>,
  totalWeight: number,
  arrivalRate: number,
): number {
  const weighted = weights !== rates;
  let x = 0;
  for (;;) {
    let mean = 0; // of 1/(λ/μ + x)
    let meanSquare = 0;
    for (let v = 0; v < rates.length; v++) {
      const rate = rates[v] as number;
      if (rate === 0) continue;
      const weight = weighted ? (weights[v] as number) : 1;
      const term = rate / (arrivalRate + rate * x);
      mean += weight * term;
      meanSquare += weight * term * term;
    }
    mean /= totalWeight;
    meanSquare /= totalWeight;
    const step = (mean * (mean - 1)) / meanSquare;
    if (!(step > 0)) return x;
    const next = Math.min(1, x + step);
    if (next - x <= 1e-16 * next) return next;
    x = next;
  }
}
