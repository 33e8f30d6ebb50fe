import { describe, expect, it } from 'vitest';
import { Directory, SMALL } from './ratescale.js';

/** Every field other than its default, so that a flag that resets another field shows. */
const FILE = {
  servers: 6,
  arrivalRate: 0.7,
  inverseStepSize: 50,
  buffer: 4,
  initialRates: 1.25,
  initialTasks: 2,
  cost: { g: { family: 'power', a: 2, p: 1.5 }, h: { family: 'power', b: 0.2, q: 2.5 } },
  horizon: 30,
  warmup: 3,
  record: { interval: 2, quantiles: [0.25, 0.75], servers: [1, 4], sojourns: 50 },
  seed: 'file',
};

describe.concurrent('flags of ratescale run', () => {
  it('need not be there: the file alone says it all', async () => {
    const result = await new Directory({ 'config.json': FILE }).json(['config.json']);
    expect(result.config).toEqual(FILE);
  });

  it.each<[args: string[], field: string, value: unknown]>([
    [['-n', '9'], 'servers', 9],
    [['--servers', '5'], 'servers', 5],
    [['--servers=5'], 'servers', 5],
    [['-l', '1.5'], 'arrivalRate', 1.5],
    [['--arrival-rate', '25e-2'], 'arrivalRate', 0.25],
    [['-m', '1e3'], 'inverseStepSize', 1000],
    [['--inverse-step-size', 'inf'], 'inverseStepSize', 'inf'],
    [['--buffer', '7'], 'buffer', 7],
    [['--buffer', 'inf'], 'buffer', 'inf'],
    [['--initial-rates', '1.5'], 'initialRates', 1.5],
    [['--initial-rates', 'uniform:0.5,1'], 'initialRates', { uniform: [0.5, 1] }],
    [['--initial-rates', 'rates.txt'], 'initialRates', [1, 2, 0.5, 0, 1.5, 100]],
    [['--initial-rates', 'rates.json'], 'initialRates', [1, 2, 3, 4, 5, 6]],
    [['--initial-tasks', '3'], 'initialTasks', 3],
    [['--initial-tasks', 'tasks.csv'], 'initialTasks', [0, 1, 2, 3, 4, 0]],
    [['--g', 'power:1,1'], 'cost.g', { family: 'power', a: 1, p: 1 }],
    [['--g', 'shifted:3,0.5'], 'cost.g', { family: 'shifted', a: 3, p: 0.5 }],
    [['--h', 'power:0.3,3'], 'cost.h', { family: 'power', b: 0.3, q: 3 }],
    [['-T', '40'], 'horizon', 40],
    [['--horizon', '50'], 'horizon', 50],
    [['--warmup', '0'], 'warmup', 0],
    [['--seed', '7'], 'seed', 7],
    [['--seed', 'a b'], 'seed', 'a b'],
    [['--seed', '007'], 'seed', '007'],
    [['--seed', '1e3'], 'seed', '1e3'],
    [['--interval', '5'], 'record.interval', 5],
    [['--quantiles', '0.9,0.1'], 'record.quantiles', [0.1, 0.9]],
    [['--quantiles', 'none'], 'record.quantiles', []],
    [['--record-servers', '3,0'], 'record.servers', [0, 3]],
    [['--record-servers', 'all'], 'record.servers', 'all'],
    [['--record-servers', 'none'], 'record.servers', []],
    [['--sojourns', '20'], 'record.sojourns', 20],
    [['-n', '7', '-n', '8'], 'servers', 8],
  ])('%j overrides one field of the file', async (args, field, value) => {
    const here = new Directory({
      'config.json': FILE,
      'rates.txt': '1 2\n0.5,0 ,\t1.5\r\n1e2\n',
      'rates.json': '\uFEFF [1, 2, 3,\n 4, 5, 6]\n',
      'tasks.csv': '0,1,2,3,4,0',
    });
    const { config } = await here.json(['config.json', ...args]);
    const expected = structuredClone(FILE) as Record<string, unknown>;
    const path = field.split('.');
    const last = path.pop() as string;
    const parent = path.reduce((object, key) => object[key] as typeof expected, expected);
    parent[last] = value;
    expect(config).toEqual(expected);
  });

  it('a seed has one meaning as number, text and flag', async () => {
    const here = new Directory();
    const [flag, first] = await Promise.all([
      here.json([...SMALL, '--seed', '1']),
      here.json(SMALL),
    ]);
    expect(flag.stateHash).toBe(first.stateHash);
    here.write('config.json', { ...first.config, seed: '1' });
    expect((await here.json(['config.json'])).stateHash).toBe(first.stateHash);
  });

  it('make a section that the file has not', async () => {
    const { cost: _cost, record: _record, ...rest } = FILE;
    const here = new Directory({ 'config.json': rest });
    const { config } = await here.json(['config.json', '--h', 'power:1,2', '--interval', '3']);
    expect(config.cost).toEqual({
      g: { family: 'power', a: 1, p: 1 },
      h: { family: 'power', b: 1, q: 2 },
    });
    expect(config.record).toEqual({
      interval: 3,
      quantiles: [0.05, 0.5, 0.95],
      servers: [],
      sojourns: 0,
    });
  });

  it('save a run whose file is wrong in that field', async () => {
    const here = new Directory({ 'config.json': { ...FILE, servers: 0 } });
    expect((await here.json(['config.json', '-n', '5'])).config.servers).toBe(5);
  });
});
