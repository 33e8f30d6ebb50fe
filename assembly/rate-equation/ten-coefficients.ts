/** One step of the paper's cost by ten coefficients of the power series. */
import { add, mul, scale, sub, twice } from './pairs';

/** A step does if the last two coefficients are below this: what they leave out is then below a tenth of it. */
const NEGLIGIBLE: f64 = 1e-11;

/**
 * μ₀/μ − 1 after one step, for two servers, by ten coefficients of the whole series. It is taken for f = μ₀/μ, as
 * f' = −G f⁴ + H f² + (P + Q τ) f has products alone. NaN where ten are not enough.
 */
export function inverseGrowth(
  g: v128,
  h: v128,
  inverse: v128,
  signal: v128,
  slope: v128,
  dt: v128,
): v128 {
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
