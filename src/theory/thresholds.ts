import { type CostFunctions, upperRate } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { positiveRoot } from '../numerics/root.js';
import { checkPositive } from './arguments.js';
import { optimum } from './optimal.js';

/** The rates between which the averaged dynamics (2.3) stay (Remarks 2.5 and 2.8). */
export interface Thresholds {
  /** μ₋, tasks per unit of time: averaged rates that start above do not fall below. */
  lower: number;
  /** μ₊, tasks per unit of time: no rate that starts below rises above, averaged or not. */
  upper: number;
}

/**
 * The tightest thresholds of Assumption 2.1(vi): μ₊ is the root of g'(μ) + h'(μ)/μ, where rates fall
 * whatever the idle signal, and μ₋ the root of g'(μ) + h'(μ)(1/λ + 1/μ), where they rise whatever it is.
 *
 * An idle server is taken at rate at least λ, so E[I] ≤ 1/λ, with equality for a single server, whose
 * fixed point is μ₋. The assumption and Remark 2.8 have λ in place of 1/λ, which has the wrong unit.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @throws {ConfigError} for another `arrivalRate`, or if one of the functions does not go from negative to
 *   positive between rates 2^−144 and 2^144
 */
export function thresholds(cost: CostFunctions, arrivalRate: number): Thresholds {
  checkPositive('arrivalRate', arrivalRate);
  const { dg, dh } = cost;
  const lower = positiveRoot((x) => dg(x) + dh(x) * (1 / arrivalRate + 1 / x)) ?? Number.NaN;
  const upper = upperRate(cost);
  return {
    lower: required('lower', `g' + h'(1/λ + 1/μ)`, arrivalRate, lower),
    upper: required('upper', `g' + h'/mu`, arrivalRate, upper),
  };
}

function required(name: string, formula: string, arrivalRate: number, root: number): number {
  if (Number.isNaN(root)) {
    throw new ConfigError(
      'cost',
      `has no ${name} threshold at λ = ${arrivalRate}; ${formula} must go from negative to positive`,
    );
  }
  return root;
}

/**
 * θ = g''(μ*) + h''(μ*)/λ − h'(μ*)/μ*²: near the optimum, a deviation of one rate dies out as
 * exp(−θt/m), by equation (2.2) with the idle signal at its mean 1/λ − 1/μ*. In units of m per time.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @throws {ConfigError} for another `arrivalRate` or a cost without an optimal rate above `arrivalRate`, as
 *   Assumption 2.1(v) demands
 */
export function relaxationRate(cost: CostFunctions, arrivalRate: number): number {
  const { rate } = optimum(cost, arrivalRate);
  if (!(rate > arrivalRate)) {
    throw new ConfigError(
      'arrivalRate',
      `got ${arrivalRate}; must be below the optimal rate, which is ${rate} for this cost`,
    );
  }
  return cost.ddg(rate) + cost.ddh(rate) / arrivalRate - cost.dh(rate) / rate ** 2;
}

/**
 * mλ/θ, the relaxation time m/θ of a rate in units of 1/λ, the mean time between two tasks of a server
 * near the optimum. Theorem 2.6 is about large values; averages over idle periods mean little below 10.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param inverseStepSize inverse step size of equation (2.2), from 1e-100 to 1e100
 * @throws {ConfigError} as `relaxationRate`, and for another `inverseStepSize`
 */
export function timescaleRatio(
  cost: CostFunctions,
  arrivalRate: number,
  inverseStepSize: number,
): number {
  checkPositive('inverseStepSize', inverseStepSize);
  return (inverseStepSize * arrivalRate) / relaxationRate(cost, arrivalRate);
}
