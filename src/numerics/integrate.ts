/**
 * The explicit Runge–Kutta pair of orders 5 and 4 of Dormand and Prince (J. Comput. Appl. Math. 6,
 * 1980) with step size control by the error estimate (Hairer, Nørsett and Wanner, Solving Ordinary
 * Differential Equations I, §II.4 and §II.5). Row i holds the coefficients of stages 0, …, i.
 */
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Order 5 minus order 4. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/**
 * The solution of y' = derivative(y), y(0) = initial, at the given times, which must be at least 0
 * and not decrease. `derivative` writes into its second argument; NaN there means that y lies outside
 * its domain, and the step is tried again shorter.
 *
 * @param tolerance largest error a step may make in an element, relative to it or 1e-3 if that is more
 * @throws {ConfigError} if no step is short enough
 */
export function integrate(
  derivative: (y: Float64Array, out: Float64Array) => void,
  initial: Float64Array,
  times: readonly number[],
  tolerance: number,
): Float64Array[] {
  const size = initial.length;
  const slopes: Float64Array[] = Array.from({ length: 7 }, () => new Float64Array(size));
  let y = Float64Array.from(initial);
  let trial = new Float64Array(size);
  derivative(y, slopes[0] as Float64Array);
  let step = firstStep(y, slopes[0] as Float64Array, tolerance);
  let time = 0;

  return times.map((end) => {
    while (time < end) {
      const last = time + step >= end;
      const h = last ? end - time : step;
      STAGES.forEach((coefficients, stage) => {
        combine(trial, y, h, coefficients, slopes);
        derivative(trial, slopes[stage + 1] as Float64Array);
      });
      const error = largestError(y, trial, h, slopes) / tolerance;
      if (error <= 1) {
        time = last ? end : time + h;
        [y, trial] = [trial, y];
        const first = slopes.shift() as Float64Array;
        slopes.unshift(slopes.pop() as Float64Array); // the last stage is the next step's first
        slopes.push(first);
      }
      const factor = error > 0 ? 0.9 * error ** -0.2 : 5;
      const proposed = h * (error < Number.POSITIVE_INFINITY ? clamp(factor, 0.2, 5) : 0.2);
      // a step cut short to end on time says nothing against the longer one
      step = last && error <= 1 ? Math.max(step, proposed) : proposed;
      if (time < end && time + step === time) {
        throw new RangeError(`the trajectory cannot be continued beyond time ${time}`);
      }
    }
    return Float64Array.from(y);
  });
}

/** out = y + h Σ coefficients[i] slopes[i] */
function combine(
  out: Float64Array,
  y: Float64Array,
  h: number,
  coefficients: readonly number[],
  slopes: readonly Float64Array[],
): void {
  out.set(y);
  coefficients.forEach((coefficient, i) => {
    const slope = slopes[i] as Float64Array;
    const factor = h * coefficient;
    for (let v = 0; v < out.length; v++)
      out[v] = (out[v] as number) + factor * (slope[v] as number);
  });
}

/** Infinity where an element is NaN. */
function largestError(
  y: Float64Array,
  next: Float64Array,
  h: number,
  slopes: readonly Float64Array[],
): number {
  let largest = 0;
  for (let v = 0; v < y.length; v++) {
    let difference = 0;
    ERROR.forEach((coefficient, i) => {
      difference += coefficient * ((slopes[i] as Float64Array)[v] as number);
    });
    const scale = Math.max(1e-3, Math.abs(y[v] as number), Math.abs(next[v] as number));
    const error = Math.abs(h * difference) / scale;
    if (!(error <= largest)) largest = error;
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
  }
  return largest;
}

/** A step in which no element changes by more than a small part of itself. */
function firstStep(y: Float64Array, slope: Float64Array, tolerance: number): number {
  let step = 1;
  y.forEach((value, v) => {
    const speed = Math.abs(slope[v] as number);
    const allowed = (Math.max(Math.abs(value), 1e-12) / speed) * tolerance ** 0.2;
    if (allowed < step) step = allowed;
  });
  return step;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
