import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedIdleSignal, homogeneousIdleSignal } from '../../src/theory/idle-signal.js';
import { meanField } from '../../src/theory/mean-field.js';
import * as reference from '../reference/exact-laws.js';
import { expectRelative, rateVector } from './tools.js';

const arrivalRate = fc.double({ min: 0.01, max: 20, noNaN: true });

describe('expected idle signal at frozen rates', () => {
  test('known values', () => {
    expect(homogeneousIdleSignal(3, 1.2, 0.8)).toBeCloseTo(0.7755183, 7);
    expect(homogeneousIdleSignal(4, 1, 0.8)).toBeCloseTo(0.6437697, 7);
    const { values, exact } = expectedIdleSignal([1, 2, 0.5], 0.8);
    expect(exact).toBe(true);
    [0.73989107, 0.67226871, 0.80393755].forEach((value, v) => {
      expect(values[v]).toBeCloseTo(value, 8);
    });
  });

  test('different rates: the moments of the idle period over all busy sets', () => {
    fc.assert(
      fc.property(rateVector(6), arrivalRate, (rates, lambda) => {
        const { values, exact } = expectedIdleSignal(rates, lambda);
        expect(exact).toBe(true);
        reference.expectedIdleSignal(rates, lambda).forEach((value, v) => {
          expectRelative(values[v], value, 1e-10);
        });
      }),
      { numRuns: 40 },
    );
  }, 20_000);

  test('rates that differ by up to six orders of magnitude', () => {
    const rate = fc.double({ min: -3, max: 3, noNaN: true }).map((exponent) => 10 ** exponent);
    fc.assert(
      fc.property(fc.array(rate, { minLength: 2, maxLength: 5 }), arrivalRate, (rates, lambda) => {
        reference.expectedIdleSignal(rates, lambda).forEach((value, v) => {
          expectRelative(expectedIdleSignal(rates, lambda).values[v], value, 1e-9);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('classes of equal servers', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.double({ min: 5.1, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        arrivalRate,
        (a, b, sizeA, sizeB, lambda) => {
          const rates = [...new Array(sizeA).fill(a), ...new Array(sizeB).fill(b)];
          const { values } = expectedIdleSignal(rates, lambda);
          const [atA, atB] = reference.expectedIdleSignalClasses([a, b], [sizeA, sizeB], lambda);
          expectRelative(values[0], atA, 1e-10);
          expectRelative(values[rates.length - 1], atB, 1e-10);
        },
      ),
      { numRuns: 30 },
    );
  }, 20_000);

  test.each([1, 2, 7, 100, 3000])('n = %i equal rates', (n) => {
    for (const [rate, lambda] of [
      [1.2, 0.8],
      [0.4, 0.8],
      [30, 0.025],
    ]) {
      expectRelative(
        homogeneousIdleSignal(n, rate, lambda),
        reference.expectedIdleSignalHomogeneous(n, rate, lambda),
        1e-10,
      );
    }
  });

  test('nearly equal rates meet the equal ones', () => {
    const { values } = expectedIdleSignal([1.2, 1.2 * (1 + 1e-9), 1.2], 0.8);
    expect(values[0]).toBeCloseTo(homogeneousIdleSignal(3, 1.2, 0.8), 8);
  });

  test('fourteen different rates are exact', () => {
    const rates = Array.from({ length: 14 }, (_, v) => 0.5 + 0.17 * v);
    const { values, exact } = expectedIdleSignal(rates, 0.8);
    expect(exact).toBe(true);
    for (let v = 1; v < rates.length; v++) expect(values[v]).toBeLessThan(values[v - 1]);
    expect(Math.max(...values)).toBeLessThan(1 / 0.8);
  });

  test('two classes of 140 come near the limit of many servers', () => {
    const rates = [...new Array(140).fill(0.9), ...new Array(140).fill(2)];
    const { values, exact } = expectedIdleSignal(rates, 0.8);
    expect(exact).toBe(true);
    for (const value of values) expectRelative(value, meanField(rates, 0.8).idleSignal, 0.02);
  });

  test('beyond the limit of states the mean field is given, and said to be', () => {
    const rates = Array.from({ length: 15 }, (_, v) => 0.5 + 0.17 * v);
    const { values, exact } = expectedIdleSignal(rates, 0.8);
    expect(exact).toBe(false);
    expect(values).toEqual(new Array(15).fill(meanField(rates, 0.8).idleSignal));
  });

  test('a million equal servers are at the limit', () => {
    expectRelative(homogeneousIdleSignal(1_000_000, 1.5, 0.8), 1 / 0.8 - 1 / 1.5, 1e-5);
  });

  test('rates of very different sizes', () => {
    for (const rates of [
      [1e-100, 1e100, 1],
      [1e-20, 1e20, 1, 1, 1, 1e5],
    ]) {
      for (const lambda of [1e-100, 1e-3, 1, 1e100]) {
        const { values } = expectedIdleSignal(rates, lambda);
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual((1 + 1e-9) / lambda);
        }
      }
    }
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => expectedIdleSignal([], 1)).toThrow(/rates: is empty/);
    expect(() => expectedIdleSignal([1, -1], 1)).toThrow(/rates\[1\]: got -1/);
    expect(() => expectedIdleSignal([1], 0)).toThrow(/arrivalRate: got 0/);
    expect(() => homogeneousIdleSignal(1.5, 1, 1)).toThrow(/servers: got 1.5/);
    expect(() => homogeneousIdleSignal(0, 1, 1)).toThrow(/servers: got 0/);
    expect(() => homogeneousIdleSignal(2, Number.NaN, 1)).toThrow(/rate: got NaN/);
  });
});
