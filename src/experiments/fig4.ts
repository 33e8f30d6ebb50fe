/** Figure 4: 50 servers with unbounded buffers, starting empty, on the random numbers of Figure 3. */
import { stationaryLaw } from '../theory/index.js';
import { type Experiment, estimate, number, show } from './experiment.js';
import { limitOf } from './fig3.js';
import {
  BAND,
  CHOICES,
  EARLY,
  LAMBDA,
  largestDistance,
  M,
  measurePath,
  type Path,
  pathBase,
  pathCharts,
  SERVERS,
} from './paths.js';
import { optimalRateAt } from './steady-state.js';

const HORIZON = 10 * M;
/** The distance of two mean rates that a reader of the figure cannot see: half a per cent of its height. */
const INVISIBLE = 0.01;

export const fig4: Experiment = {
  name: 'fig4',
  title: 'Figure 4: unbounded buffers, starting empty',

  plan: (options) => ({
    base: pathBase(options, HORIZON),
    grid: { buffer: ['inf', 1] },
    replications: options.size === 'full' ? 20 : 5,
    streams: 'common',
  }),

  measure: measurePath,

  conclude(results) {
    const [unbounded, unit] = results.points as [
      (typeof results.points)[0],
      (typeof results.points)[0],
    ];
    const paths = results.measured<Path>(unbounded);
    const partners = results.measured<Path>(unit);
    const [shown] = paths as [Path];
    const pairs = paths.map((path, k) => compare(path, partners[k] as Path));
    const meanDistance = estimate(pairs.map(({ mean }) => mean));
    const rateDistance = estimate(pairs.map(({ each }) => each));
    const late = estimate(pairs.map(({ late }) => late));
    const early = estimate(paths.map(({ queueing }) => queueing.early));
    const later = estimate(paths.map(({ queueing }) => queueing.late));
    const first = paths.map(({ time, longest }) =>
      Math.max(...longest.filter((_, i) => (time[i] as number) <= EARLY)),
    );
    const optimal = optimalRateAt(LAMBDA);
    const { blockingProbability } = stationaryLaw(
      Array.from({ length: SERVERS }, () => optimal),
      LAMBDA,
    );
    const arrivals = blockingProbability * LAMBDA * SERVERS * (HORIZON - EARLY);
    return {
      charts: pathCharts(
        'fig4',
        'unbounded buffers, starting empty',
        shown,
        {
          name: 'limit of the mean rate (n, m → ∞)',
          mean: limitOf(shown),
        },
        optimal,
      ),
      claims: [
        {
          claim:
            'When the system starts empty, the trajectories of the rate vectors are indistinguishable between unit buffers and infinite buffers.',
          measured: `On the same random numbers (${paths.length} pairs of runs) the two mean rates are never further apart than ${show(meanDistance)}, a single server's rates than ${show(rateDistance)} (largest over time and servers). Once both are stationary a server's two rates differ by ${show(late)} (root mean square), where two independent runs would differ by ${number(Math.SQRT2 * BAND.sd)}.`,
          agrees: meanDistance.mean < INVISIBLE,
        },
        {
          claim:
            'After a brief upward excursion in the queue lengths at the beginning the maximum queue length is at most one, so the extra buffer is not utilized.',
          measured: `Up to t = ${EARLY} the longest queue reaches ${Math.min(...first)} to ${Math.max(...first)} in ${paths.length} runs, and is longer than one for ${show({ mean: 100 * early.mean, halfWidth: 100 * early.halfWidth })} % of the time; after that for ${show({ mean: 100 * later.mean, halfWidth: 100 * later.halfWidth })} %. Not never: at rates μ* Erlang's formula gives an arrival probability ${number(blockingProbability, 2)} to find no idle server, ${number(arrivals, 2)} such arrivals per run from then on.`,
          agrees:
            first.filter((tasks) => tasks > 1).length > first.length / 2 && later.mean < 0.001,
        },
      ],
      choices: [
        ...CHOICES,
        `"Indistinguishable" is not quantified: we call it so if the mean rates differ by less than ${INVISIBLE} at all times; "brief" and "at most one" if queues of two are seen in less than 0.1 % of the time after t = ${EARLY}.`,
      ],
    };
  },
};

function compare(path: Path, other: Path): { mean: number; each: number; late: number } {
  let each = 0;
  let squares = 0;
  let count = 0;
  path.rates.forEach((rates, v) => {
    const others = other.rates[v] as number[];
    each = Math.max(each, largestDistance(rates, others));
    for (let i = Math.ceil(rates.length / 2); i < rates.length; i++) {
      squares += ((rates[i] as number) - (others[i] as number)) ** 2;
      count++;
    }
  });
  return { mean: largestDistance(path.mean, other.mean), each, late: Math.sqrt(squares / count) };
}
