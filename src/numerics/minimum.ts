import { rootBetween } from './root.js';

/** |log2 x| is at most this where a minimum is looked for. */
const WIDEST = 144;
/** Octaves between the first tries. */
const STRIDE = 6;

/**
 * Where a function on (0, ∞) that falls and then rises is least: the octave is found by trying powers of 2 from 2^−144 to
 * 2^144, first every sixth and then all near the best, and the place in it as a zero of the derivative, good to about 1e-10
 * relative for a function that is smooth there. Values that are not finite are passed over. Gives `undefined` if the least value
 * is at an end of that range, or there is none.
 */
export function minimum(f: (x: number) => number): number | undefined {
  let [best, least] = [Number.NaN, Number.POSITIVE_INFINITY];
  const look = (from: number, to: number, step: number) => {
    for (let power = from; power <= to; power += step) {
      const value = f(2 ** power);
      if (Number.isFinite(value) && value < least) [best, least] = [power, value];
    }
  };
  look(-WIDEST, WIDEST, STRIDE);
  look(best - STRIDE + 1, best + STRIDE - 1, 1);
  if (!(Math.abs(best) < WIDEST)) return undefined;
  return rootBetween(2 ** (best - 1), 2 ** (best + 1), (x) => slope(f, x));
}

/** f'(x), times some positive factor, to fourth order. */
function slope(f: (x: number) => number, x: number): number {
  const h = 1e-3 * x;
  return 8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h));
}
