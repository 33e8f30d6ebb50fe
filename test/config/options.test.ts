import { describe, expect, it, vi } from 'vitest';
import { ConfigError, Simulation, simulate, type Update } from '../../src/index.js';
import { Run } from '../../src/run/run.js';
import { measureSpeed } from '../../src/run/speed.js';
import { replicate, sweep } from '../../src/studies/index.js';

const good = { servers: 4, arrivalRate: 0.8, inverseStepSize: 5, horizon: 100 };
const strange: unknown[] = [5n, Symbol('s'), null, 'many', Number.NaN, {}, []];

const update = async (change: Update) => (await Simulation.create(good)).update(change);

describe('options are refused like fields', () => {
  it.each<[string, (value: never) => Promise<unknown>]>([
    ['precision', (precision) => simulate(good, { precision })],
    ['maxHorizon', (maxHorizon) => simulate(good, { maxHorizon })],
    ['thread', (thread) => simulate(good, { thread })],
    ['workers', (workers) => sweep({ base: good }, { workers })],
    ['replications', (replications) => replicate(good, { replications })],
    ['precision', (precision) => replicate(good, { precision })],
    ['maxReplications', (maxReplications) => replicate(good, { maxReplications })],
    ['seconds', (seconds) => measureSpeed({ seconds })],
    ['until', async (until) => (await Simulation.create(good)).runUntil(until)],
    ['candidates', async (candidates) => (await Simulation.create(good)).step(candidates)],
    ['horizon', async (horizon) => (await Simulation.create(good)).extend(horizon)],
    ['arrivalRate', (arrivalRate) => update({ arrivalRate })],
    ['inverseStepSize', (inverseStepSize) => update({ inverseStepSize })],
  ])('%s', async (name, use) => {
    for (const value of strange) {
      const refused = use(value as never);
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(new RegExp(`^${name}: got .*; must be `));
    }
  });
});

describe('a run that cannot be prolonged', () => {
  it('keeps what it reached, and says why it ended', async () => {
    const extend = vi.spyOn(Run.prototype, 'extend').mockImplementation(() => {
      throw new ConfigError('record.interval', 'the rows do not fit');
    });
    const result = await simulate(good, { precision: 1e-6, thread: 'here' });
    extend.mockRestore();
    expect(result.status).toBe('completed');
    expect(result.busyFraction).toBeGreaterThan(0);
    expect(result.precision?.met).toBe(false);
    expect(result.warnings).toEqual([
      'the run ends at t = 100, before its precision is reached: record.interval: the rows do not fit',
    ]);
  });
});
