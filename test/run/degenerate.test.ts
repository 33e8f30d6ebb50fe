/** Extreme but legal: each must run, keep its invariants (checked build), and give sensible figures. */
import { describe, expect, it } from 'vitest';
import { ConfigError, Simulation, type SimulationConfig, simulate } from '../../src/index.js';

const base: SimulationConfig = {
  servers: 10,
  arrivalRate: 0.8,
  inverseStepSize: 500,
  horizon: 100,
};

async function run(config: Partial<SimulationConfig>) {
  const simulation = await Simulation.create({ ...base, ...config }, { checked: true });
  simulation.runUntil();
  const result = simulation.result();
  const { mean } = result.serviceRate;
  if (mean !== null) expect(Number.isFinite(mean) && mean >= 0).toBe(true);
  for (const rate of simulation.rates()) expect(rate >= 0 && rate < Infinity).toBe(true);
  return { simulation, result };
}

describe('degenerate systems', () => {
  it('one server', async () => {
    const { result } = await run({ servers: 1, horizon: 5000 });
    expect(result.events.departures).toBeGreaterThan(1000);
    expect(result.events.dropped).toBeGreaterThan(100);
  });

  it('hardly any arrivals: idle for a million units of time, rates go to their limit', async () => {
    const { result } = await run({
      arrivalRate: 1e-6,
      horizon: 1e7,
      inverseStepSize: 10,
      warmup: 1e6,
    });
    expect(result.busyFraction).toBeLessThan(0.01);
    // an idle server's signal grows and pushes its rate down, but never to 0
    expect(result.serviceRate.p95).toBeLessThan(0.1);
    expect(result.serviceRate.p05).toBeGreaterThan(0);
  });

  it('no arrival at all within the run', async () => {
    const { result } = await run({ arrivalRate: 1e-9, horizon: 1 });
    expect(result.events.arrivals).toBe(0);
    expect(result).toMatchObject({
      blockingProbability: null,
      throughput: 0,
      meanSojournTime: null,
      maxQueueLength: 0,
      busyFraction: 0,
      cost: { delay: null, total: null },
    });
    expect(result.meanIdleSignal).toBeCloseTo(0.5, 12);
  });

  it('all rates 0 at the start: they leave 0 at once', async () => {
    for (const cost of [
      {},
      { g: { family: 'shifted', a: 1, p: 1 }, h: { family: 'power', b: 0.05, q: 3 } },
    ] as const) {
      const { simulation, result } = await run({ initialRates: 0, horizon: 3000, cost });
      expect(simulation.trajectory.max[0]).toBe(0);
      expect(simulation.trajectory.min[1]).toBeGreaterThan(0);
      expect(result.events.departures).toBeGreaterThan(1000);
    }
  });

  it('all rates 0 for ever: the servers fill up and drop', async () => {
    const { result } = await run({ initialRates: 0, inverseStepSize: 'inf' });
    expect(result).toMatchObject({ throughput: 0, meanSojournTime: null });
    expect(result.events.arrivals - result.events.dropped).toBe(10);
    expect(result.serviceRate).toEqual({ mean: 0, sd: 0, p05: 0, p50: 0, p95: 0 });
  });

  it('warm-up = horizon: nothing to average over, one grid time', async () => {
    const { result } = await run({ warmup: 100 });
    expect(result.events).toEqual({ arrivals: 0, dropped: 0, departures: 0, candidates: 0 });
    expect(result).toMatchObject({
      busyFraction: null,
      throughput: null,
      blockingProbability: null,
    });
    expect(result.serviceRate.mean).toBeGreaterThan(0.5);
    expect(result.time).toEqual({ start: 100, end: 100 });
  });

  it('a backlog of 100,000 tasks at every server drains in order', async () => {
    const { simulation, result } = await run({
      servers: 20,
      buffer: 'inf',
      initialTasks: 100_000,
      inverseStepSize: 50,
      horizon: 2000,
    });
    // busy without a pause, so I = 0 and rates go to √5, the root of φ
    expect(result.busyFraction).toBe(1);
    expect(result.meanIdleSignal).toBe(0);
    expect(simulation.rates()[7]).toBeCloseTo(Math.sqrt(5), 2);
    expect(result.maxQueueLength).toBeGreaterThanOrEqual(100_000);
    const { arrivals, departures } = result.events;
    expect(simulation.queueLengths().reduce((sum, queue) => sum + queue, 0)).toBe(
      2_000_000 + arrivals - departures,
    );
  });

  it('buffers full at the start, of every size', async () => {
    for (const buffer of [1, 2, 50]) {
      const { result } = await run({ buffer, initialTasks: buffer, arrivalRate: 5 });
      expect(result.events.dropped).toBeGreaterThan(100);
      expect(result.maxQueueLength).toBe(buffer);
    }
  });

  it('very fast and very slow: rates of 1e6 and horizons of 1e-6', async () => {
    const { result } = await run({
      arrivalRate: 1e6,
      initialRates: 2e6,
      horizon: 1e-3,
      inverseStepSize: 'inf',
    });
    expect(result.busyFraction).toBeGreaterThan(0.3);
    const { result: short } = await run({ horizon: 1e-6 });
    expect(short.time.end).toBe(1e-6);
  });

  it('large initial rates come down', async () => {
    const { simulation } = await run({ initialRates: 1e4, horizon: 2000, inverseStepSize: 10 });
    expect(simulation.trajectory.mean[0]).toBe(1e4);
    expect(simulation.rates()[0]).toBeLessThan(5);
  });

  it('small m, the noisy corner: λ = 0.025 with m = 10', async () => {
    const { result } = await run({
      arrivalRate: 0.025,
      inverseStepSize: 10,
      horizon: 20_000,
      warmup: 500,
    });
    expect(result.serviceRate.mean).toBeGreaterThan(0.5);
    expect(result.serviceRate.sd).toBeGreaterThan(0.1);
    expect(result.events.departures).toBeGreaterThan(3000);
  });

  it('a million servers', async () => {
    const simulation = await Simulation.create({ ...base, servers: 1e6, horizon: 2 });
    simulation.runUntil();
    const { events, busyFraction, engine } = simulation.result();
    // Poisson with mean 1.6 million: 4.9 sd leave 1e-6 outside
    expect(Math.abs(events.arrivals - 1.6e6)).toBeLessThan(4.9 * Math.sqrt(1.6e6));
    expect(busyFraction).toBeGreaterThan(0.3);
    expect(engine.memoryBytes / 1e6).toBeLessThan(37);
  });
});

it('a server that was not recorded is refused by its place', async () => {
  const { trajectory } = await simulate({
    servers: 5,
    arrivalRate: 0.8,
    inverseStepSize: 500,
    horizon: 5,
    record: { servers: [1, 3] },
  });
  expect(trajectory.serverRates(1)).toHaveLength(trajectory.rows);
  for (const place of [2, -1, 0.5]) {
    expect(() => trajectory.serverRates(place)).toThrow(ConfigError);
    expect(() => trajectory.serverQueues(place)).toThrow(
      `server: got ${place}; must be a whole number from 0 to 1, the place among the 2 recorded servers`,
    );
  }
});
