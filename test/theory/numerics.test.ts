import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimum } from '../../src/numerics/minimum.js';
import { rootBetween, smoothRootBetween } from '../../src/numerics/root.js';
import { expectRelative } from './tools.js';

describe('the root of a smooth function', () => {
  test('is that found by bisection, with fewer evaluations', () => {
    const power = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(power, fc.double({ min: 0.2, max: 5, noNaN: true }), (log, exponent) => {
        const root = Math.exp(log);
        let evaluations = 0;
        const f = (x: number) => (x / root) ** exponent - (root / x) ** 2;
        const found = smoothRootBetween(1e-40, 1e40, (x) => {
          evaluations++;
          return f(x);
        });
        expectRelative(found as number, root, 1e-13);
        expectRelative(rootBetween(1e-40, 1e40, f) as number, root, 1e-13);
        expect(evaluations).toBeLessThan(40);
      }),
    );
  });

  test('takes a root at an end, and refuses an interval without a change of sign', () => {
    expect(smoothRootBetween(1, 2, (x) => x - 1)).toBe(1);
    expect(smoothRootBetween(1, 2, (x) => x - 2)).toBe(2);
    expect(smoothRootBetween(1, 2, (x) => x)).toBeUndefined();
    expect(smoothRootBetween(1, 2, (x) => 1.5 - x)).toBeUndefined();
    expect(smoothRootBetween(1, 2, () => Number.NaN)).toBeUndefined();
  });
});

describe('the least value', () => {
  test('of a function that falls and then rises', () => {
    for (const [f, least] of [
      [(x: number) => 1 / x + 0.1 * x ** 2, 5 ** (1 / 3)],
      [(x: number) => (Math.log(x) - 20) ** 2, Math.exp(20)],
      [(x: number) => (x < 1e-9 ? Number.POSITIVE_INFINITY : x - 3e-6 * Math.log(x)), 3e-6],
    ] as const) {
      expectRelative(minimum(f) as number, least, 1e-9);
    }
  });

  test('is not at an end, and not where there are no values', () => {
    expect(minimum((x) => x)).toBeUndefined();
    expect(minimum((x) => -x)).toBeUndefined();
    expect(minimum(() => Number.NaN)).toBeUndefined();
  });
});
