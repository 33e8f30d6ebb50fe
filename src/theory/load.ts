import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, upperRate } from '../cost/cost.js';

/**
 * What to know of a system with unbounded buffers whose servers cannot keep up: with frozen rates, if they are together no
 * faster than tasks arrive; with adaptive rates, if μ₊, beyond which rates do not stay, is not above the arrival rate.
 * (Rates between μ* and μ₊ are no reason: without idle times rates rise up to μ₊.)
 *
 * @returns one sentence, or null if servers keep up, buffers are bounded, frozen rates are drawn at random, or classes of servers differ
 */
export function loadWarning(
  { servers, arrivalRate, inverseStepSize, initialRates, buffer, classes }: CompleteConfig,
  cost: CostFunctions,
): string | null {
  if (buffer !== 'inf' || classes) return null;
  const capacity =
    inverseStepSize !== 'inf'
      ? upperRate(cost)
      : typeof initialRates === 'number'
        ? initialRates
        : Array.isArray(initialRates)
          ? initialRates.reduce((sum, rate) => sum + rate, 0) / servers
          : Number.NaN;
  if (!(capacity <= arrivalRate)) return null;
  const limit =
    inverseStepSize === 'inf'
      ? `at their frozen rates they complete at most ${capacity.toPrecision(4)}`
      : `in the long run they complete at most ${capacity.toPrecision(4)}, as rates do not stay above it at this cost`;
  return `the servers cannot keep up: ${arrivalRate} tasks per unit of time arrive for each, and ${limit}. Queues grow as long as the run lasts, and the figures depend on its length`;
}
