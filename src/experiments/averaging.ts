/** Theorem 2.6: as the step size falls, paths approach the averaged limit (2.3) of the same number of servers. */
import type { Chart } from '../charts/chart.js';
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';
import type { PointResult } from '../studies/result.js';
import { averagedTrajectory } from '../theory/index.js';
import { type Estimate, estimate, minus, pointsOf, show } from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
import { largestDistance } from './paths.js';
import { falling, judge } from './verdict.js';

const LAMBDA = 0.8;
/** Unlike each other, and on both sides of where they end. */
const RATES = [0.3, 1.1, 2.2, 1.7, 0.9, 1.3];
/** In units of m. */
const HORIZON = 5;
const ROWS = 100;
const TIMES = Array.from({ length: ROWS + 1 }, (_, i) => (HORIZON * i) / ROWS);
const STEPS = [30, 100, 300, 1000, 3000];
/** The run that is drawn, and the steps that the exponent is fitted to. */
const SHOWN_M = 300;
const FITTED_FROM = 100;

export const averaging: Experiment = {
  name: 'thm2.6',
  title: 'Theorem 2.6: paths approach the averaged limit as m grows',

  plan: ({ size, seed }) => ({
    base: {
      servers: RATES.length,
      arrivalRate: LAMBDA,
      initialRates: RATES,
      seed,
    },
    points: (size === 'full' ? [...STEPS, 10_000, 30_000] : STEPS).map((m) => ({
      inverseStepSize: m,
      horizon: HORIZON * m,
      record: { interval: (HORIZON * m) / ROWS, servers: 'all' },
    })),
    replications: size === 'full' ? 100 : 20,
  }),

  /** rates by server on the grid */
  measure: (trajectory: Trajectory, { servers }: CompleteConfig) =>
    Array.from({ length: servers }, (_, v) => [...trajectory.serverRates(v)]),

  conclude(results) {
    const limit = averagedTrajectory(COST, LAMBDA, RATES, TIMES).map(({ rates }) => rates);
    const rows = results.points.map((point) => rowOf(results, point, limit));
    return {
      charts: [exampleChart(results, limit), distanceChart(rows)],
      claims: [approaches(rows), ofRootOrder(rows)],
      choices: [
        'The limit is unique here and found exactly: E_μ[I] of different rates from the chain of busy sets, which the paper takes to be out of reach.',
        `${RATES.length} servers from rates ${RATES.join(', ')}: few enough for the exact chain, different enough for their idle times to differ.`,
      ],
    };
  },
};

/** One inverse step size. */
interface Row {
  m: number;
  /** largest distance from the limit over servers and times, of each replication */
  distances: number[];
  mean: Estimate;
}

function rowOf(results: Results, point: PointResult, limit: readonly number[][]): Row {
  const distances = results.measured<number[][]>(point).map((rates) =>
    Math.max(
      ...rates.map((path, v) =>
        largestDistance(
          path,
          limit.map((at) => at[v] as number),
        ),
      ),
    ),
  );
  return { m: point.config.inverseStepSize as number, distances, mean: estimate(distances) };
}

function exampleChart(results: Results, limit: readonly number[][]): Chart {
  const shown = results.points.find(({ config }) => config.inverseStepSize === SHOWN_M);
  const [example] = results.measured<number[][]>(shown as PointResult);
  return {
    name: 'thm2.6a',
    title: `Rates against the averaged limit, n = ${RATES.length}, λ = ${LAMBDA}`,
    caption: `The rates of ${RATES.length} servers that start at different rates, in one run with m = ${SHOWN_M}, and the solution of (2.3) with the exact E_μ[I].`,
    x: { title: 'time t/m' },
    y: { title: 'service rate (tasks per unit of time)' },
    series: [
      { kind: 'lines', name: `simulated, m = ${SHOWN_M}`, x: TIMES, ys: example as number[][] },
      {
        kind: 'lines',
        dashed: true,
        name: 'averaged limit',
        x: TIMES,
        ys: RATES.map((_, v) => limit.map((rates) => rates[v] as number)),
      },
    ],
  };
}

function distanceChart(rows: readonly Row[]): Chart {
  const steps = rows.map(({ m }) => m);
  const last = rows.at(-1) as Row;
  return {
    name: 'thm2.6b',
    title: 'Distance of paths from the averaged limit',
    caption: `Largest distance over all servers and times to ${HORIZON} m, mean of ${last.distances.length} runs, against the inverse step size; the dashed line falls like m^−½.`,
    x: { title: 'inverse step size m', scale: 'log' },
    y: { title: 'largest distance (tasks per unit of time)', scale: 'log' },
    series: [
      pointsOf(
        'measured, with 95 % confidence interval',
        steps,
        rows.map(({ mean }) => mean),
      ),
      {
        kind: 'dashed',
        name: 'of order m^−½',
        x: steps,
        y: steps.map((m) => last.mean.mean * Math.sqrt(last.m / m)),
      },
    ],
  };
}

function approaches(rows: readonly Row[]): Claim {
  const [first, last] = [rows[0], rows.at(-1)] as [Row, Row];
  const verdict = falling(rows.map(({ mean }) => mean));
  return {
    claim:
      'As m → ∞ the accelerated trajectories approach solutions of (2.3), with the expected idle times of a system with frozen rates.',
    measured: `The largest distance over servers and times to ${HORIZON} m falls from ${show(first.mean)} at m = ${first.m} to ${show(last.mean)} at m = ${last.m}, ${verdict === 'agrees' ? 'with every m' : 'though not with every m'}.`,
    verdict,
  };
}

function ofRootOrder(rows: readonly Row[]): Claim {
  // each replication is a line of its own, so that their slopes are independent and have an interval; the
  // smallest m, furthest from the limit, are left out
  const fitted = rows.filter(({ m }) => m >= FITTED_FROM);
  const slopes = estimate(
    (fitted[0] as Row).distances.map((_, k) =>
      slope(
        fitted.map(({ m }) => Math.log(m)),
        fitted.map(({ distances }) => Math.log(distances[k] as number)),
      ),
    ),
    0.99,
  );
  return {
    claim: 'Beyond the paper: by the central limit theorem it is of order m^−½.',
    measured: `Fitted exponent ${show(slopes)} (99 % interval, m ≥ ${FITTED_FROM}). Largest values over time have corrections that fade slowly.`,
    verdict: judge(minus(slopes, -0.5), { tolerance: 0.1, resolution: 0.5 }),
  };
}

/** Slope of the line of least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [products, squares] = [0, 0];
  x.forEach((value, i) => {
    products += (value - mx) * ((y[i] as number) - my);
    squares += (value - mx) ** 2;
  });
  return products / squares;
}
