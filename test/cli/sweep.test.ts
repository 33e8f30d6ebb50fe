import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { Directory, MAIN, sleep } from './ratescale.js';

const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 1500, warmup: 500 },
  grid: { servers: [20, 40, 80] },
  replications: 6,
};

/** Every file of a directory with its content. */
function contents(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}

async function swept(plan: object, ...options: string[]) {
  const here = new Directory({ 'plan.json': plan });
  const outcome = await here.run(['sweep', 'plan.json', '--out', 'out', '--quiet', ...options]);
  expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  return { here, files: contents(join(here.path, 'out')) };
}

const reference = swept(PLAN);
const FILES = [
  'manifest.json',
  'points.csv',
  'points.json',
  'results.csv',
  'results.jsonl',
  'results.parquet',
];

describe.concurrent('ratescale sweep', () => {
  it('writes a line per replication, tables and a manifest, and nothing else', async () => {
    const { here, files } = await reference;
    expect(Object.keys(files)).toEqual(FILES);
    const lines = here.read('out/results.jsonl').trimEnd().split('\n');
    const results = lines.map((line) => JSON.parse(line));
    expect(results.map(({ point, replication }) => [point, replication])).toEqual(
      [0, 1, 2].flatMap((point) => [0, 1, 2, 3, 4, 5].map((k) => [point, k])),
    );
    const csv = here
      .read('out/results.csv')
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
    expect(csv).toHaveLength(19);
    const column = (csv[0] as string[]).indexOf('serviceRate.mean');
    expect(csv.slice(1).map((row) => Number(row[column]))).toEqual(
      results.map(({ serviceRate }) => serviceRate.mean),
    );
    const file = readFileSync(join(here.path, 'out/results.parquet'));
    const rows = await parquetReadObjects({
      file: file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
    });
    expect(rows.map((row) => row['cost.total'])).toEqual(results.map(({ cost }) => cost.total));
    expect(rows.map((row) => row.stateHash)).toEqual(results.map(({ stateHash }) => stateHash));
  });

  it('writes the same files with one worker and with two', async () => {
    const [one, two] = await Promise.all([swept(PLAN, '--workers', '1'), reference]);
    expect(one.files).toEqual(two.files);
  });

  it('prints points with intervals, or JSON', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    const table = await here.run(['sweep', 'plan.json', '--out', 'out']);
    expect(table.stdout).toMatch(/^point {2}servers {2}runs {2}mean rate/);
    expect(table.stdout).toMatch(/\n2 +80 +6 +1\.5\d+ ± 0\.0\d+ /);
    const json = await here.run(['sweep', 'plan.json', '--out', 'out', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ failures: [], status: 'completed' });
  });

  it('has lines that "ratescale run" repeats', async () => {
    const { here } = await reference;
    const line = here.read('out/results.jsonl').split('\n')[7] as string;
    here.write('line.json', line);
    expect((await here.json(['line.json'])).stateHash).toBe(JSON.parse(line).stateHash);
  });

  it('killed at any moment, goes on and ends with the same files', async () => {
    const { files } = await reference;
    for (const milliseconds of [350, 500, 700, 900]) {
      const here = new Directory({ 'plan.json': PLAN });
      const args = ['sweep', 'plan.json', '--out', 'out', '--quiet'];
      await here.run(args, async (child) => {
        await sleep(milliseconds);
        child.kill('SIGKILL');
      });
      const outcome = await here.run(args);
      expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(contents(join(here.path, 'out'))).toEqual(files);
    }
  });

  it('drops half a line, which a killed process may leave', async () => {
    const { files } = await reference;
    const { here } = await swept({ ...PLAN, replications: 2 });
    const path = join(here.path, 'out/results.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -100));
    here.write('plan.json', PLAN);
    await here.run(['sweep', 'plan.json', '--out', 'out', '--quiet']);
    expect(contents(join(here.path, 'out'))).toEqual(files);
  });

  it('is extended by points and replications without running anything again', async () => {
    const { here } = await swept({ ...PLAN, grid: { servers: [20, 80] }, replications: 4 });
    here.write('plan.json', PLAN);
    const added: string[] = [];
    const before = here.read('out/results.jsonl').length;
    await here.run(['sweep', 'plan.json', '--out', 'out', '--quiet'], async (child) => {
      child.on('exit', () => added.push('ended'));
    });
    expect(here.read('out/results.jsonl').length).toBeGreaterThan(before);
    expect(contents(join(here.path, 'out'))).toEqual((await reference).files);
  });

  it('interrupted by Ctrl-C keeps what is done, and goes on', async () => {
    const here = new Directory({ 'plan.json': { ...PLAN, replications: 60 } });
    const args = ['sweep', 'plan.json', '--out', 'out'];
    const { code, stdout } = await here.run(args, async (child) => {
      const path = join(here.path, 'out/results.jsonl');
      while (!existsSync(path) || statSync(path).size === 0) await sleep(20);
      child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(stdout).toContain('the same command continues from here');
    const lines = here.read('out/results.jsonl');
    expect(lines.endsWith('\n')).toBe(true);
    expect(existsSync(join(here.path, 'out/lock'))).toBe(false);
    here.write('plan.json', { ...PLAN, replications: 60 });
    expect((await here.run(args)).code).toBe(0);
    expect(here.read('out/results.jsonl').trimEnd().split('\n')).toHaveLength(180);
  });

  it('refuses a directory that another process works in', async () => {
    const here = new Directory({ 'plan.json': { ...PLAN, replications: 200 } });
    const args = ['sweep', 'plan.json', '--out', 'out'];
    let second: Awaited<ReturnType<Directory['run']>> | undefined;
    await here.run(args, async (child) => {
      while (!existsSync(join(here.path, 'out/lock'))) await sleep(20);
      await sleep(50);
      second = await here.run(args);
      child.kill('SIGKILL');
    });
    expect(second?.code).toBe(2);
    expect(second?.stderr).toMatch(/^ratescale: --out: "out" is in use by process \d+ on /);
  });

  it('ends in one line when the disk is full, and goes on when there is room', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    // files of at most 8 KiB stand for a disk that fills up in the middle of a line
    const limited = `trap '' XFSZ; ulimit -f 8; exec "${process.execPath}" "${MAIN}" sweep plan.json --out out`;
    const child = spawn('bash', ['-c', limited], { cwd: here.path });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ratescale: out\/results.jsonl could not be written: .*\n$/);
    await here.run(['sweep', 'plan.json', '--out', 'out', '--quiet']);
    expect(contents(join(here.path, 'out'))).toEqual((await reference).files);
  });

  it.each<[string, object, string[], RegExp]>([
    ['no plan', [], [], /plan.json: not a plan: must be an object of fields/],
    ['a bad field', { ...PLAN, replications: 0 }, [], /plan.json: replications: got 0; must be/],
    ['a bad point', { ...PLAN, grid: { servers: [0] } }, [], /plan.json: servers: got 0; must be/],
    ['workers', PLAN, ['--workers', 'many'], /--workers: got many; must be a whole number/],
    ['shard', PLAN, ['--shard', '3/3'], /--shard: got shard 3 of 3; must be i\/N with i from 0/],
    ['no directory', PLAN, ['--out', 'plan.json'], /--out: "plan.json" cannot be made: /],
  ])('refuses bad input: %s', async (_, plan, options, message) => {
    const here = new Directory({ 'plan.json': plan });
    const { code, stderr } = await here.run(['sweep', 'plan.json', '--out', 'out', ...options]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('never mixes results of different plans, engines or shards', async () => {
    const { here } = await swept({ ...PLAN, replications: 2 });
    const refuses = async (message: RegExp, ...options: string[]) => {
      const outcome = await here.run(['sweep', 'plan.json', '--out', 'out', ...options]);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.code).toBe(2);
    };
    await refuses(/is for a whole sweep; choose another directory/, '--shard', '0/2');
    here.write('plan.json', { ...PLAN, replications: 1 });
    await refuses(/has replication 1 of point 0, but the plan asks for 1/);
    here.write('plan.json', { ...PLAN, grid: { servers: [20] } });
    await refuses(/has a point that is not in the plan/);
    const manifest = here.read('out/manifest.json');
    here.write('out/manifest.json', manifest.replace(/"kernelHash": "./, '"kernelHash": "?'));
    await refuses(/has results of another engine/);
  });
});

describe.concurrent('shards', () => {
  it('merge to the files of the whole sweep', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    const parts = ['0/3', '1/3', '2/3'].map((shard) => [shard, `part-${shard[0]}`] as const);
    for (const [shard, out] of parts) {
      await here.run(['sweep', 'plan.json', '--out', out, '--shard', shard, '--quiet']);
    }
    const merge = (...args: string[]) => here.run(['merge', ...args, '--quiet']);
    const incomplete = await merge('part-0', 'part-2', '--out', 'x');
    expect(incomplete.stderr).toMatch(/missing: shard 1\/3; give/);
    expect(incomplete.code).toBe(2);
    const twice = await merge('part-0', 'part-0', 'part-1', '--out', 'x');
    expect(twice.stderr).toMatch(/shard 0\/3 is there twice: "part-0", "part-0"/);
    expect(await merge('part-2', 'part-0', 'part-1', '--out', 'all')).toMatchObject({ code: 0 });
    expect(contents(join(here.path, 'all'))).toEqual((await reference).files);
  });

  it('merge with a precision target, too', async () => {
    const plan = { ...PLAN, precision: 0.01, replications: 3, maxReplications: 40 };
    const { here, files } = await swept(plan);
    for (const i of [0, 1]) {
      await here.run(['sweep', 'plan.json', '--out', `p${i}`, '--shard', `${i}/2`, '--quiet']);
    }
    await here.run(['merge', 'p0', 'p1', '--out', 'all', '--quiet']);
    expect(contents(join(here.path, 'all'))).toEqual(files);
  });

  it('merge when their plans differ in the order of keys alone', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    const { base, grid, replications } = PLAN;
    const other = { replications, grid, base: Object.fromEntries(Object.entries(base).reverse()) };
    here.write('other.json', other);
    await here.run(['sweep', 'plan.json', '--out', 'p0', '--shard', '0/2', '--quiet']);
    await here.run(['sweep', 'other.json', '--out', 'p1', '--shard', '1/2', '--quiet']);
    const outcome = await here.run(['merge', 'p0', 'p1', '--out', 'all', '--quiet']);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(contents(join(here.path, 'all'))).toEqual((await reference).files);
  });

  it('do not merge when two of them give different results for one replication', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    for (const i of [0, 1]) {
      await here.run(['sweep', 'plan.json', '--out', `p${i}`, '--shard', `${i}/2`, '--quiet']);
    }
    const [first = ''] = here.read('p0/results.jsonl').split('\n');
    const merge = (out: string) => here.run(['merge', 'p0', 'p1', '--out', out, '--quiet']);
    // as a shard has it that has run with a smaller plan
    here.write('p1/results.jsonl', `${here.read('p1/results.jsonl')}${first}\n`);
    expect(await merge('all')).toMatchObject({ code: 0, stderr: '' });
    expect(contents(join(here.path, 'all'))).toEqual((await reference).files);
    const forged = first.replace(/"stateHash":"./, '"stateHash":"!');
    here.write('p1/results.jsonl', here.read('p1/results.jsonl').replace(first, forged));
    expect(await merge('other')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/p1.results.jsonl: has another result for replication 0 of/),
    });
  });

  it('tell their status', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    await here.run(['sweep', 'plan.json', '--out', 'p0', '--shard', '0/3', '--quiet']);
    await here.run(['sweep', 'plan.json', '--out', 'p2', '--shard', '2/3', '--quiet']);
    // as if it had been killed after four of its six runs
    const lines = here.read('p2/results.jsonl').split('\n').slice(0, 4);
    here.write('p2/results.jsonl', `${lines.join('\n')}\n{"point":1,`);
    here.write('p2/manifest.json', here.read('p2/manifest.json').replace('completed', 'running'));
    here.write('p2/lock', JSON.stringify({ pid: 1, host: 'another' }));
    for (const out of ['p0', 'p2', '.']) {
      const status = ['sweep', 'plan.json', '--out', out, '--status'];
      const { stdout, code } = await here.run(status);
      expect(code).toBe(0);
      expect(stdout).toMatch(/\n0\/3 +p0 +6 of 6 runs +finished\n/);
      expect(stdout).toMatch(/\n1\/3 +– +0 of 6 runs +not begun\n/);
      expect(stdout).toMatch(/\n2\/3 +p2 +4 of 6 runs +unfinished\n/);
      // shard 2 has replications 2 and 5 of point 0, 1 and 4 of point 1, 0 and 3 of point 2
      expect(stdout).toMatch(
        /unfinished\nmissing: shard 2, point 2, replications 0, 3\nUnfinished shards: 1,2\n$/,
      );
    }
    const json = await here.run(['sweep', 'plan.json', '--out', 'p0', '--status', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { shard: { index: 0, count: 3 }, directory: 'p0', done: 6, wanted: 6, finished: true },
      {
        directory: null,
        done: 0,
        missing: [1, 0, 2].map((k, point) => ({
          point,
          replications: [
            [k, k],
            [k + 3, k + 3],
          ],
        })),
        finished: false,
      },
      { directory: 'p2', done: 4, wanted: 6, finished: false },
    ]);
    const none = await here.run(['sweep', 'plan.json', '--out', 'nowhere', '--status']);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has no results of this/),
    });
  });
});

