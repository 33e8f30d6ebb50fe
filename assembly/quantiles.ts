/**
 * Quantiles of rates: exact order statistics of one row while its rates fit in a scratch region, and a
 * histogram with logarithmic octaves, linear within (the top bits of the double are the bin), for rates
 * pooled over time and for very many servers. A bin is at most 2^−14 of its value wide and quantiles
 * are interpolated within it.
 */
import {
  BUCKET_BYTES,
  BUCKET_ORIGIN,
  BUCKET_SCALE,
  BUCKETS,
  HISTOGRAM_BASE,
  HISTOGRAM_BINS,
} from '../src/engine/layout';

/** Bits of the double below the bin: 52 mantissa bits less 14. */
const BIN_SHIFT: u64 = 38;

/** Places the bins so that `largest` falls into the highest of the 12 octaves. */
export function placeHistogram(state: usize, largest: f64): void {
  const octave = (reinterpret<u64>(largest) >> 52) + 1;
  store<u64>(state, (octave << 14) - HISTOGRAM_BINS, HISTOGRAM_BASE);
}

function binOf(state: usize, rate: f64): usize {
  const bin = <i64>(reinterpret<u64>(rate) >> BIN_SHIFT) - load<i64>(state, HISTOGRAM_BASE);
  return <usize>min<i64>(max<i64>(bin, 0), HISTOGRAM_BINS - 1);
}

/** Counts `count` rates, two at a time. */
export function countRates(state: usize, histogram: usize, rates: usize, count: u32): void {
  const base = i32x4.splat(<i32>load<i64>(state, HISTOGRAM_BASE));
  const end = rates + ((<usize>(count & ~1)) << 3);
  for (let p = rates; p < end; p += 16) {
    const key = i64x2.shr_u(v128.load(p), <i32>BIN_SHIFT);
    const bin = i32x4.max_s(i32x4.sub(key, base), i32x4.splat(0));
    const bins = i32x4.min_s(bin, i32x4.splat(HISTOGRAM_BINS - 1));
    increment(histogram + ((<usize>i32x4.extract_lane(bins, 0)) << 3));
    increment(histogram + ((<usize>i32x4.extract_lane(bins, 2)) << 3));
  }
  if (count & 1) increment(histogram + (binOf(state, load<f64>(end)) << 3));
}

function increment(bin: usize): void {
  store<f64>(bin, load<f64>(bin) + 1);
}

/** Empties the bins that rates between `low` and `high` fell into. */
export function clearHistogram(state: usize, histogram: usize, low: f64, high: f64): void {
  const first = binOf(state, low);
  memory.fill(histogram + (first << 3), 0, (binOf(state, high) + 1 - first) << 3);
}

/** The value below which the fraction `level` of the counts lies; NaN without counts. */
export function histogramQuantile(state: usize, histogram: usize, level: f64): f64 {
  let total: f64 = 0;
  const end = histogram + (HISTOGRAM_BINS << 3);
  for (let p = histogram; p < end; p += 8) total += load<f64>(p);
  if (total == 0) return NaN;
  const target = level * total;
  const base = load<u64>(state, HISTOGRAM_BASE);
  let below: f64 = 0;
  let last: f64 = NaN;
  for (let bin: u64 = 0; bin < <u64>HISTOGRAM_BINS; bin++) {
    const count = load<f64>(histogram + ((<usize>bin) << 3));
    if (count == 0) continue;
    const low = bin == 0 ? 0 : reinterpret<f64>((base + bin) << BIN_SHIFT);
    const high = reinterpret<f64>((base + bin + 1) << BIN_SHIFT);
    if (below + count >= target) return low + (high - low) * ((target - below) / count);
    below += count;
    last = high;
  }
  return last;
}

/**
 * Quantile of `count` values by linear interpolation between order statistics (type 7 of Hyndman and
 * Fan 1996, the default of R and NumPy). `sortIntoBuckets` has counted the values, of which none is changed.
 */
