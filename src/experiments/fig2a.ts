/** Figure 2a: rates in the long run against the inverse step size. */
import { fixedPoint, fluctuationBand } from '../theory/index.js';
import { COST, type Estimate, type Experiment, number, percent, show } from './experiment.js';
import {
  CHOICES,
  longRun,
  optimalRateAt,
  predictedWidth,
  steadyStateChart,
  widthOf,
} from './steady-state.js';

const LAMBDA = 0.8;
const SERVERS = 100;
const STEPS = [10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500];
/** Largest departure of the band's width from its prediction where that is valid. */
const TOLERANCE = 0.05;

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
    const { points } = results;
    const optimal = optimalRateAt(LAMBDA);
    const centre = fixedPoint(COST, LAMBDA, SERVERS).rate;
    const widths = points.map((point) => widthOf(results, point));
    const falling = widths.every(
      ({ high }, i) => i === 0 || high < (widths[i - 1] as Estimate).low,
    );
    const ratios = points.map((point, i) => ({
      m: STEPS[i] as number,
      ratio: (widths[i] as Estimate).mean / predictedWidth(point),
      valid: fluctuationBand(COST, LAMBDA, STEPS[i] as number).valid,
    }));
    const covered = ratios.filter(({ valid }) => valid);
    const others = ratios.filter(({ valid }) => !valid);
    const worst = covered.reduce((a, b) => (Math.abs(b.ratio - 1) > Math.abs(a.ratio - 1) ? b : a));
    const first = results.figure(points[0] as (typeof points)[0], 'serviceRate.mean');
    const last = results.figure(points.at(-1) as (typeof points)[0], 'serviceRate.mean');
    return {
      charts: [
        steadyStateChart(
          results,
          points.map((point, i) => ({ point, x: STEPS[i] as number, centre })),
          {
            name: 'fig2a',
            title: `Service rates in the long run, λ = ${LAMBDA}, n = ${SERVERS}`,
            caption: `Mean over servers and time, 5th and 95th percentile, against the inverse step size. The band is the prediction of the linear noise approximation where it claims to hold: not for m = ${others.map(({ m }) => m).join(', ')}.`,
            x: { title: 'inverse step size m' },
            lines: [
              { kind: 'dashed', name: 'optimal rate μ*', x: [10, 500], y: [optimal, optimal] },
            ],
          },
        ),
      ],
      claims: [
        {
          claim: 'The 5th and 95th percentiles become closer to the average as m increases.',
          measured: `Their distance falls ${falling ? 'from each m to the next' : 'on the whole'}, from ${show(widths[0] as Estimate)} at m = 10 to ${show(widths.at(-1) as Estimate)} at m = 500.`,
          agrees: falling,
        },
        {
          claim:
            'Beyond the paper: their distance is 3.29 standard deviations h′(μ*) (λE[Y²]/(2θm))^½, of order m^−½.',
          measured: `For m = ${covered.map(({ m }) => m).join(', ')}, where that is valid, it is within ${number(100 * TOLERANCE)} % of the prediction: furthest off by ${percent(worst.ratio)}, at m = ${worst.m}. Elsewhere, as the prediction itself warns: ${others.map(({ m, ratio }) => `${percent(ratio)} at m = ${m}`).join(', ')}.`,
          agrees: Math.abs(worst.ratio - 1) <= TOLERANCE,
        },
        {
          claim:
            'Since n = 100, the average rates almost coincide with the asymptotically optimal one.',
          measured: `Mean ${show(last)} at m = 500 (${percent(last.mean / optimal)} of μ* = ${number(optimal, 5)}), ${show(first)} at m = 10 (${percent(first.mean / optimal)}).`,
          agrees: Math.abs(last.mean / optimal - 1) < 0.01,
        },
      ],
      choices: CHOICES,
    };
  },
};
