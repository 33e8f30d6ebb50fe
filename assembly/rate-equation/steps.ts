/**
 * The paper's cost after longer gaps: lanes are put on a list, and solved in as many equal steps of ten coefficients as
 * each takes (ten-coefficients.ts). Which lanes need it cannot be predicted, and a list keeps two of them in every instruction.
 */
import {
  DRIFT_G,
  DRIFT_H,
  LANE_LIST,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_STEP,
  LANE_STEPS,
  LANE_STIFF,
  LANE_TIME,
} from '../../src/engine/layout';
import { advanceLane } from './one-server';
import { add, both, mul, putBoth, scale, sub, twice } from './pairs';
import { advanceStiff, beginStiff } from './stiff-gap';
import { inverseGrowth } from './ten-coefficients';

/** Sizes of G, and of G + H + P + Q, for which a step of ten coefficients is likely to do. */
const STEP_G: f64 = 0.018;
const STEP_SIZE: f64 = 0.05;
/** Steps before the series of taylor.ts is quicker. */
const MAX_STEPS: f64 = 64;
/** Puts those of two lanes whose bits are set on a list that ends at `end`; returns its new end. */
export function enlist(end: usize, a: usize, b: usize, bits: u32): usize {
  store<u32>(end, <u32>a);
  const next = end + ((bits & 1) << 2);
  store<u32>(next, <u32>b);
  return next + ((bits & 2) << 1);
}

/**
 * Solves the lanes whose addresses lie, as u32, in a list: each in as many equal steps of ten coefficients as it takes.
 * All take one step, then those with steps left the next one: pairs are made anew from what is left, and the
 * processor need not wait for one to work at the next. Between steps LANE_RATE is 1/μ.
 */
export function advanceListed(state: usize, list: usize, listed: usize): void {
  const g = f64x2.splat(load<f64>(state, DRIFT_G));
  const h = f64x2.splat(load<f64>(state, DRIFT_H));
  let last = list;
  const aside = list - LANE_LIST + LANE_STIFF;
  let stiff = aside;
  for (let at = list; at < listed; at += 8) {
    // an odd last one has itself for a companion
    const a: usize = load<u32>(at);
    const b: usize = at + 4 < listed ? load<u32>(at, 4) : a;
    const dt = sub(both(a, b, LANE_TIME), both(a, b, LANE_SINCE));
    const signal = both(a, b, LANE_SIGNAL);
    const inverse = f64x2.div(f64x2.splat(1), both(a, b, LANE_RATE0));
    const G = mul(mul(mul(g, dt), inverse), mul(inverse, inverse));
    const size = add(
      G,
      mul(mul(h, dt), add(inverse, add(signal, mul(dt, both(a, b, LANE_SLOPE))))),
    );
    const steps = f64x2.ceil(f64x2.pmax(scale(1 / STEP_G, G), scale(1 / STEP_SIZE, size)));
    putBoth(a, b, inverse, LANE_RATE);
    putBoth(a, b, f64x2.div(dt, steps), LANE_STEP);
    putBoth(a, b, steps, LANE_STEPS);
    // "not few" rather than "many": a rate of 0 makes the size NaN
    const few = i64x2.bitmask(f64x2.le(steps, f64x2.splat(MAX_STEPS)));
    if (!(few & 1)) stiff = setAside(state, a, stiff);
    if (!(few & 2) && a != b) stiff = setAside(state, b, stiff);
    last = enlist(last, a, b, a == b ? few & 1 : few);
  }
  if (stiff > aside) {
    advanceStiff(state, aside, stiff);
    for (let at = aside; at < stiff; at += 4) {
      const lane: usize = load<u32>(at);
      if (isNaN(load<f64>(lane, LANE_RATE))) advanceLane(state, lane);
    }
  }
  while (last > list) {
    const end = last;
    last = list;
    for (let at = list; at < end; at += 8) {
      const a: usize = load<u32>(at);
      const b: usize = at + 4 < end ? load<u32>(at, 4) : a;
      const steps = both(a, b, LANE_STEPS);
      const step = both(a, b, LANE_STEP);
      const slope = both(a, b, LANE_SLOPE);
      const inverse = both(a, b, LANE_RATE);
      const gone = sub(sub(both(a, b, LANE_TIME), both(a, b, LANE_SINCE)), mul(steps, step));
      const f = inverseGrowth(
        g,
        h,
        inverse,
        add(both(a, b, LANE_SIGNAL), mul(slope, gone)),
        slope,
        step,
      );
      let next = add(inverse, mul(inverse, f));
      let left = sub(steps, f64x2.splat(1));
      const solved = f64x2.eq(f, f);
      if (!v128.all_true<i64>(solved)) {
        // twice as many steps half as long
        next = v128.bitselect(next, inverse, solved);
        left = v128.bitselect(left, twice(steps), solved);
        putBoth(a, b, v128.bitselect(step, scale(0.5, step), solved), LANE_STEP);
      }
      putBoth(a, b, left, LANE_STEPS);
      const more = f64x2.gt(left, f64x2.splat(0));
      putBoth(a, b, v128.bitselect(next, f64x2.div(f64x2.splat(1), next), more), LANE_RATE);
      const again = i64x2.bitmask(more);
      last = enlist(last, a, b, a == b ? again & 1 : again);
    }
  }
}

/** Puts a lane that would take too many steps on the list of stiff ones, or solves it by taylor.ts; returns the list's new end. */
function setAside(state: usize, lane: usize, end: usize): usize {
  if (!beginStiff(state, lane)) {
    advanceLane(state, lane);
    return end;
  }
  store<u32>(end, <u32>lane);
  return end + 4;
}
