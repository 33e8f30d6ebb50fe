import { ConfigError } from '../errors.js';
import { checkChoices, checkPositive, checkRates } from './arguments.js';
import { busyWindow } from './busy-window.js';
import { meanField } from './mean-field.js';
import { logNoneIdle, takenRate } from './none-idle.js';
import { stationaryLaw } from './stationary-law.js';

/** Long-run averages of the idle signals at frozen rates. */
export interface IdleSignal {
  /** E[I_v] of server v in units of time, for every v. */
  values: number[];
  /** Whether the values are exact for this number of servers or only its limit (Theorem 2.9). */
  exact: boolean;
}

/** The most states a lumped chain may have to be solved exactly. */
export const EXACT_STATE_LIMIT = 20_000;

/**
 * E_μ[I_v(∞)] of equation (2.3): the long-run average idle signal of every server when rates stand
 * still, with unit buffers.
 *
 * With π the stationary law and u(s) the mean time server v stays idle from state s on,
 *
 *   E[I_v] = Σ_{s: v idle} π(s) u(s) + P(v idle)/μ_v .
 *
 * The first term is E[I_v; v idle], since the age of an idle period and what remains of it have the
 * same law (Asmussen, Applied Probability and Queues, §V.3), the second E[I_v; v busy] (Lemma A.1).
 *
 * Exact for equal rates, whatever n. Exact for c classes of n_1, …, n_c servers with equal rates if
 * Π (n_i + 1) is at most 20 000 (14 different rates, two classes of 140, …): the state is then the
 * number of busy servers in each class. Otherwise the many-server limit (1 − c)/λ of `meanField`, the
 * same for every server, which differs by a term of order 1/n. (`stationaryLaw` always gives the
 * exact mean idle period, which is E[I_v] up to the difference between idle periods and exponential
 * ones.)
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param choices servers that an arriving task looks at for an idle one: all for Join-Idle-Queue (default), d for
 *   Join-Shortest-Queue of d, 1 for a random server
 * @throws {ConfigError} for arguments outside these ranges
 */
