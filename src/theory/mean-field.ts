import { checkPositive, checkRatesOrZero } from './arguments.js';

/** The limit of many servers at frozen rates (Theorem 2.9). */
export interface MeanField {
  /** c, the fraction of servers that are busy, in (0, 1]. */
  busyFraction: number;
  /** (1 − c)/λ, the long-run average idle signal of every server, in units of time. */
  idleSignal: number;
}

/**
 * The many-server limit of a system whose rates have the given empirical distribution.
 *
 * c = 1 if the mean rate is at most λ; otherwise c balances the server classes, each of which is
 * busy with probability λ/(λ + μ(1 − c)): the stationary point of equation (4.4), the root of
 * mean_v[λ/(λ + μ_v(1 − c))] = c in (0, 1).
 *
 * @param rates service rates, tasks per unit of time; each 0 or from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @throws {ConfigError} for arguments outside these ranges
 */
export function meanField(rates: readonly number[], arrivalRate: number): MeanField {
  checkRatesOrZero('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  const idleFraction = idleFractionOf(rates, rates, rates.length, arrivalRate);
  return { busyFraction: 1 - idleFraction, idleSignal: idleFraction / arrivalRate };
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
