/** Figure 4: 50 servers with unbounded buffers, starting empty, on the random numbers of Figure 3. */
import { fluctuationBand } from '../theory/index.js';
import { COST, type Experiment, estimate, number, show } from './experiment.js';
import { limitOf } from './fig3.js';
import {
  CHOICES,
  LAMBDA,
  largestDistance,
  M,
  measurePath,
  type Path,
  pathBase,
  pathCharts,
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
    const { sd } = fluctuationBand(COST, LAMBDA, M);
    const lastQueue = Math.max(...paths.map((path) => path.lastQueue));
    const excursion = estimate(paths.map(({ longest }) => Math.max(...longest)));
    const largest = Math.max(...paths.flatMap(({ longest }) => longest));
    return {
      charts: pathCharts(
        'fig4',
        'unbounded buffers, starting empty',
        shown,
        {
          name: 'limit of the mean rate (n, m → ∞)',
          mean: limitOf(shown),
        },
        optimalRateAt(LAMBDA),
      ),
      claims: [
        {
          claim:
            'When the system starts empty, the trajectories of the rate vectors are indistinguishable between unit buffers and infinite buffers.',
          measured: `On the same random numbers (${paths.length} pairs of runs) the two mean rates are never further apart than ${show(meanDistance)}, a single server's rates than ${show(rateDistance)} (largest over time and servers). Once both are stationary a server's two rates differ by ${show(late)} (root mean square), where two independent runs would differ by ${number(Math.SQRT2 * sd)}.`,
          agrees: meanDistance.mean < INVISIBLE,
        },
        {
          claim:
            'After a brief upward excursion in the queue lengths at the beginning the maximum queue length is at most one, so the extra buffer is not utilized.',
          measured: `The longest queue is ${show(excursion)} on average, at most ${largest}; after t = ${number(lastQueue)} (${number((100 * lastQueue) / HORIZON, 2)} % of the time shown) no queue was longer than one in any of ${paths.length} runs.`,
          agrees: largest > 1 && lastQueue < 0.2 * HORIZON,
        },
      ],
      choices: [
        ...CHOICES,
        `"Indistinguishable" is not quantified: we call it so if the mean rates differ by less than ${INVISIBLE} at all times.`,
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
