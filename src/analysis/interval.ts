import { ConfigError } from '../errors.js';
import { checkConfidence, tFactor } from '../numerics/student.js';

/** A confidence interval for the mean of independent values, `mean` ± `halfWidth`. */
export interface Interval {
  mean: number;
  /** null for a single value, which says nothing about its error */
  halfWidth: number | null;
  /** standard deviation of the single values (divisor n − 1); null for a single value */
  sd: number | null;
  /** n, the number of values */
  count: number;
  /** probability that such an interval covers the true mean */
  level: number;
}

/**
 * Student's t interval over independent values, such as the results of replications. It is exact for normal
 * values; for others the level is approached as their number grows, from below for skewed ones.
 *
 * @param values at least one finite number
 * @param level probability of covering the true mean, from 0 to 0.999999
 * @throws {ConfigError} for other arguments
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const { mean, squares } = moments('values', values);
  checkConfidence(level);
  return intervalOf(mean, squares, values.length, level);
}

/**
 * The interval of `meanInterval` from values that come one by one and are not kept (Welford, Technometrics 4, 1962). The
 * same values in the same order give the same bits; equal values give that value and exactly 0.
 */
export class RunningInterval {
  #count = 0;
  #mean = 0;
  /** of squared deviations from the mean */
  #squares = 0;

  /** @param value finite */
  add(value: number): void {
    const deviation = value - this.#mean;
    this.#count++;
    this.#mean += deviation / this.#count;
    this.#squares += deviation * (value - this.#mean);
  }

  /** null before there is a value */
  interval(level = 0.95): Interval | null {
    if (this.#count === 0) return null;
    return intervalOf(this.#mean, this.#squares, this.#count, level);
  }
}

function intervalOf(mean: number, squares: number, count: number, level: number): Interval {
  if (count < 2) return { mean, halfWidth: null, sd: null, count, level };
  const sd = Math.sqrt(squares / (count - 1));
  return { mean, halfWidth: (tFactor(level, count - 1) * sd) / Math.sqrt(count), sd, count, level };
}

/**
 * |halfWidth / mean|: 0 for an interval of no width, whatever its mean; Infinity for any other about 0.
 *
 * @returns null where the half-width is unknown
 */
export function relativeHalfWidth({
  mean,
  halfWidth,
}: Pick<Interval, 'mean' | 'halfWidth'>): number | null {
  if (halfWidth === null) return null;
  return halfWidth === 0 ? 0 : Math.abs(halfWidth / mean);
}

/**
 * Mean of the values and the sum of their squared deviations from it, in two passes, so that values which
 * differ only in their last digits lose none of them. Equal values give that value and exactly 0.
 *
 * @param name what the values are called in errors
 * @throws {ConfigError} if there is none, or one that is not finite
 */
export function moments(
  name: string,
  values: ArrayLike<number>,
): { mean: number; squares: number } {
  const count = values.length;
  if (count === 0) throw new ConfigError(name, 'is empty; must hold at least one number');
  const origin = values[0] as number;
  let shifted = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      throw new ConfigError(`${name}[${i}]`, `got ${value}; must be a finite number`);
    }
    shifted += value - origin;
  }
  const centre = origin + shifted / count;
  let [rest, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const deviation = (values[i] as number) - centre;
    rest += deviation;
    squares += deviation * deviation;
  }
  return { mean: centre + rest / count, squares: Math.max(0, squares - (rest * rest) / count) };
}
