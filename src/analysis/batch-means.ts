import { ConfigError } from '../errors.js';
import { checkConfidence, tFactor } from '../numerics/student.js';
import { checkCount } from '../theory/arguments.js';
import { moments } from './interval.js';

/** What the method of batch means says about the mean of one long stationary series. */
export interface BatchMeans {
  batches: number;
  /** mean of the batches */
  mean: number;
  standardError: number;
  /** half-width of the confidence interval for the mean */
  halfWidth: number;
  /** lag-1 autocorrelation of the batch means; clearly positive if the batches are too short */
  lag1: number;
  /**
   * number of independent values that would give this half-width: variance of the single values / variance of
   * the mean; null for a mean without variance. Its relative error is about √(2 / batches).
   */
  effectiveSampleSize: number | null;
  /** probability that such an interval covers the true mean, if the batches are long enough */
  level: number;
}

/**
 * Confidence interval for the mean of a stationary series from the means of its batches (Law, Simulation
 * Modeling and Analysis, 9.5.3). Values at the front that fill no batch are left out.
 *
 * @param values equally spaced observations, or time averages over equal sections; finite numbers
 * @param perBatch values per batch, at most half of their number
 * @param level probability of covering the true mean, from 0 to 0.999999
 * @throws {ConfigError} for other arguments
 */
export function batchMeans(values: ArrayLike<number>, perBatch: number, level = 0.95): BatchMeans {
  checkConfidence(level);
  const means = joinSections(values, perBatch);
  const batches = means.length;
  if (batches < 2) {
    throw new ConfigError(
      'perBatch',
      `got ${perBatch}; must be at most half the number of values, ${values.length}`,
    );
  }
  const variance = moments('values', values).squares / (values.length - 1);
  const { mean, squares } = moments('means of batches', means);
  const varianceOfMean = squares / (batches - 1) / batches;
  const standardError = Math.sqrt(varianceOfMean);
  return {
    batches,
    mean,
    standardError,
    // worked out when asked for: whoever wants the standard error alone need not load Student's law
    get halfWidth() {
      return tFactor(level, batches - 1) * standardError;
    },
    lag1: lag1(means),
    effectiveSampleSize: varianceOfMean > 0 ? variance / varianceOfMean : null,
    level,
  };
}

/**
 * Lag-1 autocorrelation Σ (xᵢ − x̄)(xᵢ₊₁ − x̄) / Σ (xᵢ − x̄)². For n independent values its mean is −1/n and its
 * standard deviation about 1/√n.
 *
 * @param values at least one finite number
 * @returns 0 for equal values, and so for a single one
 * @throws {ConfigError} for other arguments
 */
export function lag1(values: ArrayLike<number>): number {
  const { mean, squares } = moments('values', values);
  if (squares === 0) return 0;
  let products = 0;
  for (let i = 1; i < values.length; i++) {
    products += ((values[i - 1] as number) - mean) * ((values[i] as number) - mean);
  }
  return products / squares;
}

/**
 * Means of `perBatch` neighbouring sections each; what fills no batch is dropped at the front, where the
 * initial state is remembered longest.
 *
 * @throws {ConfigError} if `perBatch` is not a whole number from 1
 */
export function joinSections(sections: ArrayLike<number>, perBatch: number): Float64Array {
  checkCount('perBatch', perBatch, 1);
  const batches = Math.floor(sections.length / perBatch);
  const front = sections.length - batches * perBatch;
  return Float64Array.from({ length: batches }, (_, b) => {
    let sum = 0;
    for (let i = 0; i < perBatch; i++) sum += sections[front + b * perBatch + i] as number;
    return sum / perBatch;
  });
}

/** Batches of a run: with fewer, t quantiles grow; more would narrow an interval by a few per cent only. */
export const FEWEST_BATCHES = 10;
export const MOST_BATCHES = 32;

/** Limits for `sectionsPerBatch`. */
export interface BatchLimits {
  /** batches to keep at least where possible; default 10 */
  fewest?: number;
  /** batches at most; default 32 */
  most?: number;
  /** sections per batch at least, say for a known relaxation time. Default 1 */
  least?: number;
}

/** One-sided 5 % and 1 % quantiles of the standard normal distribution. */
const SIGNIFICANT = 1.645;
const HIGHLY_SIGNIFICANT = 2.326;
/**
 * Once batches exceed the correlation time, doubling them turns a lag-1 autocorrelation r into r/(2(1 + r)).
 * So 0.3 at a quarter of the length leaves about 0.05, with which a half-width is 5 % too small.
 */
const QUARTER_LIMIT = 0.3;

