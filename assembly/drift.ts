/**
 * The rate of one server between two of its events, equation (2.2):
 *
 *     dμ/dt = −[φ(μ) + ψ(μ) I(t)] / m,   φ(μ) = g'(μ) + h'(μ)/μ,   ψ(μ) = h'(μ),   I(t) = I₀ + s t,
 *
 * with slope s = 1 while the server is idle and 0 while it is busy. Nothing else in the system enters,
 * so the equation is solved lazily, when the server is next looked at.
 *
 * For g = a/x, h = b x² (the paper's) y = log(μ/μ₀) satisfies
 *
 *     y' = G e^{−3y} − H e^{−y} − P − Q τ,   G = a dt/(m μ₀³),  H = 2b dt/(m μ₀),  P = 2b I₀ dt/m,  Q = 2b s dt²/m
 *
 * over τ ∈ [0, 1]: a short power series in τ without roots or branches, two servers at a time. With
 * c = 3 (G + H + P + Q) its coefficients are at most c^k/(3k) (majorant Y' = c e^{3Y}/3), so that
 * c ≤ SERIES_LIMIT bounds the relative error by c⁷/21 ≈ 1e-13 for a busy server; for an idle one, whose Q τ is of
 * higher order than the majorant counts it, about 1e-11 is left at the limit. Up to MEDIUM_LIMIT the same series
 * takes more terms. Whatever lies beyond, and every other cost, goes to the adaptive series of taylor.ts.
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
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  SERIES,
  SERVERS,
  TAYLOR_ALPHA,
  TAYLOR_BETA,
  TAYLOR_RHO,
} from '../src/engine/layout';
import { advanceByTable } from './cost-table';
import { advanceBySeries } from './taylor';

const SERIES_LIMIT: f64 = 0.02;
/** Up to here the same series converges, at c^k per term or faster, within MAX_DEGREE terms. */
const MEDIUM_LIMIT: f64 = 0.3;
const MAX_DEGREE: u32 = 31;
const SERIES_STRIDE: usize = 256;

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
  if (drift == DRIFT_FROZEN || dt <= 0) return rate;
  if (drift == DRIFT_INVERSE_QUADRATIC) {
    const hdt = load<f64>(state, DRIFT_H) * dt;
    const inverse = 1 / rate;
    const G = load<f64>(state, DRIFT_G) * dt * (inverse * inverse * inverse);
    const H = hdt * inverse;
    const P = hdt * signal;
    const Q = hdt * dt * slope;
    const size = 3 * (G + H + P + Q);
    if (size <= SERIES_LIMIT) {
      const z1 = G - H - P;
      const e1 = -3 * z1;
      const f1 = -z1;
      const z2 = G * e1 - H * f1 - Q;
      const e2 = -1.5 * (z1 * e1 + z2);
      const f2 = -0.5 * (z1 * f1 + z2);
      const z3 = G * e2 - H * f2;
      const e3 = -(z1 * e2 + z2 * e1 + z3);
      const f3 = THIRD * -(z1 * f2 + z2 * f1 + z3);
      const z4 = G * e3 - H * f3;
      const e4 = -0.75 * (z1 * e3 + z2 * e2 + (z3 * e1 + z4));
      const f4 = -0.25 * (z1 * f3 + z2 * f2 + (z3 * f1 + z4));
      const z5 = G * e4 - H * f4;
      const e5 = -0.6 * (z1 * e4 + z2 * e3 + (z3 * e2 + z4 * e1 + z5));
      const f5 = -0.2 * (z1 * f4 + z2 * f3 + (z3 * f2 + z4 * f1 + z5));
      const z6 = G * e5 - H * f5;
      const y = z1 + (z2 * 0.5 + (z3 * THIRD + (z4 * 0.25 + (z5 * 0.2 + z6 * SIXTH))));
      return rate + rate * (y * (1 + y * (0.5 + y * (SIXTH + y * (TWENTY_FOURTH + y * E5)))));
    }
    if (size <= MEDIUM_LIMIT) return advanceByLongerSeries(state, rate, G, H, P, Q);
  }
  if (drift == DRIFT_TABLE) return advanceByTable(state, rate, signal, slope, dt);
  return advanceBySeries(state, rate, signal, slope, dt);
}

