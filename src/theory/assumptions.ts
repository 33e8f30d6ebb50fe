import type { CostFunctions } from '../cost/cost.js';
import { positiveRoot } from '../numerics/root.js';
import { checkPositive } from './arguments.js';
import { optimum } from './optimal.js';

/** One clause of Assumption 2.1 and whether it holds. */
export interface AssumptionCheck {
  clause: 'i' | 'ii' | 'iii' | 'iv' | 'v' | 'vi';
  holds: boolean;
  /** What was looked at, with the numbers that decide. */
  detail: string;
}

/** Points of the grid, equally spaced in log x. */
const POINTS = 2001;
/** A function that increases in exact arithmetic may be seen to fall by this much of its size. */
const ROUNDING = 1e-9;

/**
 * Checks Assumption 2.1, clause by clause, for one cost and arrival rate.
 *
 * Where the assumption speaks of all x ≥ 0 (clauses i to iii), the functions are looked at on a grid of
 * 2001 points of [μ₋, μ₊] (`thresholds`), the interval that averaged rates do not leave. That is a
 * numerical check, not a proof; and demanding strong convexity on all of [0, ∞) instead would rule
 * out the examples the paper itself gives, as 1/(1 + x) flattens at infinity and x³ at 0. Without thresholds
 * the interval [λ/1000, 1000λ] takes its place. Clause (vi) is checked with 1/λ as the bound on E[I].
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @returns one entry per clause, (i) to (vi) in order
 * @throws {ConfigError} for another `arrivalRate`
 */
export function checkAssumptions(cost: CostFunctions, arrivalRate: number): AssumptionCheck[] {
  checkPositive('arrivalRate', arrivalRate);
  const { dg, dh } = cost;
  const lower = positiveRoot((x) => dg(x) + dh(x) * (1 / arrivalRate + 1 / x));
  const upper = positiveRoot((x) => dg(x) + dh(x) / x);
  const grid =
    lower !== undefined && upper !== undefined && lower < upper
      ? logGrid(lower, upper)
      : logGrid(arrivalRate / 1000, arrivalRate * 1000);
  return [
    smoothness(cost, grid),
    strongConvexity(cost, grid),
    monotonicity(cost, grid),
    freeIdling(cost),
    worthRunning(cost, arrivalRate),
    confinement(lower, upper),
  ];
}

/**
 * (i): twice continuously differentiable, seen as finite values and as derivatives whose integral from one
 * grid point to the next, by the trapezoidal and by Simpson's rule, is the increment of the function.
 */
function smoothness(cost: CostFunctions, grid: number[]): AssumptionCheck {
  const { g, dg, ddg, h, dh, ddh } = cost;
  const bad = grid.filter((x, i) => {
    const from = grid[i - 1] ?? x * 0.999;
    return !(
      integrates(g, dg, from, x) &&
      integrates(dg, ddg, from, x) &&
      integrates(h, dh, from, x) &&
      integrates(dh, ddh, from, x)
    );
  });
  return {
    clause: 'i',
    holds: bad.length === 0,
    detail:
      bad.length === 0
        ? `g, h and two derivatives are finite and agree with each other ${on(grid)}`
        : `derivatives of g or h are not finite, not continuous, or not those of the functions, within ${span(bad)}`,
  };
}

function integrates(
  f: (x: number) => number,
  df: (x: number) => number,
  a: number,
  b: number,
): boolean {
  const slope = (f(b) - f(a)) / (b - a);
  const ends = (df(a) + df(b)) / 2;
  const middle = df((a + b) / 2);
  const scale = Math.max(Math.abs(df(a)), Math.abs(df(b))) + Math.abs(f(b) / b);
  const tolerance = 1e-3 * scale;
  return (
    Math.abs(slope - ends) <= tolerance && Math.abs(slope - (ends + 2 * middle) / 3) <= tolerance
  );
}

