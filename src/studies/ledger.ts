import { type Interval, meanInterval, relativeHalfWidth } from '../analysis/interval.js';
import { nextReplications } from '../analysis/precision.js';
import { FIGURE_NAMES, type Figures, figureOf, HEADLINE_FIGURES } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import type { CompletePlan, Point } from './plan.js';
import type { PointResult } from './result.js';

/** One point while its plan is being run: which of its replications are done, and how many it wants. */
export class Ledger {
  readonly #plan: CompletePlan;
  readonly #done = new Map<number, Figures>();
  #wanted: number;
  #next = 0;
  #skipped = 0;

  constructor(plan: CompletePlan) {
    this.#plan = plan;
    this.#wanted = plan.replications;
  }

  /** replications that are done, and those that will be ours to do as far as is known */
  get done(): number {
    return this.#done.size;
  }

  get total(): number {
    return this.#wanted - this.#skipped;
  }

  /** The number of the next replication to be handed out; null if there is none, at least for now. */
  take(): number | null {
    return this.#next < this.#wanted ? this.#next++ : null;
  }

  book(replication: number, figures: Figures): void {
    this.#done.set(replication, figures);
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
    const settled = this.#done.size + this.#skipped === this.#wanted;
    if (!settled || precision === null || this.#skipped > 0) return false;
    const figures = this.figures();
    const widths = HEADLINE_FIGURES.map((name) => relative(figures[name]));
    const wanted = nextReplications(this.#wanted, maxReplications, widths, precision);
    const more = wanted > this.#wanted;
    this.#wanted = wanted;
    return more;
  }

  /** over replications, in their order, so that sums round the same way every time */
  figures(): PointResult['figures'] {
    const ordered = [...this.#done].sort(([a], [b]) => a - b).map(([, figures]) => figures);
    const interval = (name: FigureName) => {
      const values = ordered.map((figures) => figureOf(figures, name));
      if (values.length === 0 || values.some((value) => value === null)) return null;
      return meanInterval(values as number[]);
    };
    return Object.fromEntries(
      FIGURE_NAMES.map((name) => [name, interval(name)]),
    ) as PointResult['figures'];
  }

  /** @param number of the point in the plan */
  result(point: Point, number: number): PointResult {
    const { precision: target } = this.#plan;
    const figures = this.figures();
    const unmet = target === null ? [] : unmetBy(figures, target);
    return {
      point: number,
      ...point,
      replications: this.#done.size,
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
