/**
 * The rate of one server between two of its events, equation (2.2):
 *
 *     dμ/dt = −[φ(μ) + ψ(μ) I(t)] / m,   φ(μ) = g'(μ) + h'(μ)/μ,   ψ(μ) = h'(μ),   I(t) = I₀ + s t,
 *
 * with slope s = 1 while the server is idle and 0 while it is busy. Nothing else in the system enters,
 * so the equation is solved lazily, when the server is next looked at.
 *
 * For g = a/x, h = b x² (the paper's) x = μ/μ₀ − 1 satisfies
 *
 *     x' = G (1 + x)⁻² − H − (P + Q τ)(1 + x),  G = a dt/(m μ₀³), H = 2b dt/(m μ₀), P = 2b I₀ dt/m, Q = 2b s dt²/m
 *
 * over τ ∈ [0, 1]: a short power series in τ, without roots or exponentials, two servers at a time. While
 * G + H + P + Q ≤ SMALL six coefficients, without the products in them that do not matter, leave a relative
 * error below 3e-12, near equilibrium far below. Longer gaps are solved in steps of ten coefficients, which leave
 * less; whatever would take too many steps, and every other cost, goes to the adaptive series of taylor.ts.
 */
import {
  ARRIVAL_RATE,
  COST_CELLS,
  DRIFT,
  DRIFT_FROZEN,
  DRIFT_G,
  DRIFT_GENERAL,
  DRIFT_H,
  DRIFT_INVERSE_QUADRATIC,
  DRIFT_TABLE,
  EPOCH_LENGTH,
  G_EXPONENT,
  G_FAMILY,
  G_POWER,
  G_SCALE,
  H_EXPONENT,
  H_SCALE,
  INVERSE_STEP_SIZE,
  LANE_LIST,
  LANE_P,
  LANE_Q,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_STEP,
  LANE_STEPS,
  LANE_STIFF,
  LANE_TIME,
  LANE_X1,
  MAX_BLOCK,
  OBSERVATION_LANES,
  SERIES,
  SERVERS,
  TAYLOR_ALPHA,
  TAYLOR_BETA,
  TAYLOR_RHO,
} from '../../src/engine/layout';
import { advanceByTable, advanceInCells } from './cost-table';
import { advanceStiff, beginStiff } from './stiff-gap';
import { SWEEP } from './sweep';
import { advanceBySeries } from './taylor';

/** Size of G + H + P + Q up to which six coefficients will do. */
const SMALL: f64 = 1.0 / 200;
/** Sizes of G, and of G + H + P + Q, for which a step of ten coefficients is likely to do. */
const STEP_G: f64 = 0.018;
const STEP_SIZE: f64 = 0.05;
/** It does if the last two of them are below this: what they leave out is then below a tenth of it. */
const NEGLIGIBLE: f64 = 1e-11;
/** Steps before the series of taylor.ts is quicker. */
const MAX_STEPS: f64 = 64;

/** Derives the coefficients of the rate equation and the epoch length from the parameters. */
export function prepareDrift(state: usize): void {
  const m = load<f64>(state, INVERSE_STEP_SIZE);
  const a = load<f64>(state, G_SCALE);
  const p = load<f64>(state, G_EXPONENT);
  const b = load<f64>(state, H_SCALE);
  const q = load<f64>(state, H_EXPONENT);
  const power = load<u32>(state, G_FAMILY) == G_POWER;
  // u = μ^ρ removes the singularity of μ^{−p−1} at 0; α and β are the exponents of u in (2.2)
  const rho = power ? p + 2 : 1;
  store<f64>(state, rho, TAYLOR_RHO);
  store<f64>(state, power ? (p + q - 1) / rho : q - 2, TAYLOR_ALPHA);
  store<f64>(state, power ? (p + q) / rho : q - 1, TAYLOR_BETA);
  if (m == Infinity) {
    store<u32>(state, DRIFT_FROZEN, DRIFT);
  } else if (load<u32>(state, COST_CELLS) > 0) {
    store<u32>(state, DRIFT_TABLE, DRIFT);
  } else {
    const paper = power && p == 1 && q == 2;
    store<u32>(state, paper ? DRIFT_INVERSE_QUADRATIC : DRIFT_GENERAL, DRIFT);
  }
  store<f64>(state, (a * p) / m, DRIFT_G);
  store<f64>(state, (b * q) / m, DRIFT_H);
  // About ten candidates per server, at least 512 in all: the O(n) renewal costs little beside them.
  // A power of two, so that epochs begin at exactly representable times.
  const lambda = load<f64>(state, ARRIVAL_RATE);
  const target = max(8 / lambda, 256 / (lambda * <f64>load<u32>(state, SERVERS)));
  let length: f64 = 1;
  while (length < target) length *= 2;
  while (length * 0.5 >= target) length *= 0.5;
  store<f64>(state, length, EPOCH_LENGTH);
}

