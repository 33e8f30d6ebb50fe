/**
 * Differentiation as one computes (second-order forward mode): every intermediate value carries its first two
 * derivatives with respect to x, so that a formula gives f, f' and f'' at once, without truncation error.
 */
import type { Elementary } from '../engine/elementary.js';

export interface Jet {
  /** f(x) */
  readonly f: number;
  /** f'(x) */
  readonly df: number;
  /** f''(x) */
  readonly ddf: number;
}

/** Whole powers up to this one are products. */
const LARGEST_PRODUCT = 8;

export function constant(f: number): Jet {
  return { f, df: 0, ddf: 0 };
}

export function negate({ f, df, ddf }: Jet): Jet {
  return { f: -f, df: -df, ddf: -ddf };
}

export function add(a: Jet, b: Jet): Jet {
  return { f: a.f + b.f, df: a.df + b.df, ddf: a.ddf + b.ddf };
}

export function subtract(a: Jet, b: Jet): Jet {
  return { f: a.f - b.f, df: a.df - b.df, ddf: a.ddf - b.ddf };
}

export function multiply(a: Jet, b: Jet): Jet {
  return {
    f: a.f * b.f,
    df: a.df * b.f + a.f * b.df,
    ddf: a.ddf * b.f + 2 * a.df * b.df + a.f * b.ddf,
  };
}

export function divide(a: Jet, b: Jet): Jet {
  const f = a.f / b.f;
  const df = (a.df - f * b.df) / b.f;
  return { f, df, ddf: (a.ddf - 2 * df * b.df - f * b.ddf) / b.f };
}

/** F(u), from F, F' and F'' at u: the chain rule. */
export function chain(u: Jet, [f, df, ddf]: readonly [number, number, number]): Jet {
  // where the inner function is straight its second derivative must not meet an infinite slope: 0 · ∞ is not a number
  return { f, df: df * u.df, ddf: ddf * u.df * u.df + (u.ddf === 0 ? 0 : df * u.ddf) };
}

/** u^c with a constant exponent. */
export function power(u: Jet, c: number, elementary: Elementary): Jet {
  const raised = (coefficient: number, exponent: number) =>
    coefficient === 0 ? 0 : coefficient * realPower(u.f, exponent, elementary);
  return chain(u, [raised(1, c), raised(c, c - 1), raised(c * (c - 1), c - 2)]);
}

/** u^w = exp(w log u), u > 0. */
export function generalPower(u: Jet, w: Jet, elementary: Elementary): Jet {
  const f = elementary.pow(u.f, w.f);
  const log = chain(u, [elementary.log(u.f), 1 / u.f, -1 / (u.f * u.f)]);
  const { df, ddf } = multiply(w, log);
  return { f, df: f * df, ddf: f * (ddf + df * df) };
}

function realPower(base: number, exponent: number, { pow }: Elementary): number {
  const size = Math.abs(exponent);
  if (!Number.isInteger(exponent) || size > LARGEST_PRODUCT) return pow(base, exponent);
  let product = 1;
  for (let i = 0; i < size; i++) product *= base;
  return exponent < 0 ? 1 / product : product;
}