export function expectedIdleSignal(
  rates: readonly number[],
  arrivalRate: number,
  choices = rates.length,
): IdleSignal {
  checkRates('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  checkChoices(choices, rates.length);
  const sizes = new Map<number, number>();
  for (const rate of rates) sizes.set(rate, (sizes.get(rate) ?? 0) + 1);
  const classRates = [...sizes.keys()];
  const classSizes = [...sizes.values()];
  if (classRates.length === 1) {
    const value = homogeneousIdleSignal(
      rates.length,
      classRates[0] as number,
      arrivalRate,
      choices,
    );
    return { values: rates.map(() => value), exact: true };
  }
  if (classSizes.reduce((states, size) => states * (size + 1), 1) <= EXACT_STATE_LIMIT) {
    const { busyProbability, meanIdlePeriod } = stationaryLaw(rates, arrivalRate, choices);
    const perRate = new Map(
      classRates.map((rate, tagged) => {
        const v = rates.indexOf(rate);
        const idle = (busyProbability[v] as number) * rate * (meanIdlePeriod[v] as number);
        const remaining = meanRemainingIdleTime(
          classRates,
          classSizes,
          tagged,
          arrivalRate,
          choices,
        );
        return [rate, idle * (remaining + 1 / rate)];
      }),
    );
    return { values: rates.map((rate) => perRate.get(rate) as number), exact: true };
  }
  const { idleSignal } = meanField(
    rates,
    arrivalRate,
    choices === rates.length ? Number.POSITIVE_INFINITY : choices,
  );
  return { values: rates.map(() => idleSignal), exact: false };
}

/**
 * E[I] of any of n servers of equal rate, in time O(√n) for large n.
 *
 * The state is the number k of busy others while the tagged server is idle. With a(k) = λn, or less where a task
 * may see no idle server (`takenRate`): up at rate a(k)(n − k − 1)/(n − k), down at rate kμ, and the tagged server is
 * taken at rate a(k)/(n − k). States
 * are eliminated from k = 0 up in the manner of Grassmann, Taksar and Heyman (Operations Research 33,
 * 1985), which subtracts nothing.
 *
 * @param servers number of servers, an integer from 1 to 134,000,000
 * @param rate their service rate, tasks per unit of time; from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param choices servers that an arriving task looks at for an idle one; all by default, as in `expectedIdleSignal`
 * @throws {ConfigError} for arguments outside these ranges
 */
export function homogeneousIdleSignal(
  servers: number,
  rate: number,
  arrivalRate: number,
  choices = servers,
): number {
  if (!(Number.isInteger(servers) && servers >= 1 && servers <= 134e6)) {
    throw new ConfigError('servers', `got ${servers}; must be an integer from 1 to 134000000`);
  }
  checkPositive('rate', rate);
  checkPositive('arrivalRate', arrivalRate);
  checkChoices(choices, servers);
  const { first, probability } = busyWindow(servers, rate, arrivalRate, choices);
  const last = Math.min(servers - 1, first + probability.length - 1);

  const time = new Float64Array(last - first + 1); // spent in states up to k before leaving k upwards or for good
  const taken = new Float64Array(last - first + 1); // rate of leaving k for good, directly or from below k
  for (let k = first; k <= last; k++) {
    const i = k - first;
    time[i] = 1;
    taken[i] = takenRate(servers, arrivalRate, choices, k) / (servers - k);
    if (i > 0) {
      const below = (k * rate) / ((taken[i - 1] as number) + up(k - 1));
      time[i] = 1 + below * (time[i - 1] as number);
      taken[i] = (taken[i] as number) + below * (taken[i - 1] as number);
    }
  }
  function up(k: number): number {
    return (takenRate(servers, arrivalRate, choices, k) * (servers - k - 1)) / (servers - k);
  }

  let idle = 0;
  let idleTimesRemaining = 0;
  let remaining = 0; // mean time that is left of an idle period with k busy others
  for (let k = last; k >= first; k--) {
    const i = k - first;
    remaining = ((time[i] as number) + up(k) * remaining) / ((taken[i] as number) + up(k));
    const share = (probability[i] as number) * ((servers - k) / servers);
    idle += share;
    idleTimesRemaining += share * remaining;
  }
  return idleTimesRemaining + idle / rate;
}

/**
 * Mean time a server of class `tagged` stays idle, seen at a random instant at which it is idle.
 *
 * The state is the number of busy others in each class. With T the generator while the tagged server
 * is idle and w the stationary law given that, this is w·u with −T u = 1. T is symmetric with
 * respect to w, so with b = √w it is bᵀA⁻¹b, A the symmetric positive definite matrix that −T becomes;
 * the method of conjugate gradients finds it with twice as many digits as the solution has (Golub and
 * Meurant, Matrices, Moments and Quadrature with Applications, §12).
 */
function meanRemainingIdleTime(
  classRates: readonly number[],
  classSizes: readonly number[],
  tagged: number,
  arrivalRate: number,
  choices: number,
): number {
  const n = classSizes.reduce((sum, size) => sum + size, 0);
  const others = classSizes.map((size, c) => (c === tagged ? size - 1 : size));
  const strides: number[] = [];
  let states = 1;
  for (const size of others) {
    strides.push(states);
    states *= size + 1;
  }
  const logFactorials = [0];
  for (let k = 1; k <= n; k++) logFactorials.push((logFactorials[k - 1] as number) + Math.log(k));
  const logFactorial = (k: number) => logFactorials[k] as number;
  /** log of the product of the probabilities that 0, …, k − 1 busy servers let a task see an idle one */
  const logSeen = [0];
  for (let k = 0; k + 1 < n; k++) {
    const seen = -Math.expm1(logNoneIdle(n, choices, k));
    logSeen.push((logSeen[k] as number) + Math.log(seen));
  }

  const classes = others.map((size, c) => {
    const rate = classRates[c] as number;
    const stride = strides[c] as number;
    return { size, rate, stride, links: new Float64Array(states) };
  });
  const right = new Float64Array(states);
  const diagonal = new Float64Array(states);
  for (let s = 0; s < states; s++) {
    let busy = 0;
    let logWeight = 0;
    let completions = 0;
    for (const { size, rate, stride } of classes) {
      const k = Math.floor(s / stride) % (size + 1);
      busy += k;
      completions += k * rate;
      logWeight -= k * Math.log(rate) + logFactorial(k) + logFactorial(size - k);
    }
    logWeight += busy * Math.log(arrivalRate * n) + logFactorial(n - busy);
    right[s] = logWeight + (logSeen[busy] as number);
    const taken = takenRate(n, arrivalRate, choices, busy);
    diagonal[s] = taken + completions;
    for (const { size, rate, stride, links } of classes) {
      const k = Math.floor(s / stride) % (size + 1);
      const arrivals = (taken * (size - k)) / (n - busy);
      links[s] = Math.sqrt(arrivals * rate * (k + 1)); // to the state with one more busy
    }
  }

  // scaled to diagonal 1, which keeps the product bᵀA⁻¹b
  const largest = right.reduce(
    (max, logWeight) => Math.max(max, logWeight),
    Number.NEGATIVE_INFINITY,
  );
  let total = 0;
  for (let s = 0; s < states; s++) {
    const weight = Math.exp((right[s] as number) - largest);
    total += weight;
    right[s] = Math.exp(((right[s] as number) - largest) / 2) / Math.sqrt(diagonal[s] as number);
    for (const { size, stride, links } of classes) {
      if (Math.floor(s / stride) % (size + 1) === size) continue;
      links[s] =
        (links[s] as number) /
        Math.sqrt(diagonal[s] as number) /
        Math.sqrt(diagonal[s + stride] as number);
    }
  }
  const multiply = (x: Float64Array, out: Float64Array) => {
    out.set(x);
    for (const { stride, links } of classes) {
      for (let s = 0; s + stride < states; s++) {
        const link = links[s] as number; // 0 where the class has no more servers
        out[s] = (out[s] as number) - link * (x[s + stride] as number);
        out[s + stride] = (out[s + stride] as number) - link * (x[s] as number);
      }
    }
  };
  return inverseQuadraticForm(multiply, right) / total;
}

/** bᵀA⁻¹b for a symmetric positive definite A, as the sum of the gains of the conjugate gradient steps. */
function inverseQuadraticForm(
  multiply: (x: Float64Array, out: Float64Array) => void,
  b: Float64Array,
): number {
  const residual = Float64Array.from(b);
  const direction = Float64Array.from(b);
  const image = new Float64Array(b.length);
  let square = dot(residual, residual);
  const goal = 1e-26 * square;
  let value = 0;
  for (let step = 0; step < 100_000 && square > goal; step++) {
    multiply(direction, image);
    const length = square / dot(direction, image);
    const gain = length * square;
    value += gain;
    let next = 0;
    for (let s = 0; s < b.length; s++) {
      const r = (residual[s] as number) - length * (image[s] as number);
      residual[s] = r;
      next += r * r;
    }
    const factor = next / square;
    for (let s = 0; s < b.length; s++) {
      direction[s] = (residual[s] as number) + factor * (direction[s] as number);
    }
    square = next;
  }
  return value;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < a.length; s++) sum += (a[s] as number) * (b[s] as number);
  return sum;
}
