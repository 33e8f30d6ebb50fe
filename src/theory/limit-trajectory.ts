import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { integrate } from '../numerics/integrate.js';
import { checkPositive, checkRatesOrZero } from './arguments.js';
import { expectedIdleSignal } from './idle-signal.js';
import { idleFractionOf } from './mean-field.js';

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
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param initialRates rate of every server at time 0; each 0 or from 1e-100 to 1e100
 * @param times in units of m; finite, at least 0, not decreasing
 * @returns one point per time
 * @throws {ConfigError} for arguments outside these ranges, or if rates sink to 0 or the step becomes
 *   too short to go on, which a cost that satisfies Assumption 2.1 rules out
 */
export function limitTrajectory(
  cost: CostFunctions,
  arrivalRate: number,
  initialRates: readonly number[],
  times: readonly number[],
): LimitPoint[] {
  const n = initialRates.length;
  return follow(cost, arrivalRate, initialRates, times, (rates, counts) => {
    const idleSignal = idleFractionOf(rates, counts, n, arrivalRate) / arrivalRate;
    return () => idleSignal;
  });
}

/**
 * The rates when the inverse step size m is large, with the servers there are: equation (2.3) with the exact
 * E_μ[I^n] of `expectedIdleSignal`, which Theorem 2.6 calls an unknown function,
 *
 *   dμ_v/dt = −[ g'(μ_v) + h'(μ_v) (E_μ[I_v] + 1/μ_v) ],
 *
 * for unit buffers, solved to about 1e-9. From equal rates, which stay equal, every n will do; from c
 * different ones the chain of Π (n_i + 1) states is solved some hundred times per unit of time.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param initialRates rate of every server at time 0; each 0 or from 1e-100 to 1e100
 * @param times in units of m; finite, at least 0, not decreasing
 * @returns one point per time
 * @throws {ConfigError} for arguments outside these ranges, if `expectedIdleSignal` is not exact for so many different
 *   rates, or for a cost that breaks Assumption 2.1
 */
export function averagedTrajectory(
  cost: CostFunctions,
  arrivalRate: number,
  initialRates: readonly number[],
  times: readonly number[],
): LimitPoint[] {
  return follow(cost, arrivalRate, initialRates, times, (rates, counts) => {
    const all: number[] = [];
    rates.forEach((rate, i) => {
      for (let copy = 0; copy < (counts[i] as number); copy++) all.push(rate);
    });
    if (!all.every((rate) => rate > 0)) return () => Number.NaN; // a trial step that is refused
    const { values, exact } = expectedIdleSignal(all, arrivalRate);
    if (!exact) {
      throw new ConfigError(
        'initialRates',
        `has ${rates.length} different rates at ${all.length} servers, too many for the exact idle signals; use fewer, or limitTrajectory`,
      );
    }
    const byRate = new Map(all.map((rate, v) => [rate, values[v] as number]));
    return (i) => byRate.get(rates[i] as number) as number;
  });
}

/**
 * Solves dμ/dt = −[g' + h' (I + 1/μ)] for every different initial rate, which so many servers (`counts`) have.
 * @param idleSignals from these rates and counts to the idle signal I of the i-th of them
 */
function follow(
  cost: CostFunctions,
  arrivalRate: number,
  initialRates: readonly number[],
  times: readonly number[],
  idleSignals: (rates: Float64Array, counts: Float64Array) => (i: number) => number,
): LimitPoint[] {
  checkPositive('arrivalRate', arrivalRate);
  checkRatesOrZero('initialRates', initialRates);
  checkTimes(times);
  const n = initialRates.length;
  const distinct = [...new Set(initialRates)];
  const indexOf = new Map(distinct.map((rate, i) => [rate, i]));
  const place = initialRates.map((rate) => indexOf.get(rate) as number);
  const counts = new Float64Array(distinct.length);
  for (const i of place) counts[i] = (counts[i] as number) + 1;

  const { dg, dh } = cost;
  const lowest = smallStart(cost, arrivalRate);
  const state = Float64Array.from(distinct, (rate) => Math.max(rate, lowest));
  const derivative = (rates: Float64Array, out: Float64Array) => {
    const idleSignal = idleSignals(rates, counts);
    for (let i = 0; i < rates.length; i++) {
      const rate = rates[i] as number;
      // a trial step below 0 is refused by the integrator
      out[i] = rate > 0 ? -(dg(rate) + dh(rate) * (idleSignal(i) + 1 / rate)) : Number.NaN;
    }
  };
  const states = integrate(derivative, state, times, 1e-11);
  return states.map((point, i) => {
    // at time 0 also the zeros that were exchanged
    const rates = times[i] === 0 ? [...initialRates] : place.map((k) => point[k] as number);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / n;
    return { time: times[i] as number, mean, rates };
  });
}

/**
 * A rate μ that a server starting at 0 reaches within about 1e-15: speed falls with the rate, so
 * that takes at most μ/speed(μ). 0 is exchanged for it, the error being that much time.
 */
export function smallStart({ dg, dh }: CostFunctions, arrivalRate: number): number {
  for (let rate = 1e-2; rate > 1e-60; rate /= 2) {
    const speed = -(dg(rate) + dh(rate) * (1 / arrivalRate + 1 / rate));
    if (speed > 0 && rate <= 1e-15 * speed) return rate;
  }
  return 1e-60;
}

export function checkTimes(times: readonly number[]): void {
  times.forEach((time, i) => {
    const previous = i > 0 ? (times[i - 1] as number) : 0;
    if (!(time >= previous && time < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(
        `times[${i}]`,
        `got ${time}; must be finite and at least ${previous}, as times do not decrease`,
      );
    }
  });
}
