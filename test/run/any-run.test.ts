/**
 * Random systems of the wider model: the same bits however a run is cut, watched, saved and checked, with stops at the very
 * times of changes among others.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation, type SimulationConfig, simulate } from '../../src/index.js';

const HORIZON = 60;

const power = fc.record({
  family: fc.constant<'power'>('power'),
  b: fc.constantFrom(0.05, 0.2),
  q: fc.constantFrom(2, 2.5),
});
// often the same for several changes; with a period of 30 those at 0 fall on the horizon too
const time = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map((weeks) => 7 * weeks),
  fc.double({ min: 0, max: 29, noNaN: true }),
);

const changes = fc
  .array(
    fc.oneof(
      fc.record({ time, arrivalRate: fc.double({ min: 0.1, max: 2, noNaN: true }) }),
      fc.record({ time, inverseStepSize: fc.constantFrom(5, 300, 'inf' as const) }),
      fc.record({ time, rates: fc.constantFrom(0, 0.5, 2) }),
      fc.record({ time, cost: fc.record({ h: power }) }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => list.sort((a, b) => a.time - b.time));

const systems = fc
  .record({
    servers: fc.integer({ min: 4, max: 40 }),
    arrivalRate: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
    inverseStepSize: fc.constantFrom(3, 100, 'inf' as const),
    buffer: fc.constantFrom(1, 2, 5, 'inf' as const),
    initialTasks: fc.constantFrom(0, 1),
    initialRates: fc.constantFrom(0, 1.5),
    dispatch: fc.constantFrom<SimulationConfig['dispatch'] & string>(
      'jiq',
      'longest-idle',
      'shortest-idle',
      'random',
      'round-robin',
      'jsq',
      'jsq:2',
    ),
    service: fc.constantFrom('exponential' as const, 'erlang:2' as const, 'scv:3' as const),
    schedule: fc.option(changes, { nil: null }),
    period: fc.option(fc.constantFrom(30, 29.3), { nil: null }),
    costs: fc.option(power, { nil: null }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ schedule, period, costs, ...system }): SimulationConfig => {
    // where classes have costs of their own, the cost does not change over time
    const kept = schedule?.filter((change) => costs === null || !('cost' in change)) ?? [];
    const { servers } = system;
    return {
      ...system,
      horizon: HORIZON,
      ...(kept.length > 0 && { schedule: kept, ...(period !== null && { period }) }),
      ...(costs !== null && {
        classes: [{ servers: 2, cost: { h: costs } }, { servers: servers - 2 }],
      }),
    };
  });

/** What is done on the way: run to a time, or for some candidates, and be saved and restored, or not. */
const ways = fc.array(
  fc.record({
    to: fc.oneof(
      fc.constant('a change' as const),
      fc.double({ min: 0, max: HORIZON, noNaN: true }),
    ),
    candidates: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
    saved: fc.boolean(),
  }),
  { maxLength: 6 },
);

function figuresOf(simulation: Simulation) {
  const { engine: _, ...figures } = simulation.result();
  return figures;
}

it('reaches the same state on any way', async () => {
  await fc.assert(
    fc.asyncProperty(systems, ways, fc.boolean(), async (config, way, checked) => {
      const whole = await Simulation.create(config);
      whole.runUntil();

      let simulation = await Simulation.create(config, { checked });
      for (const { to, candidates, saved } of way) {
        const next = config.schedule?.find((change) => change.time >= simulation.time)?.time;
        const until = to === 'a change' ? (next ?? 0) : to;
        simulation.runUntil(Math.max(simulation.time, until));
        if (candidates !== null) simulation.step(candidates);
        simulation.rates();
        simulation.idleSignals();
        simulation.result();
        if (saved) {
          simulation = await Simulation.restore(await simulation.checkpoint(), { checked });
        }
      }
      simulation.runUntil();
      expect(simulation.stateHash()).toBe(whole.stateHash());
      expect(figuresOf(simulation)).toEqual(figuresOf(whole));
    }),
    { numRuns: 80, seed: 11 },
  );
});

it('reaches it in another thread, and from the configuration in the result', async () => {
  await fc.assert(
    fc.asyncProperty(systems, async (config) => {
      const here = await simulate(config, { thread: 'here' });
      const { stateHash } = await simulate(JSON.parse(JSON.stringify(here.config)));
      expect(stateHash).toBe(here.stateHash);
    }),
    { numRuns: 20, seed: 12 },
  );
});

it('can be steered by hand at any time, and says how to repeat that', async () => {
  const steps = fc.array(
    fc.record({
      to: fc.double({ min: 0, max: HORIZON, noNaN: true }),
      candidates: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
      arrivalRate: fc.option(fc.double({ min: 0.1, max: 2, noNaN: true }), { nil: null }),
      inverseStepSize: fc.option(fc.constantFrom(5, 300, 'inf' as const), { nil: null }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(systems, steps, async ({ period: _, ...config }, steps) => {
      const simulation = await Simulation.create(config);
      for (const { to, candidates, arrivalRate, inverseStepSize } of steps) {
        simulation.runUntil(Math.max(simulation.time, to));
        if (candidates !== null) simulation.step(candidates);
        if (arrivalRate !== null) await simulation.update({ arrivalRate });
        if (inverseStepSize !== null) await simulation.update({ inverseStepSize });
      }
      simulation.runUntil();
      const again = await Simulation.create(simulation.result().config);
      again.runUntil();
      expect(again.stateHash()).toBe(simulation.stateHash());
      expect(figuresOf(again)).toEqual(figuresOf(simulation));
    }),
    { numRuns: 80, seed: 13 },
  );
});
