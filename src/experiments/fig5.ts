/** Figure 5: 50 servers with unbounded buffers, starting with a backlog. */
import { PAPER_COST, upperRate } from '../cost/cost.js';
import type { PointResult } from '../studies/result.js';
import { backlogTrajectory } from '../theory/index.js';
import { estimate, number, show } from './estimate.js';
import { type Claim, COST, type Experiment } from './experiment.js';
import {
  BAND,
  CHOICES,
  initialRates,
  LAMBDA,
  largestDistance,
  M,
  measurePath,
  type Path,
  pathBase,
  pathCharts,
  settled,
} from './paths.js';
import { optimalRateAt } from './steady-state.js';
import { above, below, known, together } from './verdict.js';

/** End of the run in units of m, beyond the time the backlog lasts. */
const AFTERWARDS = 12;
/** "Follows its limit": largest distance over time of the mean rate of 50 servers from it. */
const NEAR = 0.1;

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
    const [point] = results.points as [PointResult];
    const paths = results.measured<Path>(point);
    const limits = paths.map((path) => limitOf(path, backlog));
    const end = settled(paths);
    return {
      charts: pathCharts(
        'fig5',
        `unbounded buffers, starting with ${backlog} tasks at each server`,
        paths[0] as Path,
        {
          name: 'limit of the mean rate (fluid backlog)',
          mean: limits[0] as number[],
        },
        optimalRateAt(LAMBDA),
      ),
      claims: [
        overshoots(paths, backlog),
        {
          claim: '… but converge to the optimal rates once the backlog is resolved.',
          measured: `At the end ${end.text}`,
          verdict: end.verdict,
        },
        followsFluid(paths, limits),
      ],
      choices: [
        ...CHOICES,
        `How large the backlog is, is not said: ${backlog} tasks at each server (--backlog), enough for rates to overshoot visibly.`,
      ],
    };
  },
};

/** The fluid limit of the mean rate, from a path's initial rates, at its times. */
function limitOf(path: Path, backlog: number): number[] {
  const rates = initialRates(path);
  return backlogTrajectory(
    COST,
    LAMBDA,
    rates,
    rates.map(() => backlog / M),
    path.time.map((t) => t / M),
  ).map(({ mean }) => mean);
}

function overshoots(paths: readonly Path[], backlog: number): Claim {
  const [, high] = BAND.values as [number, number];
  const peaks = estimate(paths.map(({ mean }) => Math.max(...mean)));
  const parts = paths.map(
    ({ rates }) => rates.filter((rate) => Math.max(...rate) > high).length / rates.length,
  );
  const least = Math.min(...parts);
  const resolved = estimate(paths.map(({ cleared }) => cleared));
  return {
    claim: 'The rates overshoot their optimal point while the queues remain large …',
    measured: `With ${backlog} tasks at each server the mean rate peaks at ${show(peaks)}, above μ* = ${number(optimalRateAt(LAMBDA), 5)} and towards μ₊ = ${number(upperRate(PAPER_COST), 5)}, the rest point without idle time; ${number(100 * least, 3)} % of the servers or more rise above μ* + 3.3 standard deviations. The last of the backlog is gone at t = ${show(resolved)}.`,
    verdict: together([above(peaks, high), known(least > 0.9)]),
  };
}

function followsFluid(paths: readonly Path[], limits: readonly number[][]): Claim {
  const distances = estimate(
    paths.map((path, k) => largestDistance(path.mean, limits[k] as number[])),
  );
  return {
    claim:
      'Beyond the paper: mean rate and backlog follow a fluid limit in which servers with a backlog never idle.',
    measured: `Largest distance of the mean rate over time ${show(distances)} (mean of ${paths.length} runs).`,
    verdict: below(distances, NEAR),
  };
}
