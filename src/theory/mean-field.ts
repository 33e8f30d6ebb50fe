import type { CostFunctions } from '../cost.js';
import { checkPositive, checkRatesOrZero } from './arguments.js';
import { integrate } from './integrate.js';

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
 * @param lambda tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @throws RangeError for arguments outside these ranges
 */
export function meanField(rates: readonly number[], lambda: number): MeanField {
  checkRatesOrZero('rates', rates);
  checkPositive('lambda', lambda);
  const idleFraction = idleFractionOf(rates, rates, rates.length, lambda);
  return { busyFraction: 1 - idleFraction, idleSignal: idleFraction / lambda };
}

/**
 * The idle fraction x = 1 − c, the root of 1/mean_v[1/(λ/μ_v + x)] = 1 or 0. The left side is a harmonic
 * mean, increasing and concave in x, so Newton's method from 0 climbs to the root without overshooting.
 * Takes every k-th server to count `weights[k]` times if weights are given.
 */
function idleFractionOf(
  rates: ArrayLike<number>,
  weights: ArrayLike<number>,
  totalWeight: number,
  lambda: number,
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
      const term = rate / (lambda + rate * x);
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

/** The rates of all servers at one instant of a limit trajectory. */
export interface LimitPoint {
  /** In units of m: time t of equation (2.3) is time m·t of the system. */
  time: number;
  /** Mean of the rates. */
  mean: number;
  /** Rate of every server, in the order of the initial rates. */
  rates: number[];
}

/**
 * The rates when both the inverse step size m and the number of servers are large: equation (2.3)
 * with E[I] replaced by its limit (1 − c(μ))/λ (Theorem 2.9),
 *
 *   dμ_v/dt = −[ g'(μ_v) + h'(μ_v) ((1 − c(μ))/λ + 1/μ_v) ],
 *
 * solved to about 1e-9. A rate may start at 0, where the right side can be infinite: it starts from a
 * rate so small that 0 is left behind within 1e-15 units of time. Servers that start at equal
 * rates are followed once. The method is explicit: it takes time proportional to the last time times θ
 * (`relaxationRate`), about half a second for 1000 servers to time 10.
 *
 * @param cost the two cost functions and their derivatives
 * @param lambda tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param initialRates rate of every server at time 0; each 0 or from 1e-100 to 1e100
 * @param times in units of m; finite, at least 0, not decreasing
 * @returns one point per time
 * @throws RangeError for arguments outside these ranges, or if rates sink to 0 or the step becomes
 *   too short to go on, which a cost that satisfies Assumption 2.1 rules out
 */
export function limitTrajectory(
  cost: CostFunctions,
  lambda: number,
  initialRates: readonly number[],
  times: readonly number[],
): LimitPoint[] {
  checkPositive('lambda', lambda);
  checkRatesOrZero('initialRates', initialRates);
  checkTimes(times);
  const { dg, dh } = cost;
  const n = initialRates.length;
  const distinct = [...new Set(initialRates)];
  const indexOf = new Map(distinct.map((rate, i) => [rate, i]));
  const place = initialRates.map((rate) => indexOf.get(rate) as number);
  const weights = new Float64Array(distinct.length);
  for (const i of place) weights[i] = (weights[i] as number) + 1;

  const lowest = smallStart(cost, lambda);
  const state = Float64Array.from(distinct, (rate) => Math.max(rate, lowest));
  const derivative = (rates: Float64Array, out: Float64Array) => {
    const idleSignal = idleFractionOf(rates, weights, n, lambda) / lambda;
    for (let v = 0; v < rates.length; v++) {
      const rate = rates[v] as number;
      // a trial step below 0 is refused by the integrator
      out[v] = rate > 0 ? -(dg(rate) + dh(rate) * (idleSignal + 1 / rate)) : Number.NaN;
    }
  };
  const states = integrate(derivative, state, times, 1e-11);
  return states.map((point, i) => {
    const rates = place.map((k) => point[k] as number);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / n;
    return { time: times[i] as number, mean, rates };
  });
}

/**
 * A rate μ that a server starting at 0 reaches within about 1e-15: speed falls with the rate, so
 * that takes at most μ/speed(μ). 0 is exchanged for it, the error being that much time.
 */
function smallStart({ dg, dh }: CostFunctions, lambda: number): number {
  for (let rate = 1e-2; rate > 1e-60; rate /= 2) {
    const speed = -(dg(rate) + dh(rate) * (1 / lambda + 1 / rate));
    if (speed > 0 && rate <= 1e-15 * speed) return rate;
  }
  return 1e-60;
}

function checkTimes(times: readonly number[]): void {
  times.forEach((time, i) => {
    const previous = i > 0 ? (times[i - 1] as number) : 0;
    if (!(time >= previous && time < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `times[${i}] is ${time}; it must be finite and at least ${previous}, as times do not decrease`,
      );
    }
  });
}
