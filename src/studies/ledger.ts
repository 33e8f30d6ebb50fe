import { relativeHalfWidth } from '../analysis/interval.js';
import { nextReplications } from '../analysis/precision.js';
import { type Figures, HEADLINE_FIGURES } from '../figures/figures.js';
import { FigureIntervals } from './figure-intervals.js';
import type { CompletePlan } from './plan.js';
import type { Point } from './points.js';

/** One point while it is being run: how many of its replications are done, and how many it wants. */
export class Ledger {
  readonly point: Point;
  readonly #plan: CompletePlan;
  /** null: how many there have to be does not depend on figures */
  #headline: Ordered | null;
  #wanted: number;
  #next = 0;
  #done = 0;
  #skipped = 0;

  constructor(plan: CompletePlan, point: Point) {
    this.#plan = plan;
    this.point = point;
    this.#headline = plan.precision === null ? null : new Ordered();
    this.#wanted = plan.replications;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** The number of the next replication to be handed out; null if there is none, at least for now. */
  take(): number | null {
    return this.#next < this.#wanted ? this.#next++ : null;
  }

  /** @param figures called if they are needed, to decide how many replications there have to be */
  book(replication: number, figures: () => Figures): void {
    this.#done++;
    this.#headline?.add(replication, figures());
  }

  /** One of the replications is not ours, or has failed. */
  skip(): void {
    this.#skipped++;
    this.#headline = null;
  }

  /** Whether all replications that are wanted have come back. */
  get settled(): boolean {
    return this.#done + this.#skipped === this.#wanted;
  }

  /**
   * Decides, once all replications are done, whether more are needed: by results alone, never by time.
   * @returns how many more there are to be handed out
   */
  extend(): number {
    const { precision, maxReplications } = this.#plan;
    if (!this.settled || precision === null || this.#headline === null) return 0;
    const widths = this.#headline
      .intervals()
      .map(([, interval]) => interval && relativeHalfWidth(interval));
    const before = this.#wanted;
    this.#wanted = nextReplications(before, maxReplications, widths, precision);
    return this.#wanted - before;
  }
}

/** Headline figures of replications that end in any order, added up in order, so that sums round the same way every time. */
class Ordered {
  readonly #figures = new FigureIntervals(HEADLINE_FIGURES);
  #next = 0;
  /** those that are ahead of one that is still missing */
  readonly #ahead = new Map<number, Figures>();

  add(replication: number, figures: Figures): void {
    this.#ahead.set(replication, figures);
    for (let next = this.#take(); next; next = this.#take()) this.#figures.add(next);
  }

  intervals() {
    return this.#figures.intervals();
  }

  #take(): Figures | undefined {
    const figures = this.#ahead.get(this.#next);
    if (figures) this.#ahead.delete(this.#next++);
    return figures;
  }
}
