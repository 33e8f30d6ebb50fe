/// <reference path="./jstat.d.ts" />
import { checkWithin } from '../theory/arguments.js';
import { normalQuantile } from './normal.js';

/** jStat's continued fraction is cut off after 100 terms, which shows from 10⁷ degrees of freedom on. */
const NEARLY_NORMAL = 1e5;

let jStat: typeof import('jstat').default | undefined;

/**
 * Loads the library behind `tQuantile`, once. It takes longer to load than everything else that a simulation needs,
 * which can run without; so whatever gives intervals awaits this before, and nobody else waits.
 */
export async function loadStudent(): Promise<void> {
  jStat ??= (await import('jstat')).default;
}

/**
 * Quantile of Student's t distribution: the value not exceeded with probability `level`. Accurate to about
 * 1e-7, relative where it exceeds 1 and absolute below. Beyond 10⁵ degrees of freedom it is the normal quantile
 * z plus the first term of Fisher's expansion, (z³ + z)/(4 degreesOfFreedom).
 *
 * @param level a probability, from 1e-9 to 1 − 1e-9
 * @param degreesOfFreedom at least 1; may be Infinity
 * @throws RangeError for arguments outside these ranges
 * @throws Error if it is needed and `loadStudent` has not been awaited
 */
export function tQuantile(level: number, degreesOfFreedom: number): number {
  checkWithin('level', level, 1e-9, 1 - 1e-9);
  checkWithin('degreesOfFreedom', degreesOfFreedom, 1, Number.POSITIVE_INFINITY);
  if (level === 0.5) return 0;
  if (degreesOfFreedom <= NEARLY_NORMAL) {
    if (!jStat) throw new Error('Student’s t is not loaded: await loadStudent() first');
    return jStat.studentt.inv(level, degreesOfFreedom);
  }
  const z = normalQuantile(level);
  return z + (z ** 3 + z) / (4 * degreesOfFreedom);
}

/**
 * What a standard error is multiplied by to give the half-width of a two-sided confidence interval.
 *
 * @param level probability that the interval covers the true value, from 0 to 0.999999
 * @param degreesOfFreedom at least 1; may be Infinity
 * @throws RangeError for arguments outside these ranges
 */
export function tFactor(level: number, degreesOfFreedom: number): number {
  checkConfidence(level);
  return tQuantile((1 + level) / 2, degreesOfFreedom);
}

/** Refuses a level of confidence outside [0, 0.999999]. */
export function checkConfidence(level: number): void {
  checkWithin('level', level, 0, 0.999999);
}
