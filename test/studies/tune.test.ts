import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { sineLoad, type TuneOptions, type TuneSystem, tune } from '../../src/studies/tune.js';
import { tuneCharts } from '../../src/studies/tune-charts.js';

const load = sineLoad(0.8, 0.5, 400);
/** Quick: a second of one processor. */
const budget = 4e6;

async function simulated(system: TuneSystem, options: TuneOptions) {
  const { simulation } = await tune(system, options);
  if (!simulation) throw new Error('no simulation');
  return simulation;
}

describe('tune', () => {
  it('gives the same whatever the number of threads, JSON-able', async () => {
    const [here, threads] = await Promise.all(
      [0, 2].map((workers) => tune({ servers: 30, load, seed: 7 }, { budget, workers })),
    );
    expect(JSON.parse(JSON.stringify(here))).toEqual(JSON.parse(JSON.stringify(threads)));
    expect(here?.status).toBe('completed');
  });

  it('simulates a quarter to four times of the best m, whole periods, within the budget', async () => {
    const { theory, simulation } = await tune({ servers: 30, load }, { budget, replications: 5 });
    const sizes = simulation?.points.map(({ inverseStepSize }) => inverseStepSize) as number[];
    const best = theory.best?.inverseStepSize as number;
    [1 / 4, 1 / 2, 1, 2, 4].forEach((factor, k) => {
      expect(Math.abs((sizes[k] as number) / (factor * best) - 1)).toBeLessThan(0.01);
    });
    expect(simulation).toMatchObject({ servers: 30, replications: 5 });
    // 2 λ events per server and unit of time, less what is dropped, which is little; a Poisson count
    const periods = simulation?.periods as number;
    const expected = 2 * 0.8 * 400 * 30 * periods * 30; // five m and a constant
    expect(simulation?.events).toBeGreaterThan(0.98 * expected);
    expect(simulation?.events).toBeLessThan(1.01 * expected);
    const { warmup } = simulation as { warmup: number };
    expect(warmup).toBeGreaterThan((5 * (sizes[4] as number)) / 1.1); // θ_c is 0.9 on average
    expect(expected * (1 + warmup / 400 / periods)).toBeLessThan(1.01 * budget);
    expect(expected * (1 + (warmup / 400 + 1) / periods)).toBeGreaterThan(budget);
    expect(theory.curve).toHaveLength(13);
    // with unit buffers the cost of frozen rates is known, and measured without noise
    expect(simulation?.constant.excess.mean).toBeCloseTo(theory.constant.excess, 12);
    expect(simulation?.constant.excess.halfWidth).toBeLessThan(1e-12);
    expect(simulation?.constant.saved.mean).toBeCloseTo(
      theory.constant.excess - (simulation?.best.excess.mean as number),
      12,
    );
    for (const point of simulation?.points ?? []) expect(theory.curve).toContainEqual(point.theory);
  });

  it('takes any cost, and queues', async () => {
    const cost: TuneSystem['cost'] = {
      g: { family: 'shifted', a: 1, p: 1 },
      h: { family: 'power', b: 0.05, q: 3 },
    };
    const system: TuneSystem = { servers: 20, buffer: 'inf', cost, load: sineLoad(0.3, 0.6, 1000) };
    const { points } = await simulated(system, { budget, replications: 4 });
    for (const { excess, theory } of points.slice(3)) {
      expect(Math.abs(excess.mean - theory.total)).toBeLessThan(
        0.25 * theory.total + 2 * (excess.halfWidth as number),
      );
    }
  });

  it('has nothing to simulate where no m follows the load', async () => {
    for (const swing of [0, 0.02]) {
      const { theory, simulation } = await tune({ servers: 30, load: sineLoad(0.8, swing, 400) });
      expect(theory.best).toBeNull();
      expect(simulation).toBeNull();
      expect(theory.curve.at(-1)?.total).toBeLessThan(theory.curve[0]?.total as number);
    }
  });

  it('simulates fewer servers where all would take too long', async () => {
    const simulation = await simulated(
      { servers: 100_000, load: sineLoad(0.8, 0.5, 400) },
      { budget: 4e6, replications: 2 },
    );
    expect(simulation.servers).toBeLessThan(1000);
    expect(simulation.events).toBeLessThan(4e6);
    expect(simulation.periods).toBeGreaterThanOrEqual(1);
  });

  it('simulates around another m, and says where the best may lie beyond', async () => {
    const { points, best, atEdge } = await simulated({ servers: 30, load }, { budget, around: 70 });
    expect(points.map(({ inverseStepSize }) => inverseStepSize)).toEqual([17.5, 35, 70, 140, 280]);
    expect(best).toBe(points[0]);
    expect(atEdge).toBe(true);
    // where theory has no best m
    const still = await simulated(
      { servers: 30, load: sineLoad(0.8, 0, 400) },
      { budget, around: 20 },
    );
    expect(still.best.inverseStepSize).toBe(80);
    expect(still.constant.saved.mean).toBeLessThan(0);
  });

  it('is content with the budget that it asks for', async () => {
    const system = { servers: 30, load: sineLoad(0.8, 0.5, 1000) };
    const [least] = await tune(system, { budget: 1e4, replications: 2 }).then(
      () => [],
      ({ message }) => /at least (\d+) events/.exec(message)?.slice(1) ?? [],
    );
    const simulation = await simulated(system, { budget: Number(least), replications: 2 });
    expect(simulation).toMatchObject({ servers: 20, periods: 1 });
    await expect(tune(system, { budget: 0.99 * Number(least), replications: 2 })).rejects.toThrow();
  });

  it('stops when it is told to, with what theory says', async () => {
    const controller = new AbortController();
    controller.abort();
    const result = await tune({ servers: 30, load }, { budget, signal: controller.signal });
    expect(result.status).toBe('cancelled');
    expect(result.simulation).toBeNull();
    expect(result.theory.best?.inverseStepSize).toBeGreaterThan(10);
  });

  it.each<[what: string, system: object, options: TuneOptions, complaint: RegExp]>([
    ['no servers', { servers: 0 }, {}, /^servers: got 0; must be/],
    [
      'another dispatch rule',
      { dispatch: 'random' },
      {},
      /^dispatch: got "random"; must be left out: the theory/,
    ],
    [
      'another service law',
      { service: 'erlang:2' },
      {},
      /^service: got "erlang:2"; must be left out/,
    ],
    ['classes', { classes: [] }, {}, /^classes: got \[\]; must be left out/],
    ['a cost it cannot read', { cost: { g: '1/y' } }, {}, /^cost\.g: got "1\/y"/],
    ['an empty load', { load: { schedule: [], period: 4 } }, {}, /^schedule: is empty/],
    [
      'an overload',
      { load: sineLoad(1.8, 0.5, 400) },
      {},
      /^schedule: has the arrival rate 2\.\d+, at which servers/,
    ],
    [
      'a period beyond the budget',
      { load: sineLoad(0.8, 0.5, 1e6) },
      {},
      /^budget: got 200000000; must be at least \d+ events, for 48 runs of 20 servers over a period of 1000000/,
    ],
    ['a small budget', {}, { budget: 1 }, /^budget: got 1; must be a number from 10000 to/],
    [
      'a single replication',
      {},
      { replications: 1 },
      /^replications: got 1; must be a whole number from 2/,
    ],
    ['less than no threads', {}, { workers: -1 }, /^workers: got -1/],
  ])('refuses %s', async (_, system, options, complaint) => {
    const run = tune({ servers: 30, load, ...system } as TuneSystem, options);
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow(complaint);
  });

  it('refuses a swing that stops the load', () => {
    expect(() => sineLoad(0.8, 1, 400)).toThrow(
      /^swing: got 1; must be a number from 0 to less than 1/,
    );
    expect(() => sineLoad(0.8, 0.5, 0)).toThrow(/^period: got 0; must be/);
  });
});

describe('tuneCharts', () => {
  it('draws the excess cost against m, and the rates at the best m', async () => {
    const result = await tune({ servers: 30, load }, { budget });
    const [excess, rates] = await tuneCharts(result);
    expect(excess?.series.map(({ name, x }) => [name, x.length])).toEqual([
      ['theory: tracking + noise', 13],
      ['tracking', 13],
      ['noise', 13],
      ['rates frozen at the best constant', 2],
      ['simulated', 5],
    ]);
    expect(rates?.series.map(({ name }) => name)).toEqual([
      'best at every moment, μ*(λ(t))',
      'best constant',
      `tracking equation, m = ${result.simulation?.best.inverseStepSize}`,
      'simulated mean',
    ]);
    const without = await tuneCharts(await tune({ servers: 30, load: sineLoad(0.8, 0, 400) }));
    expect(without[1]?.series).toHaveLength(2);
  });
});