describe.concurrent('the store', () => {
  it('lists what is missing of a whole sweep in ranges, while another process holds it', async () => {
    const { here } = await swept(PLAN);
    const lines = here.read('out/results.jsonl').split('\n');
    here.write('out/results.jsonl', [...lines.slice(0, 2), ...lines.slice(5)].join('\n'));
    const lock = JSON.stringify({ pid: 1, host: 'another' });
    here.write('out/lock', lock);
    const before = contents(join(here.path, 'out'));
    const { stdout } = await here.run(['sweep', 'plan.json', '--out', 'out', '--status']);
    expect(stdout).toMatch(/\nwhole +out +15 of 18 runs +unfinished\n/);
    expect(stdout).toMatch(/\nmissing: point 0, replications 2–4\n/);
    expect(contents(join(here.path, 'out'))).toEqual(before);
  });

  it('takes a line that is there twice once, and refuses two results of one replication', async () => {
    const { here } = await swept(PLAN);
    const before = here.read('out/results.jsonl');
    const lines = before.trimEnd().split('\n');
    here.write('out/results.jsonl', [...lines, lines[3], ''].join('\n'));
    const args = ['sweep', 'plan.json', '--out', 'out', '--quiet'];
    expect(await here.run(args)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(contents(join(here.path, 'out'))).toEqual((await reference).files);
    const forged = (lines[3] as string).replace(/"stateHash":"./, '"stateHash":"!');
    here.write('out/results.jsonl', [...lines, forged, ''].join('\n'));
    const refused = await here.run(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /results.jsonl: lines 4 and 19 give different results for the same replication/,
    );
  });

  it('gives a seed that is an axis a column of its own', async () => {
    const plan = { ...PLAN, grid: { servers: [20], seed: [1, 'b'] }, replications: 2 };
    const { here } = await swept(plan);
    const [header = '', first = ''] = here.read('out/results.csv').split('\n');
    expect(header).toMatch(/^point,replication,servers,parameters\.seed,seed,/);
    expect(new Set(header.split(',')).size).toBe(header.split(',').length);
    expect(first).toMatch(/^0,0,20,1,1\/[0-9a-f]{32}\/0,/);
    const file = readFileSync(join(here.path, 'out/results.parquet'));
    const rows = await parquetReadObjects({
      file: file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
    });
    expect(rows.map((row) => row['parameters.seed'])).toEqual(['1', '1', 'b', 'b']);
  });

  it('says of a lock on another machine how to take it over', async () => {
    const here = new Directory({ 'plan.json': { ...PLAN, replications: 1 } });
    const args = ['sweep', 'plan.json', '--out', 'out', '--quiet'];
    await here.run(args);
    here.write('out/lock', JSON.stringify({ pid: 1, host: 'another' }));
    const refused = await here.run(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /"out" is in use by process 1 on another; .*if it does not, add --force-unlock/,
    );
    expect(await here.run([...args, '--force-unlock'])).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(here.path, 'out/lock'))).toBe(false);
  });
});

it('ratescale replicate prints intervals, and seeds that repeat a run', async () => {
  const here = new Directory();
  const args = ['-n', '20', '-l', '0.8', '-m', '100', '-T', '500'];
  const { stdout } = await here.run(['replicate', ...args, '--replications', '4']);
  expect(stdout).toMatch(/\n0 +4 +1\.\d+ ± 0\.\d+ /);
  const json = await here.run(['replicate', ...args, '--replications', '4', '--json']);
  const { replications, figures } = JSON.parse(json.stdout);
  expect(figures.busyFraction.count).toBe(4);
  const { seed } = replications[2].config;
  expect((await here.json([...args, '--seed', seed])).stateHash).toBe(replications[2].stateHash);
  const bad = await here.run(['replicate', ...args, '--replications', '0']);
  expect(bad).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^ratescale: --replications: got 0;/),
  });
});
