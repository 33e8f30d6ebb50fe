/** Theorem 2.9: servers of different rates have the same idle times once there are many. */
import type { Chart } from '../charts/chart.js';
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';
import type { PointResult } from '../studies/result.js';
import { expectedIdleSignal, meanField } from '../theory/index.js';
import {
  type Estimate,
  estimate,
  jointly,
  minus,
  number,
  over,
  pointsOf,
  show,
} from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
import { above, below, judge, known, together } from './verdict.js';

const LAMBDA = 0.8;
const RATES = [0.7, 2];
/** So slow that rates stand still, yet fast enough for their change to be read off: see `measure`. */
const M = 1e10;
const WARMUP = 200;
/** A relative error of an idle signal that the runs must be able to show. */
const RESOLUTION = 0.1;
const SERVERS = [2, 4, 8, 16, 32, 64, 128, 256, 512];

export const idleTimes: Experiment = {
  name: 'thm2.9',
  title: 'Theorem 2.9: idle times of different servers become equal as n grows',

  plan({ size, seed }) {
    const serverTime = size === 'full' ? 4e6 : 2e5;
    return {
      base: { arrivalRate: LAMBDA, inverseStepSize: M, warmup: WARMUP, seed },
      points: SERVERS.map((n) => ({
        servers: n,
        initialRates: Array.from({ length: n }, (_, v) => RATES[v % RATES.length] as number),
        horizon: WARMUP + serverTime / n,
        record: { interval: WARMUP, servers: 'all' },
      })),
      replications: 20,
    };
  },

  /**
   * The average idle signal of each class of servers. Equation (2.2) integrates it for us: over a time T a rate that
   * hardly moves changes by −(g' + h'/μ + h' Ī)T/m, Ī the average of I_v. With m = 10¹⁰ rates move by
   * some 10⁻⁴ in 10⁶ units of time, and rounding leaves 10⁻⁶ of Ī.
   */
  measure(trajectory: Trajectory, { servers, inverseStepSize }: CompleteConfig): number[] {
    const { time } = trajectory;
    const last = trajectory.rows - 1;
    const elapsed = (time[last] as number) - (time[1] as number);
    const sums = RATES.map(() => 0);
    for (let v = 0; v < servers; v++) {
      const rates = trajectory.serverRates(v);
      const [start, end] = [rates[1] as number, rates[last] as number];
      const speed = (end - start) / elapsed;
      const rate = (start + end) / 2; // in the middle, or the drift would tell in the result
      const signal =
        -((inverseStepSize as number) * speed + COST.dg(rate)) / COST.dh(rate) - 1 / rate;
      const c = v % RATES.length;
      sums[c] = (sums[c] as number) + signal / (servers / RATES.length);
    }
    return sums;
  },

  conclude(results) {
    const rows = results.points.map((point) => rowOf(results, point));
    return {
      charts: [signalChart(rows), distanceChart(rows)],
      claims: [becomeEqual(rows), areExact(rows), busyWithinBounds(results)],
      choices: [
        `Rates stand still (m = ${M}); half of the servers at each of the rates ${RATES.join(' and ')}, with mean ${number(RATES.reduce((sum, rate) => sum + rate, 0) / RATES.length)} > λ, started at t = 0, counted from t = ${WARMUP} on.`,
        'Servers of equal rate have equal idle times by symmetry, so the average over a class stands for each of its servers.',
      ],
    };
  },
};

/** The common limit of idle signals, (1 − c)/λ, and the busy fraction c. */
const LIMIT = meanField(RATES, LAMBDA);

/** One number of servers. */
interface Row {
  n: number;
  /** average idle signal of each class in each replication */
  signals: number[][];
  /** of each class, with its 95 % interval */
  estimates: Estimate[];
  /** exact, of each class; null where the chain of busy servers is too large */
  exact: number[] | null;
  /** largest distance of a class from the common limit, and the widest half-width */
  distance: Estimate;
}

function rowOf(results: Results, point: PointResult): Row {
  const signals = results.measured<number[]>(point);
  const estimates = RATES.map((_, c) => estimate(signals.map((row) => row[c] as number)));
  const { values, exact } = expectedIdleSignal(point.config.initialRates as number[], LAMBDA);
  const distance = largestFromLimit(estimates.map(({ mean }) => mean));
  const halfWidth = Math.max(...estimates.map((signal) => signal.halfWidth));
  return {
    n: point.config.servers,
    signals,
    estimates,
    exact: exact ? values.slice(0, RATES.length) : null,
    distance: { mean: distance, halfWidth, low: distance - halfWidth, high: distance + halfWidth },
  };
}

function largestFromLimit(signals: readonly number[]): number {
  return Math.max(...signals.map((signal) => Math.abs(signal - LIMIT.idleSignal)));
}

/** Rows whose signals are known exactly. */
function withExact(rows: readonly Row[]): (Row & { exact: number[] })[] {
  return rows.filter((row): row is Row & { exact: number[] } => row.exact !== null);
}

