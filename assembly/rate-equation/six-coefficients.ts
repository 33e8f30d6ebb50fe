/**
 * The paper's cost, g = a/x and h = b x²: x = μ/μ₀ − 1 satisfies
 *
 *     x' = G (1 + x)⁻² − H − (P + Q τ)(1 + x),  G = a dt/(m μ₀³), H = 2b dt/(m μ₀), P = 2b I₀ dt/m, Q = 2b s dt²/m
 *
 * over τ ∈ [0, 1]: a short power series in τ, without roots or exponentials, two servers at a time. While
 * G + H + P + Q ≤ SMALL six coefficients, without the products in them that do not matter, leave a relative
 * error below 3e-12, near equilibrium far below. Longer gaps are solved in steps of ten coefficients (steps.ts), which
 * leave less; whatever would take too many steps goes to the adaptive series of taylor.ts.
 */
import {
  DRIFT_G,
  DRIFT_H,
  LANE_LIST,
  LANE_P,
  LANE_Q,
  LANE_RATE,
  LANE_RATE0,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  LANE_X1,
} from '../../src/engine/layout';
import { add, mul, scale, sub, twice } from './pairs';
import { advanceListed, enlist } from './steps';

/** Size of G + H + P + Q up to which six coefficients will do. */
const SMALL: f64 = 1.0 / 200;
/** LANE_RATE of the lanes from `lanes` up to `end`, from their other fields. */
export function advanceInverseQuadratic(state: usize, lanes: usize, end: usize): void {
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
