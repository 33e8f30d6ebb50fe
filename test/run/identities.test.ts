/** Bookkeeping that must hold in every single run, whatever the random numbers. */
import { describe, expect, it } from 'vitest';
import { Simulation, type SimulationConfig } from '../../src/index.js';

const systems: [string, Partial<SimulationConfig>][] = [
  ['unit buffers', {}],
  ['unit buffers, overloaded', { arrivalRate: 3 }],
  ['three places, overloaded', { buffer: 3, arrivalRate: 2, initialTasks: 2 }],
  ['unbounded with backlog', { buffer: 'inf', initialTasks: 20 }],
  ['one server', { servers: 1, buffer: 'inf' }],
  [
    'frozen, uneven backlog',
    { inverseStepSize: 'inf', buffer: 9, initialTasks: [0, 9, 3, 1, 0, 5, 9, 9, 2, 1] },
  ],
];

const base: SimulationConfig = {
  servers: 10,
  arrivalRate: 0.8,
  inverseStepSize: 50,
  horizon: 200,
  seed: 'identities',
};

describe.each(systems)('%s', (_name, config) => {
  const create = (more: Partial<SimulationConfig> = {}) =>
    Simulation.create({ ...base, ...config, ...more }, { checked: true });
  const total = (queues: Uint32Array) => queues.reduce((sum, queue) => sum + queue, 0);

  it('flow balance: tasks now = tasks before + accepted − departed, over any window', async () => {
    for (const warmup of [0, 77.7]) {
      const simulation = await create({ warmup });
      simulation.runUntil(warmup);
      const before = total(simulation.queueLengths());
      simulation.runUntil();
      const { arrivals, dropped, departures } = simulation.result().events;
      expect(total(simulation.queueLengths())).toBe(before + arrivals - dropped - departures);
      expect(departures).toBeGreaterThan(50);
    }
  });

  it('time integrals are those of the recorded paths', async () => {
    // sampled every 0.001, the integral of a step path is off by at most 0.001 per step
    const simulation = await create({ warmup: 10, horizon: 60, record: { interval: 0.001 } });
    simulation.runUntil();
    const { busyFraction, meanQueueLength, events } = simulation.result();
    const window = (column: Float64Array) => {
      const samples = column.subarray(10_000, 60_000);
      return samples.reduce((sum, x) => sum + x, 0) / samples.length;
    };
    const n = simulation.config.servers;
    const steps = events.arrivals + events.departures;
    const off = (0.001 * steps) / (50 * n);
    const { busy, meanQueue } = simulation.trajectory;
    expect(Math.abs((busyFraction as number) - window(busy) / n)).toBeLessThan(off);
    expect(Math.abs((meanQueueLength as number) - window(meanQueue))).toBeLessThan(off);
  });

  it('the mean idle signal is the integral of the servers’ idle signals', async () => {
    const simulation = await create({ warmup: 10, horizon: 30 });
    let sum = 0;
    const steps = 20_000;
    for (let i = 0; i < steps; i++) {
      simulation.runUntil(10 + (20 * (i + 0.5)) / steps);
      sum += simulation.idleSignals().reduce((total, signal) => total + signal, 0);
    }
    simulation.runUntil();
    const { meanIdleSignal } = simulation.result();
    const sampled = sum / steps / simulation.config.servers;
    // the signal jumps to 0 at each completion: an error of at most its size × the step, each time
    expect(Math.abs((meanIdleSignal as number) - sampled)).toBeLessThan(0.002 + 0.005 * sampled);
  });

  it('Little: mean sojourn time × throughput = mean queue length; cost terms add up', async () => {
    const simulation = await create();
    simulation.runUntil();
    const r = simulation.result();
    expect((r.meanSojournTime as number) * (r.throughput as number)).toBeCloseTo(
      r.meanQueueLength as number,
      12,
    );
    // λ g(1/E[S]) with g = 1/x
    expect(r.cost.delay).toBeCloseTo(
      simulation.config.arrivalRate * (r.meanSojournTime as number),
      12,
    );
    expect(r.cost.total).toBeCloseTo((r.cost.delay as number) + (r.cost.power as number), 12);
  });

  it('the longest queue is at least the longest recorded, and at most the buffer', async () => {
    const simulation = await create({ record: { interval: 0.01 } });
    simulation.runUntil();
    const { maxQueueLength } = simulation.result();
    const recorded = Math.max(...simulation.trajectory.maxQueue);
    expect(maxQueueLength).toBeGreaterThanOrEqual(recorded);
    // between two rows 0.01 apart a queue of these systems rarely gains, and never more than two
    expect((maxQueueLength as number) - recorded).toBeLessThanOrEqual(2);
    const { buffer } = simulation.config;
    if (buffer !== 'inf') expect(maxQueueLength).toBeLessThanOrEqual(buffer);
  });
});

