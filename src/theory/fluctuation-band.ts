import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { normalQuantile } from '../numerics/normal.js';
import { checkPositive } from './arguments.js';
import { busyWindow } from './busy-window.js';
import { linearNoise } from './linear-noise.js';
import { optimum } from './optimal.js';
import { relaxationRate } from './thresholds.js';

/** The law of one server's rate in the long run, to first order in 1/m. */
export interface FluctuationBand {
  /** The fixed point of these servers, μ* for infinitely many; tasks per unit of time. */
  mean: number;
  /** Standard deviation of the rate, tasks per unit of time. */
  sd: number;
  /** Skewness of the rate; 0 in the limit, null where it is not known. */
  skewness: number | null;
  /** The levels asked for. */
  levels: number[];
  /** Quantiles of the rate at these levels, those of the normal law with this mean and sd. */
  values: number[];
  /** Whether the approximation can be relied on. */
  valid: boolean;
  /** Why not; null if valid. */
  reason: string | null;
}

/** Below this ratio of timescales, averaging over idle periods is not justified. */
const SMALLEST_TIMESCALE_RATIO = 10;
/** The same where the skewness is not known. */
const RATIO_WITHOUT_SKEWNESS = 50;
/** Beyond this skewness a normal 5 % or 95 % quantile is off by about a fifth of a standard deviation. */
const LARGEST_SKEWNESS = 0.75;
/** Beyond this sd/μ* the drift is not linear across the band. */
const LARGEST_RELATIVE_SD = 0.1;

/**
 * The band of rates that servers keep within at finite m, with unit buffers: the normal law with the mean and variance of
 * `linearNoise`, exact to first order in 1/m for every number of servers.
 *
 * In the limit of many servers idle and busy periods A and B are independent and exponential with means
 * e = 1/λ − 1/μ* and b = 1/μ*, so one cycle pushes a rate by −(h'(μ*)/m) Y,
 * Y = ∫(I − e)dt = A²/2 + AB − e(A + B), and there are λ cycles per unit of time. With
 * E[Y²] = 2e²(e² + eb + b²) and E[Y³] = 30e⁶ + 30e⁵b + 24e⁴b² + 12e³b³ the stationary law of the
 * filtered pushes has variance h'(μ*)² λE[Y²]/(2θm) and, were they a Poisson process, skewness
 * −(2^{3/2}/3) E[Y³]/E[Y²]^{3/2} (θ/(λm))^{1/2} (Campbell's theorem). The skewness given is this one also for few servers,
 * with their mean idle period e and 1/(e + b) cycles per unit of time; it only serves to judge the band.
 * `valid` demands that a server have at least 10 cycles in a relaxation time m/θ, that skewness be at most 0.75 in size
 * and sd at most a tenth of the mean.
 *
 * Other laws of work have other busy periods. With c the squared coefficient of variation of B, E[Y²] = 2e⁴ + 2e³b + (1 + c)e²b², in
 * the limit of many servers and wherever a server has Poisson arrivals of its own; the variance with exponential work is multiplied by
 * the quotient of the two. E[Y³] = 30e⁶ + 30e⁵b + 12(1 + c)e⁴b² + 2e³E[B³], and E[B³] is taken as that of a gamma law for c < 1,
 * and of the hyperexponential law with balanced means for c > 1.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param inverseStepSize inverse step size of equation (2.2), from 1e-100 to 1e100
 * @param levels probabilities in (0, 1) of the quantiles
 * @param servers number of servers, an integer from 1 to 134,000,000, or Infinity for the limit of many servers (default)
 * @param choices servers that an arriving task looks at for an idle one; all by default, as in `fixedPoint`
 * @param scv c, squared coefficient of variation of the work of a task; 1 by default (exponential)
 * @throws {ConfigError} for arguments outside these ranges, a cost without a stable fixed point, or, for n = Infinity,
 *   without an optimal rate above `arrivalRate`
 */