/**
 * The series of `advanceRate` to as many terms as it takes: for gaps, or rates, at which a fixed number
 * would not do. With c ≤ MEDIUM_LIMIT term k is at most c^k/(3k).
 */
function advanceByLongerSeries(state: usize, rate: f64, G: f64, H: f64, P: f64, Q: f64): f64 {
  const z: usize = load<u32>(state, SERIES);
  const e = z + SERIES_STRIDE;
  const f = e + SERIES_STRIDE;
  let next = G - H - P;
  let y = next;
  let quiet: u32 = 0;
  store<f64>(e, 1);
  store<f64>(f, 1);
  for (let k: u32 = 1; k < MAX_DEGREE && quiet < 2; k++) {
    store<f64>(z + (k << 3), next);
    let eSum: f64 = 0;
    let fSum: f64 = 0;
    for (let j: u32 = 1; j <= k; j++) {
      const zj = load<f64>(z + (j << 3));
      const rest = (k - j) << 3;
      eSum += zj * load<f64>(e + rest);
      fSum += zj * load<f64>(f + rest);
    }
    const inverse = 1 / <f64>k;
    const ek = -3 * inverse * eSum;
    const fk = -inverse * fSum;
    store<f64>(e + (k << 3), ek);
    store<f64>(f + (k << 3), fk);
    next = G * ek - H * fk;
    if (k == 1) next -= Q;
    const term = next / <f64>(k + 1);
    y += term;
    quiet = abs(term) < 1e-17 ? quiet + 1 : 0;
  }
  return rate * Math.exp(y);
}

const THIRD: f64 = 1.0 / 3.0;
const SIXTH: f64 = 1.0 / 6.0;
const TWENTY_FOURTH: f64 = 1.0 / 24.0;
const E5: f64 = 1.0 / 120.0;

