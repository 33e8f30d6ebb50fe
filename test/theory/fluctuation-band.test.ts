import { describe, expect, test } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { normalQuantile } from '../../src/numerics/normal.js';
import { fluctuationBand } from '../../src/theory/fluctuation-band.js';
import { fluctuationSd } from '../reference/exact-laws.js';
import { Sfc32 } from '../reference/random.js';
import { expectRelative } from './tools.js';

const cost = costFunctions(PAPER_COST);

test.each([
  [0.5, 0],
  [0.6, 0.2533471031357997],
  [0.05, -1.6448536269514722],
  [0.975, 1.959963984540054],
  [0.9999, 3.719016485455709],
  [1e-10, -6.361340902404056],
  [1e-20, -9.26234008979841],
])('normal quantile at %f', (level, value) => {
  expect(normalQuantile(level)).toBeCloseTo(value, 11);
});

describe('fluctuation band', () => {
  test('known standard deviations', () => {
    expect(fluctuationBand(cost, 0.8, 500).sd).toBeCloseTo(0.010791, 6);
    expect(fluctuationBand(cost, 0.8, 100).sd).toBeCloseTo(0.024129, 6);
    for (const lambda of [0.025, 0.4, 1.5]) {
      expectRelative(fluctuationBand(cost, lambda, 70).sd, fluctuationSd(lambda, 70), 1e-12);
    }
  });

  test('quantiles lie at 1.645 standard deviations', () => {
    const { mean, sd, levels, values } = fluctuationBand(cost, 0.8, 500, [0.05, 0.5, 0.95]);
    expect(mean).toBeCloseTo(Math.cbrt(4), 12);
    expect(levels).toEqual([0.05, 0.5, 0.95]);
    expect(values[0]).toBeCloseTo(mean - 1.644853627 * sd, 9);
    expect(values[1]).toBe(mean);
    expect(values[2]).toBeCloseTo(mean + 1.644853627 * sd, 9);
    expect(fluctuationBand(cost, 0.8, 500).values).toEqual([values[0], values[2]]);
  });

  test('says when it cannot be relied on', () => {
    expect(fluctuationBand(cost, 0.8, 500)).toMatchObject({ valid: true, reason: null });
    expect(fluctuationBand(cost, 0.8, 100)).toMatchObject({ valid: true, reason: null });
    const small = fluctuationBand(cost, 0.8, 10);
    expect(small.valid).toBe(false);
    expect(small.reason).toMatch(/skewed: skewness -1\.7/);
    const slow = fluctuationBand(cost, 0.025, 100);
    expect(slow.valid).toBe(false);
    expect(slow.reason).toMatch(/timescales do not separate: m lambda\/theta = 0\.106 is below 10/);
  });

  test('variance and skewness are those of exponentially forgotten pushes', () => {
    const [lambda, m] = [0.8, 100];
    const { mean, sd, skewness } = fluctuationBand(cost, lambda, m);
    const theta = 0.75 - 0.2 / mean;
    const [idle, busy] = [1 / lambda - 1 / mean, 1 / mean];
    const random = new Sfc32(1);
    const [sums, pushes] = [[0, 0, 0], 400_000];
    for (let i = 0; i < pushes; i++) {
      const a = idle * random.exponential();
      const b = busy * random.exponential();
      const push = (-0.2 * mean * (a ** 2 / 2 + a * b - idle * (a + b))) / m;
      [1, 2, 3].forEach((power, k) => {
        sums[k] += push ** power / pushes;
      });
    }
    // Campbell: the k-th cumulant is λ E[push^k] m/(kθ)
    const cumulants = sums.map((moment, k) => (lambda * moment * m) / ((k + 1) * theta));
    expectRelative(sd ** 2, cumulants[1], 0.03);
    expectRelative(skewness, cumulants[2] / cumulants[1] ** 1.5, 0.15);
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => fluctuationBand(cost, 0.8, 100, [0.5, 1])).toThrow(/levels\[1\] is 1/);
    expect(() => fluctuationBand(cost, 0.8, 100, [Number.NaN])).toThrow(/levels\[0\] is NaN/);
    expect(() => fluctuationBand(cost, 0.8, -1)).toThrow(/m is -1/);
    expect(() => fluctuationBand(cost, 5, 100)).toThrow(/lambda is 5/);
  });
});
