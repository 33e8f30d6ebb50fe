/**
 * The service rate of one server between two of its events: equation (2.2) of the paper solved by
 * Gragg–Bulirsch–Stoer extrapolation to about 13 digits.
 */

/** g(x) = a x^−p and h(x) = b x^q. The paper's Section 3 has a = 1, p = 1, b = 0.1, q = 2. */
export interface PowerLawCost {
  a: number;
  p: number;
  b: number;
  q: number;
}

/** The cost functions of Section 3 of the paper. */
export const paperCost: PowerLawCost = { a: 1, p: 1, b: 0.1, q: 2 };

/** Everything that decides how a rate moves until the next event of its server. */
export interface Departure {
  rate: number;
  /** The idle signal I at the start; it grows with slope 1 while idle and is constant while busy. */
  idleSignal: number;
  idle: boolean;
}

/** Where a trajectory has got to. */
export interface Arrival {
  rate: number;
  elapsed: number;
  /** ∫ rate dt on the way. */
  work: number;
}

/** Follows a rate until `elapsed` or the work done, ∫ rate dt, reaches an amount. */
export interface RateTrajectory {
  untilElapsed(departure: Departure, elapsed: number): Arrival;
  untilWorkDone(departure: Departure, work: number): Arrival;
}

/** Rates that stand still, the case of infinite m. */
export const frozenTrajectory: RateTrajectory = {
  untilElapsed: ({ rate }, elapsed) => ({ rate, elapsed, work: rate * elapsed }),
  untilWorkDone: ({ rate }, work) => ({ rate, elapsed: work / rate, work }),
};

const RATE = 0;
const ELAPSED = 1;
const WORK = 2;

/**
 * Rates that move at speed 1/m.
 *
 * Time is replaced by s with dt = x^(p+1) ds, x the rate, which turns (2.2) into
 *
 *   dx/ds = (1/m) [ a p − b q (x^(p+q) I + x^(p+q−1)) ],
 *   dt/ds = x^(p+1),    d(work)/ds = x^(p+2),
 *
 * polynomial for integer p and q, and smooth down to rate 0, where (2.2) itself is singular. (For
 * other p a start at exactly 0 is refused: no step there is short enough for the tolerance.) The
 * point where time or work reaches the wanted amount is found by Newton's method walking on the
 * trajectory: each step, forwards or backwards, goes where the target would be if nothing curved.
 */
export function movingTrajectory(cost: PowerLawCost, m: number): RateTrajectory {
  const { a, p, b, q } = cost;

  function follow(departure: Departure, target: number, amount: number): Arrival {
    const { rate, idleSignal, idle } = departure;
    const derivative: Derivative = (y, dy) => {
      const x = y[RATE];
      const signal = idle ? idleSignal + y[ELAPSED] : idleSignal;
      const elapsedSlope = x ** (p + 1);
      dy[RATE] = (a * p - b * q * x ** (p + q - 1) * (x * signal + 1)) / m;
      dy[ELAPSED] = elapsedSlope;
      dy[WORK] = x * elapsedSlope;
    };

    let y = [rate, 0, 0];
    let longest = Number.POSITIVE_INFINITY;
    const slope = [0, 0, 0];
    while (Math.abs(amount - y[target]) > 1e-14 * amount) {
      derivative(y, slope);
      // These bounds keep hopelessly long steps from being tried; accuracy does not rest on them.
      const bound = Math.min(longest, (0.25 * (1 + y[RATE])) / Math.abs(slope[RATE]));
      const newton = (amount - y[target]) / slope[target];
      const step = accurateStep(
        derivative,
        y,
        Math.sign(newton) * Math.min(Math.abs(newton), bound),
        (end) => end[target] <= 2 * amount, // going far beyond and back again would cost digits
      );
      y = step.end;
      longest = 1.5 * Math.abs(step.length);
    }
    return { rate: y[RATE], elapsed: y[ELAPSED], work: y[WORK] };
  }

  return {
    untilElapsed: (departure, elapsed) => follow(departure, ELAPSED, elapsed),
    untilWorkDone: (departure, work) => follow(departure, WORK, work),
  };
}

/** Writes dy/ds at y into its second argument. */
type Derivative = (y: readonly number[], dy: number[]) => void;

const TOLERANCE = 1e-13;
const MAX_COLUMNS = 9;

/** A step of the given length, or a fraction of it that meets the tolerance and is acceptable. */
function accurateStep(
  derivative: Derivative,
  y: readonly number[],
  length: number,
  acceptable: (end: readonly number[]) => boolean,
): { end: number[]; length: number } {
  for (let halvings = 0; halvings < 200; halvings++) {
    const tried = length / 2 ** halvings;
    const end = extrapolatedStep(derivative, y, tried);
    if (end !== undefined && acceptable(end)) return { end, length: tried };
  }
  throw new Error('no step is short enough');
}

/**
 * One Gragg–Bulirsch–Stoer step: modified midpoint steps with 2, 4, 6, … substeps, extrapolated to
 * infinitely many (Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, §II.9).
 * Undefined if successive extrapolations never agree to the tolerance.
 */
function extrapolatedStep(
  derivative: Derivative,
  y: readonly number[],
  length: number,
): number[] | undefined {
  let best: number[] | undefined;
  let previous: number[][] = [];
  for (let column = 1; column <= MAX_COLUMNS; column++) {
    const row = [modifiedMidpoint(derivative, y, length, 2 * column)];
    for (let k = 1; k < column; k++) {
      const ratio = (column / (column - k)) ** 2 - 1;
      const [finer, coarser] = [row[k - 1], previous[k - 1]];
      row.push(finer.map((value, i) => value + (value - coarser[i]) / ratio));
    }
    const next = row[column - 1];
    if (best !== undefined && agree(next, best)) return next;
    best = next;
    previous = row;
  }
  return undefined;
}

function agree(y: readonly number[], z: readonly number[]): boolean {
  return y.every(
    (value, i) => Number.isFinite(value) && Math.abs(value - z[i]) <= TOLERANCE * Math.abs(value),
  );
}

/** Gragg's method: midpoint steps between an Euler step at the start and a smoothing one at the end. */
function modifiedMidpoint(
  derivative: Derivative,
  y: readonly number[],
  length: number,
  substeps: number,
): number[] {
  const step = length / substeps;
  const dy = [0, 0, 0];
  const before = [y[0], y[1], y[2]];
  derivative(y, dy);
  const now = [y[0] + step * dy[0], y[1] + step * dy[1], y[2] + step * dy[2]];
  for (let k = 1; k < substeps; k++) {
    derivative(now, dy);
    for (let i = 0; i < 3; i++) {
      const next = before[i] + 2 * step * dy[i];
      before[i] = now[i];
      now[i] = next;
    }
  }
  derivative(now, dy);
  return now.map((value, i) => (value + before[i] + step * dy[i]) / 2);
}
