import { type Interval, meanInterval, relativeHalfWidth } from '../analysis/interval.js';
import { nextReplications } from '../analysis/precision.js';
import { type Figures, HEADLINE_FIGURES } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { FigureRows } from './figure-rows.js';
import type { CompletePlan, Point } from './plan.js';
import type { PointResult } from './result.js';

/** One point while its plan is being run: which of its replications are done, and how many it wants. */
export class Ledger {
  readonly #plan: CompletePlan;
  readonly #done = new FigureRows();
  #wanted: number;
  #next = 0;
  #skipped = 0;

  constructor(plan: CompletePlan) {
    this.#plan = plan;
    this.#wanted = plan.replications;
  }

  /** replications that are done, and those that will be ours to do as far as is known */
  get done(): number {
    return this.#done.count;
  }

  get total(): number {
    return this.#wanted - this.#skipped;
  }

  /** The number of the next replication to be handed out; null if there is none, at least for now. */
  take(): number | null {
    return this.#next < this.#wanted ? this.#next++ : null;
  }

  book(replication: number, figures: Figures): void {
    this.#done.add(replication, figures);
  }

  /** One of the replications is not ours, or has failed. */
  skip(): void {
    this.#skipped++;
  }

  /**
   * Decides, once all replications are done, whether more are needed: by results alone, never by time.
   * @returns true if there are more to be handed out
   */
  settle(): boolean {
    const { precision, maxReplications } = this.#plan;
    const settled = this.#done.count + this.#skipped === this.#wanted;
    if (!settled || precision === null || this.#skipped > 0) return false;
    const figures = this.figures();
    const widths = HEADLINE_FIGURES.map((name) => relative(figures[name]));
    const wanted = nextReplications(this.#wanted, maxReplications, widths, precision);
    const more = wanted > this.#wanted;
    this.#wanted = wanted;
    return more;
  }

  /** Intervals over replications. */
  figures(): PointResult['figures'] {
    const intervals = [...this.#done.columns()].map(([name, values]) => [
      name,
      values === null || values.length === 0 ? null : meanInterval(values),
    ]);
    return Object.fromEntries(intervals) as PointResult['figures'];
  }

  /** @param number of the point in the plan */
  result(point: Point, number: number): PointResult {
    const { precision: target } = this.#plan;
    const figures = this.figures();
    const unmet = target === null ? [] : unmetBy(figures, target);
    return {
      point: number,
      ...point,
      replications: this.#done.count,
      figures,
      ...(target !== null && { precision: { target, met: unmet.length === 0, unmet } }),
    };
  }
}

/** Headline figures whose interval is wider than the target, or unknown. */
function unmetBy(figures: PointResult['figures'], target: number): FigureName[] {
  return HEADLINE_FIGURES.filter((name) => {
    const width = relative(figures[name]);
    return width === null || !(width <= target);
  });
}

function relative(interval: Interval | null): number | null {
  return interval && relativeHalfWidth(interval);
}
