/** Every server's rate at one time, a lane-full of records at once. */
import { BUSY, LANE_RATE0, LANE_SINCE, LANE_SLOPE, LANE_TIME, RECORDS } from '../src/engine/layout';
import { loadLane } from './block';
import { advanceLanes } from './drift';

/** Records handled at once. */
export const SWEEP = 64;

/** Solves the rates of records `from` … `from + count − 1` at time `now` into `lanes`; count ≤ SWEEP. */
export function sweepRates(state: usize, lanes: usize, from: u32, count: u32, now: f64): void {
  const records: usize = load<u32>(state, RECORDS);
  const busy = load<u32>(state, BUSY);
  for (let k: u32 = 0; k < count; k++) {
    const f = lanes + (k << 3);
    loadLane(f, lanes + (k << 2), records + ((<usize>(from + k)) << 5));
    store<f64>(f, now, LANE_TIME);
    store<f64>(f, select<f64>(1, 0, from + k >= busy), LANE_SLOPE);
  }
  if (count & 1) {
    // lanes are advanced in pairs: a harmless companion for the last one
    const f = lanes + (count << 3);
    store<f64>(f, 1, LANE_RATE0);
    store<f64>(f, now, LANE_SINCE);
    store<f64>(f, now, LANE_TIME);
  }
  advanceLanes(state, lanes, count);
}
