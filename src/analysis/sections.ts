/**
 * Output analysis of one run: it is stopped at the ends of equal sections, which changes nothing in it, and
 * the figures of any whole number of sections are known afterwards: where the warm-up ends can be decided then,
 * and batches of sections tell how certain each figure is.
 */

import { optimalRate } from '../cost/cost.js';
import {
  addHistograms,
  type CountsBefore,
  type Histogram,
  readHistogram,
} from '../engine/histogram.js';
import { FIGURE_NAMES, type Figures, figureOf, figuresOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { type Tally, tallyAtWarmup, tallyNow } from '../figures/tally.js';
import type { Run } from '../run/run.js';
import { relaxationRate } from '../theory/thresholds.js';
import { joinSections, lag1, sectioningHalfWidth, sectionsPerBatch } from './batch-means.js';
import { moments } from './interval.js';
import { mser5 } from './warmup.js';

/** How certain the figures of one run are, from the means of its batches. */
export interface Confidence {
  /** probability that an interval covers the true value, if batches are independent */
  level: number;
  batches: number;
  /** units of time */
  batchLength: number;
  /** lag-1 autocorrelation of the batches' mean rates (for frozen rates, of their busy fractions); clearly
   * positive if batches are too short */
  lag1: number;
  /** independent rows of the grid that would give this certainty of the mean rate; `null` for frozen rates */
  effectiveSampleSize: number | null;
  /** half-width of each figure's interval; `null` where a batch has no such figure */
  halfWidths: Record<FigureName, number | null>;
}

/** Sections of a run; a power of two, so that they can be merged in pairs when the run is prolonged. */
export const SECTIONS = 128;
/** A warm-up found automatically lasts at least so many relaxation times m/θ. */
const WARMUP_RELAXATIONS = 5;
/** Batches should be so many relaxation times long to count as independent. */
const BATCH_RELAXATIONS = 5;
const FEWEST_BATCHES = 10;
const MOST_BATCHES = 32;
const LEVEL = 0.95;
/** An automatic warm-up leaves at least so much of a run to tell something of. */
const LARGEST_WARMUP = 7 / 8;

/** @internal */
export class Sections {
  readonly #run: Run;
  /** at the ends of the sections, the first one at their start */
  #tallies: Tally[] = [];
  /** rates within each section */
  #histograms: Histogram[] = [];
  readonly #counted: CountsBefore = new Map();
  /** index of the tally at which the warm-up ends */
  #first = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  /**
   * Ends of the sections still to come, from the warm-up to the horizon; of a run too short to say anything about its
   * certainty the horizon alone, unless `all` are wanted: closing a section takes O(n).
   */
  static ends(run: Run, all: boolean): number[] {
    const { warmup, config } = run;
    const length = (config.horizon - warmup) / SECTIONS;
    if (!(length > 0)) return [config.horizon];
    if (!all && SECTIONS / leastPerBatch(run, length) < FEWEST_BATCHES) return [config.horizon];
    return Array.from({ length: SECTIONS }, (_, k) =>
      k + 1 === SECTIONS ? config.horizon : warmup + (k + 1) * length,
    );
  }

  /** closed sections */
  get count(): number {
    return this.#histograms.length;
  }

  /** Closes a section at the present time. */
  close(): void {
    const run = this.#run;
    run.instance.kernel.summarise(run.plan.state);
    if (this.#tallies.length === 0) this.#tallies.push(tallyAtWarmup(run.state, run.warmup));
    const { rows } = this.#tallies.at(-1) as Tally;
    this.#tallies.push(tallyNow(run.state));
    this.#histograms.push(
      readHistogram(run.instance.memory, run.plan, run.state, this.#counted, rows),
    );
  }

  /** Merges sections in pairs: the run goes on for as long as it has been. */
  merge(): void {
    this.#tallies = this.#tallies.filter((_, i) => i % 2 === 0);
    this.#histograms = Array.from({ length: this.#histograms.length >> 1 }, (_, i) =>
      addHistograms(this.#histograms.slice(2 * i, 2 * i + 2)),
    );
  }

  /**
   * Finds where the warm-up ends: MSER-5 on the mean rate and on the mean queue length, at least five relaxation
   * times m/θ, at the end of a section. A row of the grid at that very time is not counted.
   * @returns a warning if that is past half of the run
   */
  findWarmup(): { warmup: number; warning: string | null } {
    const { trajectory, config } = this.#run;
    const { time } = trajectory;
    let wanted = WARMUP_RELAXATIONS * (relaxationTime(this.#run) ?? 0);
    let failed = false;
    for (const series of [trajectory.mean, trajectory.meanQueue]) {
      const { truncation, capped } = mser5(series);
      wanted = Math.max(wanted, time[Math.min(truncation, time.length - 1)] as number);
      failed ||= capped;
    }
    const last = this.#tallies.length - 1;
    const found = this.#tallies.findIndex((tally) => tally.time >= wanted);
    const most = Math.floor(last * LARGEST_WARMUP);
    this.#first = found < 0 ? most : Math.min(found, most);
    const warmup = (this.#tallies[this.#first] as Tally).time;
    const warning =
      failed || warmup > config.horizon / 2
        ? `the warm-up found, until t = ${warmup}, is half of the run or more${wanted > warmup ? `, and t = ${wanted} was wanted` : ''}: choose a longer horizon`
        : null;
    return { warmup, warning };
  }

  /** The figures from the warm-up to the end of the last section. */
  figures(): Figures {
    return this.#between(this.#first, this.#tallies.length - 1);
  }

  /**
   * @param overall the figures from the warm-up to the end of the last section
   * @returns null if there is too little to tell, fewer than ten batches of five relaxation times
   */
  confidence(overall: Figures): Confidence | null {
    const sections = this.#histograms.length - this.#first;
    const start = this.#tallies[this.#first];
    const end = this.#tallies.at(-1);
    if (!start || !end || sections < 2 * FEWEST_BATCHES) return null;
    const length = (end.time - start.time) / sections;
    const series = [this.#series((a, b) => b.busyTime - a.busyTime)];
    const rates = this.#series((a, b) => (b.rateSum - a.rateSum) / (b.rows - a.rows));
    const moving = this.#run.config.inverseStepSize !== 'inf' && rates.every(Number.isFinite);
    if (moving) series.push(rates);
    const least = leastPerBatch(this.#run, length);
    if (sections / least < FEWEST_BATCHES) return null;
    const perBatch = Math.max(
      ...series.map((values) =>
        sections / least < 2 * FEWEST_BATCHES
          ? least
          : sectionsPerBatch(values, { fewest: FEWEST_BATCHES, most: MOST_BATCHES, least }),
      ),
    );
    const batches = Math.floor(sections / perBatch);
    if (batches < 2) return null;
    const from = this.#tallies.length - 1 - batches * perBatch;
    const each = Array.from({ length: batches }, (_, k) =>
      this.#between(from + k * perBatch, from + (k + 1) * perBatch),
    );
    const halfWidth = (name: FigureName) => {
      const centre = figureOf(overall, name);
      const values = each.map((figures) => figureOf(figures, name));
      if (centre === null || values.some((value) => value === null)) return null;
      return sectioningHalfWidth(centre, values as number[], LEVEL);
    };
    return {
      level: LEVEL,
      batches,
      batchLength: perBatch * length,
      lag1: lag1(joinSections(moving ? rates : (series[0] as Float64Array), perBatch)),
      effectiveSampleSize: moving ? this.#effectiveSampleSize(joinSections(rates, perBatch)) : null,
      halfWidths: Object.fromEntries(FIGURE_NAMES.map((name) => [name, halfWidth(name)])) as Record<
        FigureName,
        number | null
      >,
    };
  }

  #between(from: number, to: number): Figures {
    return figuresOf({
      start: this.#tallies[from] as Tally,
      end: this.#tallies[to] as Tally,
      rates: addHistograms(this.#histograms.slice(from, to)),
      system: this.#run.system,
    });
  }

  /** A value of every section from the warm-up on. */
  #series(value: (start: Tally, end: Tally) => number): Float64Array {
    const tallies = this.#tallies.slice(this.#first);
    return Float64Array.from({ length: tallies.length - 1 }, (_, i) =>
      value(tallies[i] as Tally, tallies[i + 1] as Tally),
    );
  }

  /** Variance of the rows' mean rates over the variance of the mean of the batches. */
  #effectiveSampleSize(batches: Float64Array): number | null {
    const { trajectory } = this.#run;
    const start = (this.#tallies[this.#first] as Tally).time;
    const rows = trajectory.mean.filter((_, i) => (trajectory.time[i] as number) >= start);
    const ofMean = moments('batches', batches).squares / (batches.length - 1) / batches.length;
    if (!(ofMean > 0) || rows.length < 2) return null;
    return moments('rows', rows).squares / (rows.length - 1) / ofMean;
  }
}

/** Sections of that length that a batch has at least. */
function leastPerBatch(run: Run, length: number): number {
  const relaxation = (relaxationTime(run) ?? 0) * BATCH_RELAXATIONS;
  return Math.max(1, Math.ceil(relaxation / length));
}

/** m/θ; null for frozen rates, and where servers are never idle in the long run. */
function relaxationTime({ config, cost }: Run): number | null {
  const { inverseStepSize, arrivalRate } = config;
  if (inverseStepSize === 'inf' || !(optimalRate(cost, arrivalRate) > arrivalRate)) return null;
  const theta = relaxationRate(cost, arrivalRate);
  return theta > 0 ? inverseStepSize / theta : null;
}
