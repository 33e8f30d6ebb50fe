/** Costs outside the families, two servers at a time. */
import {
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
} from '../../src/engine/layout';
import { advanceByTable, advanceInCells } from './cost-table';

/** LANE_RATE of a lane and the next one from their other fields, by the table of each. */
export function advanceTabulatedPair(state: usize, p: usize, table: usize, other: usize): void {
  const rates = advanceInCells(
    state,
    table,
    other,
    v128.load(p, LANE_RATE0),
    v128.load(p, LANE_SIGNAL),
    v128.load(p, LANE_SLOPE),
    f64x2.sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE)),
  );
  v128.store(p, rates, LANE_RATE);
  const solved = f64x2.eq(rates, rates);
  if (!i64x2.extract_lane(solved, 0)) advanceLaneByTable(state, p, table);
  if (!i64x2.extract_lane(solved, 1)) advanceLaneByTable(state, p + 8, other);
}

function advanceLaneByTable(state: usize, lane: usize, table: usize): void {
  const dt = load<f64>(lane, LANE_TIME) - load<f64>(lane, LANE_SINCE);
  const rate = load<f64>(lane, LANE_RATE0);
  if (dt <= 0) {
    store<f64>(lane, rate, LANE_RATE);
    return;
  }
  const signal = load<f64>(lane, LANE_SIGNAL);
  const slope = load<f64>(lane, LANE_SLOPE);
  store<f64>(lane, advanceByTable(state, table, rate, signal, slope, dt), LANE_RATE);
}
