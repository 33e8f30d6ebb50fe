/** Quantiles of one row: exact order statistics, while its rates fit in a scratch region. */
import { BUCKET_BYTES, BUCKET_ORIGIN, BUCKET_SCALE, BUCKETS } from '../../src/engine/layout';

/** Values are handled in groups of 16, the last one filled up. */
export function inGroups(count: u32): u32 {
  return (count + 15) & ~15;
}

/**
 * The scratch region of a row: its rates; the bucket that each is in, a byte; how many are in each bucket; rates
 * chosen from there. All but the last begin at whole groups.
 */
function placesOf(scratch: usize, count: u32): usize {
  return scratch + ((<usize>inGroups(count)) << 3);
}

function bucketsOf(scratch: usize, count: u32): usize {
  return placesOf(scratch, count) + inGroups(count);
}

/**
 * Empties the buckets of a row of `count` rates; all but the outermost get equal widths between `smallest` and
 * `largest`. A guess will do: of rates beyond it more fall into one bucket, and order statistics stay exact.
 */
export function clearBuckets(scratch: usize, count: u32, smallest: f64, largest: f64): void {
  const buckets = bucketsOf(scratch, count);
  memory.fill(buckets, 0, BUCKETS << 2);
  // a width of 0, or one that overflows, puts all values into the first
  let scale = <f64>(BUCKETS - 1) / (largest - smallest);
  if (!(scale < 1e300)) scale = 0;
  store<f64>(buckets, smallest, BUCKET_ORIGIN);
  store<f64>(buckets, scale, BUCKET_SCALE);
}

/** Takes up rates `from` … `from + some − 1` of a row of `count`; `rates` has room for whole groups. */
export function countInBuckets(
  scratch: usize,
  count: u32,
  from: u32,
  rates: usize,
  some: u32,
): void {
  const buckets = bucketsOf(scratch, count);
  const origin = f64x2.splat(load<f64>(buckets, BUCKET_ORIGIN));
  const scale = f64x2.splat(load<f64>(buckets, BUCKET_SCALE));
  const places = placesOf(scratch, count) + from;
  const copy = scratch + ((<usize>from) << 3);
  for (let k: u32 = 0; k < some; k += 16) {
    const p = rates + ((<usize>k) << 3);
    const to = copy + ((<usize>k) << 3);
    const low = i16x8.narrow_i32x4_u(
      fourPlaces(p, to, origin, scale),
      fourPlaces(p + 32, to + 32, origin, scale),
    );
    const high = i16x8.narrow_i32x4_u(
      fourPlaces(p + 64, to + 64, origin, scale),
      fourPlaces(p + 96, to + 96, origin, scale),
    );
    v128.store(places + k, i8x16.narrow_i16x8_u(low, high));
  }
  for (let place = places; place < places + some; place++) {
    const bucket = buckets + ((<usize>load<u8>(place)) << 2);
    store<u32>(bucket, load<u32>(bucket) + 1);
  }
}

/** The buckets of four rates, which are copied on the way. */
function fourPlaces(p: usize, to: usize, origin: v128, scale: v128): v128 {
  const a = v128.load(p);
  const b = v128.load(p, 16);
  v128.store(to, a);
  v128.store(to, b, 16);
  return v128.shuffle<u32>(placed(a, origin, scale), placed(b, origin, scale), 0, 2, 4, 6);
}

/** 2^52, whose unit in the last place is 1: added to a number, it leaves this one rounded in the lower half. */
const UNITS: f64 = 4503599627370496;

function placed(rates: v128, origin: v128, scale: v128): v128 {
  const place = f64x2.mul(f64x2.sub(rates, origin), scale);
  const inside = f64x2.pmin(f64x2.pmax(place, f64x2.splat(0)), f64x2.splat(BUCKETS - 1));
  return f64x2.add(inside, f64x2.splat(UNITS));
}

/**
 * Quantile of `count` rates by linear interpolation between order statistics (type 7 of Hyndman and
 * Fan 1996, the default of R and NumPy). `countInBuckets` has taken them up, and none is changed.
 */
export function orderStatistic(scratch: usize, count: u32, level: f64): f64 {
  const position = level * <f64>(count - 1);
  const rank = <u32>position;
  const fraction = position - <f64>rank;
  // the buckets that hold this rank and the next, and how many rates lie below them
  const buckets = bucketsOf(scratch, count);
  const last = rank + (fraction > 0 ? 1 : 0);
  let below: u32 = 0;
  let first: u32 = 0;
  while (below + load<u32>(buckets + ((<usize>first) << 2)) <= rank) {
    below += load<u32>(buckets + ((<usize>first) << 2));
    first += 1;
  }
  let behind = first;
  let upTo = below;
  while (upTo <= last) {
    upTo += load<u32>(buckets + ((<usize>behind) << 2));
    behind += 1;
  }
  const chosen = buckets + BUCKET_BYTES;
  const found = collect(scratch, count, chosen, first, behind - 1);
  const low = selectRank(chosen, found, rank - below);
  if (fraction == 0) return low;
  let next: f64 = Infinity;
  for (let i = rank - below + 1; i < found; i++) next = min(next, load<f64>(chosen + (i << 3)));
  return low + fraction * (next - low);
}

/** The rates in buckets `first` … `last`, copied to `to`; how many. */
function collect(scratch: usize, count: u32, to: usize, first: u32, last: u32): u32 {
  const places = placesOf(scratch, count);
  let end = to;
  for (let k: u32 = 0; k < count; k += 16) {
    const above = i8x16.sub(v128.load(places + k), i8x16.splat(<i8>first));
    let which = i8x16.bitmask(i8x16.le_u(above, i8x16.splat(<i8>(last - first))));
    if (k + 16 > count) which &= (1 << (count - k)) - 1;
    const rates = scratch + ((<usize>k) << 3);
    for (; which != 0; which &= which - 1) {
      store<f64>(end, load<f64>(rates + ((<usize>ctz(which)) << 3)));
      end += 8;
    }
  }
  return <u32>((end - to) >> 3);
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
