import { linkSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Directory, SMALL } from './ratescale.js';

const RECORDING = [...SMALL, '--interval', '0.5', '--quantiles', '0.1,0.9', '--buffer', '5'];

function table(csv: string): { header: string[]; column: (name: string) => number[] } {
  const [header, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  if (!header) throw new Error('no header');
  for (const row of rows) expect(row).toHaveLength(header.length);
  const column = (name: string) => rows.map((row) => Number(row[header.indexOf(name)]));
  return { header, column };
}

describe.concurrent('ratescale run --trajectory', () => {
  it('writes the same numbers as CSV and as JSON, in full precision', async () => {
    const here = new Directory();
    const flags = [...RECORDING, '--record-servers', '7,2', '--trajectory'];
    const [csvRun, jsonRun] = await Promise.all([
      here.json([...flags, 'rates.csv']),
      here.json([...flags, 'rates.json']),
    ]);
    expect(here.files()).toEqual(['rates.csv', 'rates.json']);
    expect(csvRun.stateHash).toBe(jsonRun.stateHash);

    const { header, column } = table(here.read('rates.csv'));
    expect(header.join()).toBe(
      'time,mean,sd,min,q0.1,q0.9,max,busy,max_queue,mean_queue,dropped,' +
        'rate_2,queue_2,rate_7,queue_7',
    );
    const json = JSON.parse(here.read('rates.json'));
    expect(Object.keys(json).join()).toBe(
      'config,rows,levels,servers,time,mean,sd,min,quantiles,max,busy,maxQueue,meanQueue,dropped,' +
        'serverRates,serverQueues',
    );
    expect(json.config).toEqual(jsonRun.config);
    expect(json).toMatchObject({ rows: 201, levels: [0.1, 0.9], servers: [2, 7] });
    expect(json.time).toEqual(Array.from({ length: 201 }, (_, k) => k / 2));
    for (const [name, values] of [
      ['time', json.time],
      ['mean', json.mean],
      ['sd', json.sd],
      ['min', json.min],
      ['max', json.max],
      ['q0.1', json.quantiles[0]],
      ['q0.9', json.quantiles[1]],
      ['busy', json.busy],
      ['max_queue', json.maxQueue],
      ['mean_queue', json.meanQueue],
      ['dropped', json.dropped],
      ['rate_2', json.serverRates[0]],
      ['rate_7', json.serverRates[1]],
      ['queue_2', json.serverQueues[0]],
      ['queue_7', json.serverQueues[1]],
    ] as const) {
      expect(values).toHaveLength(201);
      expect([name, column(name)]).toEqual([name, values]);
    }
    expect(String(json.mean[100]).length).toBeGreaterThan(14);
    for (let row = 0; row < 201; row++) {
      expect(json.min[row]).toBeLessThanOrEqual(json.quantiles[0][row]);
      expect(json.max[row]).toBeGreaterThanOrEqual(json.serverRates[1][row]);
    }
  });

  it('has two columns for each of all servers', async () => {
    const here = new Directory();
    const flags = [...RECORDING, '-T', '3', '--record-servers', 'all', '--trajectory'];
    await Promise.all([here.json([...flags, 'a.csv']), here.json([...flags, 'a.json'])]);
    const { header, column } = table(here.read('a.csv'));
    expect(header.filter((name) => /^rate_\d$/.test(name))).toHaveLength(10);
    const json = JSON.parse(here.read('a.json'));
    expect(json.servers).toBe('all');
    expect(json.serverRates.map((_: unknown, k: number) => column(`rate_${k}`))).toEqual(
      json.serverRates,
    );
    const mean = json.serverRates.reduce(
      (sum: number, rates: number[]) => sum + (rates[4] ?? 0),
      0,
    );
    expect(mean / 10).toBeCloseTo(json.mean[4], 12);
  });

  it('replaces an older file, through a link too, but only by a complete one', async () => {
    const here = new Directory({ 'rates.csv': 'old', 'config.json': { servers: 0 } });
    symlinkSync('rates.csv', `${here.path}/link.csv`);
    linkSync(`${here.path}/rates.csv`, `${here.path}/older.csv`);
    const failed = await here.run(['run', 'config.json', '--trajectory', 'rates.csv']);
    expect(failed.code).toBe(2);
    expect(here.read('rates.csv')).toBe('old');
    await here.json([...SMALL, '--trajectory', 'link.csv']);
    expect(table(here.read('rates.csv')).column('time')).toHaveLength(81);
    expect(here.read('older.csv')).toBe('old'); // replaced, not written over
    expect(here.files()).toEqual(['config.json', 'link.csv', 'older.csv', 'rates.csv']);
  });

  it('leaves the events alone', async () => {
    const here = new Directory();
    const [with_, without] = await Promise.all([
      here.json([...RECORDING, '--record-servers', 'all', '--trajectory', 'a.json']),
      here.json([...SMALL, '--buffer', '5']),
    ]);
    expect(with_.stateHash).toBe(without.stateHash);
  });

  it('that fails at the end still prints the figures, and exits with 1', async () => {
    const here = new Directory();
    const running = here.run(
      ['run', ...SMALL, '-T', '1e9', '--json', '--trajectory', 'rates.csv'],
      async (child) => {
        await here.underWay(300);
        rmSync(here.path, { recursive: true });
        child.kill('SIGINT');
      },
    );
    const { code, stdout, stderr } = await running;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^ratescale: --trajectory: "rates\.csv" could not be written: [^\n]+\n$/,
    );
    expect(JSON.parse(stdout).status).toBe('cancelled');
  });
});
