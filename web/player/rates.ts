/** What is seen of the rates of all servers at one moment. */

export interface Histogram {
  from: number;
  to: number;
  counts: Float64Array;
}

/** At least about that many bins, less for few servers; at most twice as many. */
const BINS = 32;

/**
 * Counts in equal bins from the smallest to the largest rate. Their width is a power of two, so that they stay where they are
 * while rates move.
 */
export function histogramOf(rates: Float64Array, min: number, max: number): Histogram {
  const spread = Math.max(max - min, 1e-9 * Math.abs(max), Number.MIN_VALUE * 2 ** 60);
  const width =
    2 ** Math.floor(Math.log2(spread / Math.min(BINS, Math.max(8, Math.sqrt(rates.length)))));
  const first = Math.floor(min / width);
  const last = Math.floor(max / width);
  const counts = new Float64Array(last - first + 1);
  for (let i = 0; i < rates.length; i++) {
    const bin = Math.floor((rates[i] as number) / width) - first;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { from: first * width, to: (last + 1) * width, counts };
}

/**
 * Quantiles at ascending levels: order statistics, interpolated, as the engine has them. Takes O(n).
 * @param values are put into another order
 */
export function quantiles(values: Float64Array, levels: readonly number[]): number[] {
  let from = 0;
  return levels.map((level) => {
    const position = level * (values.length - 1);
    const rank = Math.floor(position);
    select(values, rank, from);
    from = rank;
    const below = values[rank] as number;
    if (position === rank) return below;
    let above = Number.POSITIVE_INFINITY;
    for (let i = rank + 1; i < values.length; i++) above = Math.min(above, values[i] as number);
    return below + (position - rank) * (above - below);
  });
}

/** Puts the value of a rank in its place, smaller ones before it and larger ones behind (Hoare's selection). */
function select(values: Float64Array, rank: number, from: number): void {
  let low = from;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i <= j) {
        const swapped = values[i] as number;
        values[i++] = values[j] as number;
        values[j--] = swapped;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
}
