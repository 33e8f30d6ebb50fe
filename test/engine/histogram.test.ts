/** Pooled quantiles, and those of long rows, against order statistics of a plain sort. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramQuantile, readHistogram } from '../../src/engine/histogram.js';
import {
  EXACT_QUANTILE_SERVERS,
  HISTOGRAM_PAGES_TAKEN,
  HISTOGRAM_POOL_PAGES,
} from '../../src/engine/layout.js';
import { Simulation, type SimulationConfig, simulate } from '../../src/index.js';
import { rawKernel } from './raw-kernel.js';

const ACCURACY = 2 ** -14;
/** Below 2^-1022 doubles have fewer digits, and bins are this wide. */
const SUBNORMAL = 2 ** -1036;

/** The smallest value that at least the fraction `level` of all does not exceed; `sorted` is. */
function orderStatistic(sorted: ArrayLike<number>, level: number): number {
  return sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] as number;
}

function expectAccurate(actual: number | null, exact: number): void {
  expect(Math.abs((actual as number) - exact)).toBeLessThanOrEqual(
    Math.max(ACCURACY * exact, SUBNORMAL),
  );
}

function sortedRates(rates: ArrayLike<number>): Float64Array {
  return Float64Array.from(rates).sort();
}

const rate = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -300, max: 9, noNaN: true }).map((x) => 10 ** x) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1e-300, 1, 1e9, 2 ** -1022) },
);
const level = fc.double({ min: 0, max: 1, noNaN: true });
const frozen: SimulationConfig = {
  servers: 10,
  arrivalRate: 1e-9, // a busy slow server beside a fast one takes M candidates a unit of time
  inverseStepSize: 'inf',
  horizon: 2,
  record: { interval: 1 },
};
const ROWS = 3;

