/** Figure 1: rates in the long run against the number of servers. */
import type { Chart } from '../charts/chart.js';
import type { PointResult } from '../studies/result.js';
import { fixedPoint } from '../theory/index.js';
import {
  type Estimate,
  estimate,
  jointly,
  minus,
  number,
  over,
  percent,
  show,
} from './estimate.js';
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
const M = 500;
const SERVERS = [2, 3, 4, 5, 7, 10, 15, 25, 35, 50, 70, 100];
/** An error of the mean rate, as a part of μ*, that the runs must be able to show. */
const RESOLUTION = 0.005;
/** Largest departure of the band's width from its prediction. */
const TOLERANCE = 0.1;

export const fig1: Experiment = {
  name: 'fig1',
  title: 'Figure 1: service rates in the long run against the number of servers',

  plan({ size, seed }) {
    const relaxations = size === 'full' ? 12_000 : 600;
    return {
      base: { seed },
      // the second half doubles m, to take away what is of order 1/m
      points: [M, 2 * M].flatMap((m) => SERVERS.map((n) => longRun(n, LAMBDA, m, relaxations))),
      replications: 10,
    };
  },

  conclude(results) {
    const rows = SERVERS.map((n, i) => rowOf(results, n, i));
    return {
      charts: [chart(results, rows)],
      claims: [approaches(rows), isFixedPoint(rows), staysApart(results)],
      choices: [
        ...CHOICES,
        `The means decide for the fixed point only where an error of ${100 * RESOLUTION} % of μ* would show.`,
      ],
    };
  },
};

/** One number of servers. */
interface Row {
  n: number;
  point: PointResult;
  /** the exact fixed point */
  exact: number;
  /** mean rate, with its 95 % interval */
  mean: Estimate;
  /** the same, with an interval that holds for all n at once */
  joint: Estimate;
  /** the mean rate as m → ∞, with an interval that holds for all n at once */
  extrapolated: Estimate;
}

function rowOf(results: Results, n: number, i: number): Row {
  const point = results.points[i] as PointResult;
  const doubled = results.of(results.points[SERVERS.length + i] as PointResult);
  const level = jointly(SERVERS.length);
  return {
    n,
    point,
    exact: fixedPoint(COST, LAMBDA, n).rate,
    mean: results.figure(point, 'serviceRate.mean'),
    joint: results.figure(point, 'serviceRate.mean', level),
    extrapolated: estimate(
      results
        .of(point)
        .map((run, k) => 2 * (doubled[k]?.serviceRate.mean ?? 0) - (run.serviceRate.mean ?? 0)),
      level,
    ),
  };
}

function chart(results: Results, rows: readonly Row[]): Chart {
  const optimal = optimalRateAt(LAMBDA);
  return steadyStateChart(
    results,
    rows.map(({ point, n, exact }) => ({ point, x: n, centre: exact })),
    {
      name: 'fig1',
      title: `Service rates in the long run, λ = ${LAMBDA}, m = ${M}`,
      caption:
        'Mean over servers and time, 5th and 95th percentile, against the number of servers. The line is the exact rest point of the averaged equation (2.3) for n servers, the band what the linear noise approximation adds to it for n servers.',
      x: { title: 'number of servers n' },
      lines: [
        {
          kind: 'line',
          name: 'exact fixed point of n servers',
          x: SERVERS,
          y: rows.map(({ exact }) => exact),
        },
        { kind: 'dashed', name: 'optimal rate μ*', x: [2, 100], y: [optimal, optimal] },
      ],
    },
  );
}

function approaches(rows: readonly Row[]): Claim {
  const optimal = optimalRateAt(LAMBDA);
  const distances = rows.map(({ joint }) => {
    const { mean, halfWidth } = joint;
    const distance = Math.abs(mean - optimal);
    return { mean: distance, halfWidth, low: distance - halfWidth, high: distance + halfWidth };
  });
  const verdict = falling(distances);
  const [first, last] = [distances[0], distances.at(-1)] as [Estimate, Estimate];
  const at25 = (rows.find(({ n }) => n === 25) as Row).mean;
  return {
    claim:
      'The average service rate in steady state becomes closer to the asymptotically optimal one as n increases, being already quite close for n = 25.',
    measured: `Its distance from μ* = ${number(optimal, 6)} falls ${verdict === 'agrees' ? 'from each n to the next' : 'on the whole, not from each n to the next'}: ${number(first.mean)} at n = 2, ${number(last.mean)} at n = 100; at n = 25 the mean is ${show(at25)} (${percent(at25.mean / optimal)}).`,
    verdict,
  };
}

function isFixedPoint(rows: readonly Row[]): Claim {
  const errors = rows.map(({ extrapolated, exact }) => minus(extrapolated, exact));
  const inside = errors.filter(({ mean, halfWidth }) => Math.abs(mean) <= halfWidth);
  const halfWidths = errors.map(({ halfWidth }) => halfWidth);
  const biases = rows.map(({ mean, exact }) => mean.mean - exact);
  const worst = biases.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const resolution = RESOLUTION * optimalRateAt(LAMBDA);
  return {
    claim: 'Beyond the paper: as m → ∞ the mean is the exact fixed point of n servers, for each n.',
    measured: `Extrapolated from m = ${M} and ${2 * M} to m → ∞, ${inside.length} of ${rows.length} means are within their interval (99 % for all of them at once) of it; half-widths ${number(Math.min(...halfWidths), 2)} … ${number(Math.max(...halfWidths), 2)}. At m = ${M} itself the mean differs from it by at most ${number(worst, 2)}.`,
    verdict: together(errors.map((error) => judge(error, { resolution }))),
  };
}

function staysApart(results: Results): Claim {
  const last = results.points[SERVERS.length - 1] as PointResult;
  const predicted = predictedWidth(last);
  const width = widthOf(results, last);
  return {
    claim:
      'The 5th and 95th percentiles of the rates are bounded away from their average, even as n increases.',
    measured: `At n = 100 they are ${show(width)} apart, predicted ${number(predicted)} (${percent(width.mean / predicted)}).`,
    verdict: judge(minus(over(width, predicted), 1), { tolerance: TOLERANCE, resolution: 0.5 }),
  };
}
