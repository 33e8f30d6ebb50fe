/** Figure 5: 50 servers with unbounded buffers, starting with a backlog. */
import { PAPER_COST, upperRate } from '../cost.js';
import { backlogTrajectory, fluctuationBand } from '../theory/index.js';
import { COST, type Experiment, estimate, number, show } from './experiment.js';
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
} from './paths.js';
import { optimalRateAt } from './steady-state.js';

/** End of the run in units of m, beyond the time the backlog lasts. */
const AFTERWARDS = 12;

export const fig5: Experiment = {
  name: 'fig5',
  title: 'Figure 5: unbounded buffers, starting with a backlog',

  plan: (options) => ({
    // a backlog lasts at most as long as the slowest work it off: the net rate is at least about 0.4
    base: pathBase(options, AFTERWARDS * M + 500 * Math.ceil((2.5 * options.backlog) / 500)),
    points: [{ buffer: 'inf', initialTasks: options.backlog }],
    replications: options.size === 'full' ? 20 : 5,
    streams: 'common',
  }),

  measure: measurePath,

  conclude(results, { backlog }) {
    const [point] = results.points as [(typeof results.points)[0]];
    const paths = results.measured<Path>(point);
    const [shown] = paths as [Path];
    const optimal = optimalRateAt(LAMBDA);
    const limits = paths.map((path) => {
      const rates = initialRates(path);
      return backlogTrajectory(
        COST,
        LAMBDA,
        rates,
        rates.map(() => backlog / M),
        path.time.map((t) => t / M),
      ).map(({ mean }) => mean);
    });
    const distances = estimate(
      paths.map((path, k) => largestDistance(path.mean, limits[k] as number[])),
    );
    const { sd, values } = fluctuationBand(COST, LAMBDA, M, [0.0005, 0.9995]);
    const [low, high] = values as [number, number];
    const peaks = estimate(paths.map(({ mean }) => Math.max(...mean)));
    const overshooting = paths.map(
      ({ rates }) => rates.filter((rate) => Math.max(...rate) > high).length / rates.length,
    );
    const resolved = estimate(paths.map(({ cleared }) => cleared));
    const ends = paths.flatMap(({ rates }) => rates.map((rate) => rate.at(-1) as number));
    const inside = ends.filter((rate) => rate >= low && rate <= high).length / ends.length;
    const least = Math.min(...overshooting);
    return {
      charts: pathCharts(
        'fig5',
        `unbounded buffers, starting with ${backlog} tasks at each server`,
        shown,
        {
          name: 'limit of the mean rate (fluid backlog)',
          mean: limits[0] as number[],
        },
        optimal,
      ),
      claims: [
        {
          claim: 'The rates overshoot their optimal point while the queues remain large …',
          measured: `With ${backlog} tasks at each server the mean rate peaks at ${show(peaks)}, above μ* = ${number(optimal, 5)} and towards μ₊ = ${number(upperRate(PAPER_COST), 5)}, the rest point without idle time; ${number(100 * least, 3)} % of the servers or more rise above μ* + 3.3 standard deviations. The last of the backlog is gone at t = ${show(resolved)}.`,
          agrees: peaks.low > high && least > 0.9,
        },
        {
          claim: '… but converge to the optimal rates once the backlog is resolved.',
          measured: `At the end ${number(100 * inside, 3)} % of ${ends.length} rates are within μ* ± 3.3 predicted standard deviations of ${number(sd, 3)}.`,
          agrees: inside > 0.99,
        },
        {
          claim:
            'Beyond the paper: mean rate and backlog follow a fluid limit in which servers with a backlog never idle.',
          measured: `Largest distance of the mean rate over time ${show(distances)} (mean of ${paths.length} runs).`,
          agrees: distances.mean < 0.1,
        },
      ],
      choices: [
        ...CHOICES,
        `How large the backlog is, is not said: ${backlog} tasks at each server (--backlog), enough for rates to overshoot visibly.`,
      ],
    };
  },
};
