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
 * error below 3e-12, near equilibrium far below. Longer gaps are solved in steps of ten coefficients; whatever
 * would take too many steps, and every other cost, goes to the adaptive series of taylor.ts.
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
  LANE_RANDOM,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  OBSERVATION_LANES,
  SERIES,
  SERVERS,
  TAYLOR_ALPHA,
  TAYLOR_BETA,
  TAYLOR_RHO,
} from '../src/engine/layout';
import { advanceByTable, advanceInCells } from './cost-table';
import { SWEEP } from './sweep';
import { advanceBySeries } from './taylor';

/** Size of G + H + P + Q up to which six coefficients will do. */
const SMALL: f64 = 1.0 / 300;
/** Sizes of G, and of G + H + P + Q, up to which ten coefficients will do. */
const STEP_G: f64 = 0.015;
const STEP_SIZE: f64 = 0.04;
/** If the last two of them are below this, what they leave out is below a tenth of it. */
const NEGLIGIBLE: f64 = 1e-11;
/** Steps of ten coefficients before the series of taylor.ts is quicker. */
const MAX_STEPS: f64 = 16;

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

/**
 * Two rates after a gap of medium length: as many steps as it takes, of ten coefficients of the whole series. It
 * is taken for f = μ₀/μ, as f' = −G f⁴ + H f² + (P + Q τ) f has products alone. NaN where this does not do.
 */
function bySteps(state: usize, start: v128, signal: v128, slope: v128, dt: v128): v128 {
  const one = f64x2.splat(1);
  const g = f64x2.splat(load<f64>(state, DRIFT_G));
  const h = f64x2.splat(load<f64>(state, DRIFT_H));
  const hAll = mul(h, dt);
  const inverse = f64x2.div(one, start);
  const gAll = mul(mul(g, dt), mul(mul(inverse, inverse), inverse));
  const size = add(gAll, mul(hAll, add(inverse, add(signal, mul(dt, slope)))));
  const needed = f64x2.ceil(f64x2.max(scale(1 / STEP_G, gAll), scale(1 / STEP_SIZE, size)));
  const few = f64x2.le(needed, f64x2.splat(MAX_STEPS));
  const steps = v128.and(needed, few);
  const step = f64x2.div(dt, steps);
  const hdt = mul(h, step);
  const Q = mul(mul(hdt, step), slope);
  const most = max(f64x2.extract_lane(steps, 0), f64x2.extract_lane(steps, 1));
  let rate = start;
  let I = signal;
  for (let i: f64 = 0; i < most; i++) {
    const inverse = f64x2.div(one, rate);
    const G = mul(mul(g, step), mul(mul(inverse, inverse), inverse));
    const H = mul(hdt, inverse);
    const P = mul(hdt, I);
    // f = 1 + f1 τ + …; f² and f⁴ have the coefficients 2 fk + Sk = sk and 2 sk + Tk, so that S and T are known
    // before fk: the chain of operations that wait for each other is a short one
    const D = sub(H, twice(G));
    const k = add(twice(D), P);
    const f1 = sub(add(H, P), G);
    const f2 = scale(1 / 2.0, add(mul(k, f1), Q));
    const s1 = twice(f1);
    const S2 = mul(f1, f1);
    const T2 = mul(s1, s1);
    const f3 = scale(1 / 3.0, add(add(mul(k, f2), mul(Q, f1)), sub(mul(D, S2), mul(G, T2))));
    const s2 = add(twice(f2), S2);
    const S3 = twice(mul(f1, f2));
    const T3 = twice(mul(s1, s2));
    const f4 = scale(1 / 4.0, add(add(mul(k, f3), mul(Q, f2)), sub(mul(D, S3), mul(G, T3))));
    const s3 = add(twice(f3), S3);
    const S4 = add(twice(mul(f1, f3)), mul(f2, f2));
    const T4 = add(twice(mul(s1, s3)), mul(s2, s2));
    const f5 = scale(1 / 5.0, add(add(mul(k, f4), mul(Q, f3)), sub(mul(D, S4), mul(G, T4))));
    const s4 = add(twice(f4), S4);
    const S5 = twice(add(mul(f1, f4), mul(f2, f3)));
    const T5 = twice(add(mul(s1, s4), mul(s2, s3)));
    const f6 = scale(1 / 6.0, add(add(mul(k, f5), mul(Q, f4)), sub(mul(D, S5), mul(G, T5))));
    const s5 = add(twice(f5), S5);
    const S6 = add(twice(add(mul(f1, f5), mul(f2, f4))), mul(f3, f3));
    const T6 = add(twice(add(mul(s1, s5), mul(s2, s4))), mul(s3, s3));
    const f7 = scale(1 / 7.0, add(add(mul(k, f6), mul(Q, f5)), sub(mul(D, S6), mul(G, T6))));
    const s6 = add(twice(f6), S6);
    const S7 = twice(add(mul(f1, f6), add(mul(f2, f5), mul(f3, f4))));
    const T7 = twice(add(mul(s1, s6), add(mul(s2, s5), mul(s3, s4))));
    const f8 = scale(1 / 8.0, add(add(mul(k, f7), mul(Q, f6)), sub(mul(D, S7), mul(G, T7))));
    const s7 = add(twice(f7), S7);
    const S8 = add(twice(add(mul(f1, f7), add(mul(f2, f6), mul(f3, f5)))), mul(f4, f4));
    const T8 = add(twice(add(mul(s1, s7), add(mul(s2, s6), mul(s3, s5)))), mul(s4, s4));
    const f9 = scale(1 / 9.0, add(add(mul(k, f8), mul(Q, f7)), sub(mul(D, S8), mul(G, T8))));
    const s8 = add(twice(f8), S8);
    const S9 = twice(add(add(mul(f1, f8), mul(f2, f7)), add(mul(f3, f6), mul(f4, f5))));
    const T9 = twice(add(add(mul(s1, s8), mul(s2, s7)), add(mul(s3, s6), mul(s4, s5))));
    const f10 = scale(1 / 10.0, add(add(mul(k, f9), mul(Q, f8)), sub(mul(D, S9), mul(G, T9))));
    const low = add(f1, add(f2, add(f3, add(f4, f5))));
    const f = add(low, add(f6, add(f7, add(f8, add(f9, f10)))));
    const last = f64x2.max(f64x2.abs(f9), f64x2.abs(f10));
    const failed = v128.not(f64x2.le(last, f64x2.splat(NEGLIGIBLE)));
    const next = v128.or(f64x2.div(rate, add(f64x2.splat(1), f)), failed);
    // each of the two has its own number of steps: neither may depend on its companion
    rate = v128.bitselect(next, rate, f64x2.lt(f64x2.splat(i), steps));
    I = add(I, mul(slope, step));
  }
  return v128.or(rate, v128.not(few));
}