/** A quantile from bins lies between the neighbouring order statistics, give or take a bin. */
function expectQuantile(got: number, level: number, sorted: ArrayLike<number>) {
  const rank = Math.round(level * sorted.length);
  expect(got).toBeGreaterThan(sorted[rank - 2] * (1 - 2 ** -14));
  expect(got).toBeLessThan(sorted[rank + 1] * (1 + 2 ** -14));
}

describe('recorded rates', () => {
  it('summaries of a row are those of the servers’ rates', async () => {
    const simulation = await Simulation.create({
      ...base,
      record: { interval: 25, quantiles: [0, 0.05, 0.5, 0.9, 1], servers: 'all' },
      cost: { h: { family: 'power', b: 0.2, q: 3 } },
    });
    simulation.runUntil();
    const { trajectory } = simulation;
    const pooled: number[] = [];
    for (let row = 0; row < trajectory.rows; row++) {
      const rates = Array.from({ length: 10 }, (_, v) => trajectory.serverRates(v)[row]);
      pooled.push(...rates);
      const sorted = [...rates].sort((a, b) => a - b);
      const mean = rates.reduce((sum, x) => sum + x, 0) / 10;
      const variance = rates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 10;
      expect(trajectory.mean[row]).toBeCloseTo(mean, 13);
      expect(trajectory.sd[row]).toBeCloseTo(Math.sqrt(variance), 12);
      expect(trajectory.min[row]).toBe(sorted[0]);
      expect(trajectory.max[row]).toBe(sorted[9]);
      expect(trajectory.quantiles.map((column) => column[row])).toEqual([
        sorted[0],
        sorted[0] + 0.45 * (sorted[1] - sorted[0]),
        sorted[4] + 0.5 * (sorted[5] - sorted[4]),
        expect.closeTo(sorted[8] + 0.1 * (sorted[9] - sorted[8]), 14),
        sorted[9],
      ]);
    }
    const { serviceRate, cost } = simulation.result();
    const mean = pooled.reduce((sum, x) => sum + x, 0) / pooled.length;
    const variance = pooled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / pooled.length;
    expect(serviceRate.mean).toBeCloseTo(mean, 13);
    expect(serviceRate.sd).toBeCloseTo(Math.sqrt(variance), 12);
    expect(cost.power).toBeCloseTo(
      pooled.reduce((sum, x) => sum + 0.2 * x ** 3, 0) / pooled.length,
      12,
    );
  });

  it.each([
    { servers: 1, what: 'alone' },
    { servers: 15, what: 'short of a group' },
    { servers: 17, what: 'beyond a group' },
    { servers: 1003, what: 'many, from afar' },
    { servers: 1003, inverseStepSize: 1e9, what: 'hardly moving' },
    { servers: 1003, initialRates: 5, inverseStepSize: 2, what: 'in leaps' },
    {
      servers: 1003,
      initialRates: { uniform: [1, 1 + 2 ** -40] as [number, number] },
      what: 'side by side',
    },
  ])('row quantiles are order statistics: $what', async ({ what: _, ...change }) => {
    const simulation = await Simulation.create({
      ...base,
      buffer: 1,
      initialRates: { uniform: [0, 2] },
      horizon: 40,
      record: { interval: 4, quantiles: [0, 0.01, 0.3, 0.5, 0.95, 1] },
      ...change,
    });
    for (let row = 0; row <= 10; row++) {
      simulation.runUntil(row * 4);
      const { trajectory } = simulation;
      const sorted = simulation.rates().sort();
      trajectory.levels.forEach((level, k) => {
        const position = level * (sorted.length - 1);
        const rank = Math.floor(position);
        const fraction = position - rank;
        const low = sorted[rank];
        const exact = fraction > 0 ? low + fraction * (sorted[rank + 1] - low) : low;
        expect(trajectory.quantiles[k][row]).toBe(exact);
      });
    }
  });

  it('pooled quantiles agree with exact ones to the width of a bin', async () => {
    const simulation = await Simulation.create({
      ...base,
      servers: 1000,
      record: { interval: 50, servers: 'all' },
    });
    simulation.runUntil();
    const { trajectory } = simulation;
    const pooled = Array.from({ length: 1000 }, (_, v) => [...trajectory.serverRates(v)])
      .flat()
      .sort((a, b) => a - b);
    const { p05, p50, p95 } = simulation.result().serviceRate;
    for (const [got, level] of [
      [p05, 0.05],
      [p50, 0.5],
      [p95, 0.95],
    ] as const) {
      expectQuantile(got as number, level, pooled);
    }
  });

  it('row quantiles of very many servers agree with order statistics to the width of a bin', async () => {
    const simulation = await Simulation.create({
      ...base,
      servers: 70_000,
      horizon: 2,
      record: { interval: 1, quantiles: [0.05, 0.5, 0.95] },
    });
    for (const row of [0, 1, 2]) {
      simulation.runUntil(row);
      const sorted = simulation.rates().sort();
      simulation.trajectory.quantiles.forEach((column, k) => {
        expectQuantile(column[row], simulation.trajectory.levels[k], sorted);
      });
    }
  });
});
