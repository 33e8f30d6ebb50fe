/** Regret: by how much the cost exceeds the optimum, and why. */

import type { Chart, Series } from '../charts/chart.js';
import type { Trajectory } from '../run/trajectory.js';
import type { PointResult } from '../studies/result.js';
import {
  fixedPoint,
  fluctuationBand,
  limitTrajectory,
  meanField,
  optimum,
} from '../theory/index.js';
import { type Estimate, estimate, jointly, minus, number, pointsOf, show } from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
import { longRun } from './steady-state.js';
import { above, judge, together } from './verdict.js';

const LAMBDA = 0.8;
/** Noise in m: many servers, so that there is no bias to speak of. */
const STEPS = [10, 20, 40, 80];
const MANY = 1000;
/** Bias in n: a large m, so that there is little noise. */
const SERVERS = [2, 3, 5, 10];
const LARGE_M = 500;
/** Transient: from Unif[0, 2] to ten times m. */
const TRANSIENT = { servers: 200, m: 500, horizon: 10 };
/** What is left to terms of higher order in 1/m, as parts of the prediction. */
const HIGHER_ORDER = { noise: 0.2, bias: 0.05, transient: 0.1 };
/** Level at which the intervals of all rows of noise and bias hold at once. */
const JOINT = jointly(STEPS.length + SERVERS.length);

export const regret: Experiment = {
  name: 'regret',
  title: 'Regret: the cost against the optimum, by cause',

  plan({ size, seed }) {
    const many = size === 'full' ? 5 : 1;
    const { servers, m, horizon } = TRANSIENT;
    return {
      base: { seed },
      points: [
        ...STEPS.map((step) => longRun(MANY, LAMBDA, step, many * 40_000 * (500 / step) ** 0.5)),
        ...SERVERS.map((n) => longRun(n, LAMBDA, LARGE_M, many * 1_000)),
        {
          servers,
          arrivalRate: LAMBDA,
          inverseStepSize: m,
          horizon: horizon * m,
          record: { interval: m / 100, servers: 'all' },
        },
      ],
      replications: 10,
    };
  },

  /** of the transient: the initial rates, from which its limit starts */
  measure: (trajectory: Trajectory) =>
    trajectory.servers === 'all'
      ? Array.from({ length: TRANSIENT.servers }, (_, v) => trajectory.serverRates(v)[0] as number)
      : undefined,

  conclude(results) {
    const noisy = STEPS.map((m, i) => rowOf(results, i, m, noise(m)));
    const biased = SERVERS.map((n, i) =>
      rowOf(results, STEPS.length + i, n, fixedPoint(COST, LAMBDA, n).regret),
    );
    return {
      charts: [noiseChart(noisy), biasChart(biased)],
      claims: [noiseClaim(noisy), biasClaim(biased), transientClaim(results)],
      choices: [
        'The optimum is that of (2.1), attained at μ* for every n; the cost of a run is (2.1) with its measured mean sojourn time.',
        `Verdicts allow for terms of higher order: ${100 * HIGHER_ORDER.noise} % of the noise, ${100 * HIGHER_ORDER.bias} % of the bias, ${100 * HIGHER_ORDER.transient} % of the transient. They are "not decided" where the intervals could not tell the prediction from none at all, or from twice as much.`,
      ],
    };
  },
};

/** A run's regret beside what is predicted of it. */
interface Row {
  /** m or n */
  x: number;
  /** with its 95 % interval */
  regret: Estimate;
  /** with an interval at the joint level */
  joint: Estimate;
  predicted: number;
}

function rowOf(results: Results, index: number, x: number, predicted: number): Row {
  const point = results.points[index] as PointResult;
  const optimal = optimum(COST, LAMBDA).cost;
  return {
    x,
    regret: minus(results.figure(point, 'cost.total'), optimal),
    joint: minus(results.figure(point, 'cost.total', JOINT), optimal),
    predicted,
  };
}

function measured(rows: readonly Row[]): Series {
  return pointsOf(
    'measured, with 95 % confidence interval',
    rows.map(({ x }) => x),
    rows.map(({ regret }) => regret),
  );
}

const REGRET_AXIS = { title: 'regret (cost per server and unit of time)' };

function noiseChart(rows: readonly Row[]): Chart {
  return {
    name: 'regret-m',
    title: `Regret from noise, n = ${MANY}, λ = ${LAMBDA}`,
    caption:
      'Cost less the optimal cost against the inverse step size, with so many servers that noise is all there is, and its prediction to first order in 1/m.',
    x: { title: 'inverse step size m', scale: 'log' },
    y: REGRET_AXIS,
    series: [
      measured(rows),
      {
        kind: 'line',
        name: 'predicted, of order 1/m',
        x: STEPS,
        y: rows.map(({ predicted }) => predicted),
      },
    ],
  };
}

