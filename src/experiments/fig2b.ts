/** Figure 2b: rates in the long run against the arrival rate. */
import type { Chart } from '../charts/chart.js';
import type { PointResult } from '../studies/result.js';
import { fixedPoint, fluctuationBand, relaxationRate, timescaleRatio } from '../theory/index.js';
import { type Estimate, jointly, minus, number, over, percent, show } from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
import { CHOICES, longRun, optimalRateAt, steadyStateChart, widthOf } from './steady-state.js';
import { below, judge, known, rising, together } from './verdict.js';

const SERVERS = 100;
const M = 100;
const ARRIVAL_RATES = [
  0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5,
];
/** Timescales separate where mλ/θ, arrivals at a server per relaxation time, is at least this. */
const SEPARATE = 10;
/** "In lockstep": largest relative distance from μ*, and one that must show. */
const LOCKSTEP = { tolerance: 0.01, resolution: 0.05 };

export const fig2b: Experiment = {
  name: 'fig2b',
  title: 'Figure 2b: service rates in the long run against the arrival rate',

  plan({ size, seed }) {
    const relaxations = size === 'full' ? 40_000 : 4_000;
    return {
      base: { seed },
      points: ARRIVAL_RATES.map((lambda) => longRun(SERVERS, lambda, M, relaxations)),
      replications: 10,
    };
  },

  conclude(results) {
    const rows = ARRIVAL_RATES.map((lambda, i) => rowOf(results, lambda, i));
    const separate = rows.filter(({ separation }) => separation >= SEPARATE);
    const others = rows.filter(({ separation }) => separation < SEPARATE);
    return {
      charts: [chart(results, rows, others)],
      claims: [lockstep(rows, separate), atTheLowerEnd(others), narrows(rows), steeper()],
      choices: CHOICES,
    };
  },
};

/** One arrival rate; intervals hold for all of them at once. */
interface Row {
  lambda: number;
  point: PointResult;
  mean: Estimate;
  optimal: number;
  /** mλ/θ */
  separation: number;
  /** distance of the 5th and 95th percentile */
  width: Estimate;
}

function rowOf(results: Results, lambda: number, i: number): Row {
  const point = results.points[i] as PointResult;
  const level = jointly(ARRIVAL_RATES.length);
  return {
    lambda,
    point,
    mean: results.figure(point, 'serviceRate.mean', level),
    optimal: optimalRateAt(lambda),
    separation: timescaleRatio(COST, lambda, M),
    width: widthOf(results, point, level),
  };
}

/** Relative distance of the mean from μ*. */
function offset({ mean, optimal }: Row): Estimate {
  return minus(over(mean, optimal), 1);
}

function chart(results: Results, rows: readonly Row[], others: readonly Row[]): Chart {
  const dense = Array.from({ length: 120 }, (_, i) => 0.0125 * (i + 1)).filter((x) => x >= 0.025);
  const drawn = steadyStateChart(
    results,
    rows.map(({ point, lambda }) => ({
      point,
      x: lambda,
      centre: fixedPoint(COST, lambda, SERVERS).rate,
    })),
    {
      name: 'fig2b',
      title: `Service rates in the long run, n = ${SERVERS}, m = ${M}`,
      caption: `Mean over servers and time, 5th and 95th percentile, against the arrival rate. Up to λ = ${others.at(-1)?.lambda ?? 0} (rings) timescales do not separate: fewer than ${SEPARATE} tasks reach a server per relaxation time m/θ, and neither μ* nor the band describe what happens.`,
      x: { title: 'arrival rate per server λ (tasks per unit of time)' },
      lines: [
        {
          kind: 'dashed',
          name: 'optimal rate μ*, the cube root of 5λ',
          x: dense,
          y: dense.map(optimalRateAt),
        },
      ],
    },
  );
  drawn.series.push({
    kind: 'points',
    hollow: true,
    name: 'timescales do not separate (mean)',
    x: others.map(({ lambda }) => lambda),
    y: others.map(({ mean }) => mean.mean),
  });
  return drawn;
}

function lockstep(rows: readonly Row[], separate: readonly Row[]): Claim {
  const rises = rising(rows.map(({ mean }) => mean));
  const off = (row: Row) => Math.abs(offset(row).mean);
  const worst = separate.reduce((a, b) => (off(b) > off(a) ? b : a));
  return {
    claim:
      'As λ increases, so does the average, in lockstep with the asymptotically optimal service rate μ* = ∛(5λ).',
    measured: `${rises === 'agrees' ? 'The mean rises from each λ to the next.' : 'The mean does not rise throughout.'} Where timescales separate (mλ/θ ≥ ${SEPARATE}: λ ≥ ${separate[0]?.lambda}) it is within ${number(100 * LOCKSTEP.tolerance)} % of it, furthest off by ${percent(1 + offset(worst).mean)}, at λ = ${worst.lambda}.`,
    verdict: together([rises, ...separate.map((row) => judge(offset(row), LOCKSTEP))]),
  };
}

function atTheLowerEnd(others: readonly Row[]): Claim {
  return {
    claim: 'The same where timescales do not separate, the lower end of the figure.',
    measured: others
      .map(
        (row) =>
          `λ = ${row.lambda} (mλ/θ = ${number(row.separation, 2)}): ${percent(1 + offset(row).mean)}`,
      )
      .join('; '),
    verdict: together(others.map((row) => judge(offset(row), LOCKSTEP))),
  };
}

function narrows(rows: readonly Row[]): Claim {
  const [lowest, highest] = [rows[0], rows.at(-1)] as [Row, Row];
  // wider than the one before, beyond what intervals leave open
  const widening = rows.filter(
    ({ width }, i) => i > 0 && width.low > (rows[i - 1] as Row).width.high,
  );
  return {
    claim: 'The 5th and 95th percentiles become closer to the average as λ increases.',
    measured: `Their distance falls from ${show(lowest.width)} at λ = ${lowest.lambda} to ${show(highest.width)} at λ = ${highest.lambda}${widening.length === 0 ? ', from each λ to the next or by less than its interval tells' : `, but rises at λ = ${widening.map(({ lambda, width }) => `${lambda} (${show(width)})`).join(', ')}`}.`,
    verdict: together([known(widening.length === 0), below(highest.width, lowest.width.low)]),
  };
}

/** No statistics: the objective is known. */
function steeper(): Claim {
  const curvature = (lambda: number) => {
    const rate = optimalRateAt(lambda);
    return lambda * COST.ddg(rate) + COST.ddh(rate);
  };
  return {
    claim:
      'This is because, for higher values of λ, the derivatives of the objective function around the equilibrium are steeper.',
    measured: `The second derivative λg″(μ*) + h″(μ*) of the objective is ${number(curvature(0.1))} at λ = 0.1 and ${number(curvature(1.5))} at λ = 1.5: for this cost the same for every λ. The pull θ of the algorithm is weaker at higher λ (${number(relaxationRate(COST, 0.1))} and ${number(relaxationRate(COST, 1.5))}). What falls is the noise, as idle times get shorter: predicted sd ${number(fluctuationBand(COST, 0.1, M).sd)} and ${number(fluctuationBand(COST, 1.5, M).sd)}.`,
    verdict: known(curvature(1.5) > 1.01 * curvature(0.1)),
  };
}
