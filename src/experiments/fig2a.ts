/** Figure 2a: rates in the long run against the inverse step size. */
import type { Chart } from '../charts/chart.js';
import type { PointResult } from '../studies/result.js';
import { fixedPoint, fluctuationBand } from '../theory/index.js';
import { type Estimate, jointly, minus, number, over, percent, show } from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
import {
  CHOICES,
  longRun,
  optimalRateAt,
  predictedWidth,
  steadyStateChart,
  widthOf,
} from './steady-state.js';
import { falling, judge, together } from './verdict.js';

const LAMBDA = 0.8;
const SERVERS = 100;
const STEPS = [10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500];
/** Largest departure of the band's width from its prediction where that is valid, and one that must show. */
const BAND = { tolerance: 0.05, resolution: 0.25 };
/** "Almost coincide": largest relative distance of the mean from μ*, and one that must show. */
const COINCIDE = { tolerance: 0.01, resolution: 0.05 };

export const fig2a: Experiment = {
  name: 'fig2a',
  title: 'Figure 2a: service rates in the long run against the inverse step size',

  plan({ size, seed }) {
    const relaxations = size === 'full' ? 40_000 : 4_000;
    return {
      base: { seed },
      points: STEPS.map((m) => longRun(SERVERS, LAMBDA, m, relaxations)),
      replications: 10,
    };
  },

  conclude(results) {
    const rows = STEPS.map((m, i) => rowOf(results, m, i));
    return {
      charts: [chart(results, rows)],
      claims: [narrows(rows), isPredicted(rows), coincides(results)],
      choices: CHOICES,
    };
  },
};

/** One inverse step size. */
interface Row {
  m: number;
  point: PointResult;
  /** distance of the percentiles, with its 95 % interval */
  width: Estimate;
  /** the same in units of its prediction, with an interval that holds for all m at once */
  ratio: Estimate;
  /** whether the prediction claims to hold */
  valid: boolean;
}

function rowOf(results: Results, m: number, i: number): Row {
  const point = results.points[i] as PointResult;
  return {
    m,
    point,
    width: widthOf(results, point),
    ratio: over(widthOf(results, point, jointly(STEPS.length)), predictedWidth(point)),
    valid: fluctuationBand(COST, LAMBDA, m).valid,
  };
}

function chart(results: Results, rows: readonly Row[]): Chart {
  const optimal = optimalRateAt(LAMBDA);
  const centre = fixedPoint(COST, LAMBDA, SERVERS).rate;
  const uncovered = rows.filter(({ valid }) => !valid).map(({ m }) => m);
  return steadyStateChart(
    results,
    rows.map(({ point, m }) => ({ point, x: m, centre })),
    {
      name: 'fig2a',
      title: `Service rates in the long run, λ = ${LAMBDA}, n = ${SERVERS}`,
      caption: `Mean over servers and time, 5th and 95th percentile, against the inverse step size. The band is the prediction of the linear noise approximation where it claims to hold: not for m = ${uncovered.join(', ')}.`,
      x: { title: 'inverse step size m' },
      lines: [{ kind: 'dashed', name: 'optimal rate μ*', x: [10, 500], y: [optimal, optimal] }],
    },
  );
}

function narrows(rows: readonly Row[]): Claim {
  const widths = rows.map(({ width }) => width);
  const verdict = falling(widths);
  return {
    claim: 'The 5th and 95th percentiles become closer to the average as m increases.',
    measured: `Their distance falls ${verdict === 'agrees' ? 'from each m to the next' : 'on the whole'}, from ${show(widths[0] as Estimate)} at m = ${STEPS[0]} to ${show(widths.at(-1) as Estimate)} at m = ${STEPS.at(-1)}.`,
    verdict,
  };
}

function isPredicted(rows: readonly Row[]): Claim {
  const off = ({ ratio }: Row) => Math.abs(ratio.mean - 1);
  const covered = rows.filter(({ valid }) => valid);
  const others = rows.filter(({ valid }) => !valid);
  const worst = covered.reduce((a, b) => (off(b) > off(a) ? b : a));
  return {
    claim:
      'Beyond the paper: their distance is 3.29 standard deviations h′(μ*) (λE[Y²]/(2θm))^½, of order m^−½.',
    measured: `For m = ${covered.map(({ m }) => m).join(', ')}, where that is valid, it is within ${number(100 * BAND.tolerance)} % of the prediction: furthest off by ${percent(worst.ratio.mean)}, at m = ${worst.m}. Elsewhere, as the prediction itself warns: ${others.map(({ m, ratio }) => `${percent(ratio.mean)} at m = ${m}`).join(', ')}.`,
    verdict: together(covered.map(({ ratio }) => judge(minus(ratio, 1), BAND))),
  };
}

function coincides(results: Results): Claim {
  const optimal = optimalRateAt(LAMBDA);
  const [first, last] = [results.points[0], results.points.at(-1)].map((point) =>
    results.figure(point as PointResult, 'serviceRate.mean'),
  ) as [Estimate, Estimate];
  return {
    claim: 'Since n = 100, the average rates almost coincide with the asymptotically optimal one.',
    measured: `Mean ${show(last)} at m = 500 (${percent(last.mean / optimal)} of μ* = ${number(optimal, 5)}), ${show(first)} at m = 10 (${percent(first.mean / optimal)}).`,
    verdict: judge(minus(over(last, optimal), 1), COINCIDE),
  };
}
