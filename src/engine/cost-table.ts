import type { CostFunctions } from '../cost/cost.js';
import { upperRate } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { CELL_BYTES, CELL_SHIFT } from './layout.js';

/** Octaves below μ₊ at which the table begins; below, φ counts as a power and ψ as 0. */
const OCTAVES_BELOW = 36;
const CELLS_PER_OCTAVE = 32;
const NODES = 8;
/** Largest relative interpolation error that a smooth cost leaves. */
const SMOOTH = 1e-11;

/** φ, ψ and h as the kernel wants them (see assembly/rate-equation/cost-table.ts). */
export interface CostTable {
  /** cells of CELL_BYTES each, as doubles */
  cells: Float64Array;
  /** key of cell 0: the top bits of its doubles */
  base: bigint;
  /** φ(x) ≈ −steepness · (start / x)^exponent below the start of the table, the centre of its first cell */
  exponent: number;
  steepness: number;
}

/** Cells that a table for rates up to `largest` has. */
export function costTableCells(cost: CostFunctions, largest: number): number {
  const octaves = OCTAVES_BELOW + Math.ceil(Math.log2(Math.max(1, largest / upperRate(cost)))) + 2;
  return octaves * CELLS_PER_OCTAVE;
}

/**
 * Tabulates a cost on `count` cells (`costTableCells`).
 * @throws {ConfigError} where the cost is not smooth enough for 1e-11
 */
export function tabulateCost(cost: CostFunctions, count: number): CostTable {
  const upper = upperRate(cost);
  const base = keyOf(upper * 2 ** -OCTAVES_BELOW);
  const phi = (x: number) => cost.dg(x) + cost.dh(x) / x;
  const phiSize = (x: number) => Math.abs(cost.dg(x)) + cost.dh(x) / x;
  const stride = CELL_BYTES / 8;
  const cells = new Float64Array(count * stride);
  for (let k = 0; k < count; k++) {
    const low = fromKey(base + BigInt(k));
    const high = fromKey(base + BigInt(k + 1));
    const centre = (low + high) / 2;
    const half = (high - low) / 2;
    const at = k * stride;
    cells[at] = centre;
    cells[at + 1] = 1 / half;
    const functions = [
      [phi, phiSize],
      [cost.dh, cost.dh],
      [cost.h, cost.h],
    ] as const;
    functions.forEach(([f, size], i) => {
      const coefficients = interpolate((xi) => f(centre + half * xi));
      // φ and ψ by turns, then h
      const first = at + 2 + (i < 2 ? i : 2 * NODES);
      coefficients.forEach((c, k) => {
        cells[first + (i < 2 ? 2 * k : k)] = c;
      });
      // half-way between two nodes; far below μ₊ the engine is rarely and nothing depends on it
      const test = 0.37;
      const x = centre + half * test;
      const error = Math.abs(coefficients.reduceRight((sum, c) => sum * test + c, 0) - f(x));
      if (x > upper / 1024 && !(error <= SMOOTH * Math.abs(size(x)) + 1e-300)) {
        throw new ConfigError(
          'cost',
          `is not smooth enough near x = ${x}: its derivatives must be continuous`,
        );
      }
    });
  }
  const start = cells[0] as number;
  // rounded, so that it does not depend on the host's logarithm; what matters of it is far above 1e-6
  const exponent = Math.round(Math.log2(phi(start) / phi(2 * start)) * 2 ** 20) / 2 ** 20;
  return { cells, base, exponent, steepness: -phi(start) };
}

const bits = new DataView(new ArrayBuffer(8));

function keyOf(x: number): bigint {
  bits.setFloat64(0, x);
  return bits.getBigUint64(0) >> BigInt(CELL_SHIFT);
}

function fromKey(key: bigint): number {
  bits.setBigUint64(0, key << BigInt(CELL_SHIFT));
  return bits.getFloat64(0);
}

/** Chebyshev nodes on [−1, 1], and the inverse of their Vandermonde matrix: values → coefficients. */
const half = [0.9807852804032304, 0.8314696123025452, 0.5555702330196022, 0.19509032201612825];
const nodes = [...half, ...half.map((x) => -x).reverse()];
const inverse = nodes.map((own, i) => {
  // coefficients of the i-th Lagrange polynomial
  let polynomial = [1];
  nodes.forEach((other, j) => {
    if (i === j) return;
    const next = new Array<number>(polynomial.length + 1).fill(0);
    polynomial.forEach((c, power) => {
      next[power + 1] = (next[power + 1] as number) + c / (own - other);
      next[power] = (next[power] as number) - (c * other) / (own - other);
    });
    polynomial = next;
  });
  return polynomial;
});

/** Coefficients of the polynomial of degree 7 through f at the Chebyshev nodes. */
function interpolate(f: (xi: number) => number): number[] {
  const values = nodes.map(f);
  return Array.from({ length: NODES }, (_, power) =>
    values.reduce((sum, value, i) => sum + value * (inverse[i]?.[power] as number), 0),
  );
}
