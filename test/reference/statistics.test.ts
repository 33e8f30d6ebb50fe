import { describe, expect, it } from 'vitest';
import { Sfc32 } from './random.js';
import {
  batchMeans,
  chiSquarePValue,
  chiSquareTest,
  kolmogorovSmirnovTest,
  kolmogorovUpperTail,
  logGamma,
  mean,
  normalQuantile,
  normalUpperTail,
  regularizedBeta,
  studentInterval,
  studentQuantile,
  variance,
} from './statistics.js';

describe('special functions', () => {
  it('know the gamma function', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
  });

  it('know the beta function', () => {
    expect(regularizedBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
    expect(regularizedBeta(0.25, 2, 3)).toBeCloseTo(0.26171875, 14); // binomial tail, by hand
    expect(regularizedBeta(0.9, 2, 3)).toBeCloseTo(0.9963, 14);
  });
});

// Table values: Abramowitz and Stegun, Handbook of Mathematical Functions, ch. 26.
describe('tables', () => {
  it('of the normal distribution', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 9);
    expect(normalQuantile(0.05)).toBeCloseTo(-1.644853627, 9);
    expect(normalUpperTail(1)).toBeCloseTo(0.158655253931, 12);
    expect(normalUpperTail(6) / 9.865876450377e-10).toBeCloseTo(1, 9);
    expect(normalUpperTail(-1)).toBeCloseTo(0.841344746069, 12);
  });

  it('of Student’s t distribution', () => {
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706, 3);
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.228, 3);
    expect(studentQuantile(0.995, 30)).toBeCloseTo(2.75, 3);
    expect(studentQuantile(0.05, 5)).toBeCloseTo(-2.015, 3);
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(normalQuantile(0.975), 6);
  });

  it('of the chi-square distribution', () => {
    expect(chiSquarePValue(3.84146, 1)).toBeCloseTo(0.05, 6);
    expect(chiSquarePValue(18.307, 10)).toBeCloseTo(0.05, 5);
    expect(chiSquarePValue(50.8922, 30)).toBeCloseTo(0.01, 5);
    expect(chiSquarePValue(4, 2)).toBeCloseTo(Math.exp(-2), 14);
    expect(chiSquarePValue(0, 3)).toBe(1);
  });

  it('of Kolmogorov’s distribution', () => {
    expect(kolmogorovUpperTail(1.3581)).toBeCloseTo(0.05, 5);
    expect(kolmogorovUpperTail(1.6276)).toBeCloseTo(0.01, 5);
    expect(kolmogorovUpperTail(0.8276)).toBeCloseTo(0.5, 4);
    expect(kolmogorovUpperTail(1.1799999)).toBeCloseTo(kolmogorovUpperTail(1.18), 6);
    expect(kolmogorovUpperTail(0.02)).toBe(1);
  });
});

describe('estimates and tests', () => {
  it('compute sample moments and batches', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expect(batchMeans([1, 3, 5, 7, 100], 2)).toEqual([2, 6]);
  });

  it('compute Student’s interval', () => {
    const { mean: centre, halfWidth } = studentInterval([1, 2, 3, 4, 5], 0.05);
    expect(centre).toBe(3);
    expect(halfWidth).toBeCloseTo(2.776445 * Math.sqrt(2.5 / 5), 5);
  });

  it('compute Pearson’s statistic', () => {
    const { statistic, pValue } = chiSquareTest([30, 20, 50], [0.25, 0.25, 0.5]);
    expect(statistic).toBeCloseTo(2, 14);
    expect(pValue).toBeCloseTo(Math.exp(-1), 14);
  });

  it('compute the Kolmogorov–Smirnov distance', () => {
    expect(kolmogorovSmirnovTest([1, 2, 3, 4], [3, 4, 5, 6]).statistic).toBeCloseTo(0.5, 14);
    expect(kolmogorovSmirnovTest([1, 1, 2], [1, 1, 2])).toEqual({ statistic: 0, pValue: 1 });
  });

  it('reject as often as they say', () => {
    // Of 2000 tests at level 5 % a correct one rejects 100 ± 9.7; five sigmas either way are a
    // false alarm of 6e-7.
    const random = new Sfc32(3);
    const sample = (size: number) => Array.from({ length: size }, () => random.exponential());
    let missed = 0;
    let rejected = 0;
    for (let trial = 0; trial < 2000; trial++) {
      if (kolmogorovSmirnovTest(sample(80), sample(120)).pValue < 0.05) rejected++;
      const normal = Array.from({ length: 6 }, () => normalQuantile(random.uniform()));
      const { mean: centre, halfWidth } = studentInterval(normal, 0.05);
      if (Math.abs(centre) > halfWidth) missed++;
    }
    expect(Math.abs(rejected - 100)).toBeLessThan(49);
    expect(Math.abs(missed - 100)).toBeLessThan(49);
  });
});
