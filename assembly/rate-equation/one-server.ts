/** One server at a time, by whatever its cost needs: for what is beyond the short series, for which two share an instruction. */
import {
  COST_TABLE,
  DRIFT,
  DRIFT_FROZEN,
  DRIFT_TABLE,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
} from '../../src/engine/layout';
import { advanceByTable } from './cost-table';
import { advanceBySeries } from './taylor';

/** One server's rate `dt` after it was `rate`, whatever the cost, the gap and the rate. */
export function advanceOne(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const drift = load<u32>(state, DRIFT);
  if (drift == DRIFT_FROZEN || dt <= 0) return rate;
  if (drift == DRIFT_TABLE)
    return advanceByTable(state, load<u32>(state, COST_TABLE), rate, signal, slope, dt);
  return advanceBySeries(state, rate, signal, slope, dt);
}

/** The same for a lane. */
export function advanceLane(state: usize, lane: usize): void {
  const rate = advanceOne(
    state,
    load<f64>(lane, LANE_RATE0),
    load<f64>(lane, LANE_SIGNAL),
    load<f64>(lane, LANE_SLOPE),
    load<f64>(lane, LANE_TIME) - load<f64>(lane, LANE_SINCE),
  );
  store<f64>(lane, rate, LANE_RATE);
}