function signalChart(rows: readonly Row[]): Chart {
  const { idleSignal } = LIMIT;
  const exact = withExact(rows);
  return {
    name: 'thm2.9a',
    title: `Average idle signal of servers of different rates, λ = ${LAMBDA}`,
    caption: `Half of the servers each at rates ${RATES.join(' and ')}, frozen. Points: simulated; lines: exact, where the chain of busy servers is small enough; dashed: the common limit (1 − c)/λ.`,
    x: { title: 'number of servers n', scale: 'log' },
    y: { title: 'idle signal E[I] (mean service requirements)' },
    series: [
      ...RATES.map((rate, c) =>
        pointsOf(
          `servers of rate ${rate}`,
          SERVERS,
          rows.map(({ estimates }) => estimates[c] as Estimate),
        ),
      ),
      {
        kind: 'lines',
        name: 'exact',
        x: exact.map(({ n }) => n),
        ys: RATES.map((_, c) => exact.map((row) => row.exact[c] as number)),
      },
      {
        kind: 'dashed',
        name: 'limit (1 − c)/λ',
        x: [SERVERS[0] as number, SERVERS.at(-1) as number],
        y: [idleSignal, idleSignal],
      },
    ],
  };
}

function distanceChart(rows: readonly Row[]): Chart {
  const exact = withExact(rows).map((row) => ({ n: row.n, distance: largestFromLimit(row.exact) }));
  const last = exact.at(-1) as (typeof exact)[0];
  return {
    name: 'thm2.9b',
    title: 'Largest distance of an idle signal from the common limit',
    caption:
      'The largest distance over servers from (1 − c)/λ, against the number of servers: simulated, exact, and a line that falls like 1/n.',
    x: { title: 'number of servers n', scale: 'log' },
    y: { title: 'largest distance (mean service requirements)', scale: 'log' },
    series: [
      {
        kind: 'points',
        name: 'simulated, with 95 % confidence interval',
        x: SERVERS,
        y: rows.map(({ distance }) => distance.mean),
        low: rows.map(({ distance }) => Math.max(distance.mean / 10, distance.low)),
        high: rows.map(({ distance }) => distance.high),
      },
      {
        kind: 'line',
        name: 'exact',
        x: exact.map(({ n }) => n),
        y: exact.map(({ distance }) => distance),
      },
      {
        kind: 'dashed',
        name: 'of order 1/n',
        x: SERVERS,
        y: SERVERS.map((n) => (last.distance * last.n) / n),
      },
    ],
  };
}

function becomeEqual(rows: readonly Row[]): Claim {
  const [first, last] = [rows[0], rows.at(-1)] as [Row, Row];
  const pairs = rows.slice(1).map((row, i) => [rows[i] as Row, row] as const);
  const grows = pairs.some(([before, row]) => row.distance.low > before.distance.high);
  return {
    claim: 'max_v |E[I_v] − (1 − c)/λ| → 0 as n → ∞.',
    measured: `It falls from ${number(first.distance.mean)} at n = ${first.n} to ${number(last.distance.mean)} ± ${number(last.distance.halfWidth, 2)} at n = ${last.n}; (1 − c)/λ = ${number(LIMIT.idleSignal, 6)}.`,
    verdict: together([known(!grows), below(last.distance, 0.1 * first.distance.low)]),
  };
}

function areExact(rows: readonly Row[]): Claim {
  const exact = withExact(rows);
  const level = jointly(exact.length * RATES.length);
  const errors = exact.flatMap(({ signals, exact }) =>
    exact.map((value, c) =>
      over(
        minus(
          estimate(
            signals.map((row) => row[c] as number),
            level,
          ),
          value,
        ),
        value,
      ),
    ),
  );
  const inside = errors.filter(({ mean, halfWidth }) => Math.abs(mean) <= halfWidth);
  return {
    claim: 'Beyond the paper: E[I_v] is known exactly for finite n.',
    measured: `${inside.length} of ${errors.length} simulated values (n = ${exact.map(({ n }) => n).join(', ')}) have it within their interval (99 % for all of them at once).`,
    verdict: together(errors.map((error) => judge(error, { resolution: RESOLUTION }))),
  };
}

function busyWithinBounds(results: Results): Claim {
  const busy = results.figure(results.points.at(-1) as PointResult, 'busyFraction');
  const [low, high] = [LAMBDA / Math.max(...RATES), LAMBDA / Math.min(...RATES)];
  return {
    claim: 'λ/max μ_v ≤ c ≤ λ/min μ_v.',
    measured: `Busy fraction ${show(busy)} at n = ${SERVERS.at(-1)}, between ${number(low)} and 1 (λ/min μ_v = ${number(high)}); c = ${number(LIMIT.busyFraction, 6)}.`,
    verdict: together([above(busy, low), below(busy, high)]),
  };
}
