import { describe, expect, it } from 'vitest';
import {
  bruteForceChain,
  bufferedChain,
  erlangB,
  expectedIdleSignal,
  expectedIdleSignalClasses,
  expectedIdleSignalHomogeneous,
  fixedPoint,
  fluctuationSd,
  idlePeriodHomogeneous,
  mm1Distribution,
  mm1kDistribution,
  productForm,
  type StationaryLaw,
  stationaryDistribution,
} from './exact-laws.js';
import { Sfc32 } from './random.js';

const lambda = 0.8;

/** Systems of 1 to 7 servers with rates between 0.1 and 3. */
function randomSystems(count: number): { rates: number[]; lambda: number }[] {
  const random = new Sfc32(7);
  return Array.from({ length: count }, (_, i) => ({
    rates: Array.from({ length: 1 + (i % 7) }, () => 0.1 + 2.9 * random.uniform()),
    lambda: 0.05 + 1.5 * random.uniform(),
  }));
}

function numbersOf(law: StationaryLaw): number[] {
  return [
    ...law.busyProbability,
    law.blockingProbability,
    ...law.busyDistribution,
    law.throughputPerServer,
    law.meanSojournTime,
    ...law.meanIdlePeriod,
  ];
}

function expectAllClose(actual: readonly number[], expected: readonly number[], error: number) {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `entry ${i}`).toBeLessThanOrEqual(error);
  });
}

describe('stationary law with unit buffers', () => {
  it('gives known busy probabilities', () => {
    expectAllClose(
      productForm([1, 2, 0.5], lambda).busyProbability,
      [0.58157227, 0.43786982, 0.71682164],
      5e-9,
    );
    expectAllClose(
      productForm([0.3, 1.1, 2.2, 1.7, 0.9, 1.3], lambda).busyProbability,
      [0.83985393, 0.61756404, 0.47011617, 0.52524095, 0.65840021, 0.58254124],
      5e-9,
    );
  });

  it('has a product form that solves the balance equations of all busy sets', () => {
    for (const system of randomSystems(40)) {
      const exact = numbersOf(bruteForceChain(system.rates, system.lambda));
      const law = numbersOf(productForm(system.rates, system.lambda));
      law.forEach((value, i) => {
        expect(Math.abs(value / exact[i] - 1)).toBeLessThan(1e-12);
      });
    }
  });

  it('is the Erlang loss system when all rates are equal, also for 200 servers', () => {
    for (const n of [1, 2, 10, 40, 200]) {
      const law = productForm(new Array(n).fill(1.25), lambda);
      const blocking = erlangB((lambda * n) / 1.25, n);
      expect(law.blockingProbability / blocking).toBeCloseTo(1, 10);
      expect(law.meanSojournTime).toBeCloseTo(1 / 1.25, 12);
      expectAllClose(
        law.busyProbability,
        new Array(n).fill((lambda / 1.25) * (1 - blocking)),
        1e-12,
      );
    }
  });

  it('loses exactly the tasks that are not completed', () => {
    const random = new Sfc32(11);
    const law = productForm(
      Array.from({ length: 150 }, () => 0.2 + random.uniform()),
      lambda,
    );
    expect(law.throughputPerServer).toBeCloseTo(lambda * (1 - law.blockingProbability), 12);
  });
});

describe('queues with larger buffers', () => {
  it('matches tabulated values of the Erlang loss formula', () => {
    expect(erlangB(1, 1)).toBeCloseTo(0.5, 14);
    expect(erlangB(2, 2)).toBeCloseTo(0.4, 14);
    expect(erlangB(10, 10)).toBeCloseTo(0.2145823431, 10);
  });

  it('has M/M/1/K queues that tend to the M/M/1 queue', () => {
    expectAllClose(mm1kDistribution(0.5, 1, 60).slice(0, 10), mm1Distribution(0.5, 1, 9), 1e-15);
    expectAllClose(mm1kDistribution(1, 1, 3), [0.25, 0.25, 0.25, 0.25], 1e-15);
  });

  it('contains the single queue and unit buffers as special cases', () => {
    expectAllClose(bufferedChain([1.3], lambda, 4), mm1kDistribution(lambda, 1.3, 4), 1e-14);
    const joint = bufferedChain([1, 2], lambda, 1); // states (0,0), (1,0), (0,1), (1,1)
    const law = productForm([1, 2], lambda);
    expectAllClose([joint[1] + joint[3], joint[2] + joint[3]], law.busyProbability, 1e-14);
  });

  it('solves a chain worked out by hand', () => {
    // Flow balance around the cycle 0 → 1 → 2 → 0 with rates 1, 2, 4.
    const cycle = [
      [0, 1, 0],
      [0, 0, 2],
      [4, 0, 0],
    ];
    expectAllClose(stationaryDistribution(cycle), [4 / 7, 2 / 7, 1 / 7], 1e-15);
  });
});

