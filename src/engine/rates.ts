/** What rates a run can have, for the memory that recording them takes. */
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, upperRate } from '../cost/cost.js';
import { type RunCosts, steeringCosts } from './costs.js';

/** No server is idle for longer: the latest horizon that a configuration may have. */
const LONGEST_IDLE = 1e12;
/** Uniform variates are multiples of this. */
const UNIT = 2 ** -53;
/** For rate 0, the low end of a uniform law if it is far below all other variates, and rounding. */
const SPARE_OCTAVES = 3;
const LOWEST_OCTAVE = -1023;

/** No rate of the run exceeds this: the largest that is given, or the largest μ₊ of the costs (Remark 2.5). */
export function largestRate(config: CompleteConfig, costs: RunCosts): number {
  let largest = 0;
  for (const { functions } of steeringCosts(costs)) {
    largest = Math.max(largest, upperRate(functions));
  }
  for (const { high } of givenRates(config)) largest = Math.max(largest, high);
  return largest;
}

/**
 * How many octaves can hold rates of the run, whatever its horizon, λ and m: none is larger than `largestRate`, and
 * none that is positive smaller than the smallest one given unless equation (2.2) can lead there.
 */
export function octavesOfRates(config: CompleteConfig, costs: RunCosts): number {
  const highest = Math.floor(Math.log2(largestRate(config, costs)));
  let smallest = Number.POSITIVE_INFINITY;
  for (const { low, high } of givenRates(config)) {
    const least = high > low ? Math.max(low, high * UNIT) : low;
    if (least > 0) smallest = Math.min(smallest, least);
  }
  let lowest = Math.floor(Math.log2(smallest));
  for (const { functions } of steeringCosts(costs)) {
    lowest = Math.min(lowest, lowestOctave(functions, highest));
  }
  return highest - Math.max(LOWEST_OCTAVE, lowest) + 1 + SPARE_OCTAVES;
}

/** The ranges of the rates that the configuration gives: at the start, or by the schedule. */
function* givenRates({
  classes,
  initialRates,
  schedule = [],
}: CompleteConfig): Generator<{ low: number; high: number }> {
  for (const rates of classes?.map((own) => own.initialRates) ?? [initialRates]) {
    if (typeof rates === 'number') yield { low: rates, high: rates };
    else if (!Array.isArray(rates)) yield { low: rates.uniform[0], high: rates.uniform[1] };
    else for (const rate of rates) yield { low: rate, high: rate };
  }
  for (const { rates } of schedule) if (rates !== undefined) yield { low: rates, high: rates };
}

/** The octave, not above `highest`, where rates grow even if a server has been idle for ever: none sinks below. */
function lowestOctave({ dg, dh }: CostFunctions, highest: number): number {
  const sinks = (x: number) => dg(x) + dh(x) * (LONGEST_IDLE + 1 / x) > 0;
  let octave = highest;
  while (octave > LOWEST_OCTAVE && sinks(2 ** octave)) octave -= 1;
  return octave;
}
