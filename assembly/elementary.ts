/**
 * Elementary functions for the host, a module of its own (build/elementary.wasm): what the host tabulates of a cost
 * must not depend on whose `Math` it runs with.
 */
export function pow(x: f64, y: f64): f64 {
  return Math.pow(x, y);
}

export function exp(x: f64): f64 {
  return Math.exp(x);
}

export function expm1(x: f64): f64 {
  return Math.expm1(x);
}

export function log(x: f64): f64 {
  return Math.log(x);
}

export function log1p(x: f64): f64 {
  return Math.log1p(x);
}

export function log2(x: f64): f64 {
  return Math.log2(x);
}

export function log10(x: f64): f64 {
  return Math.log10(x);
}

export function cbrt(x: f64): f64 {
  return Math.cbrt(x);
}

export function sin(x: f64): f64 {
  return Math.sin(x);
}

export function cos(x: f64): f64 {
  return Math.cos(x);
}

export function tan(x: f64): f64 {
  return Math.tan(x);
}

export function sinh(x: f64): f64 {
  return Math.sinh(x);
}

export function cosh(x: f64): f64 {
  return Math.cosh(x);
}

export function tanh(x: f64): f64 {
  return Math.tanh(x);
}

export function asinh(x: f64): f64 {
  return Math.asinh(x);
}

export function atan(x: f64): f64 {
  return Math.atan(x);
}
