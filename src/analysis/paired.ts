import { ConfigError } from '../errors.js';
import { tQuantile } from '../numerics/student.js';
import { type Interval, moments } from './interval.js';

/**
 * Interval for the mean of the differences a[k] − b[k] of pairs: Student's t over the differences, which is right however the two
 * of a pair depend on each other, as long as pairs are independent. It is exact for normal differences.
 *
 * @param alpha probability of not covering the true mean, from 2e-9 to 1; where it is small, 1 − alpha would have lost digits
 * @throws {ConfigError} for other arguments
 */
export function pairedInterval(
  a: readonly number[],
  b: readonly number[],
  alpha: number,
): Interval {
  if (a.length !== b.length) {
    throw new ConfigError('b', `has ${b.length} values; must have ${a.length}, one for each of a`);
  }
  const differences = a.map((value, k) => value - (b[k] as number));
  const { mean, squares } = moments('differences', differences);
  const count = differences.length;
  const level = 1 - alpha;
  if (count < 2) return { mean, halfWidth: null, sd: null, count, level };
  const sd = Math.sqrt(squares / (count - 1));
  const factor = -tQuantile(alpha / 2, count - 1);
  return { mean, halfWidth: (factor * sd) / Math.sqrt(count), sd, count, level };
}
