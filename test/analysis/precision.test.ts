import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextReplications } from '../../src/analysis/precision.js';
import { ConfigError } from '../../src/errors.js';

const done = fc.integer({ min: 0, max: 100_000 });
const most = fc.integer({ min: 1, max: 100_000 });
const target = fc.double({ min: 1e-4, max: 1, noNaN: true });
const known = fc.double({ min: 0, max: 10, noNaN: true });
const relative = fc.array(fc.option(known), { maxLength: 6 });

describe('number of replications', () => {
  test('by hand', () => {
    expect(nextReplications(10, 1000, [0.01, 0.05], 0.05)).toBe(10);
    expect(nextReplications(10, 1000, [0.01, 0.06], 0.05)).toBe(15); // 14.4
    expect(nextReplications(10, 1000, [0.051], 0.05)).toBe(12); // 10.4, but at least 20 % more
    expect(nextReplications(20, 1000, [0.0501], 0.05)).toBe(24);
    // fewer than ten do not stop, unless they are equal
    expect(nextReplications(2, 1000, [0.01], 0.05)).toBe(4);
    expect(nextReplications(4, 1000, [0.01], 0.05)).toBe(8);
    expect(nextReplications(8, 1000, [0.01], 0.05)).toBe(10);
    expect(nextReplications(8, 9, [0.01], 0.05)).toBe(9);
    expect(nextReplications(2, 1000, [0], 0.05)).toBe(2);
    expect(nextReplications(10, 1000, [5], 0.05)).toBe(20);
    expect(nextReplications(10, 1000, [0, null], 0.05)).toBe(20);
    expect(nextReplications(10, 15, [null], 0.05)).toBe(15);
    expect(nextReplications(0, 15, [null], 0.05)).toBe(1);
    expect(nextReplications(0, 15, [], 0.05)).toBe(0);
  });

  test('done if and only if precise with ten or more, known exactly, or at the limit', () => {
    fc.assert(
      fc.property(done, most, relative, target, (done, most, relative, target) => {
        const precise = relative.every((width) => width !== null && width <= target);
        const next = nextReplications(done, most, relative, target);
        const exact = relative.every((width) => width === 0);
        expect(next === done).toBe((precise && done >= 10) || exact || done >= most);
      }),
    );
  });

  test('grows by 20 % to 100 %, at least by one, up to the limit', () => {
    fc.assert(
      fc.property(done, most, relative, target, (done, most, relative, target) => {
        const next = nextReplications(done, most, relative, target);
        if (next === done) return;
        expect(Number.isInteger(next)).toBe(true);
        expect(next).toBeGreaterThan(done);
        expect(next).toBeLessThanOrEqual(Math.min(Math.max(2 * done, done + 1), most));
        if (next < most) expect(5 * next).toBeGreaterThanOrEqual(6 * done);
      }),
    );
  });

  test('wider intervals never ask for fewer', () => {
    fc.assert(
      fc.property(done, most, known, known, target, (done, most, a, b, target) => {
        const [narrow, wide] = [Math.min(a, b), Math.max(a, b)];
        const next = nextReplications(done, most, [narrow], target);
        expect(nextReplications(done, most, [wide], target)).toBeGreaterThanOrEqual(next);
        expect(nextReplications(done, most, [null], target)).toBeGreaterThanOrEqual(next);
      }),
    );
  });

  test('ends, with half-widths that fall like the root of the number', () => {
    fc.assert(
      fc.property(target, known, (target, width) => {
        let [count, steps] = [2, 0];
        const limit = 100_000;
        for (;;) {
          const next = nextReplications(count, limit, [width / Math.sqrt(count)], target);
          if (next === count) break;
          count = next;
          steps++;
        }
        expect(steps).toBeLessThanOrEqual(18);
        const needed = Math.max(10, Math.ceil((width / target) ** 2));
        if (count < limit) expect(count).toBeLessThanOrEqual(Math.max(1.2 * needed + 1, 3));
      }),
    );
  });

  test('refuses bad arguments by name', () => {
    expect(() => nextReplications(-1, 5, [], 0.1)).toThrow(/^done: got -1/);
    expect(() => nextReplications(1.5, 5, [], 0.1)).toThrow(ConfigError);
    expect(() => nextReplications(1, 0, [], 0.1)).toThrow(/^most: got 0/);
    expect(() => nextReplications(1, 5, [0, Number.NaN], 0.1)).toThrow(/^relative\[1\]: got NaN/);
    expect(() => nextReplications(1, 5, [-1], 0.1)).toThrow(ConfigError);
    for (const target of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => nextReplications(1, 5, [], target)).toThrow(/^target: got/);
    }
  });
});
