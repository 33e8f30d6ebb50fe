import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { busyWindow } from '../../src/theory/busy-window.js';
import { fluctuationBand } from '../../src/theory/fluctuation-band.js';
import { idleNoise } from '../../src/theory/idle-noise.js';
import {
  expectedIdleSignal,
  fixedPoint,
  homogeneousIdleSignal,
  linearNoise,
  meanField,
  stationaryLaw,
} from '../../src/theory/index.js';
import { logNoneIdle } from '../../src/theory/none-idle.js';
import { expectRelative, solve } from './tools.js';

/** All sets of d of n servers, as bits. */
function samples(n: number, d: number): number[] {
  const bits = (set: number) => set.toString(2).replaceAll('0', '').length;
  return Array.from({ length: 1 << n }, (_, set) => set).filter((set) => bits(set) === d);
}

/** Busy probabilities, dropped share and E[I_v], from the transitions between all busy sets as the rule says them. */
function bruteForce(rates: readonly number[], lambda: number, d: number) {
  const n = rates.length;
  const draws = samples(n, d);
  const states = 1 << n;
  const generator = Array.from({ length: states }, () => new Array<number>(states).fill(0));
  const dropped = new Array<number>(states).fill(0);
  const go = (from: number, to: number, rate: number) => {
    generator[from][to] += rate;
    generator[from][from] -= rate;
  };
  for (let busy = 0; busy < states; busy++) {
    for (const draw of draws) {
      const idle = rates.map((_, v) => v).filter((v) => ((draw & ~busy) >> v) & 1);
      if (idle.length === 0) dropped[busy] += 1 / draws.length;
      for (const v of idle) go(busy, busy | (1 << v), (lambda * n) / draws.length / idle.length);
    }
    rates.forEach((rate, v) => {
      if ((busy >> v) & 1) go(busy, busy & ~(1 << v), rate);
    });
  }
  const balance = generator.map((_, to) => generator.map((row) => row[to]));
  balance[0] = new Array(states).fill(1);
  const law = solve(balance, [1, ...new Array(states - 1).fill(0)]);
  const mean = (f: (busy: number) => number) => law.reduce((sum, p, busy) => sum + p * f(busy), 0);
  return {
    busy: rates.map((_, v) => mean((busy) => (busy >> v) & 1)),
    dropped: mean((busy) => dropped[busy]),
    idleSignals: rates.map((rate, v) => {
      const idle = law.map((_, busy) => busy).filter((busy) => !((busy >> v) & 1));
      const left = solve(
        idle.map((from) => idle.map((to) => -generator[from][to])),
        idle.map(() => 1),
      );
      return idle.reduce((sum, busy, i) => sum + law[busy] * (left[i] + 1 / rate), 0);
    }),
  };
}

const someRates = fc.array(fc.double({ min: 0.1, max: 5, noNaN: true }), {
  minLength: 1,
  maxLength: 5,
});
const lambda = fc.double({ min: 0.05, max: 5, noNaN: true });

