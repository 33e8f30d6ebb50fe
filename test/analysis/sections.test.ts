/** What `simulate` adds to a run: sections, an automatic warm-up, confidence, precision. */
import { describe, expect, it } from 'vitest';
import { FIGURE_NAMES, figureOf, HEADLINE_FIGURES } from '../../src/figures/figures.js';
import {
  ConfigError,
  PAPER_COST,
  type RunSummary,
  resolveCost,
  Simulation,
  type SimulationConfig,
  type SimulationResult,
  simulate,
} from '../../src/index.js';
import { relaxationRate } from '../../src/theory/thresholds.js';

const adaptive: SimulationConfig = {
  servers: 20,
  arrivalRate: 0.8,
  inverseStepSize: 20,
  horizon: 3000,
  warmup: 500,
};

const systems: Record<string, SimulationConfig> = {
  adaptive,
  unbounded: { ...adaptive, buffer: 'inf', initialTasks: 20, record: { sojourns: 300 } },
  frozen: { ...adaptive, servers: 3, inverseStepSize: 'inf', initialRates: [0.5, 1, 2] },
  expression: { ...adaptive, cost: { g: 'exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' } },
  'all warm-up': { ...adaptive, warmup: 3000 },
  'hardly any events': { ...adaptive, servers: 1, horizon: 3, warmup: 1 },
};

async function straight(config: SimulationConfig): Promise<SimulationResult> {
  const simulation = await Simulation.create(config);
  simulation.runUntil();
  return simulation.result();
}

/** What only the events decide. */
function essence({
  engine: _,
  confidence: __,
  confidenceRefused: ___,
  precision: ____,
  ...rest
}: RunSummary) {
  return rest;
}

function expectClose(actual: number | null, expected: number | null, tolerance: number): void {
  if (actual === expected) return;
  expect(Math.abs((actual as number) / (expected as number) - 1)).toBeLessThan(tolerance);
}

describe.each(Object.entries(systems))('simulate, %s', (_, config) => {
  it('gives what a run without sections gives', async () => {
    const result = await simulate(config);
    expect(essence(result)).toEqual(essence(await straight(config)));
    expect(essence(await simulate(config, { thread: 'here' }))).toEqual(essence(result));
  });
});

describe('confidence', () => {
  it('is there for a run that is long enough, with a half-width for every figure', async () => {
    const { confidence } = await simulate(adaptive);
    expect(confidence?.level).toBe(0.95);
    expect(confidence?.batches).toBeGreaterThanOrEqual(10);
    expect((confidence?.batches ?? 0) * (confidence?.batchLength ?? 0)).toBeLessThanOrEqual(2500);
    const { blockingProbability, ...others } = confidence?.halfWidths ?? {};
    expect(blockingProbability).toBeNull(); // fewer than 200 drops
    expect(Object.keys(others)).toHaveLength(FIGURE_NAMES.length - 1);
    for (const halfWidth of Object.values(others)) expect(halfWidth).toBeGreaterThan(0);
    expect(confidence?.effectiveSampleSize).toBeGreaterThan(1);
  });

  it('has batches of at least five relaxation times, and is withheld where these do not fit ten times', async () => {
    const relaxation = 20 / relaxationRate(await resolveCost(PAPER_COST), 0.8);
    const { confidence } = await simulate(adaptive);
    expect(confidence?.batchLength).toBeGreaterThanOrEqual(5 * relaxation);
    expect(await simulate({ ...adaptive, horizon: 500 + 49 * relaxation })).toMatchObject({
      confidence: null,
      confidenceRefused: expect.stringMatching(
        /too few for 10 batches .* relaxation times of the rates/,
      ),
    });
    expect(await simulate({ ...adaptive, warmup: 3000 })).toMatchObject({
      confidence: null,
      confidenceRefused: 'the warm-up took the whole run',
    });
  });

  it('knows the rates exactly where they are frozen', async () => {
    const { confidence } = await simulate(systems.frozen);
    expect(confidence?.effectiveSampleSize).toBeNull();
    expect(confidence?.halfWidths['serviceRate.mean']).toBe(0);
    expect(confidence?.halfWidths.busyFraction).toBeGreaterThan(0);
  });
});

