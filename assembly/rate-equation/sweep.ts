/** Every server's rate at one time, a lane-full of records at once. */
import {
  BUSY,
  ID,
  LANE_ID,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  RECORDS,
} from '../../src/engine/layout';
import { the } from '../policy';
import { RateEquation } from './rate-equation';

/** Solves the rates of records `from` … `from + count − 1` at time `now` into `lanes`; count ≤ MAX_BLOCK. */
export function sweepRates<R extends RateEquation>(
  state: usize,
  lanes: usize,
  from: u32,
  count: u32,
  now: f64,
): void {
  const busy = load<u32>(state, BUSY);
  // the busy ones come first
  const idleFrom = lanes + ((<usize>(max(from, min(from + count, busy)) - from)) << 3);
  const end = lanes + ((<usize>count) << 3);
  let record: usize = <usize>load<u32>(state, RECORDS) + ((<usize>from) << 5);
  for (let p = lanes; p < end; p += 16) {
    // lanes are advanced in pairs: an odd last one with itself
    const other = p + 8 < end ? record + 32 : record;
    const low = v128.load(record);
    const lowOfOther = v128.load(other);
    v128.store(p, v128.shuffle<u64>(low, lowOfOther, 0, 2), LANE_RATE0);
    v128.store(p, v128.shuffle<u64>(low, lowOfOther, 1, 3), LANE_SINCE);
    v128.store(p, v128.load64_lane(other + 16, v128.load64_zero(record + 16), 1), LANE_SIGNAL);
    v128.store(p, f64x2.splat(now), LANE_TIME);
    if (the<R>().dependsOnServer) {
      const i = lanes + ((p - lanes) >> 1);
      store<u32>(i, load<u32>(record, ID), LANE_ID);
      store<u32>(i, load<u32>(other, ID), LANE_ID + 4);
    }
    record += 64;
  }
  for (let p = lanes; p < idleFrom; p += 16) v128.store(p, f64x2.splat(0), LANE_SLOPE);
  for (let p = idleFrom; p < end; p += 16) v128.store(p, f64x2.splat(1), LANE_SLOPE);
  the<R>().advanceLanes(state, lanes, count);
}
