/**
 * Reads the kernel's histogram of rates (assembly/observe/histogram.ts): octaves divided linearly, so that the top
 * bits of a double are its bin; counts are whole numbers, in pages that a directory finds.
 */
import {
  HISTOGRAM_BIN_SHIFT,
  HISTOGRAM_DIRECTORY_ENTRIES,
  HISTOGRAM_OVERFULL,
  HISTOGRAM_PAGE_BINS,
  SAMPLE_MAX,
  SAMPLE_MIN,
  SAMPLE_ROWS,
} from './layout.js';
import type { MemoryPlan } from './memory.js';
import type { StateBlock } from './state.js';

/** Counts of some bins, by ascending bin; the others are empty. */
export interface Histogram {
  /** the top bits of the doubles in a bin */
  bins: Uint32Array;
  counts: Float64Array;
  /** smallest and largest rate since the warm-up: no quantile lies beyond */
  smallest: number;
  largest: number;
  /** false if the kernel had no room for some of the rates: then nothing is known of quantiles */
  complete: boolean;
}

/** Counts by page, as they were at an earlier time. */
export type CountsBefore = Map<number, Float64Array>;

/**
 * The rates pooled over servers and grid times since the warm-up, less those of `before`, which is brought up to
 * the present time.
 * @param rowsBefore of the grid, in `before`: without another row since then no bin is looked at
 * @internal
 */
export function readHistogram(
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  state: StateBlock,
  before?: CountsBefore,
  rowsBefore = 0,
): Histogram {
  const smallest = state.getF64(SAMPLE_MIN);
  const largest = state.getF64(SAMPLE_MAX);
  const complete = state.getU32(HISTOGRAM_OVERFULL) === 0;
  const bins: number[] = [];
  const counts: number[] = [];
  if (state.getU32(SAMPLE_ROWS) > rowsBefore) {
    const directory = new Uint32Array(
      memory.buffer,
      plan.rateHistogram,
      HISTOGRAM_DIRECTORY_ENTRIES,
    );
    for (let page = pageOf(smallest); page <= pageOf(largest); page++) {
      const address = directory[page] as number;
      if (address === 0) continue;
      const now = new Float64Array(memory.buffer, address, HISTOGRAM_PAGE_BINS);
      const known = before?.get(page);
      for (let i = 0; i < HISTOGRAM_PAGE_BINS; i++) {
        const count = (now[i] as number) - (known ? (known[i] as number) : 0);
        if (count === 0) continue; // as in almost all bins
        bins.push(page * HISTOGRAM_PAGE_BINS + i);
        counts.push(count);
      }
      if (known) known.set(now);
      else before?.set(page, now.slice());
    }
  }
  return {
    bins: Uint32Array.from(bins),
    counts: Float64Array.from(counts),
    smallest,
    largest,
    complete,
  };
}

/** All counts of several histograms, in the order of time; at least one. */
export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const last = histograms.at(-1) as Histogram;
  if (histograms.length === 1) return last;
  const sums = new Map<number, number>();
  for (const { bins, counts } of histograms) {
    bins.forEach((bin, i) => {
      sums.set(bin, (sums.get(bin) ?? 0) + (counts[i] as number));
    });
  }
  const bins = Uint32Array.from(sums.keys()).sort();
  return { ...last, bins, counts: Float64Array.from(bins, (bin) => sums.get(bin) as number) };
}

/**
 * The value below which the fraction `level` of the counts lies, interpolated within its bin, which is at most 2^−14
 * of it wide; null without counts.
 */
export function histogramQuantile(histogram: Histogram, level: number): number | null {
  const { bins, counts, smallest, largest, complete } = histogram;
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0 || !complete) return null;
  const target = level * total;
  let below = 0;
  for (let i = 0; i < bins.length; i++) {
    const count = counts[i] as number;
    if (below + count >= target || i === bins.length - 1) {
      const bin = bins[i] as number;
      if (bin === 0) return 0;
      const low = edge(bin);
      const value = low + (edge(bin + 1) - low) * Math.min(1, (target - below) / count);
      return Math.min(largest, Math.max(smallest, value));
    }
    below += count;
  }
  return null;
}

const word = new DataView(new ArrayBuffer(8));

/** Lower edge of a bin. */
function edge(bin: number): number {
  word.setBigUint64(0, BigInt(bin) << BigInt(HISTOGRAM_BIN_SHIFT));
  return word.getFloat64(0);
}

function pageOf(rate: number): number {
  word.setFloat64(0, rate);
  const bin = Number(word.getBigUint64(0) >> BigInt(HISTOGRAM_BIN_SHIFT));
  return Math.floor(bin / HISTOGRAM_PAGE_BINS) % HISTOGRAM_DIRECTORY_ENTRIES; // −0 is 0
}
