/**
 * Elementary functions for the host: what it tabulates of a cost must not depend on whose `Math` it runs
 * with. The codes are the positions in `ELEMENTARY` (src/engine/elementary.ts).
 */
export function elementary(code: i32, x: f64, y: f64): f64 {
  switch (code) {
    case 0:
      return Math.pow(x, y);
    case 1:
      return Math.exp(x);
    case 2:
      return Math.expm1(x);
    case 3:
      return Math.log(x);
    case 4:
      return Math.log1p(x);
    case 5:
      return Math.log2(x);
    case 6:
      return Math.log10(x);
    case 7:
      return Math.sqrt(x);
    case 8:
      return Math.cbrt(x);
    case 9:
      return Math.sin(x);
    case 10:
      return Math.cos(x);
    case 11:
      return Math.tan(x);
    case 12:
      return Math.sinh(x);
    case 13:
      return Math.cosh(x);
    case 14:
      return Math.tanh(x);
    case 15:
      return Math.asinh(x);
    case 16:
      return Math.atan(x);
    default:
      return NaN;
  }
}
