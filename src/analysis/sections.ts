/**
 * Output analysis of one run: it is stopped at the ends of equal sections, which changes nothing in it, and
 * the figures of any whole number of sections are known afterwards: where the warm-up ends can be decided then,
 * and batches of sections tell how certain each figure is.
 */

import {
  addHistograms,
  type CountsBefore,
  type Histogram,
  readHistogram,
} from '../engine/histogram.js';
import { SAMPLE_MIN } from '../engine/layout.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { type Tally, tallyAtWarmup, tallyNow } from '../figures/tally.js';
import type { Run } from '../run/run.js';
import { FEWEST_BATCHES } from './batch-means.js';
import {
  fastestRates,
  forgottenAfter,
  type RelaxationTimes,
  relaxationTimes,
  shortestBatch,
} from './relaxation.js';
import { mser5 } from './warmup.js';

/** Sections of a run; a power of two, so that they can be merged in pairs when the run is prolonged. */
const SECTIONS = 128;
/** An automatic warm-up leaves at least so much of a run to tell something of. */
const LARGEST_WARMUP = 7 / 8;

/** @internal */
export class Sections {
  readonly run: Run;
  /** at the ends of the sections, the first one at their start */
  #tallies: Tally[] = [];
  /** rates within each section */
  #histograms: Histogram[] = [];
  readonly #counted: CountsBefore = new Map();
  /** index of the tally at which the warm-up ends */
  #first = 0;

  constructor(run: Run) {
    this.run = run;
  }

  /**
   * Ends of the sections still to come, from the warm-up to the horizon; of a run too short to say anything about its
   * certainty the horizon alone, unless `all` are wanted: closing a section takes O(n).
   */
  static ends(run: Run, all: boolean): number[] {
    const { warmup, config } = run;
    const count = Sections.#number(run);
    const length = (config.horizon - warmup) / count;
    if (!(length > 0)) return [config.horizon];
    if (!all) {
      const times = relaxationTimes(run, fastestRates(run));
      if (typeof times === 'string') return [config.horizon];
      if (FEWEST_BATCHES * shortestBatch(times).length > config.horizon - warmup) {
        return [config.horizon];
      }
    }
    return Array.from({ length: count }, (_, k) =>
      k + 1 === count ? config.horizon : warmup + (k + 1) * length,
    );
  }

  /** How many sections a run has: where the load has a period, sections are whole numbers of periods. */
  static #number({ warmup, config }: Run): number {
    if (config.period === undefined) return SECTIONS;
    const periods = Math.round((config.horizon - warmup) / config.period);
    let count = Math.max(1, Math.min(SECTIONS, periods));
    while (periods % count !== 0) count -= 1;
    return count;
  }

  /** Why the statistics of a periodic load cannot be divided into batches of whole periods; null if they can. */
  static notWhole(run: Run): string | null {
    const { period, horizon } = run.config;
    if (period === undefined) return null;
    const periods = (horizon - run.warmup) / period;
    const whole = Math.abs(periods - Math.round(periods)) < 1e-6 && Math.round(periods) > 0;
    if (whole && Sections.#number(run) >= FEWEST_BATCHES) return null;
    const better =
      run.warmup + Math.max(2, Math.ceil(periods / FEWEST_BATCHES)) * FEWEST_BATCHES * period;
    return `batches are whole periods, and the statistics cover ${Number(periods.toPrecision(6))} of them; a horizon of ${better} leaves a number of periods that can be divided`;
  }

  /** closed sections */
  get count(): number {
    return this.#histograms.length;
  }

  /** Closes a section at the present time. */
  close(): void {
    const run = this.run;
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
   * Finds where the warm-up ends: MSER-5 on the mean rate and on the mean queue length, at least five
   * relaxation times, at the end of a section. A row of the grid at that very time is not counted.
   * @returns a warning if that is past half of the run
   */
  findWarmup(): { warmup: number; warning: string | null } {
    const { trajectory, config } = this.run;
    const { time } = trajectory;
    const last = this.#tallies.length - 1;
    const times = this.relaxationTimes(this.between(last >> 1, last));
    let wanted = typeof times === 'string' ? 0 : forgottenAfter(times);
    let failed = false;
    for (const series of [trajectory.mean, trajectory.meanQueue]) {
      const { truncation, capped } = mser5(series);
      wanted = Math.max(wanted, time[Math.min(truncation, time.length - 1)] as number);
      failed ||= capped;
    }
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
    return this.between(this.#first, this.#tallies.length - 1);
  }

  /** The sections from the warm-up on. */
  get window(): { first: number; sections: number; start: number; end: number } | null {
    const start = this.#tallies[this.#first];
    const end = this.#tallies.at(-1);
    if (!start || !end) return null;
    return {
      first: this.#first,
      sections: this.#tallies.length - 1 - this.#first,
      start: start.time,
      end: end.time,
    };
  }

  /** How long the system remembers, by the rates that it had, or why that is not known. */
  relaxationTimes({ serviceRate }: Figures): RelaxationTimes | string {
    const { mean } = serviceRate;
    if (mean === null) return 'no time of the recording grid lies in the statistics';
    return relaxationTimes(this.run, { mean, smallest: this.run.state.getF64(SAMPLE_MIN) });
  }

  /** The figures of the sections from number `from` to before `to`. */
  between(from: number, to: number): Figures {
    return figuresOf({
      start: this.#tallies[from] as Tally,
      end: this.#tallies[to] as Tally,
      rates: addHistograms(this.#histograms.slice(from, to)),
      system: this.run.system,
    });
  }

  /** A value of every section from the warm-up on. */
  series(value: (start: Tally, end: Tally) => number): Float64Array {
    const tallies = this.#tallies.slice(this.#first);
    return Float64Array.from({ length: tallies.length - 1 }, (_, i) =>
      value(tallies[i] as Tally, tallies[i + 1] as Tally),
    );
  }
}
