/**
 * Observation: rows of the trajectory, the start of the statistics, and the summary at the present
 * time. All of it reads the system and writes only to regions of its own, so the same seed gives the
 * same events whatever is recorded.
 */
import {
  ARRIVALS,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CANDIDATES,
  CAPACITY,
  CLOCK,
  COLUMN_BUSY,
  COLUMN_DROPPED,
  COLUMN_MAX,
  COLUMN_MAX_QUEUE,
  COLUMN_MEAN,
  COLUMN_MEAN_QUEUE,
  COLUMN_MIN,
  COLUMN_QUANTILES,
  COLUMN_SD,
  COLUMN_TIME,
  DEPARTURES,
  DROPPED,
  EXACT_QUANTILE_SERVERS,
  H_SCALE,
  ID,
  LANE_RATE,
  MAX_BLOCK,
  MAX_TASKS,
  NOW_BUSY_TIME,
  NOW_SIGNAL_TIME,
  NOW_TASK_TIME,
  OBSERVATION_LANES,
  PARTS,
  PASS_MAX,
  PASS_MAX_TASKS,
  PASS_MEAN,
  PASS_MIN,
  PASS_POWER,
  PASS_SQUARE,
  QUANTILE_LEVELS,
  QUANTILES,
  QUEUE,
  RATE_HISTOGRAM,
  RECORDS,
  ROW,
  ROW_HISTOGRAM,
  ROW_RATES,
  ROWS,
  SAMPLE_CENTRE,
  SAMPLE_MAX,
  SAMPLE_MEAN,
  SAMPLE_MIN,
  SAMPLE_POWER,
  SAMPLE_ROWS,
  SAMPLE_SQUARE,
  SERVERS,
  SIGNAL,
  SIGNAL_AREA,
  SIGNAL_TIME,
  SINCE,
  SUMMARISED,
  TASK_AREA,
  TASK_TIME,
  TASKS,
  TRAJECTORY,
  WARM,
  WARM_ARRIVALS,
  WARM_BUSY_TIME,
  WARM_CANDIDATES,
  WARM_DEPARTURES,
  WARM_DROPPED,
  WARM_SIGNAL_TIME,
  WARM_TASK_TIME,
  WATCHED,
  WATCHED_BITS,
  WATCHED_IDS,
  WATCHED_RATES,
  WATCHED_TASKS,
  WHOLE,
} from '../../src/engine/layout';
import { the } from '../policy';
import { RateEquation } from '../rate-equation/rate-equation';
import { sweepRates } from '../rate-equation/sweep';
import { Accounts } from './accounts';
import { clearHistogram, countRates, histogramQuantile } from './histogram';
import { clearBuckets, countInBuckets, inGroups, orderStatistic } from './quantiles';

/** Servers that `summarise` handles at once. */
const PIECE: u32 = 4096;

/** Writes the next row of the trajectory, at the present time `time`; from the warm-up on it counts. */
export function recordRow<R extends RateEquation, C extends Accounts>(
  state: usize,
  time: f64,
): void {
  sampleRates<R, C>(state, load<u32>(state, ROW));
  writeRow<C>(state, time);
}

/** The same for what `sampleRates` found, in one pass or more. */
export function writeRow<C extends Accounts>(state: usize, time: f64): void {
  const row = load<u32>(state, ROW);
  const n = load<u32>(state, SERVERS);
  const exact = hasExactQuantiles(state);
  const mean = load<f64>(state, PASS_MEAN);
  const smallest = load<f64>(state, PASS_MIN);
  const largest = load<f64>(state, PASS_MAX);
  store<f64>(cell(state, COLUMN_TIME, row), time);
  store<f64>(cell(state, COLUMN_MEAN, row), mean);
  store<f64>(cell(state, COLUMN_SD, row), Math.sqrt(load<f64>(state, PASS_SQUARE)));
  store<f64>(cell(state, COLUMN_MIN, row), smallest);
  store<f64>(cell(state, COLUMN_MAX, row), largest);
  store<f64>(cell(state, COLUMN_BUSY, row), <f64>load<u32>(state, BUSY));
  store<f64>(cell(state, COLUMN_MAX_QUEUE, row), <f64>load<u32>(state, PASS_MAX_TASKS));
  store<f64>(cell(state, COLUMN_MEAN_QUEUE, row), <f64>load<u64>(state, TASKS) / <f64>n);
  store<f64>(cell(state, COLUMN_DROPPED, row), <f64>load<u64>(state, DROPPED));
  const levels: usize = load<u32>(state, QUANTILE_LEVELS);
  const quantiles = load<u32>(state, QUANTILES);
  for (let q: u32 = 0; q < quantiles; q++) {
    const level = load<f64>(levels + (q << 3));
    const value = exact
      ? orderStatistic(load<u32>(state, ROW_RATES), n, level)
      : histogramQuantile(state, load<u32>(state, ROW_HISTOGRAM), n, smallest, largest, level);
    store<f64>(cell(state, COLUMN_QUANTILES + q, row), value);
  }
  const warm = load<u32>(state, WARM) != 0;
  if (!exact) {
    const pooled: usize = warm ? load<u32>(state, RATE_HISTOGRAM) : 0;
    clearHistogram(load<u32>(state, ROW_HISTOGRAM), pooled, smallest, largest);
  }

  if (warm) {
    const rows = load<u32>(state, SAMPLE_ROWS);
    if (rows == 0) store<f64>(state, mean, SAMPLE_CENTRE);
    const offset = mean - load<f64>(state, SAMPLE_CENTRE);
    const square = load<f64>(state, PASS_SQUARE) + offset * offset;
    store<f64>(
      state,
      rows == 0 ? smallest : min(smallest, load<f64>(state, SAMPLE_MIN)),
      SAMPLE_MIN,
    );
    store<f64>(state, max(largest, load<f64>(state, SAMPLE_MAX)), SAMPLE_MAX);
    store<u32>(state, rows + 1, SAMPLE_ROWS);
    store<f64>(state, load<f64>(state, SAMPLE_MEAN) + offset, SAMPLE_MEAN);
    store<f64>(state, load<f64>(state, SAMPLE_SQUARE) + square, SAMPLE_SQUARE);
    store<f64>(state, load<f64>(state, SAMPLE_POWER) + load<f64>(state, PASS_POWER), SAMPLE_POWER);
    the<C>().row(state, mean, load<f64>(state, PASS_POWER));
  }
  // published last, and atomically: another thread that sees the new count sees the whole row
  atomic.store<u32>(state, row + 1, ROW);
}

