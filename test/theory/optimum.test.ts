import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costFunctions, optimalRate, PAPER_COST } from '../../src/cost/cost.js';
import { ConfigError } from '../../src/errors.js';
import { fixedPoint } from '../../src/theory/fixed-point.js';
import { optimalCost, optimum } from '../../src/theory/optimal.js';
import { stationaryLaw } from '../../src/theory/stationary-law.js';
import { relaxationRate, thresholds, timescaleRatio } from '../../src/theory/thresholds.js';
import * as reference from '../reference/exact-laws.js';
import { cubicCost, expectRelative, rateVector } from './tools.js';

const cost = costFunctions(PAPER_COST);
const arrivalRate = fc.double({ min: 0.02, max: 1.5, noNaN: true });
/** Decreasing in x for all x: rates would sink to 0. */
const noCost = { ...cost, dg: () => 0 };

describe('optimum', () => {
  test('the paper’s cost: μ* = (5λ)^{1/3}', () => {
    for (const lambda of [0.025, 0.8, 1.5, 1e-20, 1e20]) {
      expectRelative(optimum(cost, lambda).rate, Math.cbrt(5 * lambda), 1e-13);
    }
    expectRelative(optimalCost(cost, 0.8), 0.8 / Math.cbrt(4) + 0.1 * Math.cbrt(4) ** 2, 1e-14);
  });

  test('agrees with the rate the simulator uses', () => {
    expectRelative(optimum(cubicCost, 0.3).rate, optimalRate(cubicCost, 0.3), 1e-13);
  });

  test('equal rates are optimal at every n', () => {
    fc.assert(
      fc.property(rateVector(12), arrivalRate, (rates, lambda) => {
        for (const functions of [cost, cubicCost]) {
          const running = rates.reduce((sum, rate) => sum + functions.h(rate), 0) / rates.length;
          const total =
            lambda * functions.g(1 / stationaryLaw(rates, lambda).meanSojournTime) + running;
          expect(total).toBeGreaterThanOrEqual(optimalCost(functions, lambda) * (1 - 1e-12));
        }
      }),
    );
  });

  test('a cost without optimum, a bad arrival rate', () => {
    expect(() => optimum(noCost, 1)).toThrow(/cost: has no optimal rate at λ = 1/);
    expect(() => optimum({ ...cost, dg: () => Number.NaN }, 1)).toThrow(ConfigError);
    expect(() => optimum(cost, 0)).toThrow(/arrivalRate: got 0/);
  });
});

describe('thresholds and timescales', () => {
  test('the paper’s cost: μ₊ = √5, μ₋ a root of its cubic', () => {
    for (const lambda of [0.025, 0.8, 1.5]) {
      const { lower, upper } = thresholds(cost, lambda);
      expectRelative(upper, Math.sqrt(5), 1e-14);
      expectRelative(0.2 * lower ** 2 * (lower / lambda + 1), 1, 1e-13);
      expect(lower).toBeLessThan(optimum(cost, lambda).rate);
    }
  });

  test('relaxation rates and timescale ratios', () => {
    expect(relaxationRate(cost, 0.025)).toBeCloseTo(23.6, 10); // 16 + 8 − 0.4
    expect(timescaleRatio(cost, 0.025, 100)).toBeCloseTo(2.5 / 23.6, 12);
    expect(relaxationRate(cost, 0.8)).toBeCloseTo(0.75 - 0.2 / Math.cbrt(4), 13);
  });

  test('what has none is refused by name', () => {
    expect(() => thresholds(noCost, 1)).toThrow(/cost: has no lower threshold at λ = 1/);
    expect(() => thresholds(cost, Number.NaN)).toThrow(/arrivalRate: got NaN/);
    expect(() => relaxationRate(cost, 3)).toThrow(
      /arrivalRate: got 3; must be below the optimal rate/,
    );
    expect(() => timescaleRatio(cost, 0.8, 0)).toThrow(/inverseStepSize: got 0/);
  });
});

describe('fixed point at n servers', () => {
  test.each([
    [1, 1.36062941],
    [2, 1.45248736],
    [5, 1.53403867],
    [10, 1.56614895],
    [25, 1.58140723],
    [50, 1.58461434],
    [100, 1.58603377],
    [1000, 1.58726643],
    [Number.POSITIVE_INFINITY, 1.58740105],
  ])('n = %f: %f', (n, rate) => {
    const point = fixedPoint(cost, 0.8, n);
    expect(point.rate).toBeCloseTo(rate, 8);
    expectRelative(point.rate, reference.fixedPoint(0.8, n), 1e-11);
    expectRelative(point.cost, 0.8 / point.rate + 0.1 * point.rate ** 2, 1e-14);
    expectRelative(point.cost - point.regret, optimalCost(cost, 0.8), 1e-14);
  });

  test('regret is positive and falls with n, to 0 in the limit', () => {
    const regrets = [1, 2, 5, 10, 100].map((n) => fixedPoint(cost, 0.8, n).regret);
    for (let i = 1; i < regrets.length; i++) expect(regrets[i]).toBeLessThan(regrets[i - 1]);
    expect(regrets[4]).toBeGreaterThan(0);
    expect(fixedPoint(cost, 0.8, Number.POSITIVE_INFINITY).regret).toBeLessThan(1e-15);
  });

  test('regret is never negative, and the rate lies between the thresholds', () => {
    fc.assert(
      fc.property(arrivalRate, fc.integer({ min: 1, max: 60 }), (lambda, n) => {
        for (const functions of [cost, cubicCost]) {
          const { rate, regret } = fixedPoint(functions, lambda, n);
          const { lower, upper } = thresholds(functions, lambda);
          expect(regret).toBeGreaterThanOrEqual(0);
          expect(rate).toBeGreaterThanOrEqual(lower);
          expect(rate).toBeLessThanOrEqual(upper);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a single server always has E[I] = 1/λ: its fixed point is μ₋', () => {
    for (const functions of [cost, cubicCost]) {
      expectRelative(fixedPoint(functions, 0.3, 1).rate, thresholds(functions, 0.3).lower, 1e-13);
    }
  });

  test('a hundred thousand servers', () => {
    expectRelative(fixedPoint(cost, 0.8, 100_000).rate, Math.cbrt(4), 1e-5);
  });

  test('overload: where no server is ever idle', () => {
    // λ > μ*: at the limit the signal is 0 and rates rise until it is not, or to μ₊
    const { rate } = fixedPoint(cost, 10, Number.POSITIVE_INFINITY);
    expectRelative(rate, Math.sqrt(5), 1e-8);
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => fixedPoint(cost, 0.8, 0)).toThrow(/servers: got 0; must be an integer from 1/);
    expect(() => fixedPoint(cost, 0.8, 2.5)).toThrow(/servers: got 2.5/);
    expect(() => fixedPoint(cost, -0.8, 2)).toThrow(/arrivalRate: got -0.8/);
    expect(() => fixedPoint(noCost, 0.8, 2)).toThrow(ConfigError);
  });
});
