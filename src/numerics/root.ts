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

/** A root as good as this, relative to it, is a root. */
const CLOSE = 2 ** -51;

/**
 * As `rootBetween`, for a smooth and finite function: the method of Chandrupatla (Advances in Engineering Software 28, 1997),
 * which bisects log x until inverse quadratic interpolation is safe, and takes a third or less of the evaluations.
 */
export function smoothRootBetween(
  low: number,
  high: number,
  f: (x: number) => number,
): number | undefined {
  let [a, b] = [Math.log(high), Math.log(low)];
  let [atA, atB] = [f(high), f(low)];
  if (atB === 0) return low;
  if (atA === 0) return high;
  if (!(atB < 0 && atA > 0)) return undefined;
  let [c, atC] = [a, atA];
  let t = 0.5;
  for (;;) {
    // a is the newest point, b the one across the root, c the one before
    const x = a + t * (b - a);
    const atX = f(Math.exp(x));
    if (atX < 0 === atA < 0) [c, atC] = [a, atA];
    else [c, atC, b, atB] = [b, atB, a, atA];
    [a, atA] = [x, atX];
    const [best, at] = Math.abs(atA) < Math.abs(atB) ? [a, atA] : [b, atB];
    const tolerance = CLOSE * Math.max(1, Math.abs(best));
    const least = tolerance / Math.abs(b - a);
    if (at === 0 || !(least < 0.5)) return Math.exp(best);
    const position = (a - b) / (c - b);
    const share = (atA - atB) / (atC - atB);
    const safe = share ** 2 < position && (1 - share) ** 2 < 1 - position;
    t = safe
      ? (atA / (atB - atA)) * (atC / (atB - atC)) +
        (((c - a) / (b - a)) * (atA / (atC - atA)) * atB) / (atC - atB)
      : 0.5;
    t = Math.min(1 - least, Math.max(least, t));
  }
}