describe('pooled quantiles', () => {
  it.each([
    ['adaptive rates', adaptive],
    ['rates far apart', { ...adaptive, initialRates: { uniform: [0.01, 40] }, warmup: 0 }],
    ['few grid times', { ...adaptive, record: { interval: 400 } }],
  ] as [string, SimulationConfig][])(
    'are those of the sorted rates within a bin: %s',
    async (_, config) => {
      const result = await simulate({ ...config, record: { ...config.record, servers: 'all' } });
      const { trajectory } = result;
      const from = trajectory.time.findIndex((time) => time >= result.time.start);
      const rates = Float64Array.from(
        Array.from({ length: config.servers }, (_, k) => [
          ...trajectory.serverRates(k).subarray(from),
        ]).flat(),
      ).sort();
      for (const [level, quantile] of [
        [0.05, result.serviceRate.p05],
        [0.5, result.serviceRate.p50],
        [0.95, result.serviceRate.p95],
      ] as const) {
        // the value with the fraction `level` of the rates below lies in the same bin, 2^−14 of it wide
        const rank = Math.ceil(level * rates.length) - 1;
        expect(Math.abs((quantile as number) / rates[rank] - 1)).toBeLessThan(2 ** -14);
      }
    },
  );
});

describe("warm-up 'auto'", () => {
  const configs: [string, SimulationConfig][] = [
    ['adaptive', { ...adaptive, warmup: 'auto', horizon: 4000 }],
    ['far from the start', { ...adaptive, warmup: 'auto', horizon: 6400, initialRates: 30 }],
    ['backlog', { ...adaptive, warmup: 'auto', horizon: 6400, buffer: 'inf', initialTasks: 100 }],
    [
      'frozen',
      {
        ...adaptive,
        warmup: 'auto',
        inverseStepSize: 'inf',
        initialRates: 1,
        buffer: 'inf',
        initialTasks: 50,
      },
    ],
  ];

  it.each(configs)('is the same as that number given as warm-up: %s', async (_, config) => {
    const auto = await simulate(config);
    const { start, end } = auto.time;
    expect(end).toBe(config.horizon);
    expect(auto).not.toHaveProperty('warnings');
    const given = await straight({ ...config, warmup: start });
    expect(given.time.start).toBe(start);
    expect(auto.stateHash).toBe(given.stateHash);
    expect(auto.events).toEqual(given.events);
    for (const name of FIGURE_NAMES) {
      // squares are summed about the mean rate of the first row that counts; the farther that is, the more
      // digits they lose
      const tolerance = name === 'serviceRate.sd' ? 1e-9 : 1e-12;
      expectClose(figureOf(auto, name), figureOf(given, name), tolerance);
    }
    expectClose(auto.cost.power, given.cost.power, 1e-12);
    expectClose(auto.cost.delay, given.cost.delay, 1e-12);
  });

  it('does not count a row of the grid at its very end', async () => {
    const config = { ...adaptive, horizon: 4096, record: { interval: 16 } };
    const { time, serviceRate, trajectory, events } = await simulate({ ...config, warmup: 'auto' });
    const rows = trajectory.mean.filter((_, i) => (trajectory.time[i] as number) > time.start);
    expect(trajectory.time).toContain(time.start);
    expectClose(serviceRate.mean, rows.reduce((sum, x) => sum + x, 0) / rows.length, 1e-12);
    expect(events).toEqual((await straight({ ...config, warmup: time.start })).events);
  });

  it('lasts at least five relaxation times', async () => {
    const theta = relaxationRate(await resolveCost(PAPER_COST), 0.8);
    for (const inverseStepSize of [10, 50, 100]) {
      const { time } = await simulate({ ...adaptive, warmup: 'auto', inverseStepSize });
      expect(time.start).toBeGreaterThanOrEqual((5 * inverseStepSize) / theta);
    }
  });

  it('warns of a horizon too short, and still leaves some of the run', async () => {
    const result = await simulate({ ...adaptive, warmup: 'auto', inverseStepSize: 500 });
    expect(result.warnings).toHaveLength(1);
    expect(result.warnings?.[0]).toMatch(/longer horizon/);
    expect(result.time.start).toBeLessThan(adaptive.horizon);
    expect(result.busyFraction).toBeGreaterThan(0);
  });

  it('is refused by Simulation, which cannot look back', async () => {
    await expect(Simulation.create({ ...adaptive, warmup: 'auto' })).rejects.toThrow(ConfigError);
    await expect(Simulation.create({ ...adaptive, warmup: 'auto' })).rejects.toThrow(/^warmup: /);
  });
});

