import { describe, expect, test } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { simulate } from '../../src/index.js';
import { normalQuantile } from '../../src/numerics/normal.js';
import { fluctuationBand } from '../../src/theory/fluctuation-band.js';
import { idleNoise } from '../../src/theory/idle-noise.js';
import { homogeneousIdleSignal } from '../../src/theory/idle-signal.js';
import { linearNoise } from '../../src/theory/linear-noise.js';
import * as reference from '../reference/exact-laws.js';
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
    expect(slow.reason).toMatch(
      /timescales do not separate: a server takes 0\.106 tasks per relaxation time/,
    );
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
    expectRelative(skewness as number, cumulants[2] / cumulants[1] ** 1.5, 0.15);
  });

  test('arguments outside the domain are refused by name', () => {
    expect(() => fluctuationBand(cost, 0.8, 100, [0.5, 1])).toThrow(/levels\[1\]: got 1/);
    expect(() => fluctuationBand(cost, 0.8, 100, [Number.NaN])).toThrow(/levels\[0\]: got NaN/);
    expect(() => fluctuationBand(cost, 0.8, -1)).toThrow(/inverseStepSize: got -1/);
    expect(() => fluctuationBand(cost, 5, 100)).toThrow(/arrivalRate: got 5/);
  });
});

describe('at finite n', () => {
  test('meets the limit of many servers', () => {
    const limit = fluctuationBand(cost, 0.8, 500).sd;
    const off = [1000, 10_000].map((n) => fluctuationBand(cost, 0.8, 500, [0.5], n).sd / limit - 1);
    expectRelative((10 * off[1]) / off[0], 1, 0.02);
    expectRelative(fluctuationBand(cost, 0.8, 500, [0.5], 10_000_000).sd, limit, 1e-5);
  });

  test('responses are the derivatives of E[I], the mean that of the idle period', () => {
    for (const [n, rate, lambda] of [
      [1, 1.3, 0.8],
      [3, 1.5, 0.8],
      [50, 2.1, 2],
      [500, 1.6, 0.8],
    ]) {
      const { mean, ownResponse, crossResponse } = idleNoise(n, rate, lambda);
      const at = (own: number, other: number) =>
        reference.expectedIdleSignalClasses([own, other], [1, n - 1], lambda)[0];
      const together = (h: number) => homogeneousIdleSignal(n, rate + h, lambda);
      expectRelative(mean, together(0), 1e-11);
      const total = (together(1e-4) - together(-1e-4)) / 2e-4;
      expect(ownResponse + (n - 1) * crossResponse).toBeCloseTo(total, 7);
      if (n === 1 || n > 50) continue;
      const own = (at(rate + 1e-4, rate) - at(rate - 1e-4, rate)) / 2e-4;
      expect(ownResponse).toBeCloseTo(own, 6);
    }
  });

  test('a single server: cycles of independent exponential periods', () => {
    const [lambda, rate] = [0.8, 1.4];
    const [idle, busy] = [1 / lambda, 1 / rate];
    const spectrum = (2 * idle ** 2 * (idle ** 2 + idle * busy + busy ** 2)) / (idle + busy);
    expectRelative(idleNoise(1, rate, lambda).ownSpectrum, spectrum, 1e-12);
  });

  // sd at m, times √m, tends to the predicted one; a run of 5000 relaxation times of single rates knows
  // it to about 1.4 % (hence false alarms below 1e-3), and what is of order 1/m adds about 1 %
  test.each([
    [2, 0.8, 1000],
    [3, 0.8, 1000],
    [12, 1.6, 1000],
    [50, 2, 500],
  ])(
    'n = %i, λ = %f, m = %i: simulated',
    async (servers, arrivalRate, m) => {
      const relaxation = m / linearNoise(cost, arrivalRate, servers).relaxation.difference;
      const { serviceRate } = await simulate({
        servers,
        arrivalRate,
        inverseStepSize: m,
        warmup: 10 * relaxation,
        horizon: (10 + 5_000 / servers) * relaxation,
        record: { interval: relaxation / 5 },
      });
      const { sd, mean, valid } = fluctuationBand(cost, arrivalRate, m, [0.5], servers);
      expect(valid).toBe(true);
      expectRelative(serviceRate.sd as number, sd, 0.05);
      expectRelative(serviceRate.mean as number, mean, 0.002);
    },
    60_000,
  );
});