export function fluctuationBand(
  cost: CostFunctions,
  arrivalRate: number,
  inverseStepSize: number,
  levels: readonly number[] = [0.05, 0.95],
  servers = Number.POSITIVE_INFINITY,
  choices = servers,
  scv = 1,
): FluctuationBand {
  levels.forEach((level, i) => {
    if (!(level > 0 && level < 1)) {
      throw new ConfigError(`levels[${i}]`, `got ${level}; must be strictly between 0 and 1`);
    }
  });
  checkPositive('inverseStepSize', inverseStepSize);
  checkPositive('arrivalRate', arrivalRate);
  const { mean, theta, idle, variance } =
    servers === Number.POSITIVE_INFINITY
      ? ofManyServers(cost, arrivalRate)
      : ofServers(cost, arrivalRate, servers, choices);
  const busy = 1 / mean;
  const ratio = inverseStepSize / theta / (idle + busy);
  const share = busy / idle;
  const square = (c: number) => 2 + 2 * share + (1 + c) * share ** 2; // E[Y²]/e⁴
  const sd = Math.sqrt(((variance / inverseStepSize) * square(scv)) / square(1));
  const busyCubed = scv < 1 ? (1 + scv) * (1 + 2 * scv) : 3 * scv * (1 + scv); // E[B³]/b³
  const third = 30 + 30 * share + 12 * (1 + scv) * share ** 2 + 2 * busyCubed * share ** 3;
  const skewness = (-(2 ** 1.5 / 3) * third) / square(scv) ** 1.5 / Math.sqrt(ratio);

  return normalBand(mean, sd, skewness, ratio, levels);
}

/**
 * A band from the mean, sd and skewness (null: not known) of a rate.
 * @param ratio cycles of a server in a relaxation time m/θ
 * @internal
 */
export function normalBand(
  mean: number,
  sd: number,
  skewness: number | null,
  ratio: number,
  levels: readonly number[],
): FluctuationBand {
  const objections: string[] = [];
  const least = skewness === null ? RATIO_WITHOUT_SKEWNESS : SMALLEST_TIMESCALE_RATIO;
  if (ratio < least) {
    objections.push(
      `timescales do not separate: a server takes ${ratio.toPrecision(3)} tasks per relaxation time m/θ, fewer than ${least}`,
    );
  }
  if (Math.abs(skewness ?? 0) > LARGEST_SKEWNESS) {
    objections.push(
      `the law is skewed: skewness ${skewness?.toPrecision(3)} is beyond ${LARGEST_SKEWNESS} in size`,
    );
  }
  if (sd > LARGEST_RELATIVE_SD * mean) {
    objections.push(
      `the band is wide: sd/mean = ${(sd / mean).toPrecision(3)} is above ${LARGEST_RELATIVE_SD}`,
    );
  }
  return {
    mean,
    sd,
    skewness,
    levels: [...levels],
    values: levels.map((level) => mean + sd * normalQuantile(level)),
    valid: objections.length === 0,
    reason: objections.length > 0 ? objections.join('; ') : null,
  };
}

/** What the band is made of: its centre, θ, the mean idle period and m times the variance. */
interface Ingredients {
  mean: number;
  theta: number;
  idle: number;
  variance: number;
}

function ofServers(
  cost: CostFunctions,
  arrivalRate: number,
  n: number,
  choices: number,
): Ingredients {
  const { rate, relaxation, variance } = linearNoise(cost, arrivalRate, n, choices);
  const { first, probability } = busyWindow(n, rate, arrivalRate, choices);
  const busyFraction = probability.reduce((sum, p, i) => sum + (p * (first + i)) / n, 0);
  return {
    mean: rate,
    theta: n === 1 ? relaxation.mean : relaxation.difference,
    idle: (1 / busyFraction - 1) / rate,
    variance,
  };
}

function ofManyServers(cost: CostFunctions, arrivalRate: number): Ingredients {
  const theta = relaxationRate(cost, arrivalRate);
  if (!(theta > 0 && theta < Number.POSITIVE_INFINITY)) {
    throw new ConfigError(
      'cost',
      `has a relaxation rate at λ = ${arrivalRate} that is not positive`,
    );
  }
  const mean = optimum(cost, arrivalRate).rate;
  const idle = 1 / arrivalRate - 1 / mean;
  const spectrum = 2 * arrivalRate * idle ** 2 * (idle ** 2 + idle / mean + 1 / mean ** 2);
  return { mean, theta, idle, variance: (cost.dh(mean) ** 2 * spectrum) / (2 * theta) };
}
