/** Theorem 2.6: as the step size falls, paths approach the averaged limit (2.3) of the same number of servers. */
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';
import { averagedTrajectory } from '../theory/index.js';
import { COST, type Estimate, type Experiment, estimate, pointsOf, show } from './experiment.js';

const LAMBDA = 0.8;
/** Unlike each other, and on both sides of where they end. */
const RATES = [0.3, 1.1, 2.2, 1.7, 0.9, 1.3];
/** In units of m. */
const HORIZON = 5;
const ROWS = 100;
const STEPS = [30, 100, 300, 1000, 3000];

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
    const times = Array.from({ length: ROWS + 1 }, (_, i) => (HORIZON * i) / ROWS);
    const limit = averagedTrajectory(COST, LAMBDA, RATES, times);
    const errorOf = (rates: number[][]) =>
      rates.reduce(
        (most, path, v) =>
          path.reduce(
            (m, rate, i) => Math.max(m, Math.abs(rate - (limit[i]?.rates[v] as number))),
            most,
          ),
        0,
      );
    const steps = results.points.map(({ config }) => config.inverseStepSize as number);
    const errors = results.points.map((point) => results.measured<number[][]>(point).map(errorOf));
    const means = errors.map((values) => estimate(values));
    const falling = means.every(({ high }, i) => i === 0 || high < (means[i - 1] as Estimate).low);
    // each replication is a line of its own, so that their slopes are independent and have an interval; the
    // smallest m, furthest from the limit, are left out
    const from = steps.findIndex((m) => m >= 100);
    const slopes = estimate(
      (errors[0] as number[]).map((_, k) =>
        slope(
          steps.slice(from).map(Math.log),
          errors.slice(from).map((values) => Math.log(values[k] as number)),
        ),
      ),
      0.99,
    );
    const shown = results.points.findIndex(({ config }) => config.inverseStepSize === 300);
    const [example] = results.measured<number[][]>(
      results.points[shown] as (typeof results.points)[0],
    );
    const [first] = means as [Estimate];
    const last = means.at(-1) as Estimate;
    const largest = steps.at(-1) as number;
    return {
      charts: [
        {
          name: 'thm2.6a',
          title: `A path and its averaged limit, n = ${RATES.length}, λ = ${LAMBDA}`,
          caption: `The rates of ${RATES.length} servers that start at different rates, in one run with m = 300, and the solution of (2.3) with the exact E_μ[I].`,
          x: { title: 'time t/m' },
          y: { title: 'service rate (tasks per unit of time)' },
          series: [
            { kind: 'lines', name: 'simulated, m = 300', x: times, ys: example as number[][] },
            {
              kind: 'lines',
              dashed: true,
              name: 'averaged limit',
              x: times,
              ys: RATES.map((_, v) => limit.map(({ rates }) => rates[v] as number)),
            },
          ],
        },
        {
          name: 'thm2.6b',
          title: 'Distance of paths from the averaged limit',
          caption: `Largest distance over all servers and times to ${HORIZON} m, mean of ${errors[0]?.length} runs, against the inverse step size; the dashed line falls like m^−½.`,
          x: { title: 'inverse step size m', scale: 'log' },
          y: { title: 'largest distance (tasks per unit of time)', scale: 'log' },
          series: [
            pointsOf('measured, with 95 % confidence interval', steps, means),
            {
              kind: 'dashed',
              name: 'of order m^−½',
              x: steps,
              y: steps.map((m) => last.mean * Math.sqrt(largest / m)),
            },
          ],
        },
      ],
      claims: [
        {
          claim:
            'As m → ∞ the accelerated trajectories approach solutions of (2.3), with the expected idle times of a system with frozen rates.',
          measured: `The largest distance over servers and times to ${HORIZON} m falls from ${show(first)} at m = ${steps[0]} to ${show(last)} at m = ${largest}, ${falling ? 'with every m' : 'though not with every m'}.`,
          agrees: falling,
        },
        {
          claim: 'Beyond the paper: by the central limit theorem it is of order m^−½.',
          measured: `Fitted exponent ${show(slopes)} (99 % interval, m ≥ 100). Largest values over time have corrections that fade slowly.`,
          agrees: slopes.mean < -0.4 && slopes.mean > -0.6,
        },
      ],
      choices: [
        'The limit is unique here and found exactly: E_μ[I] of different rates from the chain of busy sets, which the paper takes to be out of reach.',
        `${RATES.length} servers from rates ${RATES.join(', ')}: few enough for the exact chain, different enough for their idle times to differ.`,
      ],
    };
  },
};

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