/**
 * How many neighbouring sections of a stationary run to join so that the batch means are about independent.
 *
 * The candidates are `least`·2^j that give at most `most` batches. The smallest is taken that passes two checks:
 *
 * - von Neumann's test finds no positive lag-1 autocorrelation of the batch means (5 %, one-sided), as in
 *   Fishman and Yarberry's LBATCH (INFORMS Journal on Computing 9, 1997). Among 10 to 32 batches it sees little:
 *   0.3 is no more than noise;
 * - therefore batches of a quarter of the length, of which there are four times as many, must have one of
 *   at most 0.3. (Law and Carson infer it in the same way from ten times as many: Operations Research 27, 1979;
 *   Law, Simulation Modeling and Analysis, 9.5.3.) Batches of one to three sections have no quarters and are judged by
 *   the test alone; so at least 4·`most` sections are better.
 *
 * If none passes, the largest candidate that leaves `fewest` batches is returned; whether it does can be seen
 * from `lag1` of the batch means. If even the smallest candidate leaves less, it is returned all the same.
 *
 * @param sections means of equal sections in order of time, finite numbers
 * @throws {ConfigError} for a section that is not finite, limits that are not whole numbers from 1, or
 *   `fewest` above half of `most`, between which there may be no candidate
 */
export function sectionsPerBatch(
  sections: ArrayLike<number>,
  { fewest = FEWEST_BATCHES, most = MOST_BATCHES, least = 1 }: BatchLimits = {},
): number {
  checkCount('fewest', fewest, 1);
  checkCount('most', most, 1);
  checkCount('least', least, 1);
  if (2 * fewest > most) {
    throw new ConfigError('fewest', `got ${fewest}; must be at most half of most, ${most}`);
  }
  const batches = (perBatch: number) => Math.floor(sections.length / perBatch);
  let perBatch = least;
  while (batches(perBatch) > most) perBatch *= 2;
  while (batches(perBatch * 2) >= fewest && !longEnough(sections, perBatch)) perBatch *= 2;
  return perBatch;
}

function longEnough(sections: ArrayLike<number>, perBatch: number): boolean {
  const means = joinSections(sections, perBatch);
  if (correlation(means) > SIGNIFICANT * correlationNoise(means.length)) return false;
  const quarter = Math.floor(perBatch / 4);
  return quarter === 0 || correlation(joinSections(sections, quarter)) <= QUARTER_LIMIT;
}

/**
 * Von Neumann's estimate of the lag-1 autocorrelation, 1 − Σ (xᵢ − xᵢ₊₁)² / (2 Σ (xᵢ − x̄)²): `lag1` with its
 * two ends completed, which makes the mean 0 for independent values of any number.
 */
function correlation(values: ArrayLike<number>): number {
  const { mean, squares } = moments('sections', values);
  if (squares === 0) return 0;
  const first = (values[0] as number) - mean;
  const last = (values[values.length - 1] as number) - mean;
  return lag1(values) + (first * first + last * last) / (2 * squares);
}

/** Standard deviation of `correlation` for independent normal values. */
function correlationNoise(count: number): number {
  return Math.sqrt((count - 2) / (count * count - 1));
}

/**
 * Whether the means of batches are correlated by von Neumann's test, one-sided at 1 %. Three batches or more.
 */
export function correlated(means: ArrayLike<number>): boolean {
  return correlation(means) > HIGHLY_SIGNIFICANT * correlationNoise(means.length);
}

/**
 * Whether the first batch is apart from the others, as it is when the start of a run is not forgotten: the t test of one
 * value against the rest, two-sided at 0.1 %, since batches of queues are skewed. (Von Neumann's test hardly sees one outlier
 * at an end, which makes intervals too wide.) Three batches or more.
 */
export function startsApart(means: ArrayLike<number>): boolean {
  const rest = Array.prototype.slice.call(means, 1) as number[];
  const { mean, squares } = moments('means of batches', rest);
  const error = Math.sqrt((squares / (rest.length - 1)) * (1 + 1 / rest.length));
  return Math.abs((means[0] as number) - mean) > tFactor(0.999, rest.length - 1) * error;
}

/**
 * Half-width of an interval about an estimate that is not a mean of batches, such as a ratio or a quantile over the
 * whole run, from the same estimate in each of b batches (sectioning; Asmussen and Glynn, Stochastic Simulation, III.5):
 * t_{b−1} √(Σ (xᵢ − centre)² / (b − 1) / b). It is never narrower than the one about the mean of the batches.
 *
 * @param centre the estimate from the whole run
 * @param batchValues the estimate in each batch
 * @param level probability of covering the true value, from 0 to 0.999999
 * @returns null for less than two batches
 * @throws {ConfigError} if a number is not finite, or for another level
 */
export function sectioningHalfWidth(
  centre: number,
  batchValues: ArrayLike<number>,
  level = 0.95,
): number | null {
  checkConfidence(level);
  if (!Number.isFinite(centre)) {
    throw new ConfigError('centre', `got ${centre}; must be a finite number`);
  }
  const batches = batchValues.length;
  if (batches < 2) return null;
  const { mean, squares } = moments('batchValues', batchValues);
  const aboutCentre = squares + batches * (mean - centre) ** 2;
  return tFactor(level, batches - 1) * Math.sqrt(aboutCentre / (batches - 1) / batches);
}