/** The rate `dt` after it was `rate`, the idle signal being `signal` then and growing with `slope`. */
export function advanceRate(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const drift = load<u32>(state, DRIFT);
  if (drift == DRIFT_FROZEN || drift == DRIFT_GENERAL) {
    return advanceFar(state, rate, signal, slope, dt);
  }
  // one server, in the lanes behind those of a sweep
  const p = <usize>load<u32>(state, OBSERVATION_LANES) + (SWEEP << 3);
  v128.store(p, f64x2.splat(dt), LANE_TIME);
  v128.store(p, f64x2.splat(rate), LANE_RATE0);
  v128.store(p, f64x2.splat(0), LANE_SINCE);
  v128.store(p, f64x2.splat(signal), LANE_SIGNAL);
  v128.store(p, f64x2.splat(slope), LANE_SLOPE);
  advanceLanes(state, p, 2);
  return load<f64>(p, LANE_RATE);
}

/** `advanceRate` for gaps, or rates, that would take too many steps, and for other costs. */
function advanceFar(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const drift = load<u32>(state, DRIFT);
  if (drift == DRIFT_FROZEN || dt <= 0) return rate;
  if (drift == DRIFT_TABLE) return advanceByTable(state, rate, signal, slope, dt);
  return advanceBySeries(state, rate, signal, slope, dt);
}

