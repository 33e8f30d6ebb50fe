import { describe, expect, test } from 'vitest';
import { tFactor, tQuantile } from '../../src/numerics/student.js';
import { normalQuantile, studentQuantile } from '../reference/statistics.js';

const levels = [0.51, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9995, 0.999999];

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(expected)));
}

describe('quantiles of Student’s t', () => {
  test('one and two degrees of freedom: closed forms', () => {
    for (const level of levels) {
      expectClose(tQuantile(level, 1), Math.tan(Math.PI * (level - 0.5)));
      expectClose(tQuantile(level, 2), (2 * level - 1) / Math.sqrt(2 * level * (1 - level)));
    }
  });

  test('published table', () => {
    const table = [
      [0.95, 3, 2.353363],
      [0.975, 5, 2.570582],
      [0.975, 10, 2.228139],
      [0.995, 9, 3.249836],
      [0.975, 30, 2.042272],
      [0.9995, 20, 3.849516],
      [0.975, 120, 1.97993],
    ];
    for (const [level, degreesOfFreedom, value] of table) {
      expect(Math.abs(tQuantile(level, degreesOfFreedom) - value)).toBeLessThan(6e-7);
    }
  });

  test('another implementation', () => {
    for (const degreesOfFreedom of [3, 4, 7, 12, 18, 31, 99, 500, 5000, 99_999]) {
      for (const level of levels) {
        expectClose(tQuantile(level, degreesOfFreedom), studentQuantile(level, degreesOfFreedom));
      }
    }
  });

  test('odd about one half, and continuous where the expansion takes over', () => {
    expect(tQuantile(0.5, 7)).toBe(0);
    for (const level of levels) {
      expectClose(tQuantile(1 - level, 7), -tQuantile(level, 7));
      expectClose(tQuantile(level, 100_001), tQuantile(level, 99_999));
      expectClose(tQuantile(level, Number.POSITIVE_INFINITY), normalQuantile(level));
    }
  });

  test('two-sided factor', () => {
    expect(tFactor(0.95, 9)).toBe(tQuantile(0.975, 9));
    expect(tFactor(0, 9)).toBe(0);
  });

  test('refuses bad arguments by name', () => {
    for (const level of [0, 1, Number.NaN]) {
      expect(() => tQuantile(level, 3)).toThrow(/^level is/);
    }
    for (const degreesOfFreedom of [0, -1, Number.NaN]) {
      expect(() => tQuantile(0.9, degreesOfFreedom)).toThrow(/^degreesOfFreedom is/);
    }
    for (const level of [-0.1, 1, 95]) expect(() => tFactor(level, 3)).toThrow(RangeError);
  });
});
