/** From the sections of a run to the intervals of its figures, or to the reason why it has none. */
import { FIGURE_NAMES, type Figures, figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { tFactor } from '../numerics/student.js';
import {
  correlated,
  FEWEST_BATCHES,
  joinSections,
  lag1,
  MOST_BATCHES,
  sectioningHalfWidth,
  sectionsPerBatch,
  startsApart,
} from './batch-means.js';
import type { Confidence } from './confidence.js';
import { moments } from './interval.js';
import {
  forgottenAfter,
  memoryFactor,
  type RelaxationTimes,
  shortestBatch,
  skewnessFactor,
} from './relaxation.js';
import { Sections } from './sections.js';

const LEVEL = 0.95;
/** A rare event's number says something about its probability from here on. */
const FEWEST_DROPS = 200;

/** Why there are no intervals. */
export interface Refusal {
  reason: string;
  /** no horizon helps */
  always: boolean;
}

/**
 * Intervals of the figures, from 10 to 32 batches: at least as long as the relaxation times of the system ask for, then
 * longer until batches are about uncorrelated. Refused
 *
 * - where relaxation times are not known, or ten batches do not fit into the run;
 * - where the start, of adaptive rates or with tasks, is less than five relaxation times before the statistics;
 * - where the batches contradict that they are alike and independent: `correlated`, `startsApart`.
 *
 * @param overall the figures from the warm-up to the end of the last section
 * @param sequential whether the run ends when its intervals are narrow
 */
export function confidenceOf(
  sections: Sections,
  overall: Figures,
  sequential = false,
): Confidence | Refusal {
  const { run, window } = sections;
  if (!window) return { reason: 'no section of the run is complete', always: false };
  const apart = Sections.notWhole(run);
  if (apart !== null) return { reason: apart, always: false };
  const times = sections.relaxationTimes(overall);
  if (typeof times === 'string') return { reason: times, always: true };

  const duration = window.end - window.start;
  const length = duration / window.sections;
  const batch = shortestBatch(times);
  const least = Math.max(1, Math.ceil(batch.length / length));
  if (window.sections / least < FEWEST_BATCHES) {
    return {
      reason:
        `the statistics cover ${rounded(duration)} units of time, too few for ${FEWEST_BATCHES} batches of ${rounded(batch.length)}, ` +
        `which is ${batch.reason}; a horizon of ${rounded(window.start + wholePeriods(11 * batch.length, run.config.period))} is long enough`,
      always: false,
    };
  }
  const settled = settledAfter(run.config, times);
  if (window.start < settled) {
    return {
      reason: `the statistics begin at t = ${rounded(window.start)}, when the start is not forgotten; choose a warm-up of ${rounded(settled)} or more`,
      always: false,
    };
  }

  const series = seriesOf(sections);
  const perBatch = Math.max(
    ...series.map(({ values }) =>
      window.sections / least < 2 * FEWEST_BATCHES
        ? least
        : sectionsPerBatch(values, { fewest: FEWEST_BATCHES, most: MOST_BATCHES, least }),
    ),
  );
  for (const { name, values } of series) {
    const means = joinSections(values, perBatch);
    const whose = `${means.length} batches of ${rounded(perBatch * length)}`;
    if (startsApart(means)) {
      return {
        reason: `the first of ${whose} differs from the others in its ${name}: the start does not seem to be forgotten; choose a longer warm-up`,
        always: false,
      };
    }
    if (correlated(means)) {
      return {
        reason: `the ${name} of one batch goes with that of the next (lag-1 autocorrelation ${lag1(means).toFixed(2)} in ${whose}): the run is too short, or the system does not settle`,
        always: false,
      };
    }
  }

  const batches = Math.floor(window.sections / perBatch);
  const from = window.first + window.sections - batches * perBatch;
  const each = Array.from({ length: batches }, (_, k) =>
    sections.between(from + k * perBatch, from + (k + 1) * perBatch),
  );
  const widening = widenings(run.config.buffer, times, perBatch * length, batches, sequential);
  const halfWidth = (name: FigureName) => {
    if (name === 'blockingProbability' && overall.events.dropped < FEWEST_DROPS) return null;
    const centre = figureOf(overall, name);
    const values = each.map((figures) => figureOf(figures, name));
    if (centre === null || values.some((value) => value === null)) return null;
    const width = sectioningHalfWidth(centre, values as number[], LEVEL);
    return width === null ? null : width * widening(name);
  };
  const [main] = series as [Series];
  const means = joinSections(main.values, perBatch);
  return {
    level: LEVEL,
    batches,
    batchLength: perBatch * length,
    tFactor: tFactor(LEVEL, batches - 1),
    lag1: lag1(means),
    effectiveSampleSize: main.name === RATE ? effectiveSampleSize(sections, means) : null,
    halfWidths: Object.fromEntries(FIGURE_NAMES.map((name) => [name, halfWidth(name)])) as Record<
      FigureName,
      number | null
    >,
  };
}

/** When the statistics may begin: an empty system with frozen rates differs too little to matter in 10 batches. */
function settledAfter(config: Sections['run']['config'], times: RelaxationTimes): number {
  const { inverseStepSize } = config;
  const empty = (config.classes ?? [config]).every(({ initialTasks: tasks }) =>
    typeof tasks === 'number' ? tasks === 0 : tasks.every((n) => n === 0),
  );
  if (!empty) return forgottenAfter(times);
  return inverseStepSize === 'inf' ? 0 : forgottenAfter({ ...times, cycle: 0, queues: 0 });
}

interface Series {
  name: string;
  values: Float64Array;
}

/**
 * The interval of a queue is the narrower the lower its estimate: a run that stops when it is narrow stops when the estimate
 * is low. Measured on M/M/1, that costs 1 to 2 % of coverage.
 */
const STOPPED = 1.06;

const RATE = 'mean rate';

/** What every section says of: the mean rate, if rates move, the busy servers and, with queues, the tasks. */
function seriesOf(sections: Sections): Series[] {
  const { inverseStepSize, buffer } = sections.run.config;
  const rates = sections.series((a, b) => (b.rateSum - a.rateSum) / (b.rows - a.rows));
  const moving = inverseStepSize !== 'inf' && rates.every(Number.isFinite);
  return [
    ...(moving ? [{ name: RATE, values: rates }] : []),
    { name: 'busy fraction', values: sections.series((a, b) => b.busyTime - a.busyTime) },
    ...(buffer === 1
      ? []
      : [{ name: 'queue length', values: sections.series((a, b) => b.taskTime - a.taskTime) }]),
  ];
}

/** What the half-width of a figure is multiplied by because batches are no longer than they are. */
function widenings(
  buffer: number | 'inf',
  times: RelaxationTimes,
  batchLength: number,
  batches: number,
  sequential: boolean,
): (name: FigureName) => number {
  const memory = times.rates > 0 ? memoryFactor(batchLength / times.rates, batches) : 1;
  const skewness =
    buffer === 1
      ? 1
      : skewnessFactor((batches * batchLength) / times.queues) * (sequential ? STOPPED : 1);
  return (name) => {
    if (name.startsWith('serviceRate.') || name === 'cost.power') return memory;
    return QUEUE_FIGURES.includes(name) ? skewness : 1;
  };
}

const QUEUE_FIGURES: readonly FigureName[] = [
  'meanQueueLength',
  'meanSojournTime',
  'cost.delay',
  'cost.total',
];

/** Variance of the rows' mean rates over the variance of the mean of the batches. */
function effectiveSampleSize({ run, window }: Sections, batches: Float64Array): number | null {
  const { trajectory } = run;
  const start = window?.start ?? 0;
  const rows = trajectory.mean.filter((_, i) => (trajectory.time[i] as number) >= start);
  const ofMean = moments('batches', batches).squares / (batches.length - 1) / batches.length;
  if (!(ofMean > 0) || rows.length < 2) return null;
  return moments('rows', rows).squares / (rows.length - 1) / ofMean;
}

/** A duration, where the load has a period rounded up to ten times a whole number of periods, which can be divided. */
function wholePeriods(duration: number, period: number | undefined): number {
  if (period === undefined) return duration;
  return Math.ceil(duration / (FEWEST_BATCHES * period)) * FEWEST_BATCHES * period;
}

/** Three digits, grouped, for people. */
function rounded(time: number): string {
  return Number(time.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