/** Whether the quantiles of a row are order statistics; else they come from a histogram. */
function hasExactQuantiles(state: usize): bool {
  return load<u32>(state, SERVERS) <= <u32>EXACT_QUANTILE_SERVERS && load<u32>(state, PARTS) == 0;
}

function cell(state: usize, column: u32, row: u32): usize {
  const base: usize = load<u32>(state, TRAJECTORY);
  return base + ((<usize>(column * load<u32>(state, ROWS) + row)) << 3);
}

/**
 * One pass over the servers at the present time, committing nothing: mean, variance, extremes, mean of
 * h(μ), longest queue (PASS_…); quantile material; the watched servers' columns.
 */
export function sampleRates<R extends RateEquation, C extends Accounts>(
  state: usize,
  row: u32,
): void {
  const n = load<u32>(state, SERVERS);
  const now = load<f64>(state, CLOCK);
  const lanes: usize = load<u32>(state, OBSERVATION_LANES);
  const exact = load<u32>(state, WHOLE) == 0 && hasExactQuantiles(state);
  // without exact quantiles the row is counted by itself, and added to the pooled rates once it is written
  let counted: usize = load<u32>(state, ROW_HISTOGRAM);
  if (exact) counted = load<u32>(state, WARM) ? load<u32>(state, RATE_HISTOGRAM) : 0;
  const scratch: usize = load<u32>(state, ROW_RATES);
  const watched = load<u32>(state, WATCHED) > 0;
  const scale = load<f64>(state, H_SCALE);
  const quadratic = the<R>().powerIsQuadratic(state);
  const warm = load<u32>(state, WARM) != 0;
  const bucketed = exact && load<u32>(state, QUANTILES) > 0;
  // where a row's rates lie is known when all have been solved, and about where the last row's lay: enough for buckets
  if (bucketed) clearBuckets(scratch, n, load<f64>(state, PASS_MIN), load<f64>(state, PASS_MAX));
  let centre: f64 = 0;
  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let powerSum: f64 = 0;
  let smallest = f64x2.splat(Infinity);
  let largest = f64x2.splat(0);
  for (let from: u32 = 0; from < n; from += MAX_BLOCK) {
    const count = min<u32>(MAX_BLOCK, n - from);
    sweepRates<R>(state, lanes, from, count, now);
    if (from == 0) centre = load<f64>(lanes, LANE_RATE);
    const end = lanes + ((<usize>count) << 3);
    // companions of the last ones add nothing
    const behind = lanes + ((<usize>inGroups(count)) << 3);
    for (let p = end; p < behind; p += 8) store<f64>(p, centre, LANE_RATE);
    for (let p = lanes; p < end; p += 16) {
      const rates = v128.load(p, LANE_RATE);
      const offsets = f64x2.sub(rates, f64x2.splat(centre));
      sums = f64x2.add(sums, offsets);
      squares = f64x2.add(squares, f64x2.mul(offsets, offsets));
      smallest = f64x2.pmin(smallest, rates);
      largest = f64x2.pmax(largest, rates);
    }
    if (bucketed) countInBuckets(scratch, n, from, lanes + LANE_RATE, count);
    if (counted) countRates(state, counted, lanes + LANE_RATE, count);
    for (let p = lanes; p < end && !quadratic; p += 8) {
      powerSum += the<R>().power(state, p, lanes + ((p - lanes) >> 1));
    }
    if (warm) the<C>().rates(state, lanes, from, count);
    if (watched) {
      let record: usize = <usize>load<u32>(state, RECORDS) + ((<usize>from) << 5);
      for (let p = lanes; p < end; p += 8) {
        watch(state, record, load<f64>(p, LANE_RATE), row);
        record += 32;
      }
    }
  }
  const mean = (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)) / <f64>n;
  const square = (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)) / <f64>n;
  const power = quadratic ? scale * (square + centre * (2 * mean + centre)) : powerSum / <f64>n;
  store<f64>(state, centre + mean, PASS_MEAN);
  store<f64>(state, max<f64>(0, square - mean * mean), PASS_SQUARE);
  store<f64>(state, power, PASS_POWER);
  store<f64>(
    state,
    min(f64x2.extract_lane(smallest, 0), f64x2.extract_lane(smallest, 1)),
    PASS_MIN,
  );
  store<f64>(state, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)), PASS_MAX);
  const busy = load<u32>(state, BUSY);
  const unit = load<u32>(state, CAPACITY) == 1;
  store<u32>(state, unit ? min<u32>(1, busy) : longestQueue(state), PASS_MAX_TASKS);
}

