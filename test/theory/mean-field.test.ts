import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { limitTrajectory } from '../../src/theory/limit-trajectory.js';
import { meanField } from '../../src/theory/mean-field.js';
import { solveByOdex } from '../reference/odex.js';
import { expectRelative, rateVector } from './tools.js';

const cost = costFunctions(PAPER_COST);
/** n equally spaced quantiles of Unif[0, 2]. */
const spread = (n: number) => Array.from({ length: n }, (_, v) => (2 * (v + 0.5)) / n);

describe('mean field at frozen rates', () => {
  test('equal rates: c = λ/μ', () => {
    expectRelative(meanField([2, 2, 2], 0.8).busyFraction, 0.4, 1e-15);
    expectRelative(meanField([2], 0.8).idleSignal, 0.75, 1e-15);
  });

  test('c solves its equation', () => {
    fc.assert(
      fc.property(
        rateVector(30),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (rates, lambda) => {
          const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
          const { busyFraction, idleSignal } = meanField(rates, lambda);
          const x = idleSignal * lambda;
          expect(busyFraction).toBeCloseTo(1 - x, 15);
          if (mean <= lambda) expect(busyFraction).toBe(1);
          else {
            const right = rates.reduce((sum, rate) => sum + rate / (lambda + rate * x), 0);
            expectRelative(right / rates.length, 1, 1e-12);
          }
        },
      ),
    );
  });

  test('overload, critical load, standing servers, extreme rates', () => {
    expect(meanField([1, 0.5], 0.8)).toEqual({ busyFraction: 1, idleSignal: 0 });
    expect(meanField([1, 1], 1)).toEqual({ busyFraction: 1, idleSignal: 0 });
    expect(meanField([0, 0], 1)).toEqual({ busyFraction: 1, idleSignal: 0 });
    expect(meanField([0, 4], 1).busyFraction).toBeCloseTo(0.75, 14); // x = 1/2 − 1/4
    expect(meanField([1e100, 1e-100], 1).busyFraction).toBeCloseTo(0.5, 14);
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => meanField([], 1)).toThrow(/rates: is empty/);
    expect(() => meanField([-1], 1)).toThrow(/rates\[0\]: got -1/);
    expect(() => meanField([1], Number.NaN)).toThrow(/arrivalRate: got NaN/);
  });
});

describe('limit trajectory', () => {
  test('known values from Unif[0, 2]', () => {
    const points = limitTrajectory(cost, 0.8, spread(1000), [0, 0.5, 1, 2, 4, 10]);
    expect(points[0].mean).toBeCloseTo(1, 12);
    [1.3382, 1.4408, 1.5287, 1.576, 1.5873].forEach((mean, i) => {
      expect(points[i + 1].mean).toBeCloseTo(mean, 4);
    });
    for (const { rates } of points) {
      for (let v = 1; v < rates.length; v++) expect(rates[v]).toBeGreaterThanOrEqual(rates[v - 1]);
    }
  });

  test('one server from 0 while overloaded follows its closed form', () => {
    // as long as all servers are busy μ' = μ^−2 − 0.2, so t = 5(−μ + √5 artanh(μ/√5))
    const at = (rate: number) => 5 * (Math.sqrt(5) * Math.atanh(rate / Math.sqrt(5)) - rate);
    const rates = [0.01, 0.1, 0.4, 0.79];
    limitTrajectory(cost, 0.8, [0, 0], rates.map(at)).forEach((point, i) => {
      expect(Math.abs(point.mean - rates[i])).toBeLessThan(1e-9);
      expect(point.rates[0]).toBe(point.rates[1]);
    });
  });

  test('agrees with an extrapolation code in other variables', () => {
    // ρ = μ³/3 removes the singularity: ρ' = 1 − 0.2 μ³ (I + 1/μ)
    const initial = [0.1, 0.5, 1, 1.4, 3];
    const end = 3;
    const solution = solveByOdex(
      (_, y) => {
        const rates = y.map((value) => Math.cbrt(3 * value));
        const { idleSignal } = meanField(rates, 0.8);
        return rates.map((rate) => 1 - 0.2 * rate ** 3 * (idleSignal + 1 / rate));
      },
      initial.map((rate) => rate ** 3 / 3),
      end,
    );
    const { rates } = limitTrajectory(cost, 0.8, initial, [end])[0];
    solution.forEach((value, v) => {
      expect(Math.abs(rates[v] - Math.cbrt(3 * value))).toBeLessThan(1e-9);
    });
  });

  test('the grid of times does not matter', () => {
    const fine = limitTrajectory(
      cost,
      0.8,
      [0, 1, 2],
      Array.from({ length: 101 }, (_, i) => i / 25),
    );
    const coarse = limitTrajectory(cost, 0.8, [0, 1, 2], [4]);
    expect(Math.abs(fine[100].mean - coarse[0].mean)).toBeLessThan(1e-9);
  });

  test('other costs, from 0 to rest at the optimal rate', () => {
    for (const { g, h } of [
      { g: { family: 'power', a: 1, p: 0.2 }, h: { family: 'power', b: 0.1, q: 2 } },
      { g: { family: 'power', a: 2, p: 5 }, h: { family: 'power', b: 0.1, q: 3 } },
      { g: { family: 'shifted', a: 1, p: 1 }, h: { family: 'power', b: 0.05, q: 3 } },
    ] as const) {
      const functions = costFunctions({ g, h });
      const [{ mean }] = limitTrajectory(functions, 0.3, [0, 0.7, 2], [2000]);
      expect(Math.abs(0.3 * functions.dg(mean) + functions.dh(mean))).toBeLessThan(1e-8);
    }
  });

  test('small λ, long idle times: ends at rest', () => {
    const points = limitTrajectory(cost, 0.025, spread(100), [1, 10, 40]);
    expectRelative(points[2].mean, 0.5, 1e-9);
    for (const rate of points[2].rates) expectRelative(rate, 0.5, 1e-9);
  });

  test('rates that sink to 0 end it', () => {
    const sinking = { ...cost, dg: () => 0, dh: () => 1 };
    expect(() => limitTrajectory(sinking, 0.8, [1], [10])).toThrow(
      /the trajectory cannot be continued beyond time 0\.\d/,
    );
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => limitTrajectory(cost, 0.8, [1], [1, 0.5])).toThrow(/times\[1\]: got 0.5/);
    expect(() => limitTrajectory(cost, 0.8, [1], [-1])).toThrow(/times\[0\]: got -1/);
    expect(() => limitTrajectory(cost, 0.8, [1], [Number.NaN])).toThrow(/times\[0\]: got NaN/);
    expect(() => limitTrajectory(cost, 0.8, [], [1])).toThrow(/initialRates: is empty/);
    expect(() => limitTrajectory(cost, 0, [1], [1])).toThrow(/arrivalRate: got 0/);
    expect(limitTrajectory(cost, 0.8, [1], [])).toEqual([]);
  });
});
