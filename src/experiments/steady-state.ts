/** What Figures 1, 2a and 2b have in common: mean and percentiles of the rates in the long run. */
import type { Axis, Chart, Series } from '../charts/chart.js';
import type { FigureName } from '../figures/registry.js';
import type { PointResult } from '../studies/result.js';
import { type FluctuationBand, fluctuationBand, optimum, relaxationRate } from '../theory/index.js';
import { type Estimate, estimate, pointsOf } from './estimate.js';
import { COST, type Results } from './experiment.js';

/** Warm-up in relaxation times. */
const WARMUP = 10;

/**
 * Times of a run that is long enough for about as many independent values of the rates, whatever n, m and λ. A relaxation
 * time is m/θ, or the mean time 1/λ between a server's tasks where timescales do not separate and that is longer.
 * @param relaxations observed relaxation times, of all servers together
 */
export function longRun(servers: number, arrivalRate: number, m: number, relaxations: number) {
  const relaxation = Math.max(m / relaxationRate(COST, arrivalRate), 1 / arrivalRate);
  const warmup = Math.ceil(WARMUP * relaxation);
  const observed = Math.ceil((relaxations * relaxation) / servers);
  return {
    servers,
    arrivalRate,
    inverseStepSize: m,
    warmup,
    horizon: warmup + observed,
    // rates a tenth of their relaxation time apart are almost equal
    record: { interval: Math.min(observed / 20, relaxation / 10) },
  };
}

export interface Shown {
  point: PointResult;
  x: number;
  /** centre of the predicted band */
  centre: number;
}

/** Means with their intervals, percentiles, the predicted band, and the lines of theory. */
export function steadyStateChart(
  results: Results,
  shown: Shown[],
  chart: Pick<Chart, 'name' | 'title' | 'caption'> & { x: Axis; lines: Series[] },
): Chart {
  const { name, title, caption, x, lines } = chart;
  const at = shown.map((s) => s.x);
  const bands = shown.flatMap(({ point, x, centre }) => {
    const { mean, values, valid } = predictedBand(point);
    const [low, high] = values.map((value) => centre + value - mean) as [number, number];
    return valid ? [{ x, low, high }] : [];
  });
  const points = (label: string, figure: FigureName) =>
    pointsOf(
      label,
      at,
      shown.map(({ point }) => results.figure(point, figure)),
    );
  return {
    name,
    title,
    caption,
    x,
    y: { title: 'service rate (tasks per unit of time)' },
    series: [
      {
        kind: 'band',
        name: 'predicted 5th to 95th percentile',
        x: bands.map(({ x }) => x),
        low: bands.map(({ low }) => low),
        high: bands.map(({ high }) => high),
      },
      ...lines,
      points('95th percentile over servers and time', 'serviceRate.p95'),
      points('mean, with 95 % confidence interval', 'serviceRate.mean'),
      points('5th percentile over servers and time', 'serviceRate.p05'),
    ],
  };
}

/** Measured distance between the 5th and 95th percentile. */
export function widthOf(results: Results, point: PointResult, level = 0.95): Estimate {
  const widths = results
    .of(point)
    .map(({ serviceRate }) => (serviceRate.p95 as number) - (serviceRate.p05 as number));
  return estimate(widths, level);
}

/** The same, as the linear noise approximation predicts it for so many servers. */
export function predictedWidth(point: PointResult): number {
  const [low, high] = predictedBand(point).values;
  return (high as number) - (low as number);
}

function predictedBand({ config }: PointResult): FluctuationBand {
  const { servers, arrivalRate, inverseStepSize } = config;
  return fluctuationBand(COST, arrivalRate, inverseStepSize as number, [0.05, 0.95], servers);
}

/** μ* at this arrival rate. */
export function optimalRateAt(arrivalRate: number): number {
  return optimum(COST, arrivalRate).rate;
}

export const CHOICES = [
  'Start, horizon and warm-up are not given: rates start as Unif[0, 2], and ten relaxation times (the longer of m/θ and 1/λ) are left out before anything is counted.',
  'What percentiles are taken over is not said: all servers and all times of a grid, pooled, a tenth of a relaxation time apart.',
  'Tasks that find no idle server are dropped (unit buffers); I_v(0) = 0, all servers idle.',
];
