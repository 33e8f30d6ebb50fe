import { type CostFunctions, optimalRate } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { checkPositive } from './arguments.js';

/** The best that any rates can do. */
export interface Optimum {
  /** μ*, the rate every server should have, tasks per unit of time. */
  rate: number;
  /** λ g(μ*) + h(μ*), the value of objective (2.1) there. */
  cost: number;
}

/**
 * The minimum of objective (2.1), attained where all rates equal μ* = argmin λ g(μ) + h(μ)
 * (Theorem 2.3). The theorem lets n → ∞, but the minimum is the same for every n: by the product form
 * of `stationaryLaw` 1/E[S] = Σ μ_v P(X_v = 1)/Σ P(X_v = 1) is a mean of the rates that gives slower
 * servers more weight, hence at most their plain mean, and h is convex.
 *
 * @param cost the two cost functions and their derivatives; λ g + h must be convex
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @throws {ConfigError} for another `arrivalRate`, or if λ g' + h' does not go from negative to positive
 *   between rates 2^−144 and 2^144
 */
export function optimum(cost: CostFunctions, arrivalRate: number): Optimum {
  checkPositive('arrivalRate', arrivalRate);
  const rate = optimalRate(cost, arrivalRate);
  if (Number.isNaN(rate)) {
    throw new ConfigError(
      'cost',
      `has no optimal rate at λ = ${arrivalRate}; λ g' + h' must go from negative to positive`,
    );
  }
  return { rate, cost: arrivalRate * cost.g(rate) + cost.h(rate) };
}

/**
 * The cost of the optimum, λ g(μ*) + h(μ*); see `optimum` for the arguments and errors.
 */
export function optimalCost(cost: CostFunctions, arrivalRate: number): number {
  return optimum(cost, arrivalRate).cost;
}
