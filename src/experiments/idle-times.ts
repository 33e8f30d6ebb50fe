/** Theorem 2.9: servers of different rates have the same idle times once there are many. */
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';
import { expectedIdleSignal, meanField } from '../theory/index.js';
import {
  COST,
  type Estimate,
  type Experiment,
  estimate,
  jointly,
  number,
  pointsOf,
  show,
} from './experiment.js';

const LAMBDA = 0.8;
const RATES = [0.7, 2];
/** So slow that rates stand still, yet fast enough for their change to be read off: see `measure`. */
const M = 1e10;
const WARMUP = 200;
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
    const { points } = results;
    const { busyFraction, idleSignal } = meanField(RATES, LAMBDA);
    const classes = RATES.map((_, c) =>
      points.map((point) =>
        estimate(results.measured<number[]>(point).map((row) => row[c] as number)),
      ),
    );
    const exact = points.flatMap(({ config }) => {
      const { values, exact } = expectedIdleSignal(config.initialRates as number[], LAMBDA);
      return exact ? [{ n: config.servers, values: values.slice(0, RATES.length) }] : [];
    });
    const level = jointly(exact.length * RATES.length);
    const outside = exact.flatMap(({ values }, i) =>
      values.filter((value, c) => {
        const measured = results.measured<number[]>(points[i] as (typeof points)[0]);
        const { low, high } = estimate(
          measured.map((row) => row[c] as number),
          level,
        );
        return value < low || value > high;
      }),
    );
    const spreads = SERVERS.map((_, i) =>
      Math.max(...classes.map((row) => Math.abs((row[i] as Estimate).mean - idleSignal))),
    );
    const noise = SERVERS.map((_, i) =>
      Math.max(...classes.map((row) => (row[i] as Estimate).halfWidth)),
    );
    const [first] = spreads as [number];
    const last = spreads.at(-1) as number;
    const falling = spreads.every(
      (spread, i) => i === 0 || spread < (spreads[i - 1] as number) + (noise[i] as number),
    );
    const busy = results.figure(points.at(-1) as (typeof points)[0], 'busyFraction');
    const [low, high] = [LAMBDA / Math.max(...RATES), LAMBDA / Math.min(...RATES)];
    const exactSpread = exact.map(({ values }) =>
      Math.max(...values.map((value) => Math.abs(value - idleSignal))),
    );
    return {
      charts: [
        {
          name: 'thm2.9a',
          title: `Average idle signal of servers of different rates, λ = ${LAMBDA}`,
          caption: `Half of the servers each at rates ${RATES.join(' and ')}, frozen. Points: simulated; lines: exact, where the chain of busy servers is small enough; dashed: the common limit (1 − c)/λ.`,
          x: { title: 'number of servers n', scale: 'log' },
          y: { title: 'idle signal E[I] (mean service requirements)' },
          series: [
            ...classes.map((row, c) => pointsOf(`servers of rate ${RATES[c]}`, SERVERS, row)),
            {
              kind: 'lines',
              name: 'exact',
              x: exact.map(({ n }) => n),
              ys: RATES.map((_, c) => exact.map(({ values }) => values[c] as number)),
            },
            {
              kind: 'dashed',
              name: 'limit (1 − c)/λ',
              x: [SERVERS[0] as number, SERVERS.at(-1) as number],
              y: [idleSignal, idleSignal],
            },
          ],
        },
        {
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
              y: spreads,
              low: spreads.map((spread, i) => Math.max(spread / 10, spread - (noise[i] as number))),
              high: spreads.map((spread, i) => spread + (noise[i] as number)),
            },
            { kind: 'line', name: 'exact', x: exact.map(({ n }) => n), y: exactSpread },
            {
              kind: 'dashed',
              name: 'of order 1/n',
              x: SERVERS,
              y: SERVERS.map((n) => ((exactSpread.at(-1) as number) * (exact.at(-1)?.n ?? 1)) / n),
            },
          ],
        },
      ],
      claims: [
        {
          claim: 'max_v |E[I_v] − (1 − c)/λ| → 0 as n → ∞.',
          measured: `It falls from ${number(first)} at n = ${SERVERS[0]} to ${number(last)} ± ${number(noise.at(-1) as number, 2)} at n = ${SERVERS.at(-1)}; (1 − c)/λ = ${number(idleSignal, 6)}.`,
          agrees: falling && last < 0.1 * first + (noise.at(-1) as number),
        },
        {
          claim: 'Beyond the paper: E[I_v] is known exactly for finite n.',
          measured: `${exact.length * RATES.length - outside.length} of ${exact.length * RATES.length} simulated values (n = ${exact.map(({ n }) => n).join(', ')}) have it within their interval (99 % for all of them at once).`,
          agrees: outside.length === 0,
        },
        {
          claim: 'λ/max μ_v ≤ c ≤ λ/min μ_v.',
          measured: `Busy fraction ${show(busy)} at n = ${SERVERS.at(-1)}, between ${number(low)} and 1 (λ/min μ_v = ${number(high)}); c = ${number(busyFraction, 6)}.`,
          agrees: busy.mean >= low && busy.mean <= high,
        },
      ],
      choices: [
        `Rates stand still (m = ${M}); half of the servers at each of the rates ${RATES.join(' and ')}, with mean ${number(RATES.reduce((sum, rate) => sum + rate, 0) / RATES.length)} > λ, started at t = 0, counted from t = ${WARMUP} on.`,
        'Servers of equal rate have equal idle times by symmetry, so the average over a class stands for each of its servers.',
      ],
    };
  },
};
