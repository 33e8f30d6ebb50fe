/** Figure 4: 50 servers with unbounded buffers, starting empty, on the random numbers of Figure 3. */
import type { PointResult } from '../studies/result.js';
import { fixedPoint, stationaryLaw } from '../theory/index.js';
import { estimate, minus, number, over, percent, show } from './estimate.js';
import { type Claim, COST, type Experiment, type Results } from './experiment.js';
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
import { below, judge, known, together } from './verdict.js';

const HORIZON = 10 * M;
/** The distance of two mean rates that a reader of the figure cannot see: half a per cent of its height. */
const INVISIBLE = 0.01;
/** "At most one": the largest part of the time for which a queue of two may be seen. */
const RARELY = 0.001;
/** Erlang's formula at the fixed point leaves out that rates fluctuate about it, which adds a few per cent. */
const OF_FLUCTUATION = 0.1;

export const fig4: Experiment = {
  name: 'fig4',
  title: 'Figure 4: unbounded buffers, starting empty',

  plan: (options) => ({
    base: pathBase(options, HORIZON),
    points: [
      { buffer: 'inf' },
      { buffer: 1 },
      // arrivals that find no idle server are rare: a longer run counts them, as those that unit buffers drop
      {
        buffer: 1,
        warmup: HORIZON,
        horizon: 600 * M,
        record: { interval: M },
      },
    ],
    replications: options.size === 'full' ? 20 : 5,
    streams: 'common',
  }),

  measure: (trajectory, config) =>
    trajectory.servers === 'all' ? measurePath(trajectory, config) : undefined,

  conclude(results) {
    const [unbounded, unit, long] = results.points as [PointResult, PointResult, PointResult];
    const paths = results.measured<Path>(unbounded);
    const [shown] = paths as [Path];
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
        indistinguishable(paths, results.measured<Path>(unit)),
        unused(paths),
        erlang(results, long),
      ],
      choices: [
        ...CHOICES,
        `"Indistinguishable" is not quantified: we call it so if the mean rates differ by less than ${INVISIBLE} at all times; "brief" and "at most one" if queues of two are seen in less than ${100 * RARELY} % of the time after t = ${EARLY}.`,
      ],
    };
  },
};

function indistinguishable(paths: readonly Path[], partners: readonly Path[]): Claim {
  const pairs = paths.map((path, k) => compare(path, partners[k] as Path));
  const meanDistance = estimate(pairs.map(({ mean }) => mean));
  const rateDistance = estimate(pairs.map(({ each }) => each));
  const late = estimate(pairs.map(({ late }) => late));
  return {
    claim:
      'When the system starts empty, the trajectories of the rate vectors are indistinguishable between unit buffers and infinite buffers.',
    measured: `On the same random numbers (${paths.length} pairs of runs) the two mean rates are never further apart than ${show(meanDistance)}, a single server's rates than ${show(rateDistance)} (largest over time and servers). Once both are stationary a server's two rates differ by ${show(late)} (root mean square), where two independent runs would differ by ${number(Math.SQRT2 * BAND.sd)}.`,
    verdict: below(meanDistance, INVISIBLE),
  };
}

function unused(paths: readonly Path[]): Claim {
  const early = estimate(paths.map(({ queueing }) => 100 * queueing.early));
  const later = estimate(paths.map(({ queueing }) => 100 * queueing.late));
  const first = paths.map(({ time, longest }) =>
    Math.max(...longest.filter((_, i) => (time[i] as number) <= EARLY)),
  );
  const excursions = first.filter((tasks) => tasks > 1).length;
  return {
    claim:
      'After a brief upward excursion in the queue lengths at the beginning the maximum queue length is at most one, so the extra buffer is not utilized.',
    measured: `Up to t = ${EARLY} the longest queue reaches ${Math.min(...first)} to ${Math.max(...first)} in ${paths.length} runs, and is longer than one for ${show(early)} % of the time; after that for ${show(later)} %.`,
    verdict: together([known(excursions > first.length / 2), below(later, 100 * RARELY)]),
  };
}

/** How often an arrival finds all servers busy, which Erlang's formula tells for rates at the fixed point. */
function erlang(results: Results, long: PointResult): Claim {
  const { rate } = fixedPoint(COST, LAMBDA, SERVERS);
  const { blockingProbability } = stationaryLaw(new Array<number>(SERVERS).fill(rate), LAMBDA);
  const measured = over(results.figure(long, 'blockingProbability', 0.99), blockingProbability);
  const counted = results.of(long).reduce((sum, { events }) => sum + events.dropped, 0);
  return {
    claim:
      "Beyond the paper: once rates have settled, an arrival finds no idle server with the probability of Erlang's formula, so queues of two do come back now and then.",
    measured: `The formula gives ${number(blockingProbability, 3)}, that is ${number(blockingProbability * LAMBDA * SERVERS * (HORIZON - EARLY), 2)} such arrivals in a run of the figure. Longer runs had ${counted} of them, which differs from the formula by ${percent(measured.mean)} (± ${number(100 * measured.halfWidth, 2)} %, 99 % interval).`,
    verdict: judge(minus(measured, 1), { tolerance: OF_FLUCTUATION, resolution: 1 }),
  };
}

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
