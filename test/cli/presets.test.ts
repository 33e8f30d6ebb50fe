import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/cli/presets.js';
import { EXPERIMENTS } from '../../src/experiments/index.js';
import { sweep } from '../../src/studies/sweep.js';
import { Directory } from './ratescale.js';

describe.concurrent('presets', () => {
  it('are the figures of the paper, and the help lists them', async () => {
    const figures = EXPERIMENTS.map(({ name }) => name).filter((name) => name.startsWith('fig'));
    expect(Object.keys(PRESETS)).toEqual(figures);
    const { stdout } = await new Directory().run(['run', '--help']);
    for (const [name, { text }] of Object.entries(PRESETS)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +${text}$`, 'm'));
    }
  });

  it.each(Object.keys(PRESETS))('%s runs a system of its figure', async (name) => {
    const here = new Directory();
    const { config, status } = await here.json([
      name,
      '--horizon',
      '20',
      '--warmup',
      '0',
      '--interval',
      '1',
    ]);
    expect(status).toBe('completed');
    const experiment = EXPERIMENTS.find((one) => one.name === name);
    const plan = experiment?.plan({ size: 'full', seed: 1, backlog: 2000 });
    for (const point of plan?.points ?? [{}]) {
      const fields = { ...plan?.base, ...point } as Record<string, unknown>;
      const same = ['servers', 'arrivalRate', 'inverseStepSize', 'buffer', 'initialTasks'].every(
        (field) => fields[field] === undefined || fields[field] === config[field],
      );
      if (same) return;
    }
    throw new Error(`${JSON.stringify(config)} is none of its systems`);
  });

  it('are the first run of the figure, to the last bit, and another one with a seed', async () => {
    const here = new Directory();
    const [first, other] = await Promise.all([
      here.json(['fig3']),
      here.json(['fig3', '--seed', '2']),
    ]);
    const fig3 = EXPERIMENTS.find(({ name }) => name === 'fig3');
    const plan = fig3?.plan({ size: 'full', seed: 1, backlog: 2000 });
    const { replications } = await sweep({ ...plan, replications: 1 }, { workers: 0 });
    expect(replications[0]?.stateHash).toBe(first.stateHash);
    expect(other.config).toEqual({ ...first.config, seed: 2 });
    expect(other.stateHash).not.toBe(first.stateHash);
  });

  it('work for theory and replications, too', async () => {
    const here = new Directory();
    const theory = await here.run(['theory', 'fig1', '--json']);
    expect(JSON.parse(theory.stdout).fixedPoint.rate).toBeCloseTo(1.58140723, 7);
    const few = ['--replications', '2', '--horizon', '50', '--warmup', '0', '--interval', '5'];
    const replicated = await here.run(['replicate', 'fig3', ...few, '--workers', '0', '--json']);
    expect(replicated.code).toBe(0);
  });

  it('a file of that name is ./fig5', async () => {
    const here = new Directory({
      fig5: { servers: 2, arrivalRate: 1, inverseStepSize: 5, horizon: 9 },
    });
    expect((await here.json(['./fig5'])).config.servers).toBe(2);
  });
});
