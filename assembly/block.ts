/**
 * Candidates of the thinning algorithm (Lewis and Shedler 1979; Ogata 1981), drawn a block at a time.
 *
 * Within a block the numbers of busy and idle servers are replaced by caps they do not exceed, so that
 * times and picks depend on random bits alone: candidates come at rate λn + M · busyCap, M a bound on every hazard;
 * one is an arrival with probability λn / (λn + M · busyCap) and picks one of idleCap slots from the idle end of
 * the records, else it is a possible completion and picks one of busyCap slots from the busy end. The
 * picked records are loaded together (their cache misses overlap) and their rates solved together.
 * commit.ts thins picks that miss the true busy servers, and completions by their hazard / M; it ends the block
 * when a cap is exceeded, a stopping time, after which undrawn and unused candidates are alike.
 */
import {
  ARRIVAL,
  BLOCK_SIZE,
  BLOCK_SLACK,
  BOUND,
  BUSY,
  BUSY_CAP,
  CLOCK,
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
  MAX_BLOCK,
  RECORDS,
  SERVERS,
  ZIGGURAT,
} from '../src/engine/layout';
import { Arrivals } from './arrivals/arrivals';
import { Dispatch } from './dispatch/dispatch';
import { the } from './policy';
import { exponentialsFrom } from './random/exponential';
import { fillBits, toUnits } from './random/random';
import { RateEquation } from './rate-equation/rate-equation';
import { Service } from './service/service';

/** Servers whose records the nearer caches hold. */
const NEAR: u32 = 65536;

/** Draws a block of candidates from the present state on, with the rates of the servers they pick. */
export function drawBlock<
  A extends Arrivals,
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
>(state: usize): void {
  const lanes: usize = load<u32>(state, LANES);
  const records: usize = load<u32>(state, RECORDS);
  const table: usize = load<u32>(state, ZIGGURAT);
  const count = load<u32>(state, BLOCK_SIZE);
  assert(count <= <u32>MAX_BLOCK && (count & 1) == 0);
  const slack = load<u32>(state, BLOCK_SLACK);
  const n = load<u32>(state, SERVERS);
  const busy = load<u32>(state, BUSY);
  const bound = the<S>().largestHazard(state, load<f64>(state, BOUND));
  const idleCap = the<D>().reach(state, busy, slack);
  store<u32>(state, idleCap, IDLE_CAP);
  const arrivals = the<A>().rate(state);
  // Busy slots beyond the true ones only make candidates that are rejected: at most a quarter of all. With
  // no slack left a block ends at the first arrival.
  const affordable = 0.25 * (arrivals / bound + <f64>busy);
  const busyCap = min(n, busy + <u32>min(<f64>slack, affordable));
  store<u32>(state, busyCap, BUSY_CAP);
  store<u32>(state, 0, LANE);
  store<u32>(state, count, LANE_COUNT);

  const total = arrivals + bound * <f64>busyCap;
  fillBits(state, lanes + LANE_RANDOM, 3 * count);
  for (let k: usize = 0; k < count; k += 2) {
    const p = lanes + (k << 3);
    // three outputs a lane, for the waiting time, for kind and slot, and for the acceptance
    const random = lanes + LANE_RANDOM + 24 * k;
    const waitKind = v128.load(random);
    const acceptWait = v128.load(random, 16);
    const kindAccept = v128.load(random, 32);
    const accept = v128.shuffle<u64>(acceptWait, kindAccept, 0, 3);
    const waits = exponentialsFrom(state, table, v128.shuffle<u64>(waitKind, acceptWait, 0, 3));
    v128.store(p, f64x2.mul(waits, f64x2.splat(1 / total)), LANE_TIME);
    // One variate on [0, λn + M · busyCap) decides between arrival and completion, and what is left of
    // it picks the slot. Both are computed and one is taken: as a branch it could not be predicted.
    const kind = toUnits(v128.shuffle<u64>(waitKind, kindAccept, 1, 2));
    const point = f64x2.mul(kind, f64x2.splat(total));
    const arrival = f64x2.lt(point, f64x2.splat(arrivals));
    // arrivals are never rejected, unless they are thinned: no comparison holds of NaN, which is all ones
    const units = toUnits(accept);
    v128.store(p, the<A>().areThinned ? units : v128.or(units, arrival), LANE_ACCEPT);
    v128.store(p, v128.and(arrival, f64x2.splat(1)), LANE_SLOPE);
    const slots = v128.bitselect(
      f64x2.mul(point, f64x2.splat(<f64>idleCap / arrivals)),
      f64x2.mul(f64x2.sub(point, f64x2.splat(arrivals)), f64x2.splat(1 / bound)),
      arrival,
    );
    const arrivalWords = v128.shuffle<u32>(arrival, arrival, 0, 2, 0, 2);
    const cap = v128.bitselect(i32x4.splat(idleCap), i32x4.splat(busyCap), arrivalWords);
    const slot = i32x4.min_u(i32x4.trunc_sat_f64x2_u_zero(slots), i32x4.sub(cap, i32x4.splat(1)));
    const fromIdleEnd = i32x4.sub(i32x4.splat((n - 1) | ARRIVAL), slot);
    const pick = v128.bitselect(fromIdleEnd, slot, arrivalWords);
    v128.store64_lane(lanes + (k << 2), pick, 0, LANE_PICK);
  }
  if (the<D>().foresees(state)) foreseePicks<D>(state, lanes, count);
  if (n > NEAR || the<A>().areThinned)
    store<u32>(lanes, touchPicked(lanes, records, count), LANE_RANDOM);
  let time = load<f64>(state, CLOCK);
  for (let k: usize = 0; k < count; k += 2) {
    const p = lanes + (k << 3);
    const i = lanes + (k << 2);
    time += load<f64>(p, LANE_TIME);
    store<f64>(p, time, LANE_TIME);
    time += load<f64>(p, LANE_TIME + 8);
    store<f64>(p, time, LANE_TIME + 8);
    loadLanes(
      p,
      i,
      records + ((<usize>(load<u32>(i, LANE_PICK) & ~ARRIVAL)) << 5),
      records + ((<usize>(load<u32>(i, LANE_PICK + 4) & ~ARRIVAL)) << 5),
    );
  }
  the<S>().touch(state, lanes, count);
  the<R>().advanceLanes(state, lanes, count);
}

