/**
 * Candidates of the thinning algorithm (Lewis and Shedler 1979; Ogata 1981), drawn a block at a time.
 *
 * Within a block the numbers of busy and idle servers are replaced by caps they do not exceed, so that
 * times and picks depend on random bits alone: candidates come at rate λn + M · busyCap; one is an
 * arrival with probability λn / (λn + M · busyCap) and picks one of idleCap slots from the idle end of
 * the records, else it is a possible completion and picks one of busyCap slots from the busy end. The
 * picked records are loaded together (their cache misses overlap) and their rates solved together.
 * commit.ts thins picks that miss the true busy servers, and completions by μ_v / M; it ends the block
 * when a cap is exceeded, a stopping time, after which undrawn and unused candidates are alike.
 */
import {
  ARRIVAL,
  ARRIVAL_RATE,
  BLOCK_SIZE,
  BLOCK_SLACK,
  BOUND,
  BUSY,
  BUSY_CAP,
  CLOCK,
  ID,
  IDLE_CAP,
  LANE,
  LANE_ACCEPT,
  LANE_COUNT,
  LANE_ID,
  LANE_PICK,
  LANE_RANDOM,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  LANES,
  RATE,
  RECORDS,
  SERVERS,
  SIGNAL,
  ZIGGURAT,
} from '../src/engine/layout';
import { advanceLanes } from './drift';
import { exponentialFrom } from './exponential';
import { fillBits, toUnit } from './random';

/** Draws a block of candidates from the present state on, with the rates of the servers they pick. */
export function drawBlock(state: usize): void {
  const lanes: usize = load<u32>(state, LANES);
  const records: usize = load<u32>(state, RECORDS);
  const table: usize = load<u32>(state, ZIGGURAT);
  const count = load<u32>(state, BLOCK_SIZE);
  const slack = load<u32>(state, BLOCK_SLACK);
  const n = load<u32>(state, SERVERS);
  const busy = load<u32>(state, BUSY);
  const bound = load<f64>(state, BOUND);
  const arrivals = load<f64>(state, ARRIVAL_RATE) * <f64>n;
  // Busy slots beyond the true ones only make candidates that are rejected: at most a quarter of all. With
  // no slack left a block ends at the first arrival.
  const affordable = 0.25 * (arrivals / bound + <f64>busy);
  const busyCap = min(n, busy + <u32>min(<f64>slack, affordable));
  const idleCap = min(n, n - busy + slack);
  store<u32>(state, busyCap, BUSY_CAP);
  store<u32>(state, idleCap, IDLE_CAP);
  store<u32>(state, 0, LANE);
  store<u32>(state, count, LANE_COUNT);

  const total = arrivals + bound * <f64>busyCap;
  const meanGap = 1 / total;
  const idleSlots = <f64>idleCap / arrivals;
  const busySlots = 1 / bound;
  let time = load<f64>(state, CLOCK);
  let random = lanes + LANE_RANDOM;
  fillBits(state, random, 3 * count);
  for (let k: usize = 0; k < count; k++) {
    time += exponentialFrom(state, table, load<u64>(random)) * meanGap;
    // One variate on [0, λn + M · busyCap) decides between arrival and completion, and what is left of
    // it picks the slot; the acceptance has bits of its own.
    const point = toUnit(load<u64>(random, 8)) * total;
    const arrival = point < arrivals;
    const slots =
      select<f64>(point, point - arrivals, arrival) * select<f64>(idleSlots, busySlots, arrival);
    const slot = min(<u32>slots, select<u32>(idleCap, busyCap, arrival) - 1);
    const pick = select<u32>(n - 1 - slot, slot, arrival);
    const f = lanes + (k << 3);
    const i = lanes + (k << 2);
    store<f64>(f, time, LANE_TIME);
    store<f64>(f, toUnit(load<u64>(random, 16)), LANE_ACCEPT);
    store<f64>(f, select<f64>(1, 0, arrival), LANE_SLOPE);
    store<u32>(i, pick | select<u32>(<u32>ARRIVAL, 0, arrival), LANE_PICK);
    loadLane(f, i, records + ((<usize>pick) << 5));
    random += 24;
  }
  advanceLanes(state, lanes, count);
}

/** Copies a record's rate, since, signal and id into a lane, addressed by its f64 and its u32 fields. */
export function loadLane(f: usize, i: usize, record: usize): void {
  const rateSince = v128.load(record, RATE);
  v128.store64_lane(f, rateSince, 0, LANE_RATE0);
  v128.store64_lane(f, rateSince, 1, LANE_SINCE);
  store<u64>(f, load<u64>(record, SIGNAL), LANE_SIGNAL);
  store<u32>(i, load<u32>(record, ID), LANE_ID);
}
