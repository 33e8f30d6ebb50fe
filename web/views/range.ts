/** Ranges of axes: they grow at once, so that nothing is cut off, and shrink smoothly. */

/** Part of the way that a range shrinks in a frame. */
const EASE = 0.2;

export class EasedRange {
  #range: [number, number] | null = null;

  /** @returns what to show now, on the way to `wanted` with some room around it */
  towards(low: number, high: number, room = 0.08): [number, number] {
    const space = Math.max((high - low) * room, 1e-6 * Math.max(Math.abs(high), 1e-9));
    const wanted: [number, number] = [low - space, high + space];
    const [from, to] = wanted;
    const span = to - from;
    const shrink = (bound: number, there: number) => {
      const next = bound + EASE * (there - bound);
      return Math.abs(next - there) < 0.002 * span ? there : next;
    };
    if (!this.#range) this.#range = wanted;
    else {
      const [low, high] = this.#range;
      this.#range = [from < low ? from : shrink(low, from), to > high ? to : shrink(high, to)];
    }
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
