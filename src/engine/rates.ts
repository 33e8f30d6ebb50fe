/** What rates a run can have, for the memory that recording them takes. */
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, upperRate } from '../cost/cost.js';

/** No server is idle for longer: the latest horizon that a configuration may have. */
const LONGEST_IDLE = 1e12;
/** Uniform variates are multiples of this. */
const UNIT = 2 ** -53;
/** For rate 0, the low end of a uniform law if it is far below all other variates, and rounding. */
const SPARE_OCTAVES = 3;
const LOWEST_OCTAVE = -1023;

/** No rate of the run exceeds this: the largest initial one, or μ₊ (Remark 2.5). */
export function largestRate({ initialRates }: CompleteConfig, cost: CostFunctions): number {
  let largest = upperRate(cost);
  if (typeof initialRates === 'number') largest = Math.max(largest, initialRates);
  else if (!Array.isArray(initialRates)) largest = Math.max(largest, initialRates.uniform[1]);
  else for (const rate of initialRates) largest = Math.max(largest, rate);
  return largest;
}

/**
 * How many octaves can hold rates of the run, whatever its horizon, λ and m: none is larger than `largestRate`, and
 * none that is positive smaller than the smallest initial one unless equation (2.2) can lead there.
 */
export function octavesOfRates(config: CompleteConfig, cost: CostFunctions): number {
  const highest = Math.floor(Math.log2(largestRate(config, cost)));
  const initial = Math.floor(Math.log2(smallestInitialRate(config)));
  const lowest = Math.max(LOWEST_OCTAVE, Math.min(initial, lowestOctave(cost, highest)));
  return highest - lowest + 1 + SPARE_OCTAVES;
}

/** The smallest of the initial rates that are positive; Infinity if none is. */
function smallestInitialRate({ initialRates }: CompleteConfig): number {
  if (typeof initialRates === 'object' && 'uniform' in initialRates) {
    const [low, high] = initialRates.uniform;
    return Math.max(low, high * UNIT) || Number.POSITIVE_INFINITY;
  }
  let smallest = Number.POSITIVE_INFINITY;
  for (const rate of Array.isArray(initialRates) ? initialRates : [initialRates]) {
    if (rate > 0) smallest = Math.min(smallest, rate);
  }
  return smallest;
}

/** The octave, not above `highest`, where rates grow even if a server has been idle for ever: none sinks below. */
function lowestOctave({ dg, dh }: CostFunctions, highest: number): number {
  const sinks = (x: number) => dg(x) + dh(x) * (LONGEST_IDLE + 1 / x) > 0;
  let octave = highest;
  while (octave > LOWEST_OCTAVE && sinks(2 ** octave)) octave -= 1;
  return octave;
}
