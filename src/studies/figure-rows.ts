import { FIGURE_NAMES, type Figures, figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';

/** The figures of one point's replications, eight bytes each: there may be a million replications. */
export class FigureRows {
  readonly #replications: number[] = [];
  /** row by row, in the order of `FIGURE_NAMES`; NaN: the run has no such figure */
  readonly #values: number[] = [];

  get count(): number {
    return this.#replications.length;
  }

  add(replication: number, figures: Figures): void {
    this.#replications.push(replication);
    for (const name of FIGURE_NAMES) this.#values.push(figureOf(figures, name) ?? Number.NaN);
  }

  /**
   * Values of each figure, over replications in their order, so that sums round the same way every time; null if a run
   * has no such figure.
   */
  *columns(): Iterable<[FigureName, number[] | null]> {
    const numbers = this.#replications;
    const rows = [...numbers.keys()].sort(
      (a, b) => (numbers[a] as number) - (numbers[b] as number),
    );
    for (const [column, name] of FIGURE_NAMES.entries()) {
      const values = rows.map((row) => this.#values[row * FIGURE_NAMES.length + column] as number);
      yield [name, values.some(Number.isNaN) ? null : values];
    }
  }
}
