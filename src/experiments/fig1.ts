/** Figure 1: rates in the long run against the number of servers. */
import { fixedPoint } from '../theory/index.js';
import { COST, type Experiment, estimate, jointly, number, percent, show } from './experiment.js';
import {
  CHOICES,
  longRun,
  optimalRateAt,
  predictedWidth,
  steadyStateChart,
  widthOf,
} from './steady-state.js';

const LAMBDA = 0.8;
const M = 500;
const SERVERS = [2, 3, 4, 5, 7, 10, 15, 25, 35, 50, 70, 100];

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
    const points = results.points.slice(0, SERVERS.length);
    const doubled = results.points.slice(SERVERS.length);
    const optimal = optimalRateAt(LAMBDA);
    const exact = SERVERS.map((n) => fixedPoint(COST, LAMBDA, n).rate);
    const rows = points.map((point, i) => {
      const m500 = results.figure(point, 'serviceRate.mean');
      const m1000 = results.of(doubled[i] as typeof point);
      const extrapolated = estimate(
        results
          .of(point)
          .map((run, k) => 2 * (m1000[k]?.serviceRate.mean ?? 0) - (run.serviceRate.mean ?? 0)),
        jointly(SERVERS.length),
      );
      const error = extrapolated.mean - (exact[i] as number);
      return { n: SERVERS[i] as number, mean: m500, extrapolated, error };
    });
    const distances = rows.map(({ mean }) => Math.abs(mean.mean - optimal));
    const falling = distances.every((d, i) => i === 0 || d < (distances[i - 1] as number));
    const outside = rows.filter(
      ({ error, extrapolated }) => !(Math.abs(error) <= extrapolated.halfWidth),
    );
    const bias = rows.map(({ mean }, i) => mean.mean - (exact[i] as number));
    const worst = bias.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const at25 = rows.find(({ n }) => n === 25) as (typeof rows)[0];
    const last = points.at(-1) as (typeof points)[0];
    const predicted = predictedWidth(last);
    const width = widthOf(results, last);
    return {
      charts: [
        steadyStateChart(
          results,
          points.map((point, i) => ({
            point,
            x: SERVERS[i] as number,
            centre: exact[i] as number,
          })),
          {
            name: 'fig1',
            title: `Service rates in the long run, λ = ${LAMBDA}, m = ${M}`,
            caption:
              'Mean over servers and time, 5th and 95th percentile, against the number of servers. The line is the exact rest point of the averaged equation (2.3) for n servers, the band what the linear noise approximation adds to it (its width for n → ∞).',
            x: { title: 'number of servers n' },
            lines: [
              { kind: 'line', name: 'exact fixed point of n servers', x: SERVERS, y: exact },
              { kind: 'dashed', name: 'optimal rate μ*', x: [2, 100], y: [optimal, optimal] },
            ],
          },
        ),
      ],
      claims: [
        {
          claim:
            'The average service rate in steady state becomes closer to the asymptotically optimal one as n increases, being already quite close for n = 25.',
          measured: `Its distance from μ* = ${number(optimal, 6)} falls ${falling ? 'from each n to the next' : 'on the whole, not from each n to the next'}: ${number(distances[0] as number)} at n = 2, ${number(distances.at(-1) as number)} at n = 100; at n = 25 the mean is ${show(at25.mean)} (${percent(at25.mean.mean / optimal)}).`,
          agrees: falling,
        },
        {
          claim:
            'Beyond the paper: as m → ∞ the mean is the exact fixed point of n servers, for each n.',
          measured: `Extrapolated from m = ${M} and ${2 * M} to m → ∞, ${SERVERS.length - outside.length} of ${SERVERS.length} means are within their interval (99 % for all of them at once) of it; half-widths ${number(Math.min(...rows.map((r) => r.extrapolated.halfWidth)), 2)} … ${number(Math.max(...rows.map((r) => r.extrapolated.halfWidth)), 2)}. At m = ${M} itself the mean differs from it by at most ${number(worst, 2)}.`,
          agrees: outside.length === 0,
        },
        {
          claim:
            'The 5th and 95th percentiles of the rates are bounded away from their average, even as n increases.',
          measured: `At n = 100 they are ${show(width)} apart, predicted ${number(predicted)} for n → ∞ (${percent(width.mean / predicted)}).`,
          agrees: Math.abs(width.mean / predicted - 1) < 0.1,
        },
      ],
      choices: CHOICES,
    };
  },
};
