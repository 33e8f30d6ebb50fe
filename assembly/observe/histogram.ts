/**
 * Histograms of rates, for those pooled over time and for rows of very many servers. Octaves are divided
 * linearly, so that the top bits of a double are its bin; a bin is at most 2^−14 of its values wide, whatever the
 * rate, and quantiles are interpolated within it. Bin 0 holds rate 0 (and what is below 2^−1036).
 *
 * Rates may span all positive doubles, and most of them never occur. So a histogram is a directory of pages, an
 * eighth of an octave each, taken from a common pool when the first rate falls into them. The host lays out
 * as many as the rates of the run can need. Should there be none left all the same, the rate goes to a page that
 * nobody reads, HISTOGRAM_OVERFULL is set, and there are no more quantiles.
 */
import {
  HISTOGRAM_BIN_SHIFT,
  HISTOGRAM_DIRECTORY_ENTRIES,
  HISTOGRAM_OVERFULL,
  HISTOGRAM_PAGE_BINS,
  HISTOGRAM_PAGE_BYTES,
  HISTOGRAM_PAGE_SHIFT,
  HISTOGRAM_PAGES_TAKEN,
  HISTOGRAM_POOL,
  HISTOGRAM_POOL_PAGES,
  WHOLE,
} from '../../src/engine/layout';

/** Bits of the bin: all but the sign, as a rate of −0 is 0. */
const KEYS: u64 = (HISTOGRAM_DIRECTORY_ENTRIES << HISTOGRAM_PAGE_SHIFT) - 1;
/** From a rate's bits to the byte offset of its page's address, u32, and of its count in the page, f64. */
const ENTRY_SHIFT = HISTOGRAM_BIN_SHIFT + HISTOGRAM_PAGE_SHIFT - 2;
const ENTRIES: u32 = (HISTOGRAM_DIRECTORY_ENTRIES - 1) << 2;
const COUNT_SHIFT = HISTOGRAM_BIN_SHIFT - 3;
const COUNTS: u32 = (HISTOGRAM_PAGE_BINS - 1) << 3;

function keyOf(rate: f64): u32 {
  return <u32>((reinterpret<u64>(rate) >> HISTOGRAM_BIN_SHIFT) & KEYS);
}

/** The lower edge of a bin. */
function edgeOf(key: u32): f64 {
  return reinterpret<f64>((<u64>key) << HISTOGRAM_BIN_SHIFT);
}

/** Where the directory keeps the address of the page that a bin is in. */
function entryOf(histogram: usize, key: u32): usize {
  return histogram + ((<usize>(key >> HISTOGRAM_PAGE_SHIFT)) << 2);
}

/** Counts `count` rates. */
export function countRates(state: usize, histogram: usize, rates: usize, count: u32): void {
  const end = rates + ((<usize>count) << 3);
  for (let p = rates; p < end; p += 8) {
    const bits = load<u64>(p);
    const entry = histogram + <usize>(<u32>(bits >> ENTRY_SHIFT) & ENTRIES);
    let page: usize = load<u32>(entry);
    if (page == 0) page = takePage(state, entry);
    const bin = page + <usize>(<u32>(bits >> COUNT_SHIFT) & COUNTS);
    store<f64>(bin, load<f64>(bin) + 1);
  }
}

/** An empty page from the pool, entered in a directory. */
function takePage(state: usize, entry: usize): usize {
  // partitions share the pool
  const whole: usize = load<u32>(state, WHOLE) || <u32>state;
  const taken = atomic.add<u32>(whole, 1, HISTOGRAM_PAGES_TAKEN);
  const pages = load<u32>(whole, HISTOGRAM_POOL_PAGES);
  const page =
    <usize>load<u32>(whole, HISTOGRAM_POOL) + <usize>min(taken, pages) * HISTOGRAM_PAGE_BYTES;
  if (taken >= pages) {
    atomic.sub<u32>(whole, 1, HISTOGRAM_PAGES_TAKEN);
    store<u32>(whole, 1, HISTOGRAM_OVERFULL);
    return page; // one behind the pool
  }
  // memory that is used again may hold anything
  memory.fill(page, 0, HISTOGRAM_PAGE_BYTES);
  store<u32>(entry, <u32>page);
  return page;
}

/** Empties a row's histogram, of rates from `low` to `high`; its counts go to `pooled`, unless that is 0. */
export function clearHistogram(histogram: usize, pooled: usize, low: f64, high: f64): void {
  const last = entryOf(histogram, keyOf(high));
  for (let entry = entryOf(histogram, keyOf(low)); entry <= last; entry += 4) {
    const page: usize = load<u32>(entry);
    if (page == 0) continue;
    if (pooled) {
      const other = pooled + (entry - histogram);
      let to: usize = load<u32>(other);
      if (to == 0) {
        // the page itself changes hands: the next row will hardly need it
        store<u32>(other, <u32>page);
        store<u32>(entry, 0);
        continue;
      }
      for (let p = page; p < page + HISTOGRAM_PAGE_BYTES; p += 16) {
        v128.store(to, f64x2.add(v128.load(to), v128.load(p)));
        to += 16;
      }
    }
    memory.fill(page, 0, HISTOGRAM_PAGE_BYTES);
  }
}

/**
 * The value below which the fraction `level` of `count` rates lies, which are between `smallest` and `largest`. NaN if
 * they did not all find a page.
 */
export function histogramQuantile(
  state: usize,
  histogram: usize,
  count: u32,
  smallest: f64,
  largest: f64,
  level: f64,
): f64 {
  if (load<u32>(state, HISTOGRAM_OVERFULL)) return NaN;
  const target = level * <f64>count;
  const end = keyOf(largest);
  let below: f64 = 0;
  let key = keyOf(smallest);
  while (key <= end) {
    const page: usize = load<u32>(entryOf(histogram, key));
    const behind = (key | (HISTOGRAM_PAGE_BINS - 1)) + 1;
    if (page == 0) {
      key = behind;
      continue;
    }
    for (; key < behind; key++) {
      const some = load<f64>(page + ((<usize>(key & (HISTOGRAM_PAGE_BINS - 1))) << 3));
      if (some > 0 && below + some >= target) {
        if (key == 0) return 0;
        const low = edgeOf(key);
        const value = low + (edgeOf(key + 1) - low) * ((target - below) / some);
        return min(max(value, smallest), largest);
      }
      below += some;
    }
  }
  return largest;
}