/** Picks of arrivals by what the policy foresees. */
function foreseePicks<D extends Dispatch>(state: usize, lanes: usize, count: u32): void {
  let arrivals: u32 = 0;
  for (let i = lanes; i < lanes + (count << 2); i += 4) {
    if (load<u32>(i, LANE_PICK) < <u32>ARRIVAL) continue;
    const drawn = load<u32>(i, LANE_PICK) & ~ARRIVAL;
    store<u32>(i, the<D>().foresee(state, arrivals, drawn, i) | ARRIVAL, LANE_PICK);
    arrivals += 1;
  }
}

/**
 * Reads a word of every picked record, for nothing but to have it in the nearest cache. A processor looks only so many
 * instructions ahead of a miss: the fewer there are for each record, the more misses are under way at once.
 */
function touchPicked(lanes: usize, records: usize, count: u32): u32 {
  let touched: u32 = 0;
  // blocks of that many servers are whole multiples of four; the shift drops the mark of an arrival
  for (let i = lanes; i < lanes + (count << 2); i += 16) {
    touched ^= load<u32>(records + (load<u32>(i, LANE_PICK) << 5));
    touched ^= load<u32>(records + (load<u32>(i, LANE_PICK + 4) << 5));
    touched ^= load<u32>(records + (load<u32>(i, LANE_PICK + 8) << 5));
    touched ^= load<u32>(records + (load<u32>(i, LANE_PICK + 12) << 5));
  }
  return touched;
}

/** Copies rate, since, signal and id of two records into two lanes, addressed by their f64 and u32 fields. */
export function loadLanes(p: usize, i: usize, a: usize, b: usize): void {
  const low = v128.load(a);
  const lowOfB = v128.load(b);
  const high = v128.load(a, 16);
  const highOfB = v128.load(b, 16);
  v128.store(p, v128.shuffle<u64>(low, lowOfB, 0, 2), LANE_RATE0);
  v128.store(p, v128.shuffle<u64>(low, lowOfB, 1, 3), LANE_SINCE);
  v128.store(p, v128.shuffle<u64>(high, highOfB, 0, 2), LANE_SIGNAL);
  v128.store64_lane(i, v128.shuffle<u32>(high, highOfB, 2, 6, 2, 6), 0, LANE_ID);
}
