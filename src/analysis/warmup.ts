import { ConfigError } from '../errors.js';

/** How much of a series to delete so that its start is forgotten. */
export interface Truncation {
  /** number of samples to delete at the front, a multiple of five */
  truncation: number;
  /**
   * true if the rule found its minimum at the end of the range it may search, or had too little to search:
   * the series is too short for its transient, and `truncation` is merely all that may be deleted
   */
  capped: boolean;
}

const BATCH = 5;
/** With fewer batches the last candidates would be judged by less than five values each. */
const FEWEST_BATCHES = 10;

/**
 * MSER-5 (White, Simulation 69, 1997; White, Cobb and Spratt, Proc. Winter Simulation Conference, 2000): the
 * series is averaged in batches of five, y₀ … y_{k−1}, and the d batches are deleted that minimise
 *
 *   z(d) = Σ_{j ≥ d} (y_j − mean of those)² / (k − d)²,
 *
 * the squared standard error the remaining mean would have if the batches were independent; the smallest d
 * where several do. It weighs bias that shows as variance against the samples lost. Samples after the last whole
 * batch are not looked at.
 *
 * It is a heuristic and can fail: z(d) is a variance over few values when d is close to k and can be small by
 * chance, so only d ≤ k/2 is considered; a drift slow against the series does not show at all. A minimum at the
 * very end of that range means failure, reported as `capped`. With fewer than ten batches (50 samples) there
 * is nothing to judge by: half of the batches are deleted, and the result counts as capped. A constant series of
 * at least 50 samples loses nothing.
 *
 * @param series equally spaced observations, finite numbers
 * @throws {ConfigError} if a sample looked at is not finite
 */
export function mser5(series: ArrayLike<number>): Truncation {
  const batches = Math.floor(series.length / BATCH);
  const limit = Math.floor(batches / 2);
  if (batches < FEWEST_BATCHES) return { truncation: limit * BATCH, capped: true };
  // Welford's update, running backward: mean and squared deviations of the batches from d on
  let [mean, squares] = [0, 0];
  let [best, least] = [limit, Number.POSITIVE_INFINITY];
  for (let d = batches - 1; d >= 0; d--) {
    const count = batches - d;
    const deviation = batchMean(series, d) - mean;
    mean += deviation / count;
    squares += deviation * deviation * (1 - 1 / count);
    const z = squares / (count * count);
    if (d <= limit && z <= least) [best, least] = [d, z];
  }
  return { truncation: best * BATCH, capped: best === limit };
}

function batchMean(series: ArrayLike<number>, batch: number): number {
  let sum = 0;
  for (let i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
    const value = series[i] as number;
    if (!Number.isFinite(value)) {
      throw new ConfigError(`series[${i}]`, `got ${value}; must be a finite number`);
    }
    sum += value;
  }
  return sum / BATCH;
}
