/**
 * Rates after gaps far longer than their relaxation time, where a step-by-step solution of (2.2) would
 * take millions of steps (m small, λ tiny: I and with it the damping grow without limit).
 *
 * With y = log μ, (2.2) reads y' = f(y, I). Its solutions forget their start exponentially fast and
 * approach one that moves as slowly as I does. That one is expanded by iteration: M₀ is the zero of f, and
 * M_{k+1} solves f(y, I) = s dM_k/dI. Each iteration gains a factor ε = 1 / (damping × I); M₃ with
 * ε ≤ 1e-3 leaves less than 1e-10. For a busy server (s = 0) M₀ is already exact: the equilibrium.
 */
import {
  DRIFT_G,
  DRIFT_H,
  G_EXPONENT,
  G_FAMILY,
  G_SHIFTED,
  H_EXPONENT,
} from '../../src/engine/layout';

/** e^−45 of the start is left when it counts as forgotten. */
const FORGOTTEN: f64 = 45;
/** Damping × I from which the expansion holds. */
const SEPARATED: f64 = 1000;
/** Neighbourhood of M₀, in y, within which damping is exponential. */
const NEAR: f64 = 0.1;

/**
 * The rate at the end of a gap that began with `rate` and idle signal `signal`, if by then nothing is left
 * of that start; else −1.
 */
export function rateAfterLongGap(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const end = signal + slope * dt;
  // the second half of the gap must suffice, with the idle signal that it begins with
  const I = signal + 0.5 * slope * dt;
  const y = solve(state, I, 0);
  const damping = min(-slopeOf(state, y - NEAR, I), -slopeOf(state, y + NEAR, I));
  if (!(damping * dt > 2 * FORGOTTEN)) return -1;
  if (slope > 0 && !(-slopeOf(state, solve(state, end, 0), end) * end > SEPARATED)) return -1;
  // from above it may first have to travel: until then y is at most where it began, or M₀ began
  let travel: f64 = 0;
  const top = max(Math.log(rate), solve(state, signal, 0));
  if (top > y + NEAR) {
    const speed = min(-driftOf(state, y + NEAR, I), -driftOf(state, top, I));
    travel = (top - y) / speed;
  }
  // from below the drift is fastest where it begins and slowest near M₀
  if (rate > 0) travel += max(0, y - Math.log(rate)) / driftOf(state, y - NEAR, I);
  else travel += 1 / driftOf(state, y - NEAR, I);
  if (!(damping * (0.5 * dt - travel) > FORGOTTEN)) return -1;
  return Math.exp(slope == 0 ? y : manifold(state, 3, end, slope));
}

/** M_k at idle signal I. */
function manifold(state: usize, k: i32, I: f64, slope: f64): f64 {
  if (k == 0) return solve(state, I, 0);
  let velocity: f64;
  if (k == 1) {
    const y = solve(state, I, 0);
    const q = load<f64>(state, H_EXPONENT);
    velocity = (load<f64>(state, DRIFT_H) * Math.exp((q - 2) * y)) / slopeOf(state, y, I);
  } else {
    const h = 1e-3 * I;
    const above = manifold(state, k - 1, I + h, slope);
    velocity = (above - manifold(state, k - 1, I - h, slope)) / (2 * h);
  }
  return solve(state, I, slope * velocity);
}

/** f(y, I) */
function driftOf(state: usize, y: f64, I: f64): f64 {
  return growth(state, y) - decay(state, y, I);
}

/** ∂f/∂y */
function slopeOf(state: usize, y: f64, I: f64): f64 {
  const q = load<f64>(state, H_EXPONENT);
  const p = load<f64>(state, G_EXPONENT);
  const h = load<f64>(state, DRIFT_H);
  let steepness = p + 2;
  if (load<u32>(state, G_FAMILY) == G_SHIFTED) {
    const x = Math.exp(y);
    steepness = 1 + ((p + 1) * x) / (1 + x);
  }
  const own = h * Math.exp((q - 3) * y);
  return -steepness * growth(state, y) - (q - 3) * own - (q - 2) * I * own * Math.exp(y);
}

/** −g'(μ) / (m μ) */
function growth(state: usize, y: f64): f64 {
  const g = load<f64>(state, DRIFT_G);
  const p = load<f64>(state, G_EXPONENT);
  if (load<u32>(state, G_FAMILY) == G_SHIFTED) {
    return g * Math.exp(-(p + 1) * Math.log1p(Math.exp(y)) - y);
  }
  return g * Math.exp(-(p + 2) * y);
}

/** h'(μ) (I + 1/μ) / (m μ) */
function decay(state: usize, y: f64, I: f64): f64 {
  const q = load<f64>(state, H_EXPONENT);
  const x = Math.exp(y);
  return load<f64>(state, DRIFT_H) * Math.exp((q - 3) * y) * (1 + I * x);
}

/**
 * The y at which f(y, I) = c, as the zero of log growth − log(decay + c), which is nearly linear in y:
 * Newton's method with bounded steps.
 */
function solve(state: usize, I: f64, c: f64): f64 {
  const q = load<f64>(state, H_EXPONENT);
  const p = load<f64>(state, G_EXPONENT);
  const shifted = load<u32>(state, G_FAMILY) == G_SHIFTED;
  let y: f64 = 0;
  for (let iteration = 0; iteration < 100; iteration++) {
    const x = Math.exp(y);
    const down = decay(state, y, I);
    const gap = Math.log(growth(state, y) / (down + c));
    const steepness = shifted ? 1 + ((p + 1) * x) / (1 + x) : p + 2;
    const downSlope = (down * (q - 3 + (I * x) / (1 + I * x))) / (down + c);
    const step = gap / (steepness + downSlope);
    y += min(max(step, -3), 3);
    if (abs(step) < 1e-15 * (1 + abs(y))) break;
    if (iteration > 8 && abs(step) < 4e-15 * (1 + abs(y))) break;
  }
  return y;
}