describe('expected idle signal', () => {
  it('gives known values for equal rates', () => {
    expect(expectedIdleSignalHomogeneous(3, 1.2, lambda)).toBeCloseTo(0.7755183, 7);
    expect(expectedIdleSignalHomogeneous(4, 1, lambda)).toBeCloseTo(0.6437697, 7);
    expect(idlePeriodHomogeneous(3, 1.2, lambda).mean).toBeCloseTo(0.75, 7);
    expect(idlePeriodHomogeneous(4, 1, lambda).mean).toBeCloseTo(0.619475, 7);
  });

  it('gives known values for unequal rates', () => {
    expectAllClose(
      expectedIdleSignal([1, 2, 0.5], lambda),
      [0.73989107, 0.67226871, 0.80393755],
      5e-9,
    );
  });

  it('is the same from the busy sets, from classes and from the birth–death chain', () => {
    for (const { rates, lambda } of randomSystems(14)) {
      const expected = expectedIdleSignal(rates, lambda);
      const ones = rates.map(() => 1);
      expectAllClose(expectedIdleSignalClasses(rates, ones, lambda), expected, 1e-11);
      const equal = expectedIdleSignalHomogeneous(rates.length, rates[0], lambda);
      expectAllClose(expectedIdleSignalClasses([rates[0]], [rates.length], lambda), [equal], 1e-11);
    }
    const [slow, fast] = expectedIdleSignalClasses([0.9, 1.7], [2, 4], lambda);
    expectAllClose(
      expectedIdleSignal([0.9, 0.9, 1.7, 1.7, 1.7, 1.7], lambda),
      [slow, slow, fast, fast, fast, fast],
      1e-12,
    );
  });

  it('has idle periods whose mean agrees with the stationary law', () => {
    for (const n of [1, 5, 60]) {
      const law = productForm(new Array(n).fill(1.1), lambda);
      expect(idlePeriodHomogeneous(n, 1.1, lambda).mean).toBeCloseTo(law.meanIdlePeriod[0], 11);
    }
  });

  it('is that of an exponential idle period with one server', () => {
    // A is exponential with rate λ, so E[I] = (1/λ² + 1/(λμ))/(1/λ + 1/μ) = 1/λ.
    expect(expectedIdleSignalHomogeneous(1, 1.7, lambda)).toBeCloseTo(1 / lambda, 14);
  });

  it('becomes equal for all servers as their number grows (Theorem 2.9)', () => {
    const gaps = [2, 6, 20].map((size) => {
      const [slow, fast] = expectedIdleSignalClasses([1.2, 2], [size, size], lambda);
      return slow - fast;
    });
    expect(gaps[0]).toBeGreaterThan(2 * gaps[1]);
    expect(gaps[1]).toBeGreaterThan(2 * gaps[2]);
    expect(gaps[2]).toBeGreaterThan(0);
  });
});

describe('adaptive rates under the paper’s cost', () => {
  it('rest at known rates', () => {
    const known: [number, number][] = [
      [1, 1.36062941],
      [2, 1.45248736],
      [5, 1.53403867],
      [10, 1.56614895],
      [25, 1.58140723],
      [50, 1.58461434],
      [100, 1.58603377],
      [1000, 1.58726643],
      [Number.POSITIVE_INFINITY, 1.58740105],
    ];
    for (const [n, rate] of known) {
      expect(Math.abs(fixedPoint(lambda, n) - rate), `n = ${n}`).toBeLessThanOrEqual(5e-9);
    }
  });

  it('fluctuate by known amounts', () => {
    expect(Math.abs(fluctuationSd(lambda, 500) - 0.010791)).toBeLessThan(5e-7);
    expect(Math.abs(fluctuationSd(lambda, 100) - 0.024129)).toBeLessThan(5e-7);
  });
});
