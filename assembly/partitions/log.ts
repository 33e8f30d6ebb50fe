/**
 * What became of each candidate of a partition, so that it can be undone. The lane has the record as it was before its candidate, unless
 * an earlier one of the block changed that (STALE); then a copy is kept where the lane's random numbers were.
 */
import {
  ARRIVAL,
  FULL,
  ID,
  LANE_ID,
  LANE_LOG,
  LANE_PICK,
  LANE_RANDOM,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_TOUCHED,
  LANES,
  QUEUE,
  RATE,
  RECORDS,
  SIGNAL,
  SINCE,
} from '../../src/engine/layout';
import { moveRecord, swapRecords } from '../records';

/** Nothing was written. */
export const MISSED: u32 = 0;
/** Rate, since and signal were written. */
export const REJECTED: u32 = 1 << 28;
/** The server became busy or idle, and changed places with the one at the border. */
export const MOVED: u32 = 2 << 28;
/** The queue became shorter. */
export const SHORTENED: u32 = 3 << 28;
/** So it did, and the server left the full ones. */
export const LEFT_FULL: u32 = 4 << 28;
const KINDS: u32 = 7 << 28;
/** Added to these. */
export const STALE: u32 = 1 << 31;
/** Servers busy after the candidate. */
const BUSY_AFTER: u32 = (1 << 28) - 1;

export function logLane(lanes: usize, k: u32, busy: u32, what: u32): void {
  store<u32>(lanes + (k << 2), busy | what, LANE_LOG);
}

/** Servers busy after the candidate of lane `k`. */
export function busyAfter(lanes: usize, k: u32): u32 {
  return load<u32>(lanes + (k << 2), LANE_LOG) & BUSY_AFTER;
}

/** Keeps the record as it is before the candidate of lane `k`. */
export function keepStale(lanes: usize, k: u32, record: usize): void {
  const copy = lanes + LANE_RANDOM + 24 * k;
  store<f64>(copy, load<f64>(record, RATE));
  store<f64>(copy, load<f64>(record, SINCE), 8);
  store<f64>(copy, load<f64>(record, SIGNAL), 16);
  store<u32>(lanes + (k << 2), load<u32>(record, ID), LANE_TOUCHED);
}

/** Undoes lanes `from` … `to` − 1 of LANES, the last ones that were committed; all records are as before. */
export function undoLanes(state: usize, from: u32, to: u32): void {
  const lanes: usize = load<u32>(state, LANES);
  const records: usize = load<u32>(state, RECORDS);
  for (let k = to; k > from; ) {
    k -= 1;
    const i = lanes + (k << 2);
    const log = load<u32>(i, LANE_LOG);
    const kind = log & KINDS;
    if (kind == MISSED) continue;
    const pick = load<u32>(i, LANE_PICK);
    const arrival = pick >> 31;
    const record = records + ((<usize>(pick & ~ARRIVAL)) << 5);
    let queue = 0;
    if (kind == MOVED) {
      const border = (log & BUSY_AFTER) - arrival;
      moveRecord(record, records + ((<usize>border) << 5));
      queue = 1 - arrival;
    } else {
      if (kind == LEFT_FULL) {
        const full = load<u32>(state, FULL);
        swapRecords(record, records + ((<usize>full) << 5));
        store<u32>(state, full + 1, FULL);
      }
      queue = load<u32>(record, QUEUE) + <u32>(kind != REJECTED);
    }
    restore(lanes, k, record, (log & STALE) != 0);
    store<u32>(record, queue, QUEUE);
  }
}

/** All of a record but its queue, as it was before the candidate of lane `k`. */
function restore(lanes: usize, k: u32, record: usize, stale: bool): void {
  const f = lanes + (k << 3);
  const i = lanes + (k << 2);
  const copy = lanes + LANE_RANDOM + 24 * k;
  store<f64>(record, stale ? load<f64>(copy) : load<f64>(f, LANE_RATE0), RATE);
  store<f64>(record, stale ? load<f64>(copy, 8) : load<f64>(f, LANE_SINCE), SINCE);
  store<f64>(record, stale ? load<f64>(copy, 16) : load<f64>(f, LANE_SIGNAL), SIGNAL);
  store<u32>(record, stale ? load<u32>(i, LANE_TOUCHED) : load<u32>(i, LANE_ID), ID);
}

/** Whether the candidate of lane `k` found no server of its kind. */
export function wasMissed(lanes: usize, k: u32): bool {
  return (load<u32>(lanes + (k << 2), LANE_LOG) & KINDS) == MISSED;
}

/** Whether it was rejected. */
export function wasRejected(lanes: usize, k: u32): bool {
  return (load<u32>(lanes + (k << 2), LANE_LOG) & KINDS) == REJECTED;
}
