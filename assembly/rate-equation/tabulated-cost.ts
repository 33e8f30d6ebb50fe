/** Costs outside the families, two servers at a time. */
import {
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
} from '../../src/engine/layout';
import { advanceInCells } from './cost-table';
import { advanceLane } from './one-server';

/** LANE_RATE of the lanes from `lanes` up to `end`, from their other fields. */
export function advanceTabulated(state: usize, lanes: usize, end: usize): void {
  for (let p = lanes; p < end; p += 16) {
    const rates = advanceInCells(
      state,
      v128.load(p, LANE_RATE0),
      v128.load(p, LANE_SIGNAL),
      v128.load(p, LANE_SLOPE),
      f64x2.sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE)),
    );
    v128.store(p, rates, LANE_RATE);
    const solved = f64x2.eq(rates, rates);
    if (!i64x2.extract_lane(solved, 0)) advanceLane(state, p);
    if (!i64x2.extract_lane(solved, 1)) advanceLane(state, p + 8);
  }
}