function biasChart(rows: readonly Row[]): Chart {
  const noiseToo = noise(LARGE_M);
  return {
    name: 'regret-n',
    title: `Regret from bias, m = ${LARGE_M}, λ = ${LAMBDA}`,
    caption:
      'Cost less the optimal cost against the number of servers, beside that of the exact fixed point: with few servers the idle time misleads about the optimum.',
    x: { title: 'number of servers n', scale: 'log' },
    y: REGRET_AXIS,
    series: [
      measured(rows),
      {
        kind: 'line',
        name: 'bias: regret of the exact fixed point',
        x: SERVERS,
        y: rows.map(({ predicted }) => predicted),
      },
      {
        kind: 'dashed',
        name: 'with the noise of this m',
        x: SERVERS,
        y: rows.map(({ predicted }) => predicted + noiseToo),
      },
    ],
  };
}

function noiseClaim(rows: readonly Row[]): Claim {
  const [first, quietest] = [rows[0] as Row, rows.at(-1) as Row];
  return {
    claim:
      'Noise in m: with many servers the regret is σ²h′(μ*)(1 − λ/μ*)/μ* + σ²h″(μ*)/2 with σ² the variance of a rate, of order 1/m.',
    measured: `${rows.map(({ x, regret, predicted }) => `m = ${x}: ${show(regret)}, predicted ${number(predicted, 3)}`).join('; ')}.`,
    verdict: together([
      above(first.joint, quietest.joint.high),
      ...rows.map(({ joint, predicted }) =>
        judge(minus(joint, predicted), {
          tolerance: HIGHER_ORDER.noise * predicted,
          resolution: predicted,
        }),
      ),
    ]),
  };
}

function biasClaim(rows: readonly Row[]): Claim {
  const noiseToo = noise(LARGE_M);
  return {
    claim:
      'Bias in n: with slow steps it is that of the exact fixed point of n servers, and vanishes as n grows.',
    measured: `${rows.map(({ x, regret, predicted }) => `n = ${x}: ${show(regret)}, bias ${number(predicted, 3)} + noise ${number(noiseToo, 2)}`).join('; ')}.`,
    verdict: together(
      rows.map(({ joint, predicted }) =>
        judge(minus(joint, predicted + noiseToo), {
          tolerance: HIGHER_ORDER.bias * predicted,
          resolution: predicted,
        }),
      ),
    ),
  };
}

function transientClaim(results: Results): Claim {
  const point = results.points.at(-1) as PointResult;
  const optimal = optimum(COST, LAMBDA).cost;
  const window = minus(results.figure(point, 'cost.total'), optimal);
  const limits = results.measured<number[]>(point).map(transientRegret);
  const predicted = estimate(limits);
  const difference = estimate(
    results.of(point).map((run, k) => (run.cost.total as number) - optimal - (limits[k] as number)),
    0.99,
  );
  return {
    claim: 'Transient: from Unif[0, 2] it costs what the deterministic limit costs on its way.',
    measured: `Average regret over the first ${TRANSIENT.horizon} m is ${show(window)}, on the limit trajectory from the same rates ${number(predicted.mean, 4)}; difference ${show(difference)} (99 % interval). As a sum it is ${number(window.mean * TRANSIENT.horizon * TRANSIENT.m, 4)} cost units per server, once and for all.`,
    verdict: judge(difference, {
      tolerance: HIGHER_ORDER.transient * predicted.mean,
      resolution: predicted.mean,
    }),
  };
}

/**
 * Regret of rates that fluctuate about μ* with variance σ² (beyond the paper). To second order
 * 1/E[S] = Σ μ_v P(X_v)/Σ P(X_v) is less than the mean rate by σ²(1 − λ/μ*)/μ*, as faster servers are busy less, and the
 * mean of h is more than h of the mean by σ²h″/2; λ g' = −h' at μ*.
 */
function noise(m: number): number {
  const { mean, sd } = fluctuationBand(COST, LAMBDA, m);
  return sd ** 2 * ((COST.dh(mean) * (1 - LAMBDA / mean)) / mean + COST.ddh(mean) / 2);
}

/** Average regret on the limit trajectory: λ E[S] is the busy fraction, as nothing is dropped. */
function transientRegret(rates: number[]): number {
  const steps = 400;
  const { horizon } = TRANSIENT;
  const times = Array.from({ length: steps + 1 }, (_, i) => horizon * (i / steps) ** 3);
  const costs = limitTrajectory(COST, LAMBDA, rates, times).map(({ rates }) => costAt(rates));
  let sum = 0;
  for (let i = 1; i <= steps; i++) {
    const step = (times[i] as number) - (times[i - 1] as number);
    sum += (step * ((costs[i] as number) + (costs[i - 1] as number))) / 2;
  }
  return sum / horizon - optimum(COST, LAMBDA).cost;
}

function costAt(rates: number[]): number {
  const { busyFraction } = meanField(rates, LAMBDA);
  return busyFraction + rates.reduce((sum, rate) => sum + COST.h(rate), 0) / rates.length;
}
