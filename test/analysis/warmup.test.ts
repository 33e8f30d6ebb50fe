import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mser5 } from '../../src/analysis/warmup.js';
import { Sfc32 } from '../reference/random.js';
import { mean } from '../reference/statistics.js';
import { autoregression, normal } from './series.js';

/** z(0), …, z(⌊k/2⌋) from the definition. */
function statistic(series: readonly number[]): number[] {
  const batches = Array.from({ length: Math.floor(series.length / 5) }, (_, b) =>
    mean(series.slice(5 * b, 5 * b + 5)),
  );
  return Array.from({ length: Math.floor(batches.length / 2) + 1 }, (_, d) => {
    const kept = batches.slice(d);
    const centre = mean(kept);
    return kept.reduce((sum, y) => sum + (y - centre) ** 2, 0) / kept.length ** 2;
  });
}

describe('MSER-5', () => {
  test('minimises its statistic', () => {
    const sample = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 50, maxLength: 300 }), (series) => {
        const { truncation, capped } = mser5(series);
        const z = statistic(series);
        expect(truncation % 5).toBe(0);
        expect(z[truncation / 5]).toBeLessThanOrEqual(Math.min(...z) * (1 + 1e-9) + 1e-12);
        expect(capped).toBe(truncation / 5 === z.length - 1);
      }),
    );
  });

  test('finds the very minimum of random series with and without a transient', () => {
    const random = new Sfc32(201);
    for (let length = 50; length < 400; length += 3) {
      const height = 10 * random.uniform();
      const series = Array.from(
        { length },
        (_, i) => height * Math.exp(-i / 20) + normal(random) + 1e6,
      );
      const z = statistic(series);
      expect(mser5(series).truncation).toBe(5 * z.indexOf(Math.min(...z)));
    }
  });

  /** False-alarm rates with a fresh seed below 1e-4, from the frequencies in 5000 series of each kind. */
  describe('deletes about the transient', () => {
    const random = new Sfc32(202);
    const truncations = (draw: () => ArrayLike<number>) =>
      Array.from({ length: 100 }, () => mser5(draw()).truncation).sort((a, b) => a - b);

    test('a step of 200 samples: never less, in three of four series at most 20 more', () => {
      const found = truncations(() =>
        Float64Array.from({ length: 2000 }, (_, i) => (i < 200 ? 5 : 0) + normal(random)),
      );
      expect(found[0]).toBeGreaterThanOrEqual(200);
      expect(found[75]).toBeLessThanOrEqual(220);
    });

    test('an exponential decay with time constant 50: two to three of them in the middle', () => {
      const found = truncations(() =>
        Float64Array.from({ length: 2000 }, (_, i) => 10 * Math.exp(-i / 50) + normal(random)),
      );
      expect(found[0]).toBeGreaterThanOrEqual(60);
      expect(found[50]).toBeGreaterThanOrEqual(130);
      expect(found[50]).toBeLessThanOrEqual(170);
    });

    test('no transient, correlated samples: nothing in most series', () => {
      const found = truncations(() => autoregression(0.8, 2000, random));
      expect(found[50]).toBe(0);
      expect(found[75]).toBeLessThanOrEqual(50);
    });
  });

  test('a constant series loses nothing, one constant after a transient exactly that', () => {
    expect(mser5(new Array(1000).fill(0.1))).toEqual({ truncation: 0, capped: false });
    const series = Array.from({ length: 1000 }, (_, i) => (i < 100 ? 100 - i : 0.1));
    expect(mser5(series)).toEqual({ truncation: 100, capped: false });
  });

  test('a series that is all transient is reported', () => {
    const drift = Array.from({ length: 1003 }, (_, i) => i);
    expect(mser5(drift)).toEqual({ truncation: 500, capped: true });
    const late = Array.from({ length: 1000 }, (_, i) => (i < 700 ? 5 : 0));
    expect(mser5(late).truncation).toBeLessThanOrEqual(500);
  });

  test('fewer than ten batches: half are deleted', () => {
    expect(mser5([])).toEqual({ truncation: 0, capped: true });
    expect(mser5([1, 2, 3])).toEqual({ truncation: 0, capped: true });
    expect(mser5(new Array(49).fill(1))).toEqual({ truncation: 20, capped: true });
    expect(mser5(new Array(50).fill(1))).toEqual({ truncation: 0, capped: false });
  });

  test('does not look at a last batch that is not whole', () => {
    const series = Array.from({ length: 104 }, (_, i) => (i < 100 ? i % 7 : Number.NaN));
    expect(mser5(series)).toEqual(mser5(series.slice(0, 100)));
  });

  test('takes a million samples in no time, and is repeatable', () => {
    const random = new Sfc32(203);
    const series = Float64Array.from({ length: 1_000_000 }, () => random.uniform());
    const began = performance.now();
    const result = mser5(series);
    expect(performance.now() - began).toBeLessThan(2000); // some 10 ms; a quadratic rule needs hours
    expect(result).toEqual(mser5([...series]));
  });

  test('refuses samples that are no numbers', () => {
    const series = new Array(100).fill(1);
    series[42] = Number.NaN;
    expect(() => mser5(series)).toThrow(/^series\[42\]: got NaN/);
  });
});
