import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, upperRate } from '../cost/cost.js';
import { givenRates } from './given-rates.js';

/**
 * What to know of a system with unbounded buffers whose servers cannot keep up: with frozen rates, if they are together no
 * faster than tasks arrive, or one of them is not where every server gets as many tasks; with adaptive rates, if μ₊, beyond which
 * rates do not stay, is not above the arrival rate. (Rates between μ* and μ₊ are no reason: without idle times rates rise up to
 * μ₊.)
 *
 * @returns one sentence, or null if servers keep up, buffers are bounded, frozen rates are drawn at random, or rates adapt in classes
 */
export function loadWarning(config: CompleteConfig, cost: CostFunctions): string | null {
  const { arrivalRate, inverseStepSize, buffer, classes } = config;
  if (buffer !== 'inf' || (classes && inverseStepSize !== 'inf')) return null;
  const capacity = inverseStepSize === 'inf' ? frozenCapacity(config) : upperRate(cost);
  if (!(capacity <= arrivalRate)) return null;
  const limit =
    inverseStepSize === 'inf'
      ? `at their frozen rates they complete at most ${capacity.toPrecision(4)}`
      : `in the long run they complete at most ${capacity.toPrecision(4)}, as rates do not stay above it at this cost`;
  return `the servers cannot keep up: ${arrivalRate} tasks per unit of time arrive for each, and ${limit}. Queues grow as long as the run lasts, and the figures depend on its length`;
}

/** Tasks per unit of time that each server, or the slowest where all get as many, completes at most; NaN for random rates. */
function frozenCapacity(config: CompleteConfig): number {
  const rates = givenRates(config);
  if (!rates) return Number.NaN;
  if (config.dispatch === 'random' || config.dispatch === 'round-robin') {
    return rates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY);
  }
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}