/** `advanceRate` for `count` lanes (rounded up to even): LANE_RATE from the lane's other fields. */
export function advanceLanes(state: usize, lanes: usize, count: u32): void {
  const end = lanes + ((<usize>count) << 3);
  const drift = load<u32>(state, DRIFT);
  if (drift == DRIFT_FROZEN) {
    for (let p = lanes; p < end; p += 16) v128.store(p, v128.load(p, LANE_RATE0), LANE_RATE);
    return;
  }
  if (drift != DRIFT_INVERSE_QUADRATIC) {
    for (let p = lanes; p < end; p += 8) store<f64>(p, advanceLane(state, p), LANE_RATE);
    return;
  }
  // The series of `advanceRate`, the same operations in the same order on two lanes.
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const third = f64x2.splat(THIRD);
  const quarter = f64x2.splat(0.25);
  const fifth = f64x2.splat(0.2);
  const sixth = f64x2.splat(SIXTH);
  const three = f64x2.splat(3);
  const limit = f64x2.splat(SERIES_LIMIT);
  const g = f64x2.splat(load<f64>(state, DRIFT_G));
  const h = f64x2.splat(load<f64>(state, DRIFT_H));
  for (let p = lanes; p < end; p += 16) {
    const rate = v128.load(p, LANE_RATE0);
    const dt = f64x2.sub(v128.load(p, LANE_TIME), v128.load(p, LANE_SINCE));
    const hdt = f64x2.mul(h, dt);
    const inverse = f64x2.div(one, rate);
    const G = f64x2.mul(f64x2.mul(g, dt), f64x2.mul(f64x2.mul(inverse, inverse), inverse));
    const H = f64x2.mul(hdt, inverse);
    const P = f64x2.mul(hdt, v128.load(p, LANE_SIGNAL));
    const Q = f64x2.mul(f64x2.mul(hdt, dt), v128.load(p, LANE_SLOPE));
    const size = f64x2.mul(three, f64x2.add(f64x2.add(f64x2.add(G, H), P), Q));
    const z1 = f64x2.sub(f64x2.sub(G, H), P);
    const e1 = f64x2.mul(f64x2.splat(-3), z1);
    const f1 = f64x2.neg(z1);
    const z2 = f64x2.sub(f64x2.sub(f64x2.mul(G, e1), f64x2.mul(H, f1)), Q);
    const e2 = f64x2.mul(f64x2.splat(-1.5), f64x2.add(f64x2.mul(z1, e1), z2));
    const f2 = f64x2.mul(f64x2.splat(-0.5), f64x2.add(f64x2.mul(z1, f1), z2));
    const z3 = f64x2.sub(f64x2.mul(G, e2), f64x2.mul(H, f2));
    const e3 = f64x2.neg(f64x2.add(f64x2.add(f64x2.mul(z1, e2), f64x2.mul(z2, e1)), z3));
    const f3 = f64x2.mul(
      third,
      f64x2.neg(f64x2.add(f64x2.add(f64x2.mul(z1, f2), f64x2.mul(z2, f1)), z3)),
    );
    const z4 = f64x2.sub(f64x2.mul(G, e3), f64x2.mul(H, f3));
    const e4 = f64x2.mul(
      f64x2.splat(-0.75),
      f64x2.add(f64x2.add(f64x2.mul(z1, e3), f64x2.mul(z2, e2)), f64x2.add(f64x2.mul(z3, e1), z4)),
    );
    const f4 = f64x2.mul(
      f64x2.splat(-0.25),
      f64x2.add(f64x2.add(f64x2.mul(z1, f3), f64x2.mul(z2, f2)), f64x2.add(f64x2.mul(z3, f1), z4)),
    );
    const z5 = f64x2.sub(f64x2.mul(G, e4), f64x2.mul(H, f4));
    const e5 = f64x2.mul(
      f64x2.splat(-0.6),
      f64x2.add(
        f64x2.add(f64x2.mul(z1, e4), f64x2.mul(z2, e3)),
        f64x2.add(f64x2.add(f64x2.mul(z3, e2), f64x2.mul(z4, e1)), z5),
      ),
    );
    const f5 = f64x2.mul(
      f64x2.splat(-0.2),
      f64x2.add(
        f64x2.add(f64x2.mul(z1, f4), f64x2.mul(z2, f3)),
        f64x2.add(f64x2.add(f64x2.mul(z3, f2), f64x2.mul(z4, f1)), z5),
      ),
    );
    const z6 = f64x2.sub(f64x2.mul(G, e5), f64x2.mul(H, f5));
    let y = f64x2.add(f64x2.mul(z5, fifth), f64x2.mul(z6, sixth));
    y = f64x2.add(f64x2.mul(z4, quarter), y);
    y = f64x2.add(f64x2.mul(z3, third), y);
    y = f64x2.add(f64x2.mul(z2, half), y);
    y = f64x2.add(z1, y);
    let growth = f64x2.add(f64x2.splat(TWENTY_FOURTH), f64x2.mul(y, f64x2.splat(E5)));
    growth = f64x2.add(sixth, f64x2.mul(y, growth));
    growth = f64x2.add(half, f64x2.mul(y, growth));
    growth = f64x2.add(one, f64x2.mul(y, growth));
    v128.store(p, f64x2.add(rate, f64x2.mul(rate, f64x2.mul(y, growth))), LANE_RATE);
    // "not small" rather than "large": a rate of 0 makes the size NaN
    const small = f64x2.le(size, limit);
    if (!v128.all_true<i64>(small)) {
      if (!i64x2.extract_lane(small, 0)) store<f64>(p, advanceLane(state, p), LANE_RATE);
      if (!i64x2.extract_lane(small, 1)) store<f64>(p, advanceLane(state, p + 8), LANE_RATE + 8);
    }
  }
}

function advanceLane(state: usize, lane: usize): f64 {
  return advanceRate(
    state,
    load<f64>(lane, LANE_RATE0),
    load<f64>(lane, LANE_SIGNAL),
    load<f64>(lane, LANE_SLOPE),
    load<f64>(lane, LANE_TIME) - load<f64>(lane, LANE_SINCE),
  );
}