describe('tasks that look at d servers', () => {
  test('see no idle one as often as counted', () => {
    for (const [n, d, k] of [
      [5, 2, 3],
      [6, 3, 3],
      [6, 3, 2],
      [7, 7, 6],
      [7, 7, 7],
      [8, 1, 5],
      [9, 6, 8],
    ]) {
      const all = samples(n, d);
      const none = all.filter((draw) => (draw & ~((1 << k) - 1)) === 0);
      expect(Math.exp(logNoneIdle(n, d, k))).toBeCloseTo(none.length / all.length, 14);
    }
  });

  test('busy sets, drops and idle signals are those of the chain that the rule makes', () => {
    fc.assert(
      fc.property(someRates, lambda, fc.nat(), (rates, arrivalRate, pick) => {
        const d = 1 + (pick % rates.length);
        const exact = bruteForce(rates, arrivalRate, d);
        const law = stationaryLaw(rates, arrivalRate, d);
        expectRelative(law.blockingProbability, exact.dropped, 1e-9);
        const { values } = expectedIdleSignal(rates, arrivalRate, d);
        rates.forEach((_, v) => {
          expectRelative(law.busyProbability[v], exact.busy[v], 1e-9);
          expectRelative(values[v], exact.idleSignals[v], 1e-8);
        });
      }),
      { numRuns: 60 },
    );
  }, 20_000);

  test('equal rates: the short way gives the same', () => {
    for (const [n, d] of [
      [4, 2],
      [5, 3],
      [5, 5],
      [5, 1],
    ]) {
      const exact = bruteForce(new Array(n).fill(1.2), 0.8, d);
      expectRelative(homogeneousIdleSignal(n, 1.2, 0.8, d), exact.idleSignals[0], 1e-11);
      const { first, probability } = busyWindow(n, 1.2, 0.8, d);
      const busy = probability.reduce((sum, p, i) => sum + p * (first + i), 0) / n;
      expectRelative(busy, exact.busy[0], 1e-11);
    }
  });

  test('one server to look at: every server by itself', () => {
    const { values } = expectedIdleSignal([0.5, 1, 2, 4], 0.8, 1);
    for (const value of values) expectRelative(value, 1 / 0.8, 1e-12);
    const { busyProbability } = stationaryLaw([0.5, 1, 2], 0.8, 1);
    [0.5, 1, 2].forEach((rate, v) => {
      expectRelative(busyProbability[v], 0.8 / (0.8 + rate), 1e-12);
    });
  });

  test('many servers come near the mean field, by 1/n', () => {
    const limit = meanField([1, 2], 0.8, 2);
    const distance = (n: number) => {
      const rates = [...new Array(n / 2).fill(1), ...new Array(n / 2).fill(2)];
      return stationaryLaw(rates, 0.8, 2).busyFraction / limit.busyFraction - 1;
    };
    expect(Math.abs(distance(1000))).toBeLessThan(1e-3);
    expectRelative(distance(1000) / distance(500), 0.5, 0.02);
    const { idleSignal } = meanField([1.3], 0.8, 3);
    expectRelative(homogeneousIdleSignal(100_000, 1.3, 0.8, 3), idleSignal, 1e-4);
  });

  test('the mean field balances what comes and what leaves', () => {
    fc.assert(
      fc.property(someRates, lambda, fc.integer({ min: 1, max: 6 }), (rates, arrivalRate, d) => {
        const { busyFraction: c, idleSignal } = meanField(rates, arrivalRate, d);
        const left = rates.reduce((sum, rate) => sum + rate / (1 + rate * idleSignal), 0);
        expectRelative(left / rates.length, arrivalRate * (1 - c ** d), 1e-9);
      }),
    );
  });

  const cost = costFunctions(PAPER_COST);

  test('the fixed point of random dispatch is that of one server', () => {
    expect(fixedPoint(cost, 0.8, 50, 1).rate).toBeCloseTo(1.36062941, 8);
    const limit = fixedPoint(cost, 0.8, Number.POSITIVE_INFINITY, 2).rate;
    expectRelative(fixedPoint(cost, 0.8, 100_000, 2).rate, limit, 1e-5);
  });

  test('so is its noise, and servers know nothing of each other', () => {
    const one = linearNoise(cost, 0.8, 1);
    const many = linearNoise(cost, 0.8, 20, 1);
    expectRelative(many.variance, one.variance, 1e-9);
    expectRelative(many.relaxation.difference, one.relaxation.mean, 1e-9);
    const noise = idleNoise(20, 1.3, 0.8, 1);
    expect(Math.abs(noise.crossSpectrum)).toBeLessThan(1e-10);
    expect(Math.abs(noise.crossResponse)).toBeLessThan(1e-10);
  });

  test('responses to rates are the derivatives of the exact idle signals', () => {
    const [n, rate, d, h] = [5, 1.3, 2, 1e-4];
    const { ownResponse, crossResponse } = idleNoise(n, rate, 0.8, d);
    const at = (shift: number) =>
      expectedIdleSignal([rate + shift, ...new Array(n - 1).fill(rate)], 0.8, d).values;
    const [up, down] = [at(h), at(-h)];
    expect((up[0] - down[0]) / (2 * h)).toBeCloseTo(ownResponse, 6);
    expect((up[1] - down[1]) / (2 * h)).toBeCloseTo(crossResponse, 6);
  });

  test('a band for other laws of work is wider the more they vary', () => {
    const sd = (scv: number) => fluctuationBand(cost, 0.8, 1000, [0.5], 100, 100, scv).sd;
    expect(sd(1)).toBe(fluctuationBand(cost, 0.8, 1000, [0.5], 100).sd);
    expect(sd(1 / 3)).toBeLessThan(sd(1));
    expect(sd(20)).toBeGreaterThan(sd(1));
  });
});
