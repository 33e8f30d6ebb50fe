/**
 * Stiff gaps of the paper's cost: long idle periods at small λ or m, in which the idle signal damps the rate so
 * strongly that steps of ten coefficients (steps.ts) would have to be very short. Solved in f = μ₀/μ,
 *
 *     f' = −G f⁴ + H f² + (P + Q τ) f,
 *
 * which has products alone, by series of sixteen coefficients. Each step is as long as its last two coefficients allow, two
 * servers at a time.
 *
 * In u = μ³ two solutions of the same gap approach each other at least like e^{−E}, E = 3h ∫ I dt, since the rest of their
 * difference, −3h (u₁^⅔ − u₂^⅔), only helps. So what comes before the last FORGOTTEN units of E is left out.
 */
import {
  DRIFT_G,
  DRIFT_H,
  LANE_STEPS as LANE_LEFT,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_STIFF,
  LANE_STIFF_LEFT,
  LANE_TIME,
  SERIES,
} from '../../src/engine/layout';

/** e^−50 = 2e-22 of a difference is left, relative to one of at most 1e9 in u. */
const FORGOTTEN: f64 = 50;
const LARGEST_FALL: f64 = 1000;
const DEGREE: u32 = 16;
/** Offset of the coefficients of f² behind those of f, in the scratch for series; those of f⁴ are not kept. */
const SQUARE: usize = 16 * 17;
/** Step, in units of the rate at which a solution near equilibrium returns to it. */
const REACH: f64 = 2.8;
/** The last two coefficients of a step are at most this; what is left out is of that size too. */
const NEGLIGIBLE: f64 = 1e-12;
const LARGEST_COEFFICIENT: f64 = 1e30;
/** Largest ratio of what drives a rate up to what damps it, for which this is the quicker way. */
const DRIVEN: f64 = 60;

/** Readies a lane; false if its gap is not stiff, but long for its small rate, or if it cannot be solved this way. */
export function beginStiff(state: usize, lane: usize): bool {
  const g = load<f64>(state, DRIFT_G);
  const h = load<f64>(state, DRIFT_H);
  const dt = load<f64>(lane, LANE_TIME) - load<f64>(lane, LANE_SINCE);
  const slope = load<f64>(lane, LANE_SLOPE);
  const inverse = 1 / load<f64>(lane, LANE_RATE0);
  const end = load<f64>(lane, LANE_SIGNAL) + slope * dt;
  let left = dt;
  const most = FORGOTTEN / (1.5 * h);
  if (end * end - slope * most > 0) {
    // E = 1.5 h (I² at the end less I² at the start) while idle, 3 h I dt while busy
    left = min(dt, most / (end + Math.sqrt(end * end - slope * most)));
  }
  const driving = g * left * inverse * inverse * inverse;
  const damping = h * left * (inverse + end - 0.5 * slope * left);
  if (!(driving <= DRIVEN * damping)) return false;
  store<f64>(lane, inverse, LANE_RATE);
  store<f64>(lane, left, LANE_LEFT);
  return true;
}

/**
 * Solves the lanes whose addresses lie, as u32, in a list, all of them begun: each takes one step, then those with time
 * left the next one. LANE_RATE of a lane that cannot be solved this way is NaN.
 */
export function advanceStiff(state: usize, list: usize, listed: usize): void {
  // a list of lanes with time left, behind the first one
  const work = list - LANE_STIFF + LANE_STIFF_LEFT;
  let last = work + (listed - list);
  memory.copy(work, list, listed - list);
  while (last > work) {
    const end = last;
    last = work;
    for (let at = work; at < end; at += 8) {
      // an odd last one has itself for a companion
      const a: usize = load<u32>(at);
      const b: usize = at + 4 < end ? load<u32>(at, 4) : a;
      advancePair(state, a, b);
      store<u32>(last, <u32>a);
      if (load<f64>(a, LANE_LEFT) > 0) last += 4;
      if (a != b) {
        store<u32>(last, <u32>b);
        if (load<f64>(b, LANE_LEFT) > 0) last += 4;
      }
    }
  }
}

/**
 * The next step of two lanes, as much of it as its coefficients allow. At the end of a gap LANE_RATE is the rate, NaN if that
 * cannot be found this way, and LANE_LEFT is 0.
 */
