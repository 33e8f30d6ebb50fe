/**
 * The rate equation (2.2) for every cost family and any gap, to near rounding error: an adaptive Taylor
 * series. In u = μ^ρ (ρ = p + 2 for g = a x^−p, else 1) the equation reads
 *
 *     u' = G S(u) − H u^α − H u^β (I₀ + s t),   S = 1, or (1 + u)^{−p−1} for g = a (1+x)^−p,
 *
 * which is regular at u = 0, where μ itself starts like t^{1/ρ}. With u = u₀ v the coefficients of v
 * and of its powers follow from each other (w = v^r satisfies v w' = r v' w). The series says itself
 * how far it can be trusted: the step is halved until its last terms vanish in rounding, so small rates,
 * long gaps and stiff drifts (large I, small m) only cost more steps.
 */
import {
  DRIFT_G,
  DRIFT_H,
  G_EXPONENT,
  G_FAMILY,
  G_SHIFTED,
  SERIES,
  TAYLOR_ALPHA,
  TAYLOR_BETA,
  TAYLOR_RHO,
} from '../../src/engine/layout';
import { rateAfterLongGap } from './slow-manifold';

/** Coefficients 0 … DEGREE of v; those of v^α, v^β and S(u) lie one stride further each. */
const DEGREE: u32 = 20;
const STRIDE = 256;
const ALPHA_SERIES = 256;
const BETA_SERIES = 512;
const SHIFT_SERIES = 768;
/** Terms below this fraction of the sum are rounding. */
const NEGLIGIBLE: f64 = 2e-17;
/** Size of h'' dt (1 + I) / m beyond which a gap may be long enough for slow-manifold.ts. */
const LONG_GAP: f64 = 50;
/** Relative size of the corrections at which the expansion around u = 0 hands over; its error is the square. */
const START_CORRECTION: f64 = 3e-7;

export function advanceBySeries(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const series: usize = load<u32>(state, SERIES);
  const shifted = load<u32>(state, G_FAMILY) == G_SHIFTED;
  const shiftExponent = -1 - load<f64>(state, G_EXPONENT);
  const rho = load<f64>(state, TAYLOR_RHO);
  const alpha = load<f64>(state, TAYLOR_ALPHA);
  const beta = load<f64>(state, TAYLOR_BETA);
  const G = rho * load<f64>(state, DRIFT_G);
  const H = rho * load<f64>(state, DRIFT_H);

  // Damping grows with I and with the rate's powers; where it cannot have been strong, do not ask.
  if (H * dt * (1 + signal + slope * dt) > LONG_GAP) {
    const settled = rateAfterLongGap(state, rate, signal, slope, dt);
    if (settled >= 0) return settled;
  }

  let u = rho == 1 ? rate : power(rate, rho);
  let I = signal;
  let remaining = dt;
  if (u == 0) {
    const h = startInterval(state, I, slope, dt);
    u = startFromZero(state, I, slope, h);
    I += slope * h;
    remaining -= h;
  }
  let trial = remaining;
  while (remaining > 0) {
    trial = min(trial, remaining);
    const S0 = shifted ? G * power(1 + u, shiftExponent) : G;
    const A0 = alpha == 0 ? H : H * power(u, alpha);
    const B0 = H * power(u, beta);
    const step = trial / u;
    const rise = slope * trial;
    const sigma = u / (1 + u);
    store<f64>(series, 1);
    store<f64>(series, 1, ALPHA_SERIES);
    store<f64>(series, 1, BETA_SERIES);
    store<f64>(series, 1, SHIFT_SERIES);
    let degree: u32 = 0;
    let quiet: u32 = 0;
    while (degree < DEGREE && quiet < 3) {
      const at = series + (degree << 3);
      let f = B0 * I * load<f64>(at, BETA_SERIES) + A0 * load<f64>(at, ALPHA_SERIES);
      if (degree > 0) f += B0 * rise * load<f64>(at - 8, BETA_SERIES);
      f = (shifted ? S0 * load<f64>(at, SHIFT_SERIES) : degree == 0 ? S0 : 0) - f;
      degree += 1;
      const v = (step * f) / <f64>degree;
      store<f64>(at, v, 8);
      quiet = abs(v) < NEGLIGIBLE ? quiet + 1 : 0;
      // Σ_{j=1}^{k} (r j − (k − j)) v_j w_{k−j} / k for the three powers of v
      let a: f64 = 0;
      let b: f64 = 0;
      let s: f64 = 0;
      for (let j: u32 = 1; j <= degree; j++) {
        const vj = load<f64>(series + (j << 3));
        const w = series + ((degree - j) << 3);
        const rest = <f64>(degree - j);
        a += (alpha * <f64>j - rest) * vj * load<f64>(w, ALPHA_SERIES);
        b += (beta * <f64>j - rest) * vj * load<f64>(w, BETA_SERIES);
        s += (shiftExponent * <f64>j - rest) * vj * load<f64>(w, SHIFT_SERIES);
      }
      const inverse = 1 / <f64>degree;
      store<f64>(at, a * inverse, ALPHA_SERIES + 8);
      store<f64>(at, b * inverse, BETA_SERIES + 8);
      store<f64>(at, s * sigma * inverse, SHIFT_SERIES + 8);
    }

    // v(τ) at τ = 1, or at the first τ = 1/2, 1/4, … where the last terms are rounding
    let tau: f64 = 1;
    let v = sum(series, degree, 1);
    if (quiet < 3) {
      let last = abs(load<f64>(series + (degree << 3)));
      let before = abs(load<f64>(series + ((degree - 1) << 3)));
      while (!(v > 0.125 && v < Infinity && max(last, before) <= NEGLIGIBLE * v) && tau > 1e-30) {
        tau *= 0.5;
        last *= HALF_TO_DEGREE;
        before *= 2 * HALF_TO_DEGREE;
        v = sum(series, degree, tau);
      }
    }
    if (!(v > 0.125 && v < Infinity)) {
      trial *= 1e-6; // coefficients overflowed: the trial step was absurdly long
      continue;
    }
    u *= v;
    const taken = trial * tau;
    I += slope * taken;
    remaining = tau == 1 && trial == remaining ? 0 : remaining - taken;
    trial = taken * 4;
  }
  return rho == 1 ? u : power(u, 1 / rho);
}

