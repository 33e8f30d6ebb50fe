import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  auxiliaryBusyBounds,
  busyFractionLowerTail,
  busyFractionUpperTail,
  overloadedIdleSignalBound,
} from '../../src/theory/bounds.js';
import { expectedIdleSignal } from '../../src/theory/idle-signal.js';
import { meanField } from '../../src/theory/mean-field.js';
import { stationaryLaw } from '../../src/theory/stationary-law.js';
import { solveByOdex } from '../reference/odex.js';
import { rateVector } from './tools.js';

const unit = fc.double({ min: 0.001, max: 1, noNaN: true });
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('bounds in the proof of Theorem 2.9', () => {
  test('Lemma 4.2 against the exact law', () => {
    fc.assert(
      fc.property(rateVector(40), unit, unit, (rates, part, overload) => {
        const lambda = mean(rates) / overload;
        const epsilon = part / 3;
        const { busyDistribution } = stationaryLaw(rates, lambda);
        const exact = sumOf(busyDistribution.filter((_, k) => k / rates.length <= 1 - 3 * epsilon));
        expect(exact).toBeLessThanOrEqual(busyFractionLowerTail(rates, lambda, epsilon) + 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  test('Lemma 4.3 against the exact signal', () => {
    fc.assert(
      fc.property(rateVector(6), unit, unit, (rates, part, overload) => {
        const lambda = mean(rates) / overload;
        const bound = overloadedIdleSignalBound(rates, lambda, part / 3);
        for (const value of expectedIdleSignal(rates, lambda).values) {
          expect(value).toBeLessThanOrEqual(bound);
        }
      }),
    );
  });

  test('Lemma 4.9 against the exact law', () => {
    fc.assert(
      fc.property(rateVector(40), unit, unit, (rates, part, load) => {
        const lambda = 0.999 * load * mean(rates);
        const epsilon = (0.999 * part * (mean(rates) - lambda)) / (3 * Math.max(...rates));
        const { busyDistribution } = stationaryLaw(rates, lambda);
        const exact = sumOf(busyDistribution.filter((_, k) => k / rates.length >= 1 - epsilon));
        expect(exact).toBeLessThanOrEqual(busyFractionUpperTail(rates, lambda, epsilon) + 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  test('Lemma 4.11 against the solution of (4.4)', () => {
    const rates = [0.9, 1.3, 2.5];
    const lambda = 0.8;
    for (const initial of [0, 0.5]) {
      for (const time of [0.1, 1, 5]) {
        const busy = solveByOdex(
          (_, y) => {
            const idle = 1 - sumOf(y);
            return y.map((value, v) => (lambda * (1 / 3 - value)) / idle - rates[v] * value);
          },
          rates.map(() => initial / 3),
          time,
        );
        const { lower, upper } = auxiliaryBusyBounds(rates, lambda, initial, time);
        expect(sumOf(busy)).toBeGreaterThanOrEqual(lower);
        expect(sumOf(busy)).toBeLessThanOrEqual(upper);
      }
    }
  });

  test('at time Infinity Lemma 4.11 bounds the mean field', () => {
    fc.assert(
      fc.property(rateVector(20), unit, (rates, load) => {
        const lambda = 0.999 * load * mean(rates);
        const { lower, upper } = auxiliaryBusyBounds(rates, lambda, 0, Number.POSITIVE_INFINITY);
        const { busyFraction } = meanField(rates, lambda);
        expect(busyFraction).toBeGreaterThanOrEqual(lower - 1e-12);
        expect(busyFraction).toBeLessThanOrEqual(upper + 1e-12);
      }),
    );
  });

  test('values', () => {
    expect(busyFractionLowerTail([1, 1], 2, 0.2)).toBeCloseTo(0.9 ** 0.4, 14);
    expect(busyFractionUpperTail([2, 2], 1, 0.1)).toBeCloseTo((1 / 1.2) ** 0.2, 14);
    expect(auxiliaryBusyBounds([2, 2], 1, 0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => busyFractionLowerTail([2], 1, 0.1)).toThrow(
      /arrivalRate: got 1; must be at least/,
    );
    expect(() => busyFractionLowerTail([1], 2, 0.5)).toThrow(/epsilon: got 0.5/);
    expect(() => busyFractionLowerTail([1], 2, 0)).toThrow(/epsilon: got 0/);
    expect(() => overloadedIdleSignalBound([], 2, 0.1)).toThrow(/rates: is empty/);
    expect(() => busyFractionUpperTail([1], 2, 0.1)).toThrow(
      /arrivalRate: got 2; must be less than/,
    );
    expect(() => busyFractionUpperTail([2], 1, 0.2)).toThrow(/epsilon: got 0.2/);
    expect(() => auxiliaryBusyBounds([2], 1, 1.5, 0)).toThrow(/initialFraction: got 1.5/);
    expect(() => auxiliaryBusyBounds([2], 1, 0, -1)).toThrow(/time: got -1/);
    expect(() => auxiliaryBusyBounds([2], 1, 0, Number.NaN)).toThrow(/time: got NaN/);
    expect(() => auxiliaryBusyBounds([2], 2, 0, 1)).toThrow(/arrivalRate: got 2/);
  });
});
