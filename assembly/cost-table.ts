/**
 * Any cost. The rate equation (2.2) knows the cost through φ and ψ alone, so for costs that are no family the
 * host tabulates them: polynomials of degree 7 on cells of 1/32 octave, which leave about 1e-14. A cell is
 * found from the top bits of the rate. The equation is solved by one step of the classical Runge–Kutta
 * method where that is exact to 1e-12, else by the pair of Dormand and Prince (1980) with step control.
 */
import {
  CELL_BYTES,
  CELL_CENTRE,
  CELL_H,
  CELL_PHI,
  CELL_PSI,
  CELL_SCALE,
  CELL_SHIFT,
  COST_BASE,
  COST_CELLS,
  COST_TABLE,
  INVERSE_STEP_SIZE,
  START_EXPONENT,
  START_STEEPNESS,
} from '../src/engine/layout';

/** |∂μ'/∂μ| dt up to which one Runge–Kutta step will do: its error is of the fifth power of that, / 120. */
const SMALL: f64 = 0.008;
/** Relative error allowed per step of the pair. */
const TOLERANCE: f64 = 2e-13;

export function advanceByTable(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  const inverse = -1 / load<f64>(state, INVERSE_STEP_SIZE);
  let x = rate;
  let I = signal;
  let remaining = dt;
  const lowest = load<f64>(load<u32>(state, COST_TABLE), CELL_CENTRE);
  if (x < lowest) {
    // below the table φ is a power and ψ I negligible: μ^(s+1) grows linearly
    const power = load<f64>(state, START_EXPONENT) + 1;
    const steepness = load<f64>(state, START_STEEPNESS) * Math.pow(lowest, power - 1);
    const speed = -power * steepness * inverse;
    const start = x == 0 ? 0 : Math.pow(x, power);
    const needed = (Math.pow(lowest, power) - start) / speed;
    if (needed >= dt) return Math.pow(start + speed * dt, 1 / power);
    x = lowest;
    I += slope * needed;
    remaining -= needed;
  }

  const cell = cellOf(state, x);
  const k1 = inverse * driftIn(cell, x, I);
  const stiffness = abs(inverse * slopeIn(cell, x, I + slope * remaining)) + abs(k1) / x;
  if (stiffness * remaining <= SMALL) {
    // the rate moves by less than a cell: its polynomials serve all four stages, a little beyond it too
    const h = remaining;
    const middle = I + 0.5 * slope * h;
    const k2 = inverse * driftIn(cell, x + 0.5 * h * k1, middle);
    const k3 = inverse * driftIn(cell, x + 0.5 * h * k2, middle);
    const k4 = inverse * driftIn(cell, x + h * k3, I + slope * h);
    return x + (h / 6) * (k1 + 2 * (k2 + k3) + k4);
  }

  let h = min(remaining, 0.1 / stiffness);
  while (remaining > 0) {
    h = min(h, remaining);
    const a1 = inverse * drift(state, x, I);
    const a2 = inverse * drift(state, x + h * (0.2 * a1), I + slope * h * 0.2);
    const a3 =
      inverse * drift(state, x + h * ((3.0 / 40) * a1 + (9.0 / 40) * a2), I + slope * h * 0.3);
    const a4 =
      inverse *
      drift(
        state,
        x + h * ((44.0 / 45) * a1 - (56.0 / 15) * a2 + (32.0 / 9) * a3),
        I + slope * h * 0.8,
      );
    const a5 =
      inverse *
      drift(
        state,
        x +
          h *
            ((19372.0 / 6561) * a1 -
              (25360.0 / 2187) * a2 +
              (64448.0 / 6561) * a3 -
              (212.0 / 729) * a4),
        I + slope * h * (8.0 / 9),
      );
    const a6 =
      inverse *
      drift(
        state,
        x +
          h *
            ((9017.0 / 3168) * a1 -
              (355.0 / 33) * a2 +
              (46732.0 / 5247) * a3 +
              (49.0 / 176) * a4 -
              (5103.0 / 18656) * a5),
        I + slope * h,
      );
    const next =
      x +
      h *
        ((35.0 / 384) * a1 +
          (500.0 / 1113) * a3 +
          (125.0 / 192) * a4 -
          (2187.0 / 6784) * a5 +
          (11.0 / 84) * a6);
    const a7 = inverse * drift(state, next, I + slope * h);
    const error =
      abs(
        h *
          ((71.0 / 57600) * a1 -
            (71.0 / 16695) * a3 +
            (71.0 / 1920) * a4 -
            (17253.0 / 339200) * a5 +
            (22.0 / 525) * a6 -
            (1.0 / 40) * a7),
      ) /
      (TOLERANCE * x);
    if (next > 0 && error <= 1) {
      x = next;
      I += slope * h;
      remaining = h == remaining ? 0 : remaining - h;
    }
    // NaN, or a step out of the domain, counts as a large error
    const factor =
      next > 0 && error < 1e10 ? 0.9 * Math.exp(-0.2 * Math.log(max(error, 1e-10))) : 0.1;
    h *= min(max(factor, 0.1), 4);
  }
  return x;
}

/** h(μ) */
export function tabulatedPower(state: usize, x: f64): f64 {
  const cell = cellOf(state, x);
  return polynomial(
    cell + CELL_H,
    (x - load<f64>(cell, CELL_CENTRE)) * load<f64>(cell, CELL_SCALE),
  );
}

/** φ(μ) + ψ(μ) I */
function drift(state: usize, x: f64, I: f64): f64 {
  return driftIn(cellOf(state, x), x, I);
}

function driftIn(cell: usize, x: f64, I: f64): f64 {
  const xi = (x - load<f64>(cell, CELL_CENTRE)) * load<f64>(cell, CELL_SCALE);
  return polynomial(cell + CELL_PHI, xi) + polynomial(cell + CELL_PSI, xi) * I;
}

/** φ'(μ) + ψ'(μ) I, to the accuracy of a step control */
function slopeIn(cell: usize, x: f64, I: f64): f64 {
  const scale = load<f64>(cell, CELL_SCALE);
  const xi = (x - load<f64>(cell, CELL_CENTRE)) * scale;
  return scale * (derivative(cell + CELL_PHI, xi) + derivative(cell + CELL_PSI, xi) * I);
}

function cellOf(state: usize, x: f64): usize {
  const key = <i64>(reinterpret<u64>(x) >> CELL_SHIFT) - load<i64>(state, COST_BASE);
  const last = <i64>load<u32>(state, COST_CELLS) - 1;
  return <usize>load<u32>(state, COST_TABLE) + <usize>min(max(key, 0), last) * CELL_BYTES;
}

function polynomial(c: usize, x: f64): f64 {
  const xx = x * x;
  const low = load<f64>(c) + load<f64>(c, 8) * x + xx * (load<f64>(c, 16) + load<f64>(c, 24) * x);
  const high =
    load<f64>(c, 32) + load<f64>(c, 40) * x + xx * (load<f64>(c, 48) + load<f64>(c, 56) * x);
  return low + xx * xx * high;
}

function derivative(c: usize, x: f64): f64 {
  return load<f64>(c, 8) + x * (2 * load<f64>(c, 16) + x * (3 * load<f64>(c, 24)));
}
