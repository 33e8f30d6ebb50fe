/**
 * Laws of the work that a task is, as phase-type laws: the time to absorption of a Markov chain that starts by α and moves
 * by T (Neuts, Matrix-Geometric Solutions in Stochastic Models, 1981, chapter 2). At a server of rate μ work is done at rate μ, so a phase
 * with −T_ii = r ends with hazard r μ.
 */
import { ConfigError } from '../errors.js';

/** A law of phase type as a configuration gives it. */
export interface PhaseType {
  /** probability of starting in each phase; they add up to 1 */
  alpha: number[];
  /** rates between phases: off the diagonal ≥ 0, rows add up to at most 0, and what is missing to 0 is the rate of the end */
  T: number[][];
  /** scale it to mean 1; default true. Otherwise the load of a server is λ times the mean over its rate */
  scale?: boolean;
}

/** `erlang:k`, `hyperexponential:p,r1,r2`, `scv:c`, or any law of phase type. */
export type Service =
  | 'exponential'
  | `erlang:${number}`
  | `hyperexponential:${number},${number},${number}`
  | `scv:${number}`
  | PhaseType;

/** A law of work, spelt out. */
export interface ServiceLaw {
  alpha: number[];
  T: number[][];
  /** 1, unless scaling was declined */
  mean: number;
  /** squared coefficient of variation, variance / mean² */
  scv: number;
}

/** A phase is a byte in the engine. */
export const MOST_PHASES = 255;
/** How much faster than the mean the fastest phase may be: the engine proposes so many candidates for each completion. */
const FASTEST = 1e4;

/**
 * The law behind a service, scaled to mean 1 unless told not to.
 * @throws {ConfigError} naming `service` for a law that cannot be simulated
 */
export function serviceLaw(service: Service): ServiceLaw {
  const { alpha, T, scale = true } = typeof service === 'string' ? named(service) : service;
  const [mean, second] = moments(alpha, T);
  if (!(mean > 0 && Number.isFinite(mean) && Number.isFinite(second))) {
    throw new ConfigError(
      'service',
      'from some phase the task never ends, or its mean is not finite; give T rows that lead to the end',
    );
  }
  const factor = scale ? mean : 1;
  const scaled = T.map((row) => row.map((rate) => rate * factor));
  const fastest = Math.max(...scaled.map((row, i) => -(row[i] as number)));
  if (fastest * (mean / factor) > FASTEST) {
    throw new ConfigError(
      'service',
      `its fastest phase is ${Number((fastest * (mean / factor)).toPrecision(4))} times as fast as the mean; at most ${FASTEST} can be simulated`,
    );
  }
  return { alpha, T: scaled, mean: mean / factor, scv: second / mean ** 2 - 1 };
}

function named(service: string): PhaseType {
  const [name, parameters = ''] = service.split(':');
  const values = parameters.split(',').map(Number);
  const [first = 0, second = 0, third = 0] = values;
  if (name === 'erlang') return erlang(first);
  if (name === 'hyperexponential') return hyperexponential(first, second, third);
  if (name === 'scv') return withVariation(first);
  return erlang(1);
}

function erlang(phases: number): PhaseType {
  const alpha = new Array<number>(phases).fill(0);
  alpha[0] = 1;
  return { alpha, T: chain(phases) };
}

/** Phases of rate 1, one after the other. */
function chain(phases: number): number[][] {
  return Array.from({ length: phases }, (_, i) =>
    Array.from({ length: phases }, (_, j) => (j === i ? -1 : j === i + 1 ? 1 : 0)),
  );
}

function hyperexponential(p: number, first: number, second: number): PhaseType {
  return {
    alpha: [p, 1 - p],
    T: [
      [-first, 0],
      [0, -second],
    ],
  };
}

/**
 * The usual fits of mean and squared coefficient of variation c (Tijms, A First Course in Stochastic Models, 2003, appendix B): below 1 a
 * mixture of Erlang laws with k − 1 and k phases of the same rate, 1/k ≤ c ≤ 1/(k − 1); above 1 a hyperexponential law with balanced means.
 */
function withVariation(c: number): PhaseType {
  if (c === 1) return erlang(1);
  if (c > 1) {
    const p = (1 + Math.sqrt((c - 1) / (c + 1))) / 2;
    return hyperexponential(p, 2 * p, 2 * (1 - p));
  }
  const k = Math.ceil(1 / c);
  // at c = 1/k and 1/(k − 1) the root is of 1 and 0, and p is 0 and 1, but for rounding
  const root = Math.sqrt(Math.max(0, k * (1 + c) - k ** 2 * c));
  const p = Math.min(1, Math.max(0, (k * c - root) / (1 + c)));
  const alpha = new Array<number>(k).fill(0);
  // who skips the first phase has k − 1
  alpha[0] = 1 - p;
  if (p > 0) alpha[1] = p;
  return { alpha, T: chain(k) };
}

/** E[X] = α (−T)⁻¹ 1 and E[X²] = 2 α (−T)⁻² 1; not finite where −T cannot be inverted. */
function moments(alpha: readonly number[], T: readonly number[][]): [number, number] {
  const ones = new Array<number>(alpha.length).fill(1);
  const first = solve(T, ones);
  const second = solve(T, first);
  const dot = (x: number[]) =>
    alpha.reduce((sum, a, i) => sum + (a === 0 ? 0 : a * (x[i] as number)), 0);
  return [dot(first), 2 * dot(second)];
}

/** x of −T x = b, by elimination: −T is diagonally dominant, so that the diagonal serves as pivot. */
function solve(T: readonly number[][], b: readonly number[]): number[] {
  const n = b.length;
  const rows = T.map((row, i) => [...row.map((rate) => -rate), b[i] as number]);
  for (let k = 0; k < n; k++) {
    const pivot = rows[k] as number[];
    for (let i = k + 1; i < n; i++) {
      const row = rows[i] as number[];
      const factor = (row[k] as number) / (pivot[k] as number);
      if (factor === 0) continue;
      for (let j = k; j <= n; j++) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    const row = rows[k] as number[];
    let rest = row[n] as number;
    for (let j = k + 1; j < n; j++) rest -= (row[j] as number) * (x[j] as number);
    x[k] = rest / (row[k] as number);
  }
  return x;
}
