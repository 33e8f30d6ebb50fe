/**
 * Any cost. The rate equation (2.2) knows the cost through φ and ψ alone, so for costs outside the families the
 * host tabulates them: polynomials of degree 7 on cells of 1/32 octave, which leave about 1e-14. A cell is
 * found from the top bits of the rate. The equation is solved by one step of the classical Runge–Kutta
 * method where that is exact to 1e-12, else by the pair of Dormand and Prince (1980) with step control.
 */
import {
  CELL_BYTES,
  CELL_CENTRE,
  CELL_H,
  CELL_PHI_PSI,
  CELL_SCALE,
  CELL_SHIFT,
  INVERSE_STEP_SIZE,
  TABLE_BASE,
  TABLE_BYTES,
  TABLE_CELLS,
  TABLE_START_EXPONENT,
  TABLE_START_STEEPNESS,
} from '../../src/engine/layout';

/** |∂μ'/∂μ| dt up to which one Runge–Kutta step will do: its error is of the fifth power of that, / 120. */
const SMALL: f64 = 0.008;
/** Relative error allowed per step of the pair. */
const TOLERANCE: f64 = 2e-13;

/**
 * Two rates by one Runge–Kutta step each, after gaps so short that they move by less than a cell: its polynomials
 * serve all four stages, a little beyond it too. NaN for a gap that is not. Each server has its own table.
 */
export function advanceInCells(
  state: usize,
  table: usize,
  other: usize,
  rate: v128,
  signal: v128,
  slope: v128,
  dt: v128,
): v128 {
  const inverse = f64x2.splat(-1 / load<f64>(state, INVERSE_STEP_SIZE));
  const a = cellOf(table, f64x2.extract_lane(rate, 0));
  const b = cellOf(other, f64x2.extract_lane(rate, 1));
  const end = f64x2.add(signal, f64x2.mul(slope, dt));
  const k1 = f64x2.mul(inverse, driftsIn(a, b, rate, signal));
  const stiffness = f64x2.add(
    f64x2.abs(f64x2.mul(inverse, slopesIn(a, b, rate, end))),
    f64x2.div(f64x2.abs(k1), rate),
  );
  const lowest = f64x2(
    load<f64>(table, TABLE_BYTES + CELL_CENTRE),
    load<f64>(other, TABLE_BYTES + CELL_CENTRE),
  );
  const short = v128.and(
    f64x2.le(f64x2.mul(stiffness, dt), f64x2.splat(SMALL)),
    f64x2.ge(rate, lowest),
  );
  const half = f64x2.mul(f64x2.splat(0.5), dt);
  const middle = f64x2.add(signal, f64x2.mul(half, slope));
  const k2 = f64x2.mul(inverse, driftsIn(a, b, f64x2.add(rate, f64x2.mul(half, k1)), middle));
  const k3 = f64x2.mul(inverse, driftsIn(a, b, f64x2.add(rate, f64x2.mul(half, k2)), middle));
  const k4 = f64x2.mul(inverse, driftsIn(a, b, f64x2.add(rate, f64x2.mul(dt, k3)), end));
  const twice = f64x2.mul(f64x2.splat(2), f64x2.add(k2, k3));
  const sum = f64x2.add(f64x2.add(k1, twice), k4);
  const rise = f64x2.mul(f64x2.div(dt, f64x2.splat(6)), sum);
  return v128.or(f64x2.add(rate, rise), v128.not(short));
}

