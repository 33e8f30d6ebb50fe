/**
 * Reads the kernel's histogram of rates (assembly/quantiles.ts): octaves divided linearly, so that the top
 * bits of a double are its bin; counts are whole numbers.
 */
import { HISTOGRAM_BASE, HISTOGRAM_BINS, SAMPLE_MAX, SAMPLE_MIN, SAMPLE_ROWS } from './layout.js';
import type { MemoryPlan } from './memory.js';
import type { StateBlock } from './state.js';

/** Bits of the double below the bin: 52 mantissa bits less 14. */
const BIN_SHIFT = 38n;

/** Counts of some bins, by ascending bin; the others are empty. */
export interface Histogram {
  bins: Uint32Array;
  counts: Float64Array;
  /** key of bin 0: the top bits of the doubles in it */
  base: bigint;
  /** smallest and largest rate since the warm-up: no quantile lies beyond */
  smallest: number;
  largest: number;
}

/**
 * The rates pooled over servers and grid times since the warm-up, less those of `before`.
 * @param rowsBefore of the grid, in `before`: without another row since then no bin is looked at
 * @internal
 */
export function readHistogram(
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  state: StateBlock,
  before?: Float64Array,
  rowsBefore = 0,
): Histogram {
  const base = state.getBits(HISTOGRAM_BASE);
  const smallest = state.getF64(SAMPLE_MIN);
  const largest = state.getF64(SAMPLE_MAX);
  if (state.getU32(SAMPLE_ROWS) === rowsBefore) {
    return { bins: new Uint32Array(0), counts: new Float64Array(0), base, smallest, largest };
  }
  const all = new Float64Array(memory.buffer, plan.rateHistogram, HISTOGRAM_BINS);
  const first = binOf(smallest, base);
  const last = binOf(largest, base);
  const bins: number[] = [];
  const counts: number[] = [];
  for (let bin = first; bin <= last; bin++) {
    const count = all[bin] as number;
    const known = before ? (before[bin] as number) : 0;
    if (count === known) continue; // as in almost all bins
    if (before) before[bin] = count;
    bins.push(bin);
    counts.push(count - known);
  }
  return {
    bins: Uint32Array.from(bins),
    counts: Float64Array.from(counts),
    base,
    smallest,
    largest,
  };
}

/** All counts of several histograms with the same base; at least one. */
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

/** The value below which the fraction `level` of the counts lies, interpolated within its bin; null without counts. */
export function histogramQuantile(histogram: Histogram, level: number): number | null {
  const { bins, counts, base, smallest, largest } = histogram;
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return null;
  const target = level * total;
  let below = 0;
  for (let i = 0; i < bins.length; i++) {
    const count = counts[i] as number;
    if (below + count >= target || i === bins.length - 1) {
      const bin = bins[i] as number;
      const low = bin === 0 ? 0 : edge(base, bin);
      const high = edge(base, bin + 1);
      const value = low + (high - low) * Math.min(1, (target - below) / count);
      return Math.min(largest, Math.max(smallest, value));
    }
    below += count;
  }
  return null;
}

const word = new DataView(new ArrayBuffer(8));

/** Lower edge of a bin. */
function edge(base: bigint, bin: number): number {
  word.setBigUint64(0, (base + BigInt(bin)) << BIN_SHIFT);
  return word.getFloat64(0);
}

function binOf(rate: number, base: bigint): number {
  word.setFloat64(0, rate);
  const bin = Number((word.getBigUint64(0) >> BIN_SHIFT) - base);
  return Math.min(Math.max(bin, 0), HISTOGRAM_BINS - 1);
}