/** (ii): g'' ≥ σ_g > 0 and h'' ≥ σ_h > 0. */
function strongConvexity({ ddg, ddh }: CostFunctions, grid: number[]): AssumptionCheck {
  const sigmaG = least(grid.map(ddg));
  const sigmaH = least(grid.map(ddh));
  const bad = grid.filter((x) => !(ddg(x) > 0 && ddh(x) > 0));
  const numbers = `sigma_g = ${show(sigmaG)}, sigma_h = ${show(sigmaH)}`;
  return {
    clause: 'ii',
    holds: bad.length === 0,
    detail:
      bad.length === 0
        ? `${numbers} ${on(grid)}`
        : `${numbers}: g'' or h'' is not positive within ${span(bad)}`,
  };
}

/** (iii): g decreasing, h increasing, h'(x)/x non-decreasing. */
function monotonicity({ dg, dh }: CostFunctions, grid: number[]): AssumptionCheck {
  const faults: string[] = [];
  const report = (bad: number[], what: string) => {
    if (bad.length > 0) faults.push(`${what} within ${span(bad)}`);
  };
  report(
    grid.filter((x) => !(dg(x) < 0)),
    'g does not decrease',
  );
  report(
    grid.filter((x) => !(dh(x) > 0)),
    'h does not increase',
  );
  const quotient = (x: number) => dh(x) / x;
  report(
    grid.filter((x, i) => {
      if (i === 0) return false;
      const before = quotient(grid[i - 1] as number);
      return !(quotient(x) >= before - ROUNDING * Math.abs(before));
    }),
    "h'(x)/x does not increase",
  );
  return {
    clause: 'iii',
    holds: faults.length === 0,
    detail:
      faults.length === 0
        ? `g decreases, h increases and h'(x)/x does not decrease ${on(grid)}`
        : faults.join('; '),
  };
}

/** (iv): h'(0) = 0. */
function freeIdling({ dh }: CostFunctions): AssumptionCheck {
  const atZero = dh(0);
  if (Number.isFinite(atZero)) {
    return { clause: 'iv', holds: atZero === 0, detail: `h'(0) = ${show(atZero)}` };
  }
  // not defined at 0 itself: it must fall towards 0 like some power
  const [near, nearer] = [dh(1e-4), dh(1e-8)];
  return {
    clause: 'iv',
    holds: Math.abs(nearer) <= 0.1 * Math.abs(near) || Math.abs(nearer) < 1e-9,
    detail: `h'(0) is not finite; h'(1e-4) = ${show(near)}, h'(1e-8) = ${show(nearer)}`,
  };
}

/** (v): λ g'(λ) + h'(λ) < 0, which is to say μ* > λ. */
function worthRunning(cost: CostFunctions, arrivalRate: number): AssumptionCheck {
  const slope = arrivalRate * cost.dg(arrivalRate) + cost.dh(arrivalRate);
  const root = positiveRoot((x) => arrivalRate * cost.dg(x) + cost.dh(x));
  const optimal =
    root === undefined ? 'no optimal rate' : `mu* = ${show(optimum(cost, arrivalRate).rate)}`;
  return {
    clause: 'v',
    holds: slope < 0,
    detail: `λ g'(λ) + h'(λ) = ${show(slope)}; ${optimal}, λ = ${show(arrivalRate)}`,
  };
}

/** (vi): thresholds μ₋ < μ₊ exist. */
function confinement(lower: number | undefined, upper: number | undefined): AssumptionCheck {
  return {
    clause: 'vi',
    holds: lower !== undefined && upper !== undefined && lower < upper,
    detail: `mu_- = ${lower === undefined ? 'none' : show(lower)} (with E[I] at most 1/arrivalRate), mu_+ = ${
      upper === undefined ? 'none' : show(upper)
    }`,
  };
}

function logGrid(low: number, high: number): number[] {
  return Array.from({ length: POINTS }, (_, i) => low * (high / low) ** (i / (POINTS - 1)));
}

function least(values: number[]): number {
  return values.reduce((min, value) => (value >= min ? min : value), Number.POSITIVE_INFINITY);
}

/** "on a grid of [a, b]" */
function on(grid: number[]): string {
  return `on a grid of ${span(grid)}`;
}

/** The smallest interval that holds all points. */
function span(points: number[]): string {
  return `[${show(points[0] as number)}, ${show(points[points.length - 1] as number)}]`;
}

function show(x: number): string {
  return String(Number(x.toPrecision(6)));
}
