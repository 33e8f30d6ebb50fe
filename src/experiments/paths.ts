/** What Figures 3, 4 and 5 have in common: the rates of all servers and the longest queue against time. */
import type { Chart } from '../charts/chart.js';
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';
import { fluctuationBand } from '../theory/index.js';
import { number } from './estimate.js';
import { COST, type ExperimentOptions } from './experiment.js';
import { known, type Verdict } from './verdict.js';

export const LAMBDA = 0.8;
export const M = 500;
export const SERVERS = 50;

/** Times of the pictures; the longest queue is recorded more densely. */
const PICTURE_ROWS = 250;

/** End of the beginning, by when an empty system has left its first overload. */
export const EARLY = 2 * M;

/** What is kept of a run. */
export interface Path {
  /** times of the picture */
  time: number[];
  mean: number[];
  /** rates by server, at these times */
  rates: number[][];
  /** longest queue since the time before, the task in service included */
  longest: number[];
  /** fractions of the times up to `EARLY` and after it at which a queue was longer than one task */
  queueing: { early: number; late: number };
  /** first time after the start at which no queue was longer than one task; the end if there was none */
  cleared: number;
}

/** The plan's base: all 50 rates at about every arrival. */
export function pathBase({ seed }: ExperimentOptions, horizon: number) {
  return {
    servers: SERVERS,
    arrivalRate: LAMBDA,
    inverseStepSize: M,
    initialRates: { uniform: [0, 2] as [number, number] },
    horizon,
    record: { interval: Math.max(0.5, horizon / 20_000), servers: 'all' as const },
    seed,
  };
}

export function measurePath(
  trajectory: Trajectory,
  { servers, horizon, record }: CompleteConfig,
): Path {
  const every = Math.round(horizon / record.interval / PICTURE_ROWS);
  const rows = Array.from(
    { length: Math.floor((trajectory.rows - 1) / every) + 1 },
    (_, k) => k * every,
  );
  const pick = (column: Float64Array) => rows.map((row) => column[row] as number);
  const { maxQueue, time } = trajectory;
  const early = time.findIndex((t) => t > EARLY);
  const fraction = (rows: Float64Array) => rows.filter((tasks) => tasks > 1).length / rows.length;
  const cleared = maxQueue.findIndex((tasks, row) => row > 0 && tasks <= 1);
  return {
    time: pick(time),
    mean: pick(trajectory.mean),
    rates: Array.from({ length: servers }, (_, v) => pick(trajectory.serverRates(v))),
    longest: rows.map((row) =>
      Math.max(...maxQueue.subarray(Math.max(0, row - every + 1), row + 1)),
    ),
    queueing: {
      early: fraction(maxQueue.subarray(1, early)),
      late: fraction(maxQueue.subarray(early)),
    },
    cleared: time[cleared < 0 ? trajectory.rows - 1 : cleared] as number,
  };
}

/** The two parts of a figure: rates with the limit of their mean, and the longest queue. */
export function pathCharts(
  figure: string,
  system: string,
  { time, mean, rates, longest }: Path,
  limit: { name: string; mean: number[] },
  optimal: number,
): Chart[] {
  const x = { title: 'time t (mean service requirements)' };
  const ends = [time[0], time.at(-1)] as [number, number];
  return [
    {
      name: `${figure}a`,
      title: `Service rates, ${system}`,
      caption: `The rates of all ${SERVERS} servers, their mean, and the deterministic limit of the mean from the same initial rates.`,
      x,
      y: { title: 'service rate (tasks per unit of time)' },
      series: [
        { kind: 'lines', name: `rate of each of the ${SERVERS} servers`, x: time, ys: rates },
        { kind: 'line', name: 'mean rate', x: time, y: mean },
        { kind: 'dashed', name: limit.name, x: time, y: limit.mean },
        { kind: 'dashed', name: 'optimal rate μ*', x: ends, y: [optimal, optimal] },
      ],
    },
    {
      name: `${figure}b`,
      title: `Longest queue, ${system}`,
      caption:
        'The most tasks at any one server, the one in service included; the largest value since the point before.',
      x,
      y: { title: 'longest queue (tasks)' },
      series: [{ kind: 'line', name: 'longest queue', x: time, y: longest }],
    },
  ];
}

/** Outer limits of what a rate does once it has settled: μ* ± 3.3 predicted standard deviations. */
export const BAND = fluctuationBand(COST, LAMBDA, M, [0.0005, 0.9995]);

/** How many of all servers' last rates are within `BAND`, in words. */
export function settled(paths: readonly Path[]): { text: string; verdict: Verdict } {
  const ends = paths.flatMap(({ rates }) => rates.map((rate) => rate.at(-1) as number));
  const [low, high] = BAND.values as [number, number];
  const inside = ends.filter((rate) => rate >= low && rate <= high).length / ends.length;
  return {
    text: `${number(100 * inside, 3)} % of ${ends.length} rates (${paths.length} runs) are within μ* ± 3.3 predicted standard deviations of ${number(BAND.sd, 3)}.`,
    verdict: known(inside > 0.99),
  };
}

/** Largest distance of two columns. */
export function largestDistance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] as number))), 0);
}

/** Initial rates of a path. */
export function initialRates({ rates }: Path): number[] {
  return rates.map((rate) => rate[0] as number);
}

export const CHOICES = [
  'I_v(0) = 0: all servers idle since t = 0. Queue lengths count the task in service.',
  'An arrival that finds no idle server, with unbounded buffers, joins a server chosen uniformly (the paper does not say).',
];
