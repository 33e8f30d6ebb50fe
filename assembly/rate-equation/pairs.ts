/** Two servers at a time: arithmetic on pairs of doubles, and pairs of lanes that need not be neighbours. */

export function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

export function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

export function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

export function twice(a: v128): v128 {
  return f64x2.add(a, a);
}

export function scale(factor: f64, a: v128): v128 {
  return f64x2.mul(f64x2.splat(factor), a);
}

/** A column of two lanes. */
export function both(a: usize, b: usize, offset: usize): v128 {
  return v128.load64_lane(b + offset, v128.load64_zero(a + offset), 1);
}

export function putBoth(a: usize, b: usize, values: v128, offset: usize): void {
  v128.store64_lane(a + offset, values, 0);
  v128.store64_lane(b + offset, values, 1);
}
