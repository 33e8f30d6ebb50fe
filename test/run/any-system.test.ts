/** Random systems over the whole range of the fields: what goes in comes out, what has bounds keeps them, nothing is NaN. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation, type SimulationConfig, upperRate, validateConfig } from '../../src/index.js';

/** Evenly spread over orders of magnitude. */
const scale = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

const power = fc.record({
  family: fc.constant('power' as const),
  b: scale(0.01, 10),
  q: fc.double({ min: 1.5, max: 4, noNaN: true }),
});
const slowness = fc.record({
  family: fc.constant('power' as const),
  a: scale(0.1, 10),
  p: fc.double({ min: 0.5, max: 3, noNaN: true }),
});

const systems = fc
  .record({
    servers: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 60 })),
    arrivalRate: scale(0.01, 20),
    inverseStepSize: fc.oneof(scale(1e-1, 1e7), fc.constant('inf' as const)),
    buffer: fc.constantFrom(1, 2, 7, 'inf' as const),
    initialTasks: fc.nat(9),
    initialRates: fc.oneof(
      fc.constantFrom(0, 2),
      scale(1e-6, 50),
      fc.constant({ uniform: [0, 3] as [number, number] }),
    ),
    g: slowness,
    h: power,
    dispatch: fc.constantFrom(
      ...([
        'jiq',
        'jiq',
        'random',
        'round-robin',
        'jsq',
        'jsq:2',
        'longest-idle',
        'shortest-idle',
      ] as const),
    ),
    service: fc.constantFrom(
      ...(['exponential', 'exponential', 'erlang:3', 'scv:0.3', 'scv:9'] as const),
    ),
    // a window far shorter than its distance from 0 has no digits left
    warmup: fc.constantFrom(0, 0.3, 0.9, 1),
    sojourns: fc.constantFrom(0, 20),
    recorded: fc.constantFrom('all' as const, 'none' as const),
    seed: fc.string({ maxLength: 6 }),
  })
  .map(({ g, h, warmup, sojourns, recorded, initialTasks, ...system }): SimulationConfig => {
    const { servers, arrivalRate, buffer, dispatch } = system;
    // some thousand events, however fast they come
    const horizon = Math.min(200, 4000 / (servers * arrivalRate));
    return {
      ...system,
      dispatch: dispatch === 'jsq:2' && servers < 2 ? 'jsq' : dispatch,
      initialTasks: Math.min(initialTasks, buffer === 'inf' ? 9 : buffer),
      cost: { g, h },
      horizon,
      warmup: warmup * horizon,
      record: {
        interval: horizon / 50,
        quantiles: [0, 0.05, 0.5, 1],
        sojourns,
        ...(recorded === 'all' && { servers: 'all' }),
      },
    };
  });

/** All numbers within a value, with where they stand. */
function* numbersIn(value: unknown, path = ''): Generator<[path: string, number: number]> {
  if (typeof value === 'number') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, `${path}.${key}`);
  }
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

it('keeps what is conserved and what is bounded, and its figures are numbers', async () => {
  await fc.assert(
    fc.asyncProperty(systems, async (config) => {
      const simulation = await Simulation.create(config, { checked: true });
      const before = sum(simulation.queueLengths());
      const fastest = Math.max(
        ...simulation.rates(),
        upperRate(validateConfig(config).cost as never),
      );
      const { buffer = 1, warmup = 0, horizon } = config;
      const room = buffer === 'inf' ? Number.POSITIVE_INFINITY : Number(buffer);

      simulation.runUntil(Number(warmup));
      const at = sum(simulation.queueLengths());
      simulation.runUntil();
      const result = simulation.result();
      const queues = simulation.queueLengths();
      const rates = simulation.rates();

      // what came and was not dropped has left or is here
      const { arrivals, dropped, departures } = result.events;
      expect(sum(queues)).toBe(at + arrivals - dropped - departures);
      expect(simulation.events).toBeGreaterThanOrEqual(arrivals - dropped + departures);
      if (warmup === 0) expect(at).toBe(before);
      expect(Math.max(...queues)).toBeLessThanOrEqual(room);
      expect(simulation.busyServers).toBe(queues.filter((tasks) => tasks > 0).length);

      // no rate leaves [0, max(μ(0), μ₊)], to rounding; a server that is idle has been so for no longer than the run
      for (const rate of rates) {
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(fastest * (1 + 1e-9));
      }
      for (const signal of simulation.idleSignals()) {
        expect(signal).toBeGreaterThanOrEqual(0);
        expect(signal).toBeLessThanOrEqual(horizon * (1 + 1e-12));
      }
      for (const time of simulation.sojournTimes()) {
        expect(time).toBeGreaterThanOrEqual(0);
        expect(time).toBeLessThanOrEqual(horizon);
      }

      // figures are numbers or null, and in order
      const { config: _, warnings: __, ...figures } = result;
      for (const [path, number] of numbersIn(figures)) {
        if (path.startsWith('.trajectory')) continue;
        expect([path, Number.isFinite(number)]).toEqual([path, true]);
      }
      for (const share of [result.busyFraction, result.blockingProbability]) {
        if (share === null) continue;
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-12);
      }
      const copy = simulation.trajectory.copy();
      for (const [path, number] of numbersIn(copy)) {
        expect([path, Number.isFinite(number)]).toEqual([path, true]);
      }
    }),
    { numRuns: 250, seed: 31 },
  );
});

it('reaches the same state again, from a checkpoint, and in the release build', async () => {
  await fc.assert(
    fc.asyncProperty(systems, fc.double({ min: 0, max: 1, noNaN: true }), async (config, part) => {
      const whole = await Simulation.create(config);
      whole.runUntil();
      const first = await Simulation.create(config);
      first.runUntil(part * config.horizon);
      const bytes = await first.checkpoint();
      const second = await Simulation.restore(bytes);
      // restored and saved again it is the same but for the time it took
      expect((await second.checkpoint()).length).toBe(bytes.length);
      expect(second.stateHash()).toBe(first.stateHash());
      second.runUntil();
      expect(second.stateHash()).toBe(whole.stateHash());
      expect(second.trajectory.copy()).toEqual(whole.trajectory.copy());
      const checked = await Simulation.create(config, { checked: true });
      checked.runUntil();
      expect(checked.stateHash()).toBe(whole.stateHash());
    }),
    { numRuns: 100, seed: 32 },
  );
});
