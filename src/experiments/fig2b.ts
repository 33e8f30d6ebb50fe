/** Figure 2b: rates in the long run against the arrival rate. */
import { fixedPoint, fluctuationBand, relaxationRate, timescaleRatio } from '../theory/index.js';
import { COST, type Experiment, jointly, number, percent, show } from './experiment.js';
import { CHOICES, longRun, optimalRateAt, steadyStateChart, widthOf } from './steady-state.js';

const SERVERS = 100;
const M = 100;
const ARRIVAL_RATES = [
  0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5,
];
/** Timescales separate where mλ/θ, arrivals at a server per relaxation time, is at least this. */
const SEPARATE = 10;
/** "In lockstep": largest relative distance from μ*. */
const LOCKSTEP = 0.01;

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
    const { points } = results;
    const rows = points.map((point, i) => {
      const lambda = ARRIVAL_RATES[i] as number;
      return {
        lambda,
        mean: results.figure(point, 'serviceRate.mean', jointly(points.length)),
        optimal: optimalRateAt(lambda),
        separation: timescaleRatio(COST, lambda, M),
        width: widthOf(results, point, jointly(points.length)),
      };
    });
    const separate = rows.filter(({ separation }) => separation >= SEPARATE);
    const others = rows.filter(({ separation }) => separation < SEPARATE);
    const off = (row: (typeof rows)[0]) => row.mean.mean / row.optimal;
    const worst = separate.reduce((a, b) => (Math.abs(off(b) - 1) > Math.abs(off(a) - 1) ? b : a));
    const rising = rows.every(
      (row, i) => i === 0 || row.mean.low > (rows[i - 1] as typeof row).mean.high,
    );
    // wider than the one before, beyond what intervals leave open
    const widening = rows.filter(
      ({ width }, i) => i > 0 && width.low > (rows[i - 1] as (typeof rows)[0]).width.high,
    );
    const dense = Array.from({ length: 120 }, (_, i) => 0.0125 * (i + 1)).filter((x) => x >= 0.025);
    const curvature = (lambda: number) => {
      const rate = optimalRateAt(lambda);
      return lambda * COST.ddg(rate) + COST.ddh(rate);
    };
    const lowest = rows[0] as (typeof rows)[0];
    const highest = rows.at(-1) as (typeof rows)[0];
    const boundary = others.at(-1)?.lambda ?? 0;
    const chart = steadyStateChart(
      results,
      points.map((point, i) => ({
        point,
        x: ARRIVAL_RATES[i] as number,
        centre: fixedPoint(COST, ARRIVAL_RATES[i] as number, SERVERS).rate,
      })),
      {
        name: 'fig2b',
        title: `Service rates in the long run, n = ${SERVERS}, m = ${M}`,
        caption: `Mean over servers and time, 5th and 95th percentile, against the arrival rate. Up to λ = ${boundary} (rings) timescales do not separate: fewer than ${SEPARATE} tasks reach a server per relaxation time m/θ, and neither μ* nor the band describe what happens.`,
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
    chart.series.push({
      kind: 'points',
      hollow: true,
      name: 'timescales do not separate (mean)',
      x: others.map(({ lambda }) => lambda),
      y: others.map(({ mean }) => mean.mean),
    });
    return {
      charts: [chart],
      claims: [
        {
          claim:
            'As λ increases, so does the average, in lockstep with the asymptotically optimal service rate μ* = ∛(5λ).',
          measured: `${rising ? 'The mean rises from each λ to the next.' : 'The mean does not rise throughout.'} Where timescales separate (mλ/θ ≥ ${SEPARATE}: λ ≥ ${separate[0]?.lambda}) it is within ${number(100 * LOCKSTEP)} % of it, furthest off by ${percent(off(worst))}, at λ = ${worst.lambda}.`,
          agrees: rising && Math.abs(off(worst) - 1) <= LOCKSTEP,
        },
        {
          claim: 'The same where timescales do not separate, the lower end of the figure.',
          measured: others
            .map(
              (row) =>
                `λ = ${row.lambda} (mλ/θ = ${number(row.separation, 2)}): ${percent(off(row))}`,
            )
            .join('; '),
          agrees: others.every((row) => Math.abs(off(row) - 1) <= LOCKSTEP),
        },
        {
          claim: 'The 5th and 95th percentiles become closer to the average as λ increases.',
          measured: `Their distance falls from ${show(lowest.width)} at λ = ${lowest.lambda} to ${show(highest.width)} at λ = ${highest.lambda}${widening.length === 0 ? ', from each λ to the next or by less than its interval tells' : `, but rises at λ = ${widening.map(({ lambda, width }) => `${lambda} (${show(width)})`).join(', ')}`}.`,
          agrees: widening.length === 0 && highest.width.high < lowest.width.low,
        },
        {
          claim:
            'This is because, for higher values of λ, the derivatives of the objective function around the equilibrium are steeper.',
          measured: `The second derivative λg″(μ*) + h″(μ*) of the objective is ${number(curvature(0.1))} at λ = 0.1 and ${number(curvature(1.5))} at λ = 1.5: for this cost the same for every λ. The pull θ of the algorithm is weaker at higher λ (${number(relaxationRate(COST, 0.1))} and ${number(relaxationRate(COST, 1.5))}). What falls is the noise, as idle times get shorter: predicted sd ${number(fluctuationBand(COST, 0.1, M).sd)} and ${number(fluctuationBand(COST, 1.5, M).sd)}.`,
          agrees: curvature(1.5) > 1.01 * curvature(0.1),
        },
      ],
      choices: CHOICES,
    };
  },
};
