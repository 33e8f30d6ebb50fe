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
