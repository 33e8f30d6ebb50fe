import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { rootBetween } from '../numerics/root.js';
import { checkPositive } from './arguments.js';
import { homogeneousIdleSignal } from './idle-signal.js';
import { meanField } from './mean-field.js';
import { optimum } from './optimal.js';
import { thresholds } from './thresholds.js';

/** Where the adaptive rates of n servers settle as m → ∞. */
export interface FixedPoint {
  /** The common rate, tasks per unit of time. */
  rate: number;
  /** Objective (2.1) at that rate. */
  cost: number;
  /** By how much that exceeds the optimal cost λ g(μ*) + h(μ*); at least 0, and 0 for n = Infinity. */
  regret: number;
}

/**
 * The common rate at which the averaged dynamics (2.3) of n servers with unit buffers rest, the root of
 *
 *   g'(μ) + h'(μ) (E_μ[I^n] + 1/μ),
 *
 * with the exact E_μ[I^n] of n equal servers (`homogeneousIdleSignal`), or its limit
 * max(0, 1/λ − 1/μ) if n is Infinity and tasks look at all servers. The root lies between the thresholds μ₋ and μ₊ since
 * 0 ≤ E[I] ≤ 1/λ. With equal rates E[S] = 1/μ, so the cost is λ g(μ) + h(μ) for every n. Takes time
 * O(√n) for large n.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param servers number of servers, an integer from 1 to 134,000,000 or Infinity
 * @param choices servers that an arriving task looks at for an idle one: all for Join-Idle-Queue (default), d for
 *   Join-Shortest-Queue of d, 1 for a random server
 * @throws {ConfigError} for arguments outside these ranges, or a cost without thresholds or optimal rate
 */
export function fixedPoint(
  cost: CostFunctions,
  arrivalRate: number,
  servers: number,
  choices = servers,
): FixedPoint {
  if (
    !(Number.isInteger(servers) && servers >= 1 && servers <= 134e6) &&
    servers !== Number.POSITIVE_INFINITY
  ) {
    throw new ConfigError(
      'servers',
      `got ${servers}; must be an integer from 1 to 134000000 or Infinity`,
    );
  }
  checkPositive('arrivalRate', arrivalRate);
  const optimal = optimum(cost, arrivalRate);
  const rate = restPoint(cost, arrivalRate, (rate) => {
    if (servers < Number.POSITIVE_INFINITY) {
      return homogeneousIdleSignal(servers, rate, arrivalRate, choices);
    }
    if (choices < Number.POSITIVE_INFINITY)
      return meanField([rate], arrivalRate, choices).idleSignal;
    return Math.max(0, 1 / arrivalRate - 1 / rate);
  });
  const here = arrivalRate * cost.g(rate) + cost.h(rate);
  return { rate, cost: here, regret: Math.max(0, here - optimal.cost) };
}

/**
 * The root of g'(μ) + h'(μ)(E_μ[I] + 1/μ) between the thresholds, for any idle signal from 0 to 1/λ.
 * @throws {ConfigError} if the cost has no thresholds or no such root
 */
export function restPoint(
  cost: CostFunctions,
  arrivalRate: number,
  idleSignal: (rate: number) => number,
): number {
  const { dg, dh } = cost;
  const { lower, upper } = thresholds(cost, arrivalRate);
  // the ends are roots of bounds on this function, so rounding may hide its sign there
  const root = rootBetween(
    lower * (1 - 1e-9),
    upper * (1 + 1e-9),
    (x) => dg(x) + dh(x) * (idleSignal(x) + 1 / x),
  );
  if (root === undefined) {
    throw new ConfigError(
      'cost',
      `has no fixed point at λ = ${arrivalRate}; Assumption 2.1 does not hold for it`,
    );
  }
  return Math.min(upper, Math.max(lower, root));
}