export function orderStatistic(values: usize, count: u32, level: f64): f64 {
  const position = level * <f64>(count - 1);
  const rank = <u32>position;
  const fraction = position - <f64>rank;
  // the buckets that hold this rank and the next, and how many values lie below them
  const buckets = bucketsOf(values, count);
  const last = rank + (fraction > 0 ? 1 : 0);
  let below: u32 = 0;
  let first: usize = 0;
  while (below + load<u32>(buckets + (first << 2)) <= rank) {
    below += load<u32>(buckets + (first << 2));
    first += 1;
  }
  let behind = first;
  let upTo = below;
  while (upTo <= last) {
    upTo += load<u32>(buckets + (behind << 2));
    behind += 1;
  }
  const chosen = buckets + BUCKET_BYTES;
  const found = collect(values, count, chosen, <f64>first, <f64>behind);
  const low = selectRank(chosen, found, rank - below);
  if (fraction == 0) return low;
  let next: f64 = Infinity;
  for (let i = rank - below + 1; i < found; i++) next = min(next, load<f64>(chosen + (i << 3)));
  return low + fraction * (next - low);
}

function bucketsOf(values: usize, count: u32): usize {
  return values + ((<usize>(count + (count & 1))) << 3);
}

/** Counts `count` values between `smallest` and `largest` in buckets of equal width, behind the values. */
export function sortIntoBuckets(values: usize, count: u32, smallest: f64, largest: f64): void {
  const buckets = bucketsOf(values, count);
  memory.fill(buckets, 0, BUCKETS << 2);
  // a width of 0, or one that overflows, puts all values into the first
  let scale = <f64>BUCKETS / (largest - smallest);
  if (!(scale < 1e300)) scale = 0;
  store<f64>(buckets, smallest, BUCKET_ORIGIN);
  store<f64>(buckets, scale, BUCKET_SCALE);
  // two at a time; NaN, for want of one, would count in the first bucket and is never collected
  if (count & 1) store<f64>(buckets - 8, NaN);
  for (let p = values; p < buckets; p += 16) {
    const place = placesOf(p, smallest, scale);
    const index = i32x4.min_u(i32x4.trunc_sat_f64x2_u_zero(place), i32x4.splat(BUCKETS - 1));
    const one = buckets + ((<usize>i32x4.extract_lane(index, 0)) << 2);
    store<u32>(one, load<u32>(one) + 1);
    const other = buckets + ((<usize>i32x4.extract_lane(index, 1)) << 2);
    store<u32>(other, load<u32>(other) + 1);
  }
  store<u32>(buckets, load<u32>(buckets) - (count & 1));
}

/** The values of buckets `first` … `behind` − 1, copied to `to`; how many. */
function collect(values: usize, count: u32, to: usize, first: f64, behind: f64): u32 {
  const buckets = bucketsOf(values, count);
  const smallest = load<f64>(buckets, BUCKET_ORIGIN);
  const scale = load<f64>(buckets, BUCKET_SCALE);
  const low = f64x2.splat(first);
  const top = f64x2.splat(behind == BUCKETS ? Infinity : behind);
  let end = to;
  for (let p = values; p < buckets; p += 16) {
    const place = placesOf(p, smallest, scale);
    const inside = v128.and(f64x2.ge(place, low), f64x2.lt(place, top));
    if (!v128.any_true(inside)) continue;
    const which = i64x2.bitmask(inside);
    store<f64>(end, load<f64>(p));
    end += (which & 1) << 3;
    store<f64>(end, load<f64>(p, 8));
    end += (which & 2) << 2;
  }
  return <u32>((end - to) >> 3);
}

/** Where in the buckets the two values at `p` lie. */
function placesOf(p: usize, smallest: f64, scale: f64): v128 {
  return f64x2.mul(f64x2.sub(v128.load(p), f64x2.splat(smallest)), f64x2.splat(scale));
}

/** Hoare's quickselect: afterwards values before `rank` are ≤ and those behind are ≥ the result. */
function selectRank(values: usize, count: u32, rank: u32): f64 {
  let left: i32 = 0;
  let right: i32 = <i32>count - 1;
  while (left < right) {
    const pivot = load<f64>(values + ((<usize>((left + right) >> 1)) << 3));
    let i = left;
    let j = right;
    while (i <= j) {
      while (load<f64>(values + ((<usize>i) << 3)) < pivot) i++;
      while (load<f64>(values + ((<usize>j) << 3)) > pivot) j--;
      if (i <= j) {
        const swap = load<f64>(values + ((<usize>i) << 3));
        store<f64>(values + ((<usize>i) << 3), load<f64>(values + ((<usize>j) << 3)));
        store<f64>(values + ((<usize>j) << 3), swap);
        i++;
        j--;
      }
    }
    if (<i32>rank <= j) right = j;
    else if (<i32>rank >= i) left = i;
    else break;
  }
  return load<f64>(values + ((<usize>rank) << 3));
}
