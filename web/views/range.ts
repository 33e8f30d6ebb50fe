/** Ranges of axes that follow the data without jumping. */

/** Part of the way that a range goes in a frame. */
const EASE = 0.2;

export class EasedRange {
  #range: [number, number] | null = null;

  /** @returns what to show now, on the way to `wanted` with some room around it */
  towards(low: number, high: number, room = 0.08): [number, number] {
    const space = Math.max((high - low) * room, 1e-6 * Math.max(Math.abs(high), 1e-9));
    const wanted: [number, number] = [low - space, high + space];
    if (!this.#range) this.#range = wanted;
    else {
      const span = wanted[1] - wanted[0];
      this.#range = this.#range.map((value, i) => {
        const there = wanted[i] as number;
        const next = value + EASE * (there - value);
        return Math.abs(next - there) < 0.002 * span ? there : next;
      }) as [number, number];
    }
    return this.#range;
  }

  get present(): [number, number] | null {
    return this.#range;
  }

  forget(): void {
    this.#range = null;
  }
}

/** Smallest and largest of some values from an index on; those that are NaN do not count. */
export function extent(columns: ArrayLike<number>[], first = 0): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const column of columns) {
    for (let i = first; i < column.length; i++) {
      const value = column[i] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}
