/** Regret: by how much the cost exceeds the optimum, and why. */

import type { Trajectory } from '../run/trajectory.js';
import {
  fixedPoint,
  fluctuationBand,
  limitTrajectory,
  meanField,
  optimum,
} from '../theory/index.js';
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
import { longRun } from './steady-state.js';

const LAMBDA = 0.8;
/** Noise in m: many servers, so that there is no bias to speak of. */
const STEPS = [10, 20, 40, 80];
const MANY = 1000;
/** Bias in n: a large m, so that there is little noise. */
const SERVERS = [2, 3, 5, 10];
const LARGE_M = 500;
/** Transient: from Unif[0, 2] to ten times m. */
const TRANSIENT = { servers: 200, m: 500, horizon: 10 };

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
    const optimal = optimum(COST, LAMBDA).cost;
    const regretOf = (point: (typeof results.points)[0], level = 0.95): Estimate => {
      const cost = results.figure(point, 'cost.total', level);
      return {
        mean: cost.mean - optimal,
        halfWidth: cost.halfWidth,
        low: cost.low - optimal,
        high: cost.high - optimal,
      };
    };
    const level = jointly(STEPS.length + SERVERS.length);
    const noisy = STEPS.map((m, i) => {
      const point = results.points[i] as (typeof results.points)[0];
      return {
        m,
        regret: regretOf(point),
        joint: regretOf(point, level),
        predicted: noise(m),
      };
    });
    const biased = SERVERS.map((n, i) => {
      const point = results.points[STEPS.length + i] as (typeof results.points)[0];
      const bias = fixedPoint(COST, LAMBDA, n).regret;
      return { n, regret: regretOf(point), joint: regretOf(point, level), bias };
    });
    const last = results.points.at(-1) as (typeof results.points)[0];
    const window = regretOf(last);
    const limits = results.measured<number[]>(last).map(transientRegret);
    const predicted = estimate(limits);
    const paired = estimate(
      results
        .of(last)
        .map((run, k) => (run.cost.total as number) - optimal - (limits[k] as number)),
      0.99,
    );
    const [first, quietest] = [noisy[0], noisy.at(-1)] as [(typeof noisy)[0], (typeof noisy)[0]];
    const falls = first.joint.low > quietest.joint.high;
    const noiseHolds = noisy.every(
      ({ regret, joint, predicted }) =>
        Math.abs(regret.mean - predicted) <= joint.halfWidth + 0.2 * predicted,
    );
    const biasHolds = biased.every(
      ({ regret, joint, bias }) =>
        Math.abs(regret.mean - bias - noise(LARGE_M)) <= joint.halfWidth + 0.05 * bias,
    );
    const measured = (x: number[], rows: { regret: Estimate }[]) =>
      pointsOf(
        'measured, with 95 % confidence interval',
        x,
        rows.map(({ regret }) => regret),
      );
    return {
      charts: [
        {
          name: 'regret-m',
          title: `Regret from noise, n = ${MANY}, λ = ${LAMBDA}`,
          caption:
            'Cost less the optimal cost against the inverse step size, with so many servers that noise is all there is, and its prediction to first order in 1/m.',
          x: { title: 'inverse step size m', scale: 'log' },
          y: { title: 'regret (cost per server and unit of time)' },
          series: [
            measured(STEPS, noisy),
            { kind: 'line', name: 'predicted, of order 1/m', x: STEPS, y: STEPS.map(noise) },
          ],
        },
        {
          name: 'regret-n',
          title: `Regret from bias, m = ${LARGE_M}, λ = ${LAMBDA}`,
          caption:
            'Cost less the optimal cost against the number of servers, beside that of the exact fixed point: with few servers the idle time misleads about the optimum.',
          x: { title: 'number of servers n', scale: 'log' },
          y: { title: 'regret (cost per server and unit of time)' },
          series: [
            measured(SERVERS, biased),
            {
              kind: 'line',
              name: 'bias: regret of the exact fixed point',
              x: SERVERS,
              y: biased.map(({ bias }) => bias),
            },
            {
              kind: 'dashed',
              name: 'with the noise of this m',
              x: SERVERS,
              y: biased.map(({ bias }) => bias + noise(LARGE_M)),
            },
          ],
        },
      ],
      claims: [
        {
          claim:
            'Noise in m: with many servers the regret is σ²h′(μ*)(1 − λ/μ*)/μ* + σ²h″(μ*)/2 with σ² the variance of a rate, of order 1/m.',
          measured: `${noisy.map(({ m, regret, predicted }) => `m = ${m}: ${show(regret)}, predicted ${number(predicted, 3)}`).join('; ')}.`,
          agrees: falls && noiseHolds,
        },
        {
          claim:
            'Bias in n: with slow steps it is that of the exact fixed point of n servers, and vanishes as n grows.',
          measured: `${biased.map(({ n, regret, bias }) => `n = ${n}: ${show(regret)}, bias ${number(bias, 3)} + noise ${number(noise(LARGE_M), 2)}`).join('; ')}.`,
          agrees: biasHolds,
        },
        {
          claim:
            'Transient: from Unif[0, 2] it costs what the deterministic limit costs on its way.',
          measured: `Average regret over the first ${TRANSIENT.horizon} m is ${show(window)}, on the limit trajectory from the same rates ${number(predicted.mean, 4)}; difference ${show(paired)} (99 % interval). As a sum it is ${number(window.mean * TRANSIENT.horizon * TRANSIENT.m, 4)} cost units per server, once and for all.`,
          agrees: Math.abs(paired.mean) <= paired.halfWidth + 0.1 * predicted.mean,
        },
      ],
      choices: [
        'The optimum is that of (2.1), attained at μ* for every n; the cost of a run is (2.1) with its measured mean sojourn time.',
        'Verdicts allow, beside the intervals, 20 % for noise and 5 % for bias of higher order in 1/m, and 10 % of the transient for its limit.',
      ],
    };
  },
};

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
