/** Every server's rate at one time, a lane-full of records at once. */
import { BUSY, LANE_SLOPE, LANE_TIME, RECORDS } from '../src/engine/layout';
import { loadLanes } from './block';
import { advanceLanes } from './drift';

/** Records handled at once. */
export const SWEEP = 64;

/** Solves the rates of records `from` … `from + count − 1` at time `now` into `lanes`; count ≤ SWEEP. */
export function sweepRates(state: usize, lanes: usize, from: u32, count: u32, now: f64): void {
  const busy = load<u32>(state, BUSY);
  const last = count - 1;
  let record: usize = <usize>load<u32>(state, RECORDS) + ((<usize>from) << 5);
  for (let k: u32 = 0; k < count; k += 2) {
    const p = lanes + (k << 3);
    // lanes are advanced in pairs: an odd last one with itself
    loadLanes(p, lanes + (k << 2), record, k < last ? record + 32 : record);
    v128.store(p, f64x2.splat(now), LANE_TIME);
    const slope = f64x2(from + k >= busy ? 1 : 0, from + k + 1 >= busy ? 1 : 0);
    v128.store(p, slope, LANE_SLOPE);
    record += 64;
  }
  advanceLanes(state, lanes, count);
}