describe('quantiles of frozen rates from 0 to 1e9', () => {
  it('are within 2^-14 when pooled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rate, { minLength: 1, maxLength: 60 }),
        fc.array(level, { minLength: 1, maxLength: 10 }),
        async (rates, levels) => {
          const run = await rawKernel({ ...frozen, servers: rates.length, initialRates: rates });
          run.kernel.run(run.plan.state, 2, 1e9);
          const histogram = readHistogram(run.memory, run.plan, run.state);
          const pooled = sortedRates(rates.flatMap((rate) => Array<number>(ROWS).fill(rate)));
          for (const level of levels) {
            expectAccurate(histogramQuantile(histogram, level), orderStatistic(pooled, level));
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('are within 2^-14 in rows of more than 65,536 servers, and pooled over them', async () => {
    const servers = EXACT_QUANTILE_SERVERS + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.array(rate, { minLength: 5, maxLength: 300 }),
        fc.array(level, { minLength: 1, maxLength: 20 }),
        async (some, levels) => {
          const initialRates = Float64Array.from({ length: servers }, (_, v) => {
            return (some[v % some.length] as number) * (1 + (v % 1001) / 1000);
          }).map((rate) => Math.min(rate, 1e9));
          const simulation = await Simulation.create({
            ...frozen,
            servers,
            initialRates,
            record: { interval: 1, quantiles: levels },
          });
          simulation.runUntil();
          const sorted = sortedRates(initialRates);
          const { trajectory } = simulation;
          trajectory.levels.forEach((level, k) => {
            const column = trajectory.quantiles[k] as Float64Array;
            expect(column).toHaveLength(ROWS);
            for (const value of column) expectAccurate(value, orderStatistic(sorted, level));
          });
          const { p05, p50, p95 } = simulation.result().serviceRate;
          // every rate is there three times
          for (const [value, level] of [
            [p05, 0.05],
            [p50, 0.5],
            [p95, 0.95],
          ] as const) {
            const rank = Math.ceil(level * ROWS * servers) - 1;
            expectAccurate(value, sorted[Math.floor(rank / ROWS)] as number);
          }
        },
      ),
      { seed: 2, numRuns: 8 },
    );
  });

  it('are those of the many, not of the one that is far above', async () => {
    const simulation = await Simulation.create({
      ...frozen,
      initialRates: [1e5, ...Array<number>(9).fill(1)],
    });
    simulation.runUntil();
    const { p05, p50, p95 } = simulation.result().serviceRate;
    expect([p05, p50]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
    expectAccurate(p95, 1e5);
  });

  it('are 0 for rate 0', async () => {
    const simulation = await Simulation.create({ ...frozen, initialRates: 0 });
    simulation.runUntil();
    const { p05, p50, p95 } = simulation.result().serviceRate;
    expect([p05, p50, p95]).toEqual([0, 0, 0]);
  });
});

describe('quantiles of adaptive rates', () => {
  it('are those of all recorded rates, after a start 12 octaves above', async () => {
    const result = await simulate({
      servers: 100,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      initialRates: { uniform: [0, 5000] },
      warmup: 60_000,
      horizon: 100_000,
      record: { interval: 100, servers: 'all' },
    });
    const { trajectory, serviceRate } = result;
    const from = trajectory.time.findIndex((t) => t >= 60_000);
    const rates: number[] = [];
    for (let k = 0; k < 100; k++) rates.push(...trajectory.serverRates(k).subarray(from));
    const sorted = sortedRates(rates);
    expect(sorted).toHaveLength(100 * 401);
    expectAccurate(serviceRate.p05, orderStatistic(sorted, 0.05));
    expectAccurate(serviceRate.p50, orderStatistic(sorted, 0.5));
    expectAccurate(serviceRate.p95, orderStatistic(sorted, 0.95));
    // the same system from any start: 1.568 and 1.604
    expect(serviceRate.p05).toBeCloseTo(1.568, 2);
    expect(serviceRate.p95).toBeCloseTo(1.604, 2);
  });

  it.each([65_536, 65_537])(
    'are between the extremes where the bound is far, %i servers',
    async (servers) => {
      const simulation = await Simulation.create({
        servers,
        arrivalRate: 0.8,
        inverseStepSize: 500,
        horizon: 2,
        warmup: 2,
        record: { interval: 2 },
        cost: { h: { family: 'power', b: 1e-9, q: 2 } },
      });
      simulation.runUntil();
      const sorted = sortedRates(simulation.rates());
      const { trajectory } = simulation;
      const { p05, p50, p95 } = simulation.result().serviceRate;
      [p05, p50, p95].forEach((pooled, k) => {
        const exact = orderStatistic(sorted, trajectory.levels[k] as number);
        expectAccurate(pooled, exact);
        const inRow = (trajectory.quantiles[k] as Float64Array)[1] as number;
        // order statistics of short rows are interpolated between neighbours, which are closer than a bin
        expect(Math.abs(inRow / exact - 1)).toBeLessThan(2 * ACCURACY);
        expect(inRow).toBeLessThan(trajectory.max[1] as number);
      });
    },
  );
});

describe('pages of histograms', () => {
  it('are taken for what occurs alone', async () => {
    const { kernel, plan, state } = await rawKernel({ initialRates: 1.5 });
    kernel.run(plan.state, 100, 1e9);
    expect(state.getU32(HISTOGRAM_PAGES_TAKEN)).toBeLessThan(5);
  });

  it('are enough for the whole range at once', async () => {
    const initialRates = Array.from({ length: 10_000 }, (_, v) => 10 ** ((v / 10_000) * 317 - 308));
    const { kernel, plan, state, memory } = await rawKernel({
      ...frozen,
      servers: 10_000,
      initialRates,
    });
    kernel.run(plan.state, 2, 1e9);
    expect(state.getU32(HISTOGRAM_PAGES_TAKEN)).toBeGreaterThan(8000);
    expect(readHistogram(memory, plan, state).complete).toBe(true);
  });

  it('leave quantiles unknown, not wrong, if they should run out', async () => {
    const { kernel, plan, state, memory } = await rawKernel({
      ...frozen,
      servers: 2,
      initialRates: [1, 100],
    });
    state.setU32(HISTOGRAM_POOL_PAGES, 1);
    kernel.run(plan.state, 2, 1e9);
    expect(state.getU32(HISTOGRAM_PAGES_TAKEN)).toBe(1);
    expect(histogramQuantile(readHistogram(memory, plan, state), 0.5)).toBeNull();
  });
});