export function advanceByTable(
  state: usize,
  table: usize,
  rate: f64,
  signal: f64,
  slope: f64,
  dt: f64,
): f64 {
  const inverse = -1 / load<f64>(state, INVERSE_STEP_SIZE);
  let x = rate;
  let I = signal;
  let remaining = dt;
  const lowest = load<f64>(table, TABLE_BYTES + CELL_CENTRE);
  if (x < lowest) {
    // below the table φ is a power and ψ I negligible: μ^(s+1) grows linearly
    const power = load<f64>(table, TABLE_START_EXPONENT) + 1;
    const steepness = load<f64>(table, TABLE_START_STEEPNESS) * Math.pow(lowest, power - 1);
    const speed = -power * steepness * inverse;
    const start = x == 0 ? 0 : Math.pow(x, power);
    const needed = (Math.pow(lowest, power) - start) / speed;
    if (needed >= dt) return Math.pow(start + speed * dt, 1 / power);
    x = lowest;
    I += slope * needed;
    remaining -= needed;
  }

  const cell = cellOf(table, x);
  const velocity = inverse * driftIn(cell, x, I);
  const stiffness = abs(inverse * slopeIn(cell, x, I + slope * remaining)) + abs(velocity) / x;
  let h = min(remaining, 0.1 / stiffness);
  while (remaining > 0) {
    h = min(h, remaining);
    const a1 = inverse * drift(table, x, I);
    const a2 = inverse * drift(table, x + h * (0.2 * a1), I + slope * h * 0.2);
    const a3 =
      inverse * drift(table, x + h * ((3.0 / 40) * a1 + (9.0 / 40) * a2), I + slope * h * 0.3);
    const a4 =
      inverse *
      drift(
        table,
        x + h * ((44.0 / 45) * a1 - (56.0 / 15) * a2 + (32.0 / 9) * a3),
        I + slope * h * 0.8,
      );
    const a5 =
      inverse *
      drift(
        table,
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
        table,
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
    const a7 = inverse * drift(table, next, I + slope * h);
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
export function tabulatedPower(table: usize, x: f64): f64 {
  const cell = cellOf(table, x);
  return polynomial(
    cell + CELL_H,
    (x - load<f64>(cell, CELL_CENTRE)) * load<f64>(cell, CELL_SCALE),
  );
}

/** φ(μ) + ψ(μ) I */
function drift(table: usize, x: f64, I: f64): f64 {
  return driftIn(cellOf(table, x), x, I);
}

function driftIn(cell: usize, x: f64, I: f64): f64 {
  const both = polynomials(cell, f64x2.splat(placeIn(cell, x)));
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1) * I;
}

/** φ'(μ) + ψ'(μ) I, to the accuracy of a step control */
function slopeIn(cell: usize, x: f64, I: f64): f64 {
  const both = derivatives(cell, f64x2.splat(placeIn(cell, x)));
  return (
    load<f64>(cell, CELL_SCALE) * (f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1) * I)
  );
}

/** `driftIn` for two rates in two cells. */
function driftsIn(a: usize, b: usize, x: v128, I: v128): v128 {
  const ofA = polynomials(a, f64x2.splat(placeIn(a, f64x2.extract_lane(x, 0))));
  const ofB = polynomials(b, f64x2.splat(placeIn(b, f64x2.extract_lane(x, 1))));
  const psi = v128.shuffle<u64>(ofA, ofB, 1, 3);
  return f64x2.add(v128.shuffle<u64>(ofA, ofB, 0, 2), f64x2.mul(psi, I));
}

/** `slopeIn` for two rates in two cells. */
function slopesIn(a: usize, b: usize, x: v128, I: v128): v128 {
  return f64x2(
    slopeIn(a, f64x2.extract_lane(x, 0), f64x2.extract_lane(I, 0)),
    slopeIn(b, f64x2.extract_lane(x, 1), f64x2.extract_lane(I, 1)),
  );
}

/** ξ */
function placeIn(cell: usize, x: f64): f64 {
  return (x - load<f64>(cell, CELL_CENTRE)) * load<f64>(cell, CELL_SCALE);
}

function cellOf(table: usize, x: f64): usize {
  const key = <i64>(reinterpret<u64>(x) >> CELL_SHIFT) - load<i64>(table, TABLE_BASE);
  const last = <i64>load<u32>(table, TABLE_CELLS) - 1;
  return table + TABLE_BYTES + <usize>min(max(key, 0), last) * CELL_BYTES;
}

function polynomial(c: usize, x: f64): f64 {
  const xx = x * x;
  const low = load<f64>(c) + load<f64>(c, 8) * x + xx * (load<f64>(c, 16) + load<f64>(c, 24) * x);
  const high =
    load<f64>(c, 32) + load<f64>(c, 40) * x + xx * (load<f64>(c, 48) + load<f64>(c, 56) * x);
  return low + xx * xx * high;
}

/** φ and ψ at twice the same ξ. */
function polynomials(cell: usize, x: v128): v128 {
  const c = cell + CELL_PHI_PSI;
  const xx = f64x2.mul(x, x);
  const low = f64x2.add(linear(c, x), f64x2.mul(xx, linear(c + 32, x)));
  const high = f64x2.add(linear(c + 64, x), f64x2.mul(xx, linear(c + 96, x)));
  return f64x2.add(low, f64x2.mul(f64x2.mul(xx, xx), high));
}

function linear(c: usize, x: v128): v128 {
  return f64x2.add(v128.load(c), f64x2.mul(v128.load(c, 16), x));
}

/** Their derivatives in ξ, but for the highest powers. */
function derivatives(cell: usize, x: v128): v128 {
  const c = cell + CELL_PHI_PSI;
  const second = f64x2.mul(f64x2.splat(2), v128.load(c, 32));
  const third = f64x2.mul(f64x2.splat(3), v128.load(c, 48));
  return f64x2.add(v128.load(c, 16), f64x2.mul(x, f64x2.add(second, f64x2.mul(x, third))));
}
