import { checkWithin } from '../theory/arguments.js';
import { normalQuantile } from './normal.js';

/** From here on the expansion about the normal quantile is exact to 1e-13. */
const NEARLY_NORMAL = 10_000;

/**
 * Quantile of Student's t distribution: the value not exceeded with probability `level`. Accurate to 1e-12, relative
 * where it exceeds 1 and absolute below.
 *
 * @param level a probability, from 1e-9 to 1 − 1e-9
 * @param degreesOfFreedom at least 1; may be Infinity
 * @throws {ConfigError} for arguments outside these ranges
 */
export function tQuantile(level: number, degreesOfFreedom: number): number {
  checkWithin('level', level, 1e-9, 1 - 1e-9);
  checkWithin('degreesOfFreedom', degreesOfFreedom, 1, Number.POSITIVE_INFINITY);
  if (level === 0.5) return 0;
  // 1 − level is exact from 1/2 on
  const size =
    degreesOfFreedom > NEARLY_NORMAL
      ? expansion(Math.abs(normalQuantile(level)), degreesOfFreedom)
      : root(Math.min(level, 1 - level), degreesOfFreedom);
  return level < 0.5 ? -size : size;
}

/** Cornish and Fisher's expansion in 1/ν (Abramowitz and Stegun 26.7.5). */
function expansion(z: number, nu: number): number {
  const s = z * z;
  const g1 = (z * (s + 1)) / 4;
  const g2 = (z * ((5 * s + 16) * s + 3)) / 96;
  const g3 = (z * (((3 * s + 19) * s + 17) * s - 15)) / 384;
  const g4 = (z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945)) / 92_160;
  return z + (g1 + (g2 + (g3 + g4 / nu) / nu) / nu) / nu;
}

/**
 * The t > 0 with P(T > t) = `tail`, by Newton's method on log P(T > t) as a function of log t, which is nearly straight in
 * the tail: it starts at the normal quantile, which lies left of the root, and takes a handful of steps.
 */
function root(tail: number, nu: number): number {
  // f(t) = scale (1 + t²/ν)^{−(ν+1)/2}
  const scale = gammaRatio(nu / 2) / Math.sqrt(nu * Math.PI);
  let t = -normalQuantile(tail);
  for (let i = 0; i < 100; i++) {
    const log = Math.log1p((t * t) / nu);
    const density = scale * Math.exp(-0.5 * (nu + 1) * log);
    const above = upperTail(t, nu, density);
    const next = t * Math.exp((Math.log(above / tail) * above) / (t * density));
    const done = Math.abs(next - t) <= 1e-15 * next;
    t = next;
    if (done) break;
  }
  return t;
}

/** P(T > t) for t > 0, from the density there: the incomplete beta function of the smaller side. */
function upperTail(t: number, nu: number, density: number): number {
  const x = nu / (nu + t * t);
  // x^{ν/2} (1−x)^{1/2} / B(ν/2, 1/2) = t f(t), and half of I_x(ν/2, 1/2) is the tail
  const front = t * density;
  if (x < (nu + 2) / (nu + 5)) return (front / nu) * fraction(nu / 2, 0.5, x);
  return 0.5 - front * fraction(0.5, nu / 2, (t * t) / (nu + t * t));
}

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), from above: Lentz's method. */
function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/** Γ(z + 1/2) / Γ(z): its asymptotic series, reached by the recurrence from where that is exact. */
function gammaRatio(z: number): number {
  let factor = 1;
  while (z < 30) {
    factor *= z / (z + 0.5);
    z++;
  }
  const coefficients = [
    ...[1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32_768, -399 / 262_144],
    ...[869 / 4_194_304, 39_325 / 33_554_432],
  ];
  const series = coefficients.reduceRight((sum, coefficient) => sum / z + coefficient, 0);
  return factor * Math.sqrt(z) * series;
}

/**
 * What a standard error is multiplied by to give the half-width of a two-sided confidence interval.
 *
 * @param level probability that the interval covers the true value, from 0 to 0.999999
 * @param degreesOfFreedom at least 1; may be Infinity
 * @throws {ConfigError} for arguments outside these ranges
 */
export function tFactor(level: number, degreesOfFreedom: number): number {
  checkConfidence(level);
  return tQuantile((1 + level) / 2, degreesOfFreedom);
}

/** Refuses a level of confidence outside [0, 0.999999]. */
export function checkConfidence(level: number): void {
  checkWithin('level', level, 0, 0.999999);
}
