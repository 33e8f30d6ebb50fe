import { rootBetween } from './root.js';

/** |log2 x| is at most this where a minimum is looked for. */
const WIDEST = 144;

/**
 * Where a function on (0, ∞) is least: the octave is found by trying every power of 2 from 2^−144 to 2^144, the place in it as a
 * zero of the derivative, good to about 1e-10 relative for a function that is smooth there. Values that are not finite are
 * passed over. Gives `undefined` if the least value is at an end of that range, or there is none.
 */
export function minimum(f: (x: number) => number): number | undefined {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let power = -WIDEST; power <= WIDEST; power++) {
    const value = f(2 ** power);
    if (Number.isFinite(value) && value < least) [best, least] = [power, value];
  }
  if (least === Number.POSITIVE_INFINITY || Math.abs(best) === WIDEST) return undefined;
  return rootBetween(2 ** (best - 1), 2 ** (best + 1), (x) => slope(f, x));
}

/** f'(x), times some positive factor, to fourth order. */
function slope(f: (x: number) => number, x: number): number {
  const h = 1e-3 * x;
  return 8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h));
}
