/** What is changed by hand is part of the run: it takes effect, and the configuration of the result repeats it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveCosts } from '../../src/engine/costs.js';
import { planMemory } from '../../src/engine/memory.js';
import {
  ConfigError,
  optimalRate,
  PAPER_COST,
  resolveCost,
  Simulation,
  type SimulationConfig,
  simulate,
  type Update,
  validateConfig,
} from '../../src/index.js';
import { Run } from '../../src/run/run.js';
import { steer } from '../../src/run/steer.js';
import { systems } from './golden.js';

describe('steering', () => {
  it('is part of the run: the same changes at the same times give the same bits', async () => {
    const steered = async (steps: number[]) => {
      const simulation = await Simulation.create(systems.paper);
      for (const stop of steps) simulation.runUntil(stop);
      await simulation.update({ arrivalRate: 1.2, inverseStepSize: 50 });
      simulation.runUntil(200);
      await simulation.update({ inverseStepSize: 'inf' });
      const rates = simulation.rates();
      simulation.runUntil();
      expect(simulation.rates()).toEqual(rates);
      return simulation.result();
    };
    const result = await steered([100]);
    expect((await steered([3, 50, 99.9, 100])).stateHash).toBe(result.stateHash);
    expect(result.config.schedule).toEqual([
      { time: 100, arrivalRate: 1.2, inverseStepSize: 50 },
      { time: 200, inverseStepSize: 'inf' },
    ]);
    expect((await simulate(result.config)).stateHash).toBe(result.stateHash);
  });

  const power = (b: number, q = 2) => ({ h: { family: 'power' as const, b, q } });
  const costs: NonNullable<Update['cost']>[] = [
    power(0.3),
    power(0.02, 3),
    power(1e-5), // rates rise to 37, an octave that nothing else leads to
    power(5),
    { g: { family: 'shifted', a: 2, p: 1 }, ...power(0.05, 2.5) },
    { g: '1/x + exp(-x)' },
    { g: '1/x', h: '0.1 * x^2.2 * log(2 + x)' },
    { h: '0.001 * x^2' },
  ];
  const schedule = [
    { time: 90, cost: { h: '0.05 * x^2.5' } },
    { time: 200, arrivalRate: 0.5, cost: { g: { family: 'power' as const, a: 3, p: 1 } } },
    { time: 333, inverseStepSize: 40 },
  ];
  const base = { ...systems.paper, servers: 30, horizon: 500.3, warmup: 40 };

  it.each<[string, SimulationConfig]>([
    ['the paper’s system', base],
    ['a tabulated cost', { ...base, cost: { g: '1/x + exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' } }],
    ['a schedule', { ...base, schedule }],
    ['other policies', { ...base, buffer: 'inf', dispatch: 'random', service: 'scv:3', schedule }],
  ])('ends in a configuration that repeats the run, whenever it is done: %s', async (_, config) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            candidates: fc.integer({ min: 1, max: 3000 }),
            change: fc.record(
              {
                arrivalRate: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
                inverseStepSize: fc.constantFrom(20, 500, 'inf' as const),
                cost: fc.constantFrom(...costs),
              },
              { requiredKeys: [] },
            ),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.boolean(),
        async (changes, restored) => {
          const options = { checked: true };
          let simulation = await Simulation.create(config, options);
          for (const { candidates, change } of changes) {
            simulation.step(candidates);
            if (Object.keys(change).length > 0) await simulation.update(change);
            if (restored) {
              simulation = await Simulation.restore(await simulation.checkpoint(), options);
            }
          }
          simulation.extend(600);
          simulation.runUntil();
          const result = simulation.result();
          const again = await simulate(result.config, { thread: 'here' });
          expect(again.stateHash).toBe(result.stateHash);
          expect(again.config).toEqual(result.config);
          const { meanQueueLength, meanIdleSignal, cost, serviceRate } = result;
          expect(again).toMatchObject({ meanQueueLength, meanIdleSignal, cost, serviceRate });
          expect(again.trajectory.copy()).toEqual(result.trajectory.copy());
        },
      ),
      { numRuns: 12, seed: 16 },
    );
  });

  it('takes effect: the arrival rate of the rest of the run is the new one', async () => {
    const simulation = await Simulation.create({
      servers: 100,
      arrivalRate: 0.2,
      inverseStepSize: 500,
      horizon: 1000,
      warmup: 500,
    });
    simulation.runUntil(500);
    await simulation.update({ arrivalRate: 0.9 });
    simulation.runUntil();
    // Poisson with mean 45,000: 4.9 sd leave 1e-6 outside
    expect(Math.abs(simulation.result().events.arrivals - 45_000)).toBeLessThan(
      4.9 * Math.sqrt(45_000),
    );
  });

  it('the delay cost takes the time average of λ over the window, across checkpoints too', async () => {
    const horizon = 2000;
    const steered = async (warmup: number) => {
      const simulation = await Simulation.create({
        servers: 100,
        arrivalRate: 0.2,
        inverseStepSize: 'inf',
        initialRates: 3,
        buffer: 'inf',
        horizon,
        warmup,
      });
      simulation.runUntil(500);
      await simulation.update({ arrivalRate: 1.4 });
      await simulation.update({ inverseStepSize: 1e6 }); // as good as frozen, and no change of λ
      simulation.runUntil(1500);
      const rest = await Simulation.restore(await simulation.checkpoint());
      await rest.update({ arrivalRate: 0.6 });
      rest.runUntil();
      return rest.result();
    };
    const means = { 0: (500 * 0.2 + 1000 * 1.4 + 500 * 0.6) / 2000, 500: 1700 / 1500, 1600: 0.6 };
    for (const [warmup, mean] of Object.entries(means)) {
      const { cost, meanSojournTime, meanQueueLength, events } = await steered(Number(warmup));
      expect(cost.delay).toBeCloseTo(mean * (meanSojournTime as number), 12);
      // nothing is dropped, so with g(x) = 1/x and by Little's law it is the mean number of tasks per server,
      // as far as arrivals keep to their mean: 5 sd of a Poisson count
      const error = Math.abs((cost.delay as number) / (meanQueueLength as number) - 1);
      expect(error).toBeLessThan(5 / Math.sqrt(events.arrivals));
    }
  });

  it('takes effect: rates go to the optimum of the new cost, a family or an expression', async () => {
    const given = [
      { h: { family: 'power' as const, b: 0.4, q: 2 } },
      { g: 'x^(-1)', h: '0.4 * x^2' },
    ];
    for (const cost of given) {
      const simulation = await Simulation.create({
        ...systems.paper,
        inverseStepSize: 100,
        horizon: 3000,
      });
      simulation.runUntil(1000);
      await simulation.update({ cost });
      simulation.runUntil();
      const rates = simulation.rates();
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      const before = simulation.trajectory.mean[333] as number;
      // the mean of a hundred rates is within 1 % or so; the optima are 1.587 and 1
      expect(before / optimalRate(PAPER_COST, 0.8)).toBeCloseTo(1, 1.3);
      expect(mean / optimalRate(await resolveCost({ ...PAPER_COST, ...cost }), 0.8)).toBeCloseTo(
        1,
        1.3,
      );
    }
  });

  it('has the room that the configuration has which repeats it, and what is recorded moves along', async () => {
    const config = validateConfig({
      ...systems.paper,
      servers: 20,
      inverseStepSize: 1e-3,
      initialRates: 1,
      record: { servers: 'all' },
      schedule: [{ time: 200, cost: { h: '1e-3 * x^2' } }],
    });
    const run = await Run.prepare(config);
    run.start();
    for (const [time, b] of [
      [10, 1e-5],
      [20, 1e-9],
    ]) {
      while (!run.advance(time as number, 4096)) {}
      const before = run.trajectory.copy();
      const { histogramPages, costCells, costTables } = run.plan;
      await steer(run, { cost: { h: { family: 'power', b, q: 2 } } });
      expect(run.plan.histogramPages).toBeGreaterThan(histogramPages);
      expect(run.plan.costCells).toBeGreaterThan(costCells);
      expect(run.plan.costTables).toBeGreaterThan(costTables);
      expect(run.trajectory.copy()).toEqual(before);
      const again = planMemory(run.repeatable, await resolveCosts(run.repeatable), run.plan.state);
      expect(run.plan).toMatchObject({
        histogramPages: again.histogramPages,
        costCells: again.costCells,
      });
    }
    while (!run.advance(config.horizon, 4096)) {}
    // exact: the middle of all rates in the rows
    const ids = Array.from({ length: 20 }, (_, k) => k);
    const pooled = ids.flatMap((k) => [...run.trajectory.serverRates(k)]);
    const middle = pooled.sort((x, y) => x - y)[pooled.length >> 1] as number;
    expect(middle).toBeGreaterThan(10);
    expect((run.figures().serviceRate.p50 as number) / middle).toBeCloseTo(1, 3);
  });

  it('leaves what it does not name as it is at present', async () => {
    const own = { family: 'power', a: 3, p: 1 } as const;
    const simulation = await Simulation.create({
      ...systems.paper,
      schedule: [{ time: 100, cost: { g: own } }],
    });
    simulation.runUntil(100);
    await simulation.update({ cost: { h: '0.2 x^2' } });
    await simulation.update({ cost: { h: { family: 'power', b: 0.3, q: 2 } } });
    expect(simulation.config.schedule?.map(({ cost }) => cost?.g)).toEqual([own, own, own]);
  });

  it('power is by the cost at each moment, delay by the configuration’s own g', async () => {
    const simulation = await Simulation.create({
      ...systems.paper,
      inverseStepSize: 'inf',
      initialRates: 2,
      horizon: 400,
      record: { interval: 1 },
    });
    simulation.runUntil(200);
    await simulation.update({
      cost: { g: { family: 'power', a: 7, p: 1 }, h: { family: 'power', b: 0.3, q: 2 } },
    });
    simulation.runUntil();
    const { cost, meanSojournTime } = simulation.result();
    // rows at 0 … 200, before the change, and 201 … 400
    expect(cost.power).toBeCloseTo((201 * 0.4 + 200 * 1.2) / 401, 12);
    expect(cost.delay).toBeCloseTo(0.8 * (meanSojournTime as number), 12);
  });

  it('is refused at the field, and then nothing has changed', async () => {
    const whole = await Simulation.create(systems.paper);
    whole.runUntil();
    const simulation = await Simulation.create(systems.paper);
    simulation.runUntil(100.1);
    const { config } = simulation;
    const h = { family: 'power', b: 0.1, q: 2 };
    for (const [change, message] of [
      [{}, 'update: changes nothing; give arrivalRate, inverseStepSize or cost'],
      [7, 'update: got 7; must be an object'],
      [{ servers: 7 }, 'servers: unknown field; allowed here: arrivalRate, inverseStepSize, cost'],
      [{ arrivalRate: -1 }, 'arrivalRate: got -1; must be a number from 1e-9 to 1e9'],
      [{ inverseStepSize: 0 }, 'inverseStepSize: got 0; must be'],
      [{ cost: { h: { ...h, b: 0 } } }, 'cost.h.b: got 0; must be a number from 1e-9 to 1e9'],
      [{ cost: { h: { ...h, q: '2' } } }, 'cost.h.q: got "2"'],
      [{ cost: { g: 'y' } }, 'cost.g: got "y"; must be a smooth expression in x'],
      [{ cost: { g: { family: 'shifted', a: 1, p: 1 }, h: { ...h, q: 1 } } }, 'cost: with g'],
      [
        { cost: { h: '0.1 * x^2 + 0.01 * (x + abs(x - 1.3))' } },
        'cost: is not smooth enough near x = ',
      ],
    ] as [never, string][]) {
      const refused = simulation.update(change);
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(message);
    }
    expect(simulation.config).toEqual(config);
    simulation.runUntil();
    expect(simulation.stateHash()).toBe(whole.stateHash());
  });

  it('is refused where a schedule repeats, and of costs where classes have their own', async () => {
    const periodic = await Simulation.create({
      ...systems.paper,
      schedule: [{ time: 0, arrivalRate: 1 }],
      period: 10,
    });
    await expect(periodic.update({ arrivalRate: 1 })).rejects.toThrow(/^period: is given, and/);
    const classes = [{ servers: 40, cost: { h: '0.2 * x^2' } }, { servers: 60 }];
    const simulation = await Simulation.create({ ...systems.paper, classes });
    await expect(simulation.update({ cost: { h: '0.3 * x^2' } })).rejects.toThrow(
      /^cost: cannot change where servers have classes/,
    );
    simulation.runUntil(100);
    await simulation.update({ arrivalRate: 0.4, inverseStepSize: 50 });
    simulation.runUntil();
    const again = await simulate(simulation.config);
    expect(again.stateHash).toBe(simulation.stateHash());
  });

  it('by code works, and cannot be saved', async () => {
    const simulation = await Simulation.create(systems.paper);
    simulation.runUntil(100);
    await simulation.update({ cost: { h: (x) => 0.3 * x * x } });
    simulation.runUntil();
    const { stateHash } = await simulate(simulation.config, { thread: 'here' });
    expect(simulation.stateHash()).toBe(stateHash);
    await expect(simulation.checkpoint()).rejects.toThrow(
      'schedule[0].cost.h is code, which cannot be saved',
    );
  });
});