/** `advanceRate` for `count` lanes (rounded up to even): LANE_RATE from the lane's other fields. */
export function advanceLanes(state: usize, lanes: usize, count: u32): void {
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
  // lanes for which that is not enough are put on a list, in place of the random numbers used up: which they are
  // cannot be predicted, and two of them are solved in the time of one
  let last = lanes + LANE_RANDOM;
  for (let p = lanes; p < end; p += 16) {
    const rate = v128.load(p, LANE_RATE0);
    const dt = sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE));
    const hdt = mul(h, dt);
    const inverse = f64x2.div(f64x2.splat(1), rate);
    const G = mul(mul(g, dt), mul(mul(inverse, inverse), inverse));
    const H = mul(hdt, inverse);
    const P = mul(hdt, v128.load(p, LANE_SIGNAL));
    const Q = mul(mul(hdt, dt), v128.load(p, LANE_SLOPE));
    // x' = x1 − k x − Q τ (1 + x) + G (3 x² − 4 x³ + …)
    const x1 = sub(sub(G, H), P);
    const k = add(add(G, G), P);
    const G3 = scale(3, G);
    const square = mul(x1, x1);
    const x2 = scale(-1 / 2.0, add(mul(k, x1), Q));
    const x3 = scale(1 / 3.0, sub(mul(G3, square), add(mul(k, x2), mul(Q, x1))));
    const cubic = mul(x1, sub(add(x2, x2), scale(4 / 3.0, square)));
    const x4 = scale(1 / 4.0, sub(mul(G3, cubic), add(mul(k, x3), mul(Q, x2))));
    const quartic = mul(x2, sub(x2, scale(4, square)));
    const x5 = scale(1 / 5.0, sub(mul(G3, quartic), add(mul(k, x4), mul(Q, x3))));
    const x6 = scale(-1 / 6.0, add(mul(k, x5), mul(Q, x4)));
    const x = add(x1, add(x2, add(x3, add(x4, add(x5, x6)))));
    v128.store(p, add(rate, mul(rate, x)), LANE_RATE);
    // "not small" rather than "large": a rate of 0 makes the size NaN
    const size = add(add(G, H), add(P, Q));
    const small = f64x2.le(size, f64x2.splat(SMALL));
    const larger = i64x2.bitmask(small) ^ 3;
    store<u32>(last, p);
    last += (larger & 1) << 2;
    store<u32>(last, p + 8);
    last += (larger & 2) << 1;
  }
  if (last > lanes + LANE_RANDOM) advanceListed(state, lanes + LANE_RANDOM, last);
}

/** Solves the lanes whose addresses lie, as u32, in a list. */
function advanceListed(state: usize, list: usize, end: usize): void {
  for (let at = list; at < end; at += 8) {
    // an odd last one has itself for a companion
    const a: usize = load<u32>(at);
    const b: usize = at + 4 < end ? load<u32>(at, 4) : a;
    const since = v128.load64_lane(b, v128.load64_zero(a, LANE_SINCE), 1, LANE_SINCE);
    const time = v128.load64_lane(b, v128.load64_zero(a, LANE_TIME), 1, LANE_TIME);
    const rates = bySteps(
      state,
      v128.load64_lane(b, v128.load64_zero(a, LANE_RATE0), 1, LANE_RATE0),
      v128.load64_lane(b, v128.load64_zero(a, LANE_SIGNAL), 1, LANE_SIGNAL),
      v128.load64_lane(b, v128.load64_zero(a, LANE_SLOPE), 1, LANE_SLOPE),
      sub(time, since),
    );
    v128.store64_lane(a, rates, 0, LANE_RATE);
    v128.store64_lane(b, rates, 1, LANE_RATE);
    const solved = f64x2.eq(rates, rates);
    if (!i64x2.extract_lane(solved, 0)) advanceLane(state, a);
    if (!i64x2.extract_lane(solved, 1)) advanceLane(state, b);
  }
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