/** `advanceRate` for `count` lanes (rounded up to even): LANE_RATE from the lane's other fields. */
export function advanceLanes(state: usize, lanes: usize, count: u32): void {
  assert(count <= <u32>MAX_BLOCK);
  const end = lanes + ((<usize>count) << 3);
  const drift = load<u32>(state, DRIFT);
  if (drift == DRIFT_FROZEN) {
    for (let p = lanes; p < end; p += 16) v128.store(p, v128.load(p, LANE_RATE0), LANE_RATE);
    return;
  }
  if (drift == DRIFT_TABLE) {
    for (let p = lanes; p < end; p += 16) {
      const rates = advanceInCells(
        state,
        v128.load(p, LANE_RATE0),
        v128.load(p, LANE_SIGNAL),
        v128.load(p, LANE_SLOPE),
        sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE)),
      );
      v128.store(p, rates, LANE_RATE);
      const solved = f64x2.eq(rates, rates);
      if (!i64x2.extract_lane(solved, 0)) advanceLane(state, p);
      if (!i64x2.extract_lane(solved, 1)) advanceLane(state, p + 8);
    }
    return;
  }
  if (drift == DRIFT_GENERAL) {
    for (let p = lanes; p < end; p += 8) advanceLane(state, p);
    return;
  }
  const g = f64x2.splat(load<f64>(state, DRIFT_G));
  const h = f64x2.splat(load<f64>(state, DRIFT_H));
  // In two loops: the division and what it is needed for, then the series. Both wait mostly for themselves, and the shorter
  // they are, the more pairs a processor has under way.
  // Lanes for which that is not enough are put on a list, in place of the random numbers used up: which they are
  // cannot be predicted, and two of them are solved in the time of one
  let last = lanes + LANE_LIST;
  for (let p = lanes; p < end; p += 16) {
    const rate = v128.load(p, LANE_RATE0);
    const dt = sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE));
    const hdt = mul(h, dt);
    const inverse = f64x2.div(f64x2.splat(1), rate);
    const G = mul(mul(mul(g, dt), inverse), mul(inverse, inverse));
    const H = mul(hdt, inverse);
    const P = mul(hdt, v128.load(p, LANE_SIGNAL));
    const Q = mul(mul(hdt, dt), v128.load(p, LANE_SLOPE));
    const HP = add(H, P);
    v128.store(p, G, LANE_RATE);
    v128.store(p, sub(G, HP), LANE_X1);
    v128.store(p, P, LANE_P);
    v128.store(p, Q, LANE_Q);
    // "not small" rather than "large": a rate of 0 makes the size NaN
    const size = add(add(G, HP), Q);
    const small = f64x2.le(size, f64x2.splat(SMALL));
    last = enlist(last, p, p + 8, i64x2.bitmask(small) ^ 3);
  }
  for (let p = lanes; p < end; p += 16) {
    const rate = v128.load(p, LANE_RATE0);
    const G = v128.load(p, LANE_RATE);
    const x1 = v128.load(p, LANE_X1);
    const P = v128.load(p, LANE_P);
    const Q = v128.load(p, LANE_Q);
    // the derivatives of x at 0, every other one with its sign changed: their terms then all have the same
    const k = add(add(P, G), G);
    const G6 = scale(6, G);
    const u = mul(G6, x1);
    const v = sub(u, Q);
    const v2 = twice(v);
    const v4 = twice(v2);
    const w = mul(u, x1);
    const w4 = twice(twice(w));
    const x2 = add(mul(k, x1), Q);
    const y = scale(3, x2);
    const x3 = add(mul(k, x2), mul(sub(v, Q), x1));
    const x4 = add(mul(k, x3), add(mul(v, y), mul(w4, x1)));
    const x5 = add(mul(k, x4), add(mul(v4, x3), mul(y, add(mul(G6, x2), twice(w4)))));
    const x6 = add(mul(k, x5), add(mul(add(v4, v), x4), mul(mul(scale(20, u), x2), y)));
    const low = add(sub(x1, scale(1 / 2.0, x2)), scale(1 / 6.0, x3));
    const x = add(sub(low, scale(1 / 24.0, x4)), scale(1 / 120.0, x5));
    v128.store(p, sub(add(rate, mul(rate, x)), mul(scale(1 / 720.0, rate), x6)), LANE_RATE);
  }
  if (last > lanes + LANE_LIST) advanceListed(state, lanes + LANE_LIST, last);
}