function advancePair(state: usize, a: usize, b: usize): void {
  const series: usize = load<u32>(state, SERIES);
  const g = f64x2.splat(load<f64>(state, DRIFT_G));
  const h = f64x2.splat(load<f64>(state, DRIFT_H));
  const left = both(a, b, LANE_LEFT);
  const slope = both(a, b, LANE_SLOPE);
  const inverse = both(a, b, LANE_RATE);
  const dt = f64x2.sub(both(a, b, LANE_TIME), both(a, b, LANE_SINCE));
  const signal = f64x2.add(both(a, b, LANE_SIGNAL), f64x2.mul(slope, f64x2.sub(dt, left)));
  const up = f64x2.mul(f64x2.mul(g, inverse), f64x2.mul(inverse, inverse));
  const down = f64x2.mul(h, inverse);
  const p = f64x2.mul(h, signal);
  const q = f64x2.mul(h, slope);
  // the step x with x (r + 3 q x) = REACH, r the rate at which a solution near equilibrium returns to it
  const r = f64x2.add(f64x2.mul(f64x2.splat(3), f64x2.add(up, p)), f64x2.add(down, down));
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(r, r), f64x2.mul(f64x2.splat(12 * REACH), q)));
  const x = f64x2.pmin(left, f64x2.div(f64x2.splat(2 * REACH), f64x2.add(r, root)));
  const G = f64x2.mul(up, x);
  const H = f64x2.mul(down, x);
  const P = f64x2.mul(p, x);
  const Q = f64x2.mul(f64x2.mul(q, x), x);
  let before = f64x2.splat(0);
  const one = f64x2.splat(1);
  let f = one;
  let square = f;
  let fourth = f;
  for (let k: u32 = 1; k <= DEGREE; k++) {
    const linear = f64x2.add(f64x2.mul(P, f), f64x2.mul(Q, before));
    const change = f64x2.add(f64x2.sub(f64x2.mul(H, square), f64x2.mul(G, fourth)), linear);
    before = f;
    f = f64x2.mul(change, f64x2.splat(1 / <f64>k));
    v128.store(series + (k << 4), f);
    square = squared(series, k, f);
    v128.store(series + SQUARE + (k << 4), square);
    fourth = squared(series + SQUARE, k, square);
  }

  const largest = f64x2.pmax(f64x2.abs(f), f64x2.abs(before));
  // the sixteenth root of what they are too large by: a little more than the step need be shortened
  let excess = f64x2.div(f64x2.splat(NEGLIGIBLE), largest);
  for (let i = 0; i < 4; i++) excess = f64x2.sqrt(excess);
  const tau = f64x2.pmin(one, excess);
  // Horner's rule for even and odd coefficients
  const tau2 = f64x2.mul(tau, tau);
  let even = f64x2.splat(0);
  let odd = even;
  for (let at = series + (DEGREE << 4); at > series; at -= 32) {
    even = f64x2.mul(f64x2.add(even, v128.load(at)), tau2);
    odd = f64x2.add(f64x2.mul(odd, tau2), v128.load(at - 16));
  }
  const growth = f64x2.add(even, f64x2.mul(odd, tau));
  const next = f64x2.add(inverse, f64x2.mul(inverse, growth));
  const fall = f64x2.mul(both(a, b, LANE_RATE0), next);
  const within = v128.and(
    v128.and(f64x2.gt(growth, f64x2.splat(-1)), f64x2.lt(fall, f64x2.splat(LARGEST_FALL))),
    f64x2.lt(largest, f64x2.splat(LARGEST_COEFFICIENT)),
  );
  const ended = v128.or(v128.not(within), v128.and(f64x2.eq(tau, one), f64x2.eq(x, left)));
  // all ones are NaN
  const rate = v128.or(f64x2.div(one, next), v128.not(within));
  putBoth(a, b, v128.bitselect(rate, next, ended), LANE_RATE);
  putBoth(a, b, v128.andnot(f64x2.sub(left, f64x2.mul(tau, x)), ended), LANE_LEFT);
}

/** Coefficient k of the square of a series that begins with 1; its own coefficient k is the last to be known. */
function squared(series: usize, k: u32, last: v128): v128 {
  let sum = f64x2.splat(0);
  let low = series + 16;
  let high = series + ((k - 1) << 4);
  for (; low < high; low += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(low), v128.load(high)));
    high -= 16;
  }
  sum = f64x2.add(sum, last);
  sum = f64x2.add(sum, sum);
  if (low != high) return sum;
  const middle = v128.load(low);
  return f64x2.add(sum, f64x2.mul(middle, middle));
}

function both(a: usize, b: usize, offset: usize): v128 {
  return v128.load64_lane(b + offset, v128.load64_zero(a + offset), 1);
}

function putBoth(a: usize, b: usize, values: v128, offset: usize): void {
  v128.store64_lane(a + offset, values, 0);
  v128.store64_lane(b + offset, values, 1);
}
