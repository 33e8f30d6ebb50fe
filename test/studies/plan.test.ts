import { describe, expect, it } from 'vitest';
import { completePlan, type SweepPlan } from '../../src/studies/plan.js';
import type { Point } from '../../src/studies/points.js';
import { replicationConfig } from '../../src/studies/stream.js';

const base = { servers: 5, arrivalRate: 0.8, inverseStepSize: 50, horizon: 100 };
const parameters = (plan: SweepPlan) =>
  [...completePlan({ base, ...plan }).points].map((point) => point.parameters);

describe('the points of a plan', () => {
  it('are all combinations of the grid, the last field fastest', () => {
    expect(parameters({ grid: { servers: [1, 2], 'cost.h.b': [0.1, 0.2] } })).toEqual([
      { servers: 1, 'cost.h.b': 0.1 },
      { servers: 1, 'cost.h.b': 0.2 },
      { servers: 2, 'cost.h.b': 0.1 },
      { servers: 2, 'cost.h.b': 0.2 },
    ]);
  });

  it('are evenly spaced, with exact ends', () => {
    expect(parameters({ grid: { arrivalRate: { linspace: [0.1, 0.7, 4] } } })).toEqual(
      [0.1, 0.3, 0.5, 0.7].map((arrivalRate) => ({
        arrivalRate: expect.closeTo(arrivalRate, 15),
      })),
    );
    const spaced = parameters({ grid: { inverseStepSize: { logspace: [10, 1000, 5] } } });
    expect(spaced[0]).toEqual({ inverseStepSize: 10 });
    expect(spaced[2]).toEqual({ inverseStepSize: expect.closeTo(100, 10) });
    expect(spaced[4]).toEqual({ inverseStepSize: 1000 });
  });

  it('are whole numbers, each once, if asked for', () => {
    const plan = {
      grid: { servers: { logspace: [1, 10, 8] as [number, number, number], integer: true } },
    };
    expect(parameters(plan).map(({ servers }) => servers)).toEqual([1, 2, 3, 4, 5, 7, 10]);
  });

  it('vary together in a zip, and against the grid', () => {
    expect(
      parameters({ grid: { servers: [1, 2] }, zip: [{ horizon: [10, 20], warmup: [1, 2] }] }),
    ).toEqual([
      { servers: 1, horizon: 10, warmup: 1 },
      { servers: 1, horizon: 20, warmup: 2 },
      { servers: 2, horizon: 10, warmup: 1 },
      { servers: 2, horizon: 20, warmup: 2 },
    ]);
  });

  it('may be given one by one, after those of a grid; without either there is the base alone', () => {
    expect(parameters({ points: [{ seed: 7 }] })).toEqual([{ seed: 7 }]);
    expect(parameters({ grid: { servers: [1] }, points: [{ seed: 7 }] })).toHaveLength(2);
    expect(parameters({})).toEqual([{}]);
  });

  it('do not share sections of the base', () => {
    const { points } = completePlan({
      base: { ...base, record: { interval: 5 } },
      grid: { 'record.interval': [1, 2] },
    });
    expect([...points].map(({ config }) => config.record.interval)).toEqual([1, 2]);
  });
});

describe('a plan that cannot be run names the field', () => {
  it.each<[object, RegExp]>([
    [{ replications: 0 }, /^replications: got 0; must be a whole number from 1/],
    [{ replication: 5 }, /^replication: unknown field; allowed here: base, grid/],
    [{ precision: 2 }, /^precision: got 2; must be a number between 0 and 1/],
    [{ replications: 9, maxReplications: 3 }, /^maxReplications: got 3; must be at least/],
    [{ grid: { servers: [] } }, /^grid.servers: got \[\]; must be a list of values, not empty/],
    [{ grid: { servers: [1, -2] } }, /^servers: got -2; .* \(point 1: \{"servers": -2\}\)/],
    [{ grid: { server: [1, 2] } }, /^server: unknown field/],
    [{ grid: { arrivalRate: { logspace: [0, 1, 3] } } }, /^arrivalRate: got logspace from 0/],
    [{ zip: [{ servers: [1], horizon: [1, 2] }] }, /^zip\[0\]: .*servers has 1, horizon has 2/],
    [{ points: [{ servers: 3 }, { servers: 3 }] }, /^points: points 0 and 1 are the same/],
    [{ points: [] }, /^points: is empty/],
  ])('%j', (plan, message) => {
    expect(() => completePlan({ base, ...plan })).toThrow(message);
  });
});

describe('the stream of a replication', () => {
  const [point] = completePlan({ base }).points;
  const config = (point as Point).config;
  const seedOf = async (change: object, k: number) =>
    (await replicationConfig({ ...config, ...change }, k)).seed;

  it('depends on seed, configuration and number', async () => {
    const seeds = await Promise.all([
      seedOf({}, 0),
      seedOf({}, 1),
      seedOf({ seed: 2 }, 0),
      seedOf({ servers: 6 }, 0),
      seedOf({ horizon: 101 }, 0),
    ]);
    expect(new Set(seeds).size).toBe(5);
  });

  it('does not depend on what is recorded', async () => {
    const record = { ...config.record, interval: 3 };
    expect(await seedOf({ record }, 4)).toBe(await seedOf({}, 4));
  });

  it('is what it always was', async () => {
    expect(await seedOf({}, 3)).toBe('1/01fb814a77a8d3bb172c1e0ccec78bac/3');
  });
});