/** Writes rate and queue length of a recorded server to its columns. */
function watch(state: usize, record: usize, rate: f64, row: u32): void {
  const id = load<u32>(record, ID);
  const bits: usize = load<u32>(state, WATCHED_BITS);
  if (!((load<u8>(bits + (id >> 3)) >> (<u8>id & 7)) & 1)) return;
  const ids: usize = load<u32>(state, WATCHED_IDS);
  let low: u32 = 0;
  let high = load<u32>(state, WATCHED) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(ids + ((<usize>middle) << 2)) < id) low = middle + 1;
    else high = middle;
  }
  const at = <usize>(low * load<u32>(state, ROWS) + row);
  store<f64>(<usize>load<u32>(state, WATCHED_RATES) + (at << 3), rate);
  store<u32>(<usize>load<u32>(state, WATCHED_TASKS) + (at << 2), load<u32>(record, QUEUE));
}

/** Starts the statistics at the present time, for which NOW_… hold; the longest queue has `longest` tasks. */
export function startStatistics<C extends Accounts>(state: usize, longest: u32): void {
  the<C>().start(state);
  store<u32>(state, 0, SUMMARISED); // events follow
  store<u32>(state, 1, WARM);
  store<u32>(state, longest, MAX_TASKS);
  store<u64>(state, load<u64>(state, ARRIVALS), WARM_ARRIVALS);
  store<u64>(state, load<u64>(state, DROPPED), WARM_DROPPED);
  store<u64>(state, load<u64>(state, DEPARTURES), WARM_DEPARTURES);
  store<u64>(state, load<u64>(state, CANDIDATES), WARM_CANDIDATES);
  store<f64>(state, load<f64>(state, NOW_BUSY_TIME), WARM_BUSY_TIME);
  store<f64>(state, load<f64>(state, NOW_TASK_TIME), WARM_TASK_TIME);
  store<f64>(state, load<f64>(state, NOW_SIGNAL_TIME), WARM_SIGNAL_TIME);
}

export function longestQueue(state: usize): u32 {
  const busy = load<u32>(state, BUSY);
  let record: usize = load<u32>(state, RECORDS);
  let longest: u32 = 0;
  for (let slot: u32 = 0; slot < busy; slot++) {
    longest = max(longest, load<u32>(record, QUEUE));
    record += 32;
  }
  return longest;
}

/** The time integrals of busy servers, tasks and Σ I_v up to the present time (NOW_…), exact. */
export function summarise(state: usize): void {
  if (load<u32>(state, SUMMARISED)) return;
  const now = load<f64>(state, CLOCK);
  const n = load<u32>(state, SERVERS);
  const busyTime = <f64>load<u32>(state, BUSY) * now + load<f64>(state, BUSY_AREA);
  const taskTime = <f64>load<u64>(state, TASKS) * now + load<f64>(state, TASK_AREA);
  // events account for Σ I_v up to each server's last one; the rest is pending in the records
  let signal = load<f64>(state, SIGNAL_AREA);
  // in pieces, as in hash.ts
  let slot: u32 = 0;
  for (; n - slot > PIECE; slot += PIECE) {
    signal = addPending(state, slot, slot + PIECE, signal);
  }
  signal = addPending(state, slot, n, signal);
  store<f64>(state, load<f64>(state, BUSY_TIME) + busyTime, NOW_BUSY_TIME);
  store<f64>(state, load<f64>(state, TASK_TIME) + taskTime, NOW_TASK_TIME);
  store<f64>(state, load<f64>(state, SIGNAL_TIME) + signal, NOW_SIGNAL_TIME);
  store<u32>(state, 1, SUMMARISED);
}

/** `sum` and what is pending of Σ ∫ I_v in the records of slots `from` … `to` − 1. */
function addPending(state: usize, from: u32, to: u32, sum: f64): f64 {
  const now = load<f64>(state, CLOCK);
  const busy = load<u32>(state, BUSY);
  let record: usize = <usize>load<u32>(state, RECORDS) + ((<usize>from) << 5);
  let signal = sum;
  for (let slot = from; slot < to; slot++) {
    const gap = now - load<f64>(record, SINCE);
    signal += gap * (load<f64>(record, SIGNAL) + (slot < busy ? 0 : 0.5 * gap));
    record += 32;
  }
  return signal;
}
