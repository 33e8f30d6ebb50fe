import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../src/analysis/interval.js';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { Simulation } from '../../src/run/simulation.js';
import {
  loadsAtRows,
  meanLoad,
  measureDelay,
  rowsPerPeriod,
  timesOf,
} from '../../src/studies/realised-cost.js';
import type { PeriodicSchedule } from '../../src/theory/excess-cost.js';
import { stationaryLaw } from '../../src/theory/stationary-law.js';

const cost = costFunctions(PAPER_COST);

function equal(period: number, ...loads: number[]): PeriodicSchedule {
  const schedule = loads.map((arrivalRate, k) => ({
    time: (k / loads.length) * period,
    arrivalRate,
  }));
  return { schedule, period };
}

const uneven: PeriodicSchedule = {
  schedule: [
    { time: 0, arrivalRate: 1 },
    { time: 3, arrivalRate: 2 },
    { time: 4.5, arrivalRate: 0.5 },
  ],
  period: 10,
};

describe('rows of a period', () => {
  it('fall on every change of a load in equal steps, if these are not too many, and follow fast rates', () => {
    expect(rowsPerPeriod(equal(24, ...Array(24).fill(1)), 10)).toBe(72);
    expect(rowsPerPeriod(equal(1, 1, 2), 10)).toBe(64);
    expect(rowsPerPeriod(equal(1, 1, 2, 3), 0.01)).toBe(201);
    expect(rowsPerPeriod(equal(86_400, ...Array(288).fill(1)), 1e4)).toBe(256);
    expect(rowsPerPeriod(equal(86_400, ...Array(1440).fill(1)), 100)).toBe(2880);
    expect(rowsPerPeriod(uneven, 10)).toBe(256);
  });

  it('have loads between those before and after', () => {
    expect(loadsAtRows(equal(4, 1, 3), 4)).toEqual([2, 1, 2, 3]);
    expect(meanLoad(uneven)).toBeCloseTo((3 + 3 + 2.75) / 10, 14);
    // ∫λ from 9 to 1 and from 2 to 4
    const rows = loadsAtRows(uneven, 10);
    expect(rows[0]).toBeCloseTo(0.75, 14);
    expect(rows[3]).toBeCloseTo(1.5, 14);
    expect(rows[4]).toBeCloseTo((2 + 1 + 0.25) / 2, 14);
  });

  it('give integrals of the load times something smooth, wherever it jumps', () => {
    const jumps = fc.uniqueArray(fc.double({ min: 0.01, max: 0.99, noNaN: true }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(jumps, fc.nat(2 ** 30), (places, bits) => {
        const times = [0, ...places.sort((a, b) => a - b)];
        const load = {
          schedule: times.map((time, k) => ({
            time,
            arrivalRate: 0.5 + ((bits >> (3 * k)) & 7) / 7,
          })),
          period: 1,
        };
        // ∫λ(t) (1 + sin 2πt) dt
        const primitive = (t: number) => t - Math.cos(2 * Math.PI * t) / (2 * Math.PI);
        const exact = load.schedule.reduce(
          (sum, { time, arrivalRate }, k) =>
            sum + arrivalRate * (primitive(times[k + 1] ?? 1) - primitive(time)),
          0,
        );
        const sum = loadsAtRows(load, 64).reduce(
          (sum, arrivalRate, r) => sum + arrivalRate * (1 + Math.sin((2 * Math.PI * r) / 64)),
          0,
        );
        // each of eight jumps may be half a row off a smooth weight: |error| ≤ 8 · 1 · 2π / (8 · 64²) and the sine's own
        expect(Math.abs(sum / 64 - exact)).toBeLessThan(2.5e-3);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('measureDelay', () => {
  /** Periods of a load, steered by hand. */
  async function run(
    load: PeriodicSchedule,
    rows: number,
    periods: number,
    system: {
      servers: number;
      inverseStepSize: number | 'inf';
      initialRates: number | number[];
      buffer?: number | 'inf';
    },
    seed: string,
  ) {
    const { period, schedule } = load;
    const recording = { rows, warmup: rows, periods: periods - 1 };
    const { horizon, warmup, interval } = timesOf(recording, period);
    const simulation = await Simulation.create({
      ...system,
      arrivalRate: 1,
      horizon,
      warmup,
      record: { interval, servers: 'all' },
      seed,
    });
    for (let repeat = 0; repeat < periods; repeat++) {
      for (const [k, { arrivalRate }] of schedule.entries()) {
        await simulation.update({ arrivalRate });
        simulation.runUntil(repeat * period + (schedule[k + 1]?.time ?? period));
      }
    }
    await simulation.update({ arrivalRate: schedule[0]?.arrivalRate as number });
    simulation.runUntil();
    const measure = measureDelay(cost, load, recording);
    return { ...measure(simulation.trajectory, simulation.config), result: simulation.result() };
  }

  it('is λ g(μ) where all servers have the rate μ', async () => {
    const system = { servers: 20, inverseStepSize: 'inf' as const, initialRates: 1.7 };
    const { delay, meanRates } = await run(uneven, 40, 5, system, 'equal');
    expect(delay).toBeCloseTo(meanLoad(uneven) / 1.7, 12);
    expect(meanRates).toEqual(Array(40).fill(expect.closeTo(1.7, 12)));
  });

  it.each([1, 'inf'] as const)(
    'agrees with the exact law at unequal rates, and with tasks counted, buffer %s',
    async (buffer) => {
      const rates = [...Array(4).fill(0.8), ...Array(4).fill(2)];
      const load = equal(8, 0.6);
      const runs = await Promise.all(
        Array.from({ length: 20 }, (_, k) =>
          run(
            load,
            8,
            300,
            { servers: 8, inverseStepSize: 'inf', initialRates: rates, buffer },
            `unequal/${k}`,
          ),
        ),
      );
      const { mean, halfWidth } = meanInterval(
        runs.map(({ delay }) => delay),
        0.999,
      );
      const counted = meanInterval(
        runs.map(({ delay, result }) => delay - (result.cost.delay as number)),
        0.999,
      );
      // fixed seeds; at others either fails with probability 1e-3
      expect(Math.abs(counted.mean)).toBeLessThan(counted.halfWidth as number);
      if (buffer === 1) {
        expect(Math.abs(mean - 0.6 * stationaryLaw(rates, 0.6).meanSojournTime)).toBeLessThan(
          halfWidth as number,
        );
      }
    },
  );
});
