import fc from 'fast-check';
import { expect } from 'vitest';
import { costFunctions } from '../../src/cost/cost.js';

/** Relative difference at most `precision`. */
export function expectRelative(actual: number, expected: number, precision: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(precision * Math.abs(expected));
}

/** Up to `largest` rates between 0.05 and 20. */
export function rateVector(largest: number) {
  return fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), {
    minLength: 1,
    maxLength: largest,
  });
}

/** The paper's other example, g(x) = 1/(1 + x) and h(x) = 0.05 x³ (Remark 2.2). */
export const cubicCost = costFunctions({
  g: { family: 'shifted', a: 1, p: 1 },
  h: { family: 'power', b: 0.05, q: 3 },
});

/** x of A x = b by elimination with pivots. */
export function solve(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]]);
  const n = b.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, _, i) => {
      return Math.abs(rows[k + i][k]) > Math.abs(rows[best][k]) ? k + i : best;
    }, k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