describe('precision', () => {
  const config: SimulationConfig = { ...adaptive, horizon: 1524, record: { interval: 4 } };

  it.each([500, 'auto'] as const)(
    'that can be had is reached, at a horizon that was doubled; warm-up %s',
    async (warmup) => {
      const result = await simulate({ ...config, warmup }, { precision: 0.02 });
      expect(result.precision).toEqual({ target: 0.02, met: true, unmet: [] });
      for (const name of HEADLINE_FIGURES) {
        const halfWidth = result.confidence?.halfWidths[name] as number;
        expect(halfWidth / (figureOf(result, name) as number)).toBeLessThanOrEqual(0.02);
      }
      const start = warmup === 'auto' ? 0 : warmup;
      const doublings = Math.log2((result.config.horizon - start) / (config.horizon - start));
      expect(doublings).toBeGreaterThanOrEqual(1);
      expect(Number.isInteger(doublings)).toBe(true);
      expect(result.time.end).toBe(result.config.horizon);
      expect(await simulate({ ...config, warmup }, { precision: 0.02 })).toMatchObject({
        stateHash: result.stateHash,
      });
    },
  );

  it.each([500, 'auto'] as const)(
    'leaves the run that the later horizon would have given from the start; warm-up %s',
    async (warmup) => {
      const extended = await simulate({ ...config, warmup }, { precision: 0.02 });
      const whole = await simulate(extended.config);
      expect(essence(extended)).toEqual(essence(whole));
      expect(extended.confidence).toEqual(whole.confidence);
      expect(extended.trajectory.copy()).toEqual(whole.trajectory.copy());
    },
  );

  it('that is there already does not prolong the run', async () => {
    const result = await simulate({ ...adaptive, horizon: 8000 }, { precision: 0.5 });
    expect(result.precision).toEqual({ target: 0.5, met: true, unmet: [] });
    expect(result.config.horizon).toBe(8000);
  });

  it('of fewer than 16 batches does not end a run', async () => {
    expect((await simulate(adaptive)).confidence?.batches).toBeLessThan(16);
    const result = await simulate(adaptive, { precision: 0.5 });
    expect(result.precision?.met).toBe(true);
    expect(result.confidence?.batches).toBeGreaterThanOrEqual(16);
    expect(result.config.horizon).toBeGreaterThan(adaptive.horizon);
  });

  it('widens the intervals of queues, and no others', async () => {
    const config: SimulationConfig = {
      ...systems.frozen,
      buffer: 'inf',
      horizon: 6000,
    } as SimulationConfig;
    const fixed = await simulate(config);
    const stopped = await simulate(config, { precision: 0.5 });
    expect(stopped.stateHash).toBe(fixed.stateHash);
    const ratio = (name: (typeof FIGURE_NAMES)[number]) =>
      (stopped.confidence?.halfWidths[name] as number) /
      (fixed.confidence?.halfWidths[name] as number);
    expect(ratio('meanSojournTime')).toBeCloseTo(1.06, 12);
    expect(ratio('busyFraction')).toBe(1);
  });

  it('that cannot be had ends at the latest horizon, with names', async () => {
    const result = await simulate(config, { precision: 1e-5, maxHorizon: 6000 });
    expect(result.config.horizon).toBe(500 + 4 * 1024);
    expect(result.precision?.met).toBe(false);
    expect(result.precision?.unmet).toEqual([...HEADLINE_FIGURES]);
  });

  it('of frozen rates is about the other figures', async () => {
    const result = await simulate(systems.frozen, { precision: 1e-5, maxHorizon: 3000 });
    expect(result.precision?.unmet).toEqual(['busyFraction', 'meanSojournTime', 'cost.total']);
  });

  it('of a run that is all warm-up is unmet, for any horizon', async () => {
    const controller = new AbortController();
    let calls = 0;
    const onProgress = () => {
      if (++calls > 1000) controller.abort();
    };
    const { signal } = controller;
    const result = await simulate(systems['all warm-up'], { precision: 0.1, onProgress, signal });
    expect(signal.aborted).toBe(false);
    expect(result).toMatchObject({ status: 'completed', precision: { met: false } });
  });

  it.each([0, -1, 1, 2, Number.NaN])('%d is refused', async (precision) => {
    await expect(simulate(config, { precision })).rejects.toThrow(ConfigError);
    await expect(simulate(config, { precision })).rejects.toThrow(/^precision: got/);
  });

  it.each([1000, -1, Number.NaN])('up to horizon %d is refused', async (maxHorizon) => {
    const promise = simulate(config, { precision: 0.1, maxHorizon });
    await expect(promise).rejects.toThrow(ConfigError);
    await expect(promise).rejects.toThrow(/^maxHorizon: got/);
  });
});
