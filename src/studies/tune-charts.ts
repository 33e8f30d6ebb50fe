import type { Chart } from '../charts/chart.js';
import { resolveCost } from '../cost/cost.js';
import { optimum } from '../theory/optimal.js';
import { periodicTracking, stepsOf, trackingTrajectory } from '../theory/tracking.js';
import type { TuneResult } from './tune.js';

/** The excess cost against m, and the rates over a period at the best m. */
export async function tuneCharts(result: TuneResult): Promise<Chart[]> {
  return [excessChart(result), await ratesChart(result)];
}

function excessChart({ theory, simulation }: TuneResult): Chart {
  const { curve, constant } = theory;
  const m = curve.map(({ inverseStepSize }) => inverseStepSize);
  const ends = [m[0] as number, m.at(-1) as number];
  const points = simulation?.points ?? [];
  const totals = [...curve.map(({ total }) => total), constant.excess];
  return {
    name: 'tune-excess',
    title: 'Which m: what adaptive rates cost more than the best rate at every moment',
    caption:
      'A small m lets rates fluctuate, a large one lets them lag behind the load. Theory is of many servers and to first order in 1/m; simulations with 95 % intervals.',
    x: { title: 'inverse step size m', scale: 'log' },
    y: {
      title: 'excess cost per server and unit of time',
      scale: 'log',
      domain: [Math.min(...totals) / 10, 1.5 * Math.max(...totals)], // one of the parts goes to 0 on either side
    },
    series: [
      { kind: 'line', name: 'theory: tracking + noise', x: m, y: curve.map(({ total }) => total) },
      { kind: 'dashed', name: 'tracking', x: m, y: curve.map(({ tracking }) => tracking) },
      { kind: 'dashed', name: 'noise', x: m, y: curve.map(({ noise }) => noise) },
      {
        kind: 'dashed',
        name: 'rates frozen at the best constant',
        x: ends,
        y: ends.map(() => constant.excess),
      },
      {
        kind: 'points',
        name: 'simulated',
        x: points.map(({ inverseStepSize }) => inverseStepSize),
        y: points.map(({ excess }) => excess.mean),
        low: points.map(({ excess }) => excess.mean - (excess.halfWidth ?? 0)),
        high: points.map(({ excess }) => excess.mean + (excess.halfWidth ?? 0)),
      },
    ],
  };
}

async function ratesChart({ system, load, theory, simulation }: TuneResult): Promise<Chart> {
  const cost = await resolveCost(system.cost);
  const { period } = load;
  const m = simulation?.best.inverseStepSize ?? theory.best?.inverseStepSize;
  // steps, drawn with their jumps
  const steps = stepsOf(load).flatMap(({ time, duration, arrivalRate }) => {
    const { rate } = optimum(cost, arrivalRate);
    return [
      { time, rate },
      { time: time + duration, rate },
    ];
  });
  const chart: Chart = {
    name: 'tune-rates',
    title: 'Rates over a period',
    caption:
      'The best rate at every moment, and the mean rate of the servers, which follows it late and flattened.',
    x: { title: 'time within the period' },
    y: { title: 'service rate μ' },
    series: [
      {
        kind: 'line',
        name: 'best at every moment, μ*(λ(t))',
        x: steps.map(({ time }) => time),
        y: steps.map(({ rate }) => rate),
      },
      {
        kind: 'dashed',
        name: 'best constant',
        x: [0, period],
        y: [theory.constant.rate, theory.constant.rate],
      },
    ],
  };
  if (m === undefined) return chart;
  const times = Array.from({ length: 257 }, (_, k) => (k / 256) * period);
  const { initialRate } = periodicTracking(cost, load, m, 1);
  chart.series.push({
    kind: 'line',
    name: `tracking equation, m = ${Number(m.toPrecision(3))}`,
    x: times,
    y: trackingTrajectory(cost, load, m, initialRate, times),
  });
  if (simulation) {
    const { best, times } = simulation;
    chart.series.push({ kind: 'points', name: 'simulated mean', x: times, y: best.meanRates });
  }
  return chart;
}