/** 2^−DEGREE */
const HALF_TO_DEGREE: f64 = 1.0 / 1048576.0;

function sum(series: usize, degree: u32, tau: f64): f64 {
  let total: f64 = 0;
  for (let k = degree; k > 0; k--) total = (total + load<f64>(series + (k << 3))) * tau;
  return 1 + total;
}

/** x^r for x > 0; exp and log are compiled in, hence the same on every platform. */
function power(x: f64, r: f64): f64 {
  if (r == 3) return x * x * x;
  if (r == 2) return x * x;
  if (r == 1) return x;
  return Math.exp(r * Math.log(x));
}

/** u' at u = 0. */
function driftAtZero(state: usize): f64 {
  const free = load<f64>(state, TAYLOR_ALPHA) == 0 ? load<f64>(state, DRIFT_H) : 0;
  return load<f64>(state, TAYLOR_RHO) * (load<f64>(state, DRIFT_G) - free);
}

/** Over how much of `dt` the first-order expansion around u = 0 holds. */
function startInterval(state: usize, signal: f64, slope: f64, dt: f64): f64 {
  let h = dt;
  while (abs(startCorrection(state, signal, slope, h)) > START_CORRECTION) h *= 0.25;
  return h;
}

/** u(h) from u(0) = 0, the correction of first order included. */
function startFromZero(state: usize, signal: f64, slope: f64, h: f64): f64 {
  return driftAtZero(state) * h * (1 - startCorrection(state, signal, slope, h));
}

/** Relative correction to u = u'(0) h by the terms of u' that vanish at u = 0. */
function startCorrection(state: usize, signal: f64, slope: f64, h: f64): f64 {
  const drift = driftAtZero(state);
  const alpha = load<f64>(state, TAYLOR_ALPHA);
  const beta = load<f64>(state, TAYLOR_BETA);
  const u = drift * h;
  const rho = load<f64>(state, TAYLOR_RHO);
  const ratio = (rho * load<f64>(state, DRIFT_H)) / drift;
  let correction = ratio * power(u, beta) * (signal / (beta + 1) + (slope * h) / (beta + 2));
  if (alpha > 0) correction += (ratio * power(u, alpha)) / (alpha + 1);
  if (load<u32>(state, G_FAMILY) == G_SHIFTED) {
    const bend = (rho * load<f64>(state, DRIFT_G)) / drift;
    correction += (bend * (1 + load<f64>(state, G_EXPONENT)) * u) / 2;
  }
  return correction;
}
