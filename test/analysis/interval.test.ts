import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanInterval, relativeHalfWidth } from '../../src/analysis/interval.js';
import { ConfigError } from '../../src/errors.js';
import { Sfc32 } from '../reference/random.js';
import { studentInterval, variance } from '../reference/statistics.js';
import { fourSigma, frequency, normal } from './series.js';

const TRIALS = 2000;

describe('interval for a mean', () => {
  test('by hand', () => {
    const { mean, halfWidth, sd, count, level } = meanInterval([1, 2, 3, 4, 5]);
    expect([mean, count, level]).toEqual([3, 5, 0.95]);
    expect(sd).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(halfWidth).toBeCloseTo(2.776445 * Math.sqrt(2.5 / 5), 5);
  });

  test('another implementation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 50 }),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (values, level) => {
          const interval = meanInterval(Float64Array.from(values), level);
          const reference = studentInterval(values, 1 - level);
          expect(interval.mean).toBeCloseTo(reference.mean, 9);
          expect(interval.sd).toBeCloseTo(Math.sqrt(variance(values)), 9);
          const error = Math.abs((interval.halfWidth as number) - reference.halfWidth);
          expect(error).toBeLessThanOrEqual(1e-6 * reference.halfWidth + 1e-9);
        },
      ),
    );
  });

  test('a single value has no error, equal values have error 0', () => {
    expect(meanInterval([7], 0.9)).toEqual({
      mean: 7,
      halfWidth: null,
      sd: null,
      count: 1,
      level: 0.9,
    });
    expect(meanInterval([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, halfWidth: 0, sd: 0 });
  });

  test('keeps the digits of small differences between large values', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    expect(meanInterval(values).mean).toBe(1e9 + 0.5);
    expect(meanInterval(values).sd).toBeCloseTo(Math.sqrt(250 / 999), 12);
  });

  test('relative half-width', () => {
    expect(relativeHalfWidth({ mean: -4, halfWidth: 1 })).toBe(0.25);
    expect(relativeHalfWidth({ mean: 0, halfWidth: 0 })).toBe(0);
    expect(relativeHalfWidth({ mean: 0, halfWidth: 1 })).toBe(Number.POSITIVE_INFINITY);
    expect(relativeHalfWidth({ mean: 3, halfWidth: null })).toBe(null);
  });

  test('refuses bad arguments by name', () => {
    expect(() => meanInterval([])).toThrow(/^values: is empty/);
    expect(() => meanInterval([1, Number.NaN])).toThrow(/^values\[1\]: got NaN/);
    expect(() => meanInterval([1, Number.POSITIVE_INFINITY])).toThrow(ConfigError);
    expect(() => meanInterval([1], 95)).toThrow(/^level: got 95/);
  });
});

/** False-alarm rate of each test with a fresh seed: 6e-5. */
describe('coverage', () => {
  test('normal values: exactly the level, however few', () => {
    const random = new Sfc32(101);
    for (const [count, level] of [
      [2, 0.95],
      [5, 0.95],
      [20, 0.8],
    ]) {
      const covered = frequency(TRIALS, () => {
        const values = Array.from({ length: count }, () => 3 + normal(random));
        return covers(meanInterval(values, level), 3);
      });
      expect(Math.abs(covered - level)).toBeLessThan(fourSigma(level, TRIALS));
    }
  });

  test('exponential values: the level less 0.89/n by their skewness (Hall, The Bootstrap and Edgeworth Expansion)', () => {
    const random = new Sfc32(102);
    const expected = 0.95 - 0.89 / 100;
    const covered = frequency(TRIALS, () => {
      const values = Array.from({ length: 100 }, () => random.exponential());
      return covers(meanInterval(values), 1);
    });
    expect(Math.abs(covered - expected)).toBeLessThan(fourSigma(expected, TRIALS));
  });
});

function covers(interval: { mean: number; halfWidth: number | null }, truth: number): boolean {
  return Math.abs(interval.mean - truth) <= (interval.halfWidth as number);
}
