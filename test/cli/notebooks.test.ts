/** Every block of docs/notebooks.md runs, where there is what it needs, and prints what the files say. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import * as installed from '../../scripts/notebooks.mjs';
import { Directory, MAIN } from './ratescale.js';

const guide = readFileSync(new URL('../../docs/notebooks.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text as string);

const here = new Directory({
  'plan.json': blocks('json')[0],
  npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`,
});
chmodSync(`${here.path}/npx`, 0o755);

/** Runs a program with `npx ratescale` at hand; what it prints. */
function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: here.path,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${here.path}:${process.env.PATH}` },
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** All numbers in a text. */
const numbersIn = (text: string) => (text.match(/\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number);

function expectClose(found: number[], expected: number[]) {
  expect(found).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(found[k]).toBeCloseTo(value, 12);
}

/** A column of a CSV file without quotes. */
function column(text: string, name: string): number[] {
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((row) => Number(row[header.indexOf(name)]));
}

const SERVERS = [5, 20, 80];
const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
let late: number;
let means: number[];
let end: number;

beforeAll(async () => {
  for (const block of blocks('sh')) run('sh', '-ec', block);
  const csv = here.read('run.csv');
  const time = column(csv, 'time');
  late = mean(column(csv, 'mean').filter((_, k) => (time[k] as number) >= 2500));
  const results = here.read('results/results.csv');
  const servers = column(results, 'servers');
  means = SERVERS.map((n) =>
    mean(column(results, 'serviceRate.mean').filter((_, k) => servers[k] === n)),
  );
  await here.json(['fig3', '--seed', '2', '--trajectory', 'fig3.csv']);
  end = column(here.read('fig3.csv'), 'mean').at(-1) as number;
});

const noPython = !installed.findPython('pandas');
const noParquet = !installed.findPythonWithParquet();

describe('docs/notebooks.md', () => {
  it('has blocks of every kind', () => {
    expect([blocks('python').length, blocks('r').length]).toEqual([3, 3]);
    for (const name of ['run.csv', 'results/results.parquet', 'results/results.jsonl']) {
      expect(here.read(name).length).toBeGreaterThan(1000);
    }
  });

  it.skipIf(noPython)('Python reads CSV', () => {
    const printed = run(installed.findPython('pandas'), '-c', blocks('python')[0] as string);
    const [first = '', ...points] = printed.trim().split('\n');
    expectClose(numbersIn(first), [late]);
    const csv = here.read('results/points.csv');
    const [rates, halves] = ['serviceRate.mean', 'serviceRate.mean.halfWidth'].map((name) =>
      column(csv, name),
    ) as [number[], number[]];
    points.forEach((line, k) => {
      expectClose(numbersIn(line), [SERVERS[k], rates[k], halves[k]] as number[]);
    });
    expectClose(rates, means);
  });

  it.skipIf(noParquet)('Python reads Parquet', () => {
    const printed = run(installed.findPythonWithParquet(), '-c', blocks('python')[1] as string);
    expectClose(
      numbersIn(printed),
      SERVERS.flatMap((n, k) => [n, means[k] as number]),
    );
  });

  it.skipIf(noPython)('Python runs the command', () => {
    const printed = run(installed.findPython('pandas'), '-c', blocks('python')[2] as string);
    expectClose(numbersIn(printed), [end]);
  });

  it.skipIf(!installed.findR())('R reads CSV, and runs the command', () => {
    const script = (k: number) => run(installed.findR(), '-e', blocks('r')[k] as string);
    const [first = '', second = ''] = script(0).trim().split('\n');
    expectClose(numbersIn(first), [late]);
    expectClose(numbersIn(second), [...SERVERS, ...means]);
    expect(here.read('run.svg')).toContain('<svg');
    expectClose(numbersIn(script(2)), [end]);
  });

  it.skipIf(!installed.hasRPackage('nanoparquet'))('R reads Parquet', () => {
    const printed = run(installed.findR(), '-e', blocks('r')[1] as string);
    expectClose(numbersIn(printed), [...SERVERS, ...means]);
  });
});
