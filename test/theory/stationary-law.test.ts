import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { stationaryLaw } from '../../src/theory/stationary-law.js';
import { bruteForceChain, erlangB, productForm } from '../reference/exact-laws.js';
import { Sfc32 } from '../reference/random.js';
import { expectRelative, rateVector } from './tools.js';

function uniformRates(n: number, low: number, high: number, seed: number): number[] {
  const random = new Sfc32(seed);
  return Array.from({ length: n }, () => low + (high - low) * random.uniform());
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Accepted work equals completed work, and the number of busy servers agrees with the marginals. */
function expectBalance(rates: number[], lambda: number, precision = 1e-11): void {
  const n = rates.length;
  const law = stationaryLaw(rates, lambda);
  const everything = [
    ...law.busyProbability,
    ...law.busyDistribution,
    ...law.meanIdlePeriod,
    law.meanSojournTime,
  ];
  expect(everything.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  expectRelative(sum(law.busyDistribution), 1, 1e-12);
  expectRelative(sum(law.busyProbability) / n, law.busyFraction, precision);
  expectRelative(
    sum(law.busyProbability.map((p, v) => p * rates[v])) / n,
    law.throughput,
    precision,
  );
}

describe('stationary law at frozen rates', () => {
  test('known values', () => {
    const three = stationaryLaw([1, 2, 0.5], 0.8).busyProbability;
    [0.58157227, 0.43786982, 0.71682164].forEach((p, v) => {
      expect(three[v]).toBeCloseTo(p, 8);
    });
    const six = stationaryLaw([0.3, 1.1, 2.2, 1.7, 0.9, 1.3], 0.8).busyProbability;
    [0.83985393, 0.61756404, 0.47011617, 0.52524095, 0.65840021, 0.58254124].forEach((p, v) => {
      expect(six[v]).toBeCloseTo(p, 8);
    });
  });

  test('every field agrees with the balance equations of all busy sets', () => {
    fc.assert(
      fc.property(
        rateVector(8),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (rates, lambda) => {
          const law = stationaryLaw(rates, lambda);
          const reference = bruteForceChain(rates, lambda);
          law.busyProbability.forEach((p, v) => {
            expectRelative(p, reference.busyProbability[v], 1e-10);
            expectRelative(law.meanIdlePeriod[v], reference.meanIdlePeriod[v], 1e-10);
          });
          law.busyDistribution.forEach((p, k) => {
            expectRelative(p, reference.busyDistribution[k], 1e-10);
          });
          expectRelative(law.blockingProbability, reference.blockingProbability, 1e-10);
          expectRelative(law.throughput, reference.throughputPerServer, 1e-10);
          expectRelative(law.meanSojournTime, reference.meanSojournTime, 1e-10);
        },
      ),
      { numRuns: 60 },
    );
  }, 20_000);

  test.each([
    [30, 0.01, 10, 0.8],
    [120, 0.5, 2, 0.8],
    [200, 0.1, 3, 1.4],
    [200, 0.1, 3, 3],
  ])(
    'n = %i, rates in [%f, %f], λ = %f: as leaving out each server in turn',
    (n, low, high, lambda) => {
      const rates = uniformRates(n, low, high, n);
      const law = stationaryLaw(rates, lambda);
      const reference = productForm(rates, lambda);
      law.busyProbability.forEach((p, v) => {
        expectRelative(p, reference.busyProbability[v], 1e-11);
        expect(law.meanIdlePeriod[v]).toBeCloseTo(reference.meanIdlePeriod[v], 10);
      });
      law.busyDistribution.forEach((p, k) => {
        expect(p).toBeCloseTo(reference.busyDistribution[k], 12);
      });
      expectRelative(law.meanSojournTime, reference.meanSojournTime, 1e-11);
    },
  );

  test('equal rates are Erlang’s loss system', () => {
    for (const n of [1, 2, 10, 1000]) {
      const law = stationaryLaw(new Array(n).fill(1.3), 1.1);
      expectRelative(law.blockingProbability, erlangB((1.1 * n) / 1.3, n), 1e-11);
      expectRelative(law.meanSojournTime, 1 / 1.3, 1e-12);
    }
    expect(stationaryLaw(new Array(100_000).fill(1.3), 1.1).blockingProbability).toBeLessThan(
      1e-30,
    );
  });

  test('ten thousand different rates, under-, critically and overloaded', () => {
    const rates = uniformRates(10_000, 0.01, 2, 4);
    for (const lambda of [0.5, sum(rates) / rates.length, 3]) expectBalance(rates, lambda);
  });

  test('rates and loads of very different sizes', () => {
    const rates = Array.from({ length: 300 }, (_, v) => 10 ** ((v % 41) - 20));
    for (const lambda of [1e-30, 1e-3, 1, 1e3, 1e30]) expectBalance(rates, lambda, 1e-10);
    expectBalance([1e-100, 1e100], 1);
    expectBalance([1e-100, 1e-100], 1e100);
    expectBalance([1e100], 1e-100);
  });

  test('grouping does not depend on the order of the servers', () => {
    const law = stationaryLaw([1, 3, 1, 0.2, 3, 1], 0.9);
    const sorted = stationaryLaw([1, 1, 1, 3, 3, 0.2], 0.9);
    expectRelative(law.busyProbability[1], sorted.busyProbability[4], 1e-14);
    expect(law.busyProbability[0]).toBe(law.busyProbability[5]);
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => stationaryLaw([], 1)).toThrow(
      new ConfigError('rates', 'is empty; must hold at least one rate'),
    );
    expect(() => stationaryLaw([1, 0], 1)).toThrow(
      /rates\[1\]: got 0; must be a number from 1e-100/,
    );
    expect(() => stationaryLaw([1, Number.NaN], 1)).toThrow(ConfigError);
    expect(() => stationaryLaw([1], -1)).toThrow(/arrivalRate: got -1/);
    expect(() => stationaryLaw([1], Number.POSITIVE_INFINITY)).toThrow(/arrivalRate: got Infinity/);
  });
});
