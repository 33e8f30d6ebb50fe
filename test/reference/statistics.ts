/**
 * The few statistical tools the tests need. Special functions follow Press et al., Numerical
 * Recipes (3rd edition), §6.1–6.4 and §14.3; quantiles are found by bisection, which is slow and
 * cannot go wrong.
 */

/** An estimate and the half-width of its confidence interval. */
export interface Interval {
  mean: number;
  halfWidth: number;
}

/** Outcome of a hypothesis test. */
export interface TestResult {
  statistic: number;
  pValue: number;
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((total, x) => total + x, 0) / samples.length;
}

/** Unbiased sample variance. */
export function variance(samples: readonly number[]): number {
  const centre = mean(samples);
  return samples.reduce((total, x) => total + (x - centre) ** 2, 0) / (samples.length - 1);
}

/** Means of consecutive batches of equal length; a remainder at the end is left out. */
export function batchMeans(samples: readonly number[], batches: number): number[] {
  const length = Math.floor(samples.length / batches);
  return Array.from({ length: batches }, (_, b) =>
    mean(samples.slice(b * length, (b + 1) * length)),
  );
}

/**
 * Student's confidence interval for the mean of independent samples (replications, or the means of
 * long batches), which misses the true mean with probability `errorProbability`.
 */
export function studentInterval(samples: readonly number[], errorProbability: number): Interval {
  const quantile = studentQuantile(1 - errorProbability / 2, samples.length - 1);
  return {
    mean: mean(samples),
    halfWidth: quantile * Math.sqrt(variance(samples) / samples.length),
  };
}

/** Quantile of Student's t distribution. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degreesOfFreedom);
  return bisect((t) => studentUpperTail(t, degreesOfFreedom) - (1 - probability));
}

/** P(T > t), t ≥ 0, for Student's t distribution. */
function studentUpperTail(t: number, degreesOfFreedom: number): number {
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  return regularizedBeta(x, degreesOfFreedom / 2, 0.5) / 2;
}

/** Quantile of the standard normal distribution. */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  return bisect((z) => normalUpperTail(z) - (1 - probability));
}

/** P(Z > z) for a standard normal Z. */
export function normalUpperTail(z: number): number {
  const tail = regularizedGammaQ(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** P(χ² > statistic). */
export function chiSquarePValue(statistic: number, degreesOfFreedom: number): number {
  return regularizedGammaQ(degreesOfFreedom / 2, statistic / 2);
}

/** Pearson's goodness-of-fit test of counts against the probabilities of all cells. */
export function chiSquareTest(
  counts: readonly number[],
  probabilities: readonly number[],
): TestResult {
  const total = counts.reduce((a, b) => a + b, 0);
  const statistic = counts.reduce((sum, count, cell) => {
    const expected = total * probabilities[cell];
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { statistic, pValue: chiSquarePValue(statistic, counts.length - 1) };
}

/**
 * Two-sample Kolmogorov–Smirnov test. The p-value is the asymptotic one with Stephens' correction
 * for finite samples, good from about 4 effective samples on; ties make it conservative.
 */
export function kolmogorovSmirnovTest(a: readonly number[], b: readonly number[]): TestResult {
  const x = [...a].sort((s, t) => s - t);
  const y = [...b].sort((s, t) => s - t);
  let statistic = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / x.length - j / y.length));
  }
  const root = Math.sqrt((x.length * y.length) / (x.length + y.length));
  return { statistic, pValue: kolmogorovUpperTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** P(K > x) for Kolmogorov's limit law: two series, each fast where the other is slow. */
export function kolmogorovUpperTail(x: number): number {
  let total = 0;
  if (x < 1.18) {
    if (x < 0.03) return 1;
    for (let k = 1; k <= 7; k += 2) total += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * total;
  }
  for (let k = 1; k <= 5; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * x) ** 2);
  return total;
}

/** ln Γ(x), x > 0, by Lanczos' approximation (g = 7, nine terms), relative error below 1e-14. */
export function logGamma(x: number): number {
  const [constant, ...coefficients] = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  const series = coefficients.reduce((total, c, k) => total + c / (x + k), constant);
  const t = x + 6.5;
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** Q(a, x) = Γ(a, x)/Γ(a), by its series below a + 1 and its continued fraction above. */
function regularizedGammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  const prefactor = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let series = term;
    for (let k = 1; term > series * 1e-17; k++) {
      term *= x / (a + k);
      series += term;
    }
    return 1 - prefactor * series;
  }
  const fraction = continuedFraction(
    (k) => (k === 1 ? 1 : -(k - 1) * (k - 1 - a)),
    (k) => x + 2 * k - 1 - a,
  );
  return prefactor * fraction;
}

/** I_x(a, b), the regularised incomplete beta function. */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const logPrefactor =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const numerator = (k: number) => {
    if (k === 1) return 1;
    const j = Math.floor((k - 1) / 2);
    return k % 2 === 1
      ? (j * (b - j) * x) / ((a + 2 * j - 1) * (a + 2 * j))
      : (-(a + j) * (a + b + j) * x) / ((a + 2 * j) * (a + 2 * j + 1));
  };
  return (Math.exp(logPrefactor) / a) * continuedFraction(numerator, () => 1);
}

/** The value of p(1)/(q(1) + p(2)/(q(2) + …)), by Lentz' method. */
function continuedFraction(
  numerator: (k: number) => number,
  denominator: (k: number) => number,
): number {
  const tiny = 1e-300;
  let value = tiny;
  let c = tiny;
  let d = 0;
  for (let k = 1; k < 10_000; k++) {
    d = 1 / (denominator(k) + numerator(k) * d || tiny);
    c = denominator(k) + numerator(k) / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new Error('continued fraction did not converge');
}

/** The root of a decreasing function that is positive at 0 and negative far to the right. */
function bisect(f: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (f(high) > 0) high *= 2;
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
