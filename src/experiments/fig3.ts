/** Figure 3: 50 servers with unit buffers, starting empty. */
import { limitTrajectory } from '../theory/index.js';
import { estimate, show } from './estimate.js';
import { COST, type Experiment } from './experiment.js';
import {
  CHOICES,
  initialRates,
  LAMBDA,
  largestDistance,
  M,
  measurePath,
  type Path,
  pathBase,
  pathCharts,
  SERVERS,
  settled,
} from './paths.js';
import { optimalRateAt } from './steady-state.js';
import { below, known } from './verdict.js';

const HORIZON = 10 * M;
/** "Follows its limit": largest distance over time of the mean rate of 50 servers from it. */
const NEAR = 0.05;

export const fig3: Experiment = {
  name: 'fig3',
  title: 'Figure 3: unit buffers, starting empty',

  plan: (options) => ({
    base: pathBase(options, HORIZON),
    replications: options.size === 'full' ? 20 : 5,
    streams: 'common',
  }),

  measure: measurePath,

  conclude(results) {
    const [point] = results.points as [(typeof results.points)[0]];
    const paths = results.measured<Path>(point);
    const [shown] = paths as [Path];
    const optimal = optimalRateAt(LAMBDA);
    const limits = paths.map((path) => limitOf(path));
    const distances = estimate(
      paths.map((path, k) => largestDistance(path.mean, limits[k] as number[])),
    );
    const end = settled(paths);
    const longest = Math.max(...paths.flatMap((path) => path.longest));
    return {
      charts: pathCharts(
        'fig3',
        'unit buffers, starting empty',
        shown,
        {
          name: 'limit of the mean rate (n, m → ∞)',
          mean: limits[0] as number[],
        },
        optimal,
      ),
      claims: [
        {
          claim: 'All rates converge to the optimal rate (Figure 3a).',
          measured: `At t = ${HORIZON}, ${end.text}`,
          verdict: end.verdict,
        },
        {
          claim:
            'Beyond the paper: the mean rate follows the deterministic limit from the same initial rates.',
          measured: `Largest distance over time ${show(distances)} (mean of ${paths.length} runs), with ${SERVERS} servers and m = ${M}; of order n^−½, m^−½.`,
          verdict: below(distances, NEAR),
        },
        {
          claim: 'No queue is longer than the task in service (Figure 3b).',
          measured: `Longest queue ${longest}.`,
          verdict: known(longest <= 1),
        },
      ],
      choices: CHOICES,
    };
  },
};

/** The limit of the mean rate, from a path's initial rates, at its times. */
export function limitOf(path: Path): number[] {
  const times = path.time.map((t) => t / M);
  return limitTrajectory(COST, LAMBDA, initialRates(path), times).map(({ mean }) => mean);
}
