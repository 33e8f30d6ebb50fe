/**
 * The closed forms and limits of the wider model, shown by the event list: fixed points of the control
 * under random dispatch, under a service law and in server classes, the tail of JSQ(2), and rates that
 * follow a load over time.
 */
import { describe, expect, it } from 'vitest';
import { type EventListOptions, simulateEventList } from './event-list.js';
import { expectedIdleSignalClasses } from './exact-laws.js';
import { solveByOdex } from './odex.js';
import { batchMeans, mean, studentInterval } from './statistics.js';

/** Per comparison with fresh seeds; 20 of them. */
const FALSE_ALARM = 1e-6;

const UNLIMITED = Number.POSITIVE_INFINITY;

/** Time-averaged rates of groups of servers: after `warmup`, in `batches` batches of `length`. */
function meanRates(
  options: Omit<EventListOptions, 'sampleTimes' | 'seed'>,
  { warmup, length, batches }: { warmup: number; length: number; batches: number },
  groups: number[][],
): number[][] {
  const snapshots = simulateEventList({
    ...options,
    sampleTimes: Array.from({ length: batches + 1 }, (_, i) => warmup + i * length),
    seed: 1,
  });
  return groups.map((group) =>
    Array.from({ length: batches }, (_, i) =>
      mean(
        group.map(
          (v) => (snapshots[i + 1].rateIntegrals[v] - snapshots[i].rateIntegrals[v]) / length,
        ),
      ),
    ),
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('the control', () => {
  /**
   * Rates of groups at m → ∞. Their means at m and 2m deviate by c/m and c/(2m) up to terms of order
   * 1/m², so that twice the second less the first has no c; what is left is far below `bias`.
   */
  function expectFixedPoint(
    options: Omit<EventListOptions, 'sampleTimes' | 'seed' | 'inverseStepSize'>,
    groups: number[][],
    expected: number[],
    m = 100,
    bias = 0.001,
  ) {
    const at = (inverseStepSize: number) => {
      const relaxation = 1.5 * inverseStepSize; // m/θ, with θ about 0.7 or more in all cases below
      const batches = { warmup: 10 * relaxation, length: 5 * relaxation, batches: 20 };
      return meanRates({ ...options, inverseStepSize }, batches, groups);
    };
    const [once, twice] = [at(m), at(2 * m)];
    expected.forEach((value, k) => {
      const extrapolated = twice[k].map((rate, i) => 2 * rate - once[k][i]);
      const { mean: centre, halfWidth } = studentInterval(extrapolated, FALSE_ALARM);
      expect(Math.abs(centre - value)).toBeLessThan(halfWidth + bias);
      expect(halfWidth).toBeLessThan(0.02);
    });
  }

  // 1/μ² = 0.2 + 0.2 μ E[I]
  const random = {
    servers: 20,
    dispatch: 'random',
    initialRates: new Array(20).fill(1.3),
  } as const;

  it('settles at 1.26360 under random dispatch with λ = 0.5, where E[I] = (1 − ρ²)/λ', () => {
    const system = { ...random, arrivalRate: 0.5, bufferCapacity: UNLIMITED };
    expectFixedPoint(system, [range(0, 20)], [1.2636]);
  });

  it('does so whatever the service law', () => {
    const system = { ...random, arrivalRate: 0.5, bufferCapacity: UNLIMITED };
    expectFixedPoint({ ...system, service: { kind: 'erlang', k: 4 } }, [range(0, 20)], [1.2636]);
    expectFixedPoint({ ...system, service: { kind: 'scv', c: 2 } }, [range(0, 20)], [1.2636]);
  });

  it('settles at 1.36063 under random dispatch with unit buffers, where E[I] = 1/λ', () => {
    const system = { ...random, arrivalRate: 0.8, bufferCapacity: 1 };
    expectFixedPoint(system, [range(0, 20)], [1.36062941]);
  });

  it('settles where the idle signals of two classes with their own costs say', () => {
    const [size, arrivalRate] = [10, 0.8];
    const slopes = [0.2, 0.4]; // h'(x)/x
    // μ from E[I] by bisection, E[I] from μ, round and round
    let rates = [1.5, 1.2];
    for (let round = 0; round < 100; round++) {
      const signals = expectedIdleSignalClasses(rates, [size, size], arrivalRate);
      rates = signals.map((signal, k) => rootOf((x) => 1 / x ** 2 - slopes[k] * (x * signal + 1)));
    }
    const costs = slopes.map((slope) => ({ a: 1, p: 1, b: slope / 2, q: 2 }));
    const system = {
      servers: 2 * size,
      arrivalRate,
      bufferCapacity: 1,
      initialRates: [...new Array(size).fill(rates[0]), ...new Array(size).fill(rates[1])],
      cost: [...new Array(size).fill(costs[0]), ...new Array(size).fill(costs[1])],
    };
    expectFixedPoint(system, [range(0, size), range(size, 2 * size)], rates);
  });

  function rootOf(decreasing: (x: number) => number): number {
    let [low, high] = [0.01, 10];
    for (let halving = 0; halving < 60; halving++) {
      const middle = (low + high) / 2;
      if (decreasing(middle) > 0) low = middle;
      else high = middle;
    }
    return low;
  }
});

describe('join the shortest of two queues', () => {
  it('leaves a share ρ^(2^k − 1) of the servers with k tasks or more', () => {
    const [n, rho] = [300, 0.8];
    const snapshots = simulateEventList({
      servers: n,
      arrivalRate: rho,
      inverseStepSize: Number.POSITIVE_INFINITY,
      bufferCapacity: UNLIMITED,
      dispatch: { choices: 2 },
      initialRates: new Array(n).fill(1),
      sampleTimes: range(0, 1200).map((i) => 60 + i),
      seed: 2,
    });
    for (const k of [1, 2, 3, 4]) {
      const share = ({ queueLengths }: { queueLengths: number[] }) =>
        mean(queueLengths.map((tasks) => (tasks >= k ? 1 : 0)));
      const { mean: centre, halfWidth } = studentInterval(
        batchMeans(snapshots.map(share), 30),
        FALSE_ALARM,
      );
      // the limit n → ∞ is off by terms of order 1/n
      expect(Math.abs(centre - rho ** (2 ** k - 1))).toBeLessThan(halfWidth + 2 / n);
      expect(halfWidth).toBeLessThan(0.03);
    }
  });
});

describe('a load that swings: λ(t) = 0.8 (1 + ½ sin(2πt/400)), m = 50', () => {
  const [period, m] = [400, 50];
  const load = (t: number) => 0.8 * (1 + Math.sin((2 * Math.PI * t) / period) / 2);
  const eighths = range(0, 8);

  // mean rates over eighths of the period, by the equation
  const tracking = [1.49634, 1.61626, 1.69748, 1.71531, 1.63711, 1.45891, 1.32793, 1.37172];

  it('moves the rates as m dμ/dt = −[g′(μ) + h′(μ)/λ(t)] says', () => {
    // with the integral of μ as second unknown; after two periods the start is forgotten
    const ends = range(0, 9).map(
      (i) =>
        solveByOdex(
          (t, [mu]) => [-(-1 / mu ** 2 + (0.2 * mu) / load(t)) / m, mu],
          [1.5, 0],
          2 * period + (i * period) / 8,
        )[1],
    );
    for (const i of eighths) {
      expect((ends[i + 1] - ends[i]) / (period / 8)).toBeCloseTo(tracking[i], 5);
    }
  });

  it('moves the rates of 50 servers the same way, up to terms of order 1/n and 1/m', () => {
    const [n, periods] = [50, 40];
    // pieces of a hundredth of the period with the mean load of each
    const schedule = range(0, 100).map((i) => ({
      time: (i * period) / 100,
      arrivalRate: load(((i + 0.5) * period) / 100),
    }));
    const snapshots = simulateEventList({
      servers: n,
      arrivalRate: 0.8,
      inverseStepSize: m,
      bufferCapacity: 1,
      schedule,
      period,
      initialRates: new Array(n).fill(1.5),
      sampleTimes: range(0, 8 * periods + 1).map((i) => period + (i * period) / 8),
      seed: 3,
    });
    const total = snapshots.map(({ rateIntegrals }) => mean(rateIntegrals));
    for (const i of eighths) {
      const rates = range(0, periods).map(
        (j) => (total[8 * j + i + 1] - total[8 * j + i]) / (period / 8),
      );
      const { mean: centre, halfWidth } = studentInterval(rates, FALSE_ALARM);
      // 150 periods of 400 pieces show up to .0086 ± .0019 of finite n and m
      expect(Math.abs(centre - tracking[i])).toBeLessThan(halfWidth + 0.01);
      expect(halfWidth).toBeLessThan(0.012);
    }
  });
});
