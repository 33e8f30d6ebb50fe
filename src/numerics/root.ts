/** |log2 x| is at most this where a root is looked for without a bracket. */
const WIDEST = 144;

/**
 * The root of a function that goes from negative to positive on (low, high), by bisection of log x
 * down to the resolution of a double. Infinite values of the function are fine.
 *
 * Gives `undefined` if the function is not negative at the lower and positive at the upper end, or 0 at
 * one of them.
 */
export function rootBetween(
  low: number,
  high: number,
  f: (x: number) => number,
): number | undefined {
  const atLow = f(low);
  const atHigh = f(high);
  if (atLow === 0) return low;
  if (atHigh === 0) return high;
  if (!(atLow < 0 && atHigh > 0)) return undefined;
  let logLow = Math.log(low);
  let logHigh = Math.log(high);
  for (;;) {
    const middle = (logLow + logHigh) / 2;
    if (middle <= logLow || middle >= logHigh) return Math.exp(middle);
    if (f(Math.exp(middle)) < 0) logLow = middle;
    else logHigh = middle;
  }
}

/**
 * The root nearest to 1, on a logarithmic scale, of a function that goes from negative to positive on
 * (0, ∞): the bracket grows from 1 by factors of 2, no further than 2^±144. Gives `undefined` if there
 * is no such root, or the function is not a number on the way.
 */
export function positiveRoot(f: (x: number) => number): number | undefined {
  const atOne = f(1);
  if (atOne === 0) return 1;
  if (Number.isNaN(atOne)) return undefined;
  const factor = atOne < 0 ? 2 : 0.5;
  let x = 1;
  for (let doublings = 0; doublings < WIDEST; doublings++) {
    const next = factor * x;
    const value = f(next);
    if (Number.isNaN(value)) return undefined;
    if (atOne < 0 !== value < 0) return rootBetween(Math.min(x, next), Math.max(x, next), f);
    x = next;
  }
  return undefined;
}
