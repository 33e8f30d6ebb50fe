import { type Interval, RunningInterval } from '../analysis/interval.js';
import { type Figures, figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';

/** Intervals of some figures over the replications of one point, which are added in their order and not kept. */
export class FigureIntervals {
  readonly #names: readonly FigureName[];
  /** null: a run has no such figure */
  readonly #intervals: (RunningInterval | null)[];

  constructor(names: readonly FigureName[]) {
    this.#names = names;
    this.#intervals = names.map(() => new RunningInterval());
  }

  add(figures: Figures): void {
    for (const [i, name] of this.#names.entries()) {
      const value = figureOf(figures, name);
      if (value === null) this.#intervals[i] = null;
      else this.#intervals[i]?.add(value);
    }
  }

  /** null: there is no run, or one without that figure */
  intervals(): [FigureName, Interval | null][] {
    return this.#names.map((name, i) => [name, this.#intervals[i]?.interval() ?? null]);
  }
}