/** Puts those of two lanes whose bits are set on a list that ends at `end`; returns its new end. */
function enlist(end: usize, a: usize, b: usize, bits: u32): usize {
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
function advanceListed(state: usize, list: usize, listed: usize): void {
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

/**
 * μ₀/μ − 1 after one step, for two servers, by ten coefficients of the whole series. It is taken for f = μ₀/μ, as
 * f' = −G f⁴ + H f² + (P + Q τ) f has products alone. NaN where ten are not enough.
 */
function inverseGrowth(g: v128, h: v128, inverse: v128, signal: v128, slope: v128, dt: v128): v128 {
  const hdt = mul(h, dt);
  const G = mul(mul(mul(g, dt), inverse), mul(inverse, inverse));
  const H = mul(hdt, inverse);
  const P = mul(hdt, signal);
  const Q = mul(mul(hdt, dt), slope);
  // f = 1 + f1 τ + …; f² and f⁴ have the coefficients 2 fk + Sk = sk and 2 sk + Tk. What f(k−1) and f(k−2)
  // contribute to fk is taken together, last: the chain of operations that wait for each other is a short one.
  const D = sub(H, twice(G));
  const E = sub(H, scale(6, G));
  const k = add(twice(D), P);
  const f1 = sub(add(H, P), G);
  const d1 = twice(f1);
  const l = add(Q, mul(d1, E));
  const e = mul(twice(G), d1);
  const f2 = scale(1 / 2.0, add(mul(k, f1), Q));
  const S2 = mul(f1, f1);
  const f3 = scale(1 / 3.0, add(mul(k, f2), add(mul(Q, f1), mul(E, S2))));
  const d2 = twice(f2);
  const s2 = add(d2, S2);
  const f4 = scale(1 / 4.0, add(mul(k, f3), sub(mul(l, f2), mul(e, S2))));
  const d3 = twice(f3);
  const S3 = mul(d1, f2);
  const s3 = add(d3, S3);
  const A4 = mul(f2, f2);
  const B4 = mul(s2, s2);
  const R5 = sub(mul(D, A4), add(mul(G, B4), mul(e, S3)));
  const f5 = scale(1 / 5.0, add(mul(k, f4), add(mul(l, f3), R5)));
  const d4 = twice(f4);
  const S4 = add(mul(d1, f3), A4);
  const s4 = add(d4, S4);
  const t2 = twice(s2);
  const A5 = mul(d2, f3);
  const B5 = mul(t2, s3);
  const R6 = sub(mul(D, A5), add(mul(G, B5), mul(e, S4)));
  const f6 = scale(1 / 6.0, add(mul(k, f5), add(mul(l, f4), R6)));
  const S5 = add(mul(d1, f4), A5);
  const s5 = add(twice(f5), S5);
  const A6 = add(mul(d2, f4), mul(f3, f3));
  const B6 = add(mul(t2, s4), mul(s3, s3));
  const R7 = sub(mul(D, A6), add(mul(G, B6), mul(e, S5)));
  const f7 = scale(1 / 7.0, add(mul(k, f6), add(mul(l, f5), R7)));
  const S6 = add(mul(d1, f5), A6);
  const s6 = add(twice(f6), S6);
  const t3 = twice(s3);
  const A7 = add(mul(d2, f5), mul(d3, f4));
  const B7 = add(mul(t2, s5), mul(t3, s4));
  const R8 = sub(mul(D, A7), add(mul(G, B7), mul(e, S6)));
  const f8 = scale(1 / 8.0, add(mul(k, f7), add(mul(l, f6), R8)));
  const S7 = add(mul(d1, f6), A7);
  const s7 = add(twice(f7), S7);
  const A8 = add(mul(d2, f6), add(mul(d3, f5), mul(f4, f4)));
  const B8 = add(mul(t2, s6), add(mul(t3, s5), mul(s4, s4)));
  const R9 = sub(mul(D, A8), add(mul(G, B8), mul(e, S7)));
  const f9 = scale(1 / 9.0, add(mul(k, f8), add(mul(l, f7), R9)));
  const S8 = add(mul(d1, f7), A8);
  const A9 = add(mul(d2, f7), add(mul(d3, f6), mul(d4, f5)));
  const B9 = add(mul(t2, s7), add(mul(t3, s6), mul(twice(s4), s5)));
  const R10 = sub(mul(D, A9), add(mul(G, B9), mul(e, S8)));
  const f10 = scale(1 / 10.0, add(mul(k, f9), add(mul(l, f8), R10)));
  const f = add(add(add(add(add(f1, f2), add(f3, f4)), add(f5, f6)), add(f7, f8)), add(f9, f10));
  const limit = f64x2.splat(NEGLIGIBLE);
  const enough = v128.and(f64x2.le(f64x2.abs(f9), limit), f64x2.le(f64x2.abs(f10), limit));
  return v128.or(f, v128.not(enough));
}

function both(a: usize, b: usize, offset: usize): v128 {
  return v128.load64_lane(b + offset, v128.load64_zero(a + offset), 1);
}

function putBoth(a: usize, b: usize, values: v128, offset: usize): void {
  v128.store64_lane(a + offset, values, 0);
  v128.store64_lane(b + offset, values, 1);
}

function advanceLane(state: usize, lane: usize): void {
  const rate = advanceFar(
    state,
    load<f64>(lane, LANE_RATE0),
    load<f64>(lane, LANE_SIGNAL),
    load<f64>(lane, LANE_SLOPE),
    load<f64>(lane, LANE_TIME) - load<f64>(lane, LANE_SINCE),
  );
  store<f64>(lane, rate, LANE_RATE);
}

function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

function twice(a: v128): v128 {
  return f64x2.add(a, a);
}

function scale(factor: f64, a: v128): v128 {
  return f64x2.mul(f64x2.splat(factor), a);
}
