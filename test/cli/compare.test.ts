import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Directory, sleep } from './ratescale.js';

const SYSTEM = '-n 20 -l 0.8 -m 100 -T 1500 --warmup 500'.split(' ');
const VARIANTS = [
  ...['--variant', 'adaptive'],
  ...['--variant', 'slow steps: m=1000 buffer=inf'],
  ...['--variant', 'dear: cost.h=power:0.2,2, initial-rates=uniform:0.5,1.5'],
  ...['--baselines', 'static', '--assume', '0.3'],
];
const COMPARE = ['compare', ...SYSTEM, ...VARIANTS, '--replications', '6'];

/** The same as a plan. */
const PLAN = {
  base: { servers: 20, arrivalRate: 0.8, inverseStepSize: 100, horizon: 1500, warmup: 500 },
  variants: {
    adaptive: {},
    'slow steps': { inverseStepSize: 1000, buffer: 'inf' },
    dear: { 'cost.h': { family: 'power', b: 0.2, q: 2 }, initialRates: { uniform: [0.5, 1.5] } },
  },
  baselines: ['static', 'static:0.3'],
  replications: 6,
};

const FILES = [
  ...['comparison.json', 'comparison.png', 'comparison.svg', 'differences.csv', 'manifest.json'],
  ...['points.csv', 'points.json', 'results.csv', 'results.jsonl', 'results.parquet'],
];

/** Every file of a directory with its content. */
function contents(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}

async function compared(...options: string[]) {
  const here = new Directory();
  const outcome = await here.run([...COMPARE, '--out', 'out', ...options]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return { here, stdout: outcome.stdout, files: contents(join(here.path, 'out')) };
}

const reference = compared();

describe.concurrent('ratescale compare', () => {
  it('prints variants by cost, their differences, and what the intervals mean', async () => {
    const { stdout } = await reference;
    expect(stdout).toMatch(
      /^rank {2}variant +runs +cost +sojourn +sojourn 95 % +sojourn 99 % +power/,
    );
    expect(stdout).toMatch(/\n5 +dear +6 +0\.9\d+ ± 0\.\d+ /);
    expect(stdout).toMatch(/\ndear − adaptive +6 +0\.19\d ± 0\.0\d+ /);
    expect(stdout).toMatch(/ \?\n/);
    expect(stdout).toContain(
      'Bonferroni over 10 pairs, 6 figures, and looks at 6, 12, 24, 48 runs',
    );
    expect(stdout).toContain('at best 0.75595 (0.50397 delay + 0.25198 power), at μ* = 1.5874');
  });

  it('prints one JSON object, the same from flags and from a plan', async () => {
    const here = new Directory({ 'plan.json': PLAN });
    const flags = await here.run([...COMPARE, '--json']);
    const plan = await here.run(['compare', 'plan.json', '--json']);
    expect(plan).toEqual(flags);
    const result = JSON.parse(flags.stdout);
    expect(result).toMatchObject({
      failures: [],
      status: 'completed',
      family: { level: 0.95, pairs: 10, figures: 6, looks: [6, 12, 24, 48] },
    });
    expect(result.variants.map(({ name }: { name: string }) => name).sort()).toEqual([
      ...['adaptive', 'dear', 'slow steps', 'static', 'static:0.3'],
    ]);
    expect(result.variants.at(-1)).toMatchObject({ name: 'dear', rank: { best: 5, worst: 5 } });
    expect(result.differences).toHaveLength(10);
    const { here: elsewhere } = await reference;
    expect(JSON.parse(elsewhere.read('out/comparison.json'))).toEqual(result);
  });

  it('takes flags on top of a plan, and a configuration as the base', async () => {
    const here = new Directory({ 'plan.json': PLAN, 'config.json': PLAN.base });
    const short = ['-T', '600', '--replications', '2', '--max-replications', '2', '--json'];
    const plan = await here.run(['compare', 'plan.json', ...short, '--variant', 'more: m=50']);
    const { variants } = JSON.parse(plan.stdout);
    expect(variants).toHaveLength(6);
    expect(variants[0].config.horizon).toBe(600);
    const two = ['--variant', 'a', '--variant', 'b: m=50', '--reference', 'a', '--level', '0.9'];
    const config = await here.run(['compare', 'config.json', ...short, ...two]);
    expect(JSON.parse(config.stdout)).toMatchObject({
      differences: [{ variant: 'b', against: 'a', replications: 2 }],
      family: { level: 0.9 },
    });
  });

  it('writes runs, tables and a picture, the same with one worker and with two', async () => {
    const [one, two] = await Promise.all([compared('--workers', '1'), reference]);
    expect(Object.keys(two.files)).toEqual(FILES);
    expect(one.files).toEqual(two.files);
    expect(one.stdout).toBe(two.stdout);
    const { here } = two;
    const rows = (name: string) =>
      here
        .read(`out/${name}`)
        .trimEnd()
        .split('\n')
        .map((row) => row.split(','));
    const points = rows('points.csv');
    expect(points[0]?.slice(0, 3)).toEqual(['point', 'variant', 'replications']);
    expect(points.slice(1).map((row) => row[1])).toEqual([
      ...['adaptive', 'slow steps', 'dear', 'static', 'static:0.3'],
    ]);
    const { differences } = JSON.parse(here.read('out/comparison.json'));
    const [header = [], ...pairs] = rows('differences.csv');
    expect(pairs.map((row) => Number(row[header.indexOf('cost.total.halfWidth')]))).toEqual(
      differences.map(
        (one: { figures: Record<string, { halfWidth: number }> }) =>
          one.figures['cost.total']?.halfWidth,
      ),
    );
    expect(here.read('out/comparison.svg')).toMatch(/^<svg [\s\S]*slow steps[\s\S]*<\/svg>$/);
    const png = readFileSync(join(here.path, 'out/comparison.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });

  it('killed at any moment, goes on and ends with the same files', async () => {
    const { files } = await reference;
    for (const milliseconds of [300, 600, 900]) {
      const here = new Directory();
      const args = [...COMPARE, '--out', 'out', '--quiet'];
      await here.run(args, async (child) => {
        await sleep(milliseconds);
        child.kill('SIGKILL');
      });
      expect(await here.run(args)).toMatchObject({ code: 0, stderr: '' });
      expect(contents(join(here.path, 'out'))).toEqual(files);
    }
  });

  it('has lines that "ratescale run" repeats', async () => {
    const { here } = await reference;
    const line = here.read('out/results.jsonl').split('\n')[70] as string;
    here.write('line.json', line);
    expect((await here.json(['line.json'])).stateHash).toBe(JSON.parse(line).stateHash);
  });

  it('interrupted by Ctrl-C prints what there is, and goes on', async () => {
    const here = new Directory();
    const args = [...COMPARE, '-T', '5000', '--max-replications', '12', '--out', 'out'];
    const { code, stdout } = await here.run(args, async (child) => {
      const path = join(here.path, 'out/results.jsonl');
      while (!existsSync(path) || statSync(path).size === 0) await sleep(20);
      child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /^rank {2}variant[\s\S]*\ninterrupted; the same command continues from here\n$/,
    );
    expect(await here.run(args)).toMatchObject({ code: 0, stderr: '' });
    expect(here.files()).toEqual(['out']);
    expect(readdirSync(join(here.path, 'out'))).toEqual(FILES);
  });

  it.each<[args: string[], complaint: RegExp]>([
    [['compare'], /^--servers, --arrival-rate, --inverse-step-size, --horizon: missing/],
    [['compare', ...SYSTEM], /^--variant: there is none; give at least two, baselines included$/],
    [['compare', ...SYSTEM, '--variant', 'a'], /^--variant: there is one; give at least two/],
    [['compare', ...SYSTEM, '--variant', 'm=5'], /^--variant: got "m=5"; must be "name: field=v/],
    [
      ['compare', ...SYSTEM, '--variant', 'a: fast'],
      /^--variant a: got "fast"; must be field=value$/,
    ],
    [['compare', ...SYSTEM, '--variant', 'a: m='], /^--variant a: got "m="; must be field=value$/],
    [
      ['compare', ...SYSTEM, '--variant', 'a: m=5 m=6'],
      /^--variant a: inverseStepSize is there twice$/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'a: m=5'],
      /^--variant: "a" is there twice/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'b: m=0'],
      /^--variant b: inverseStepSize: got 0; must be/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'b: speed=5'],
      /^--variant b: speed: unknown field; allowed/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'b: n=5'],
      /^--variant b: servers: must be the same for all: fig/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'b: seed=5'],
      /^--variant b: seed: must be the same for all/,
    ],
    [
      ['compare', ...SYSTEM, '--variant', 'a', '--variant', 'b: h=x:1'],
      /^--variant b: cost\.h: got "x:1"; must be power/,
    ],
    [['compare', ...SYSTEM, '-n', '0', ...VARIANTS], /^--servers: got 0; must be/],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--baselines', 'best'],
      /^--baselines: got "best"; must be "static", "static:<arr/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--baselines', 'static,clairvoyant'],
      /^--variant: "static" and "clairvoyant" are the same/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--reference', 'best'],
      /^--reference: got "best"; must be the name of a variant/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--replications', '1'],
      /^--replications: got 1; must be a whole number from 2/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--max-replications', '3'],
      /^--max-replications: got 3; must be at least repl/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--level', '95'],
      /^--level: got 95; must be a number from 0\.5 to 0\.99$/,
    ],
    [
      ['compare', ...SYSTEM, ...VARIANTS, '--workers', '-1'],
      /^--workers: got -1; must be a whole number/,
    ],
    [['compare', 'nowhere.json'], /^nowhere\.json: no such file or directory$/],
    [['compare', 'list.json'], /^list\.json: not a plan: must be an object of fields$/],
    [['compare', 'base.json'], /^base\.json: base: must be an object of fields$/],
    [
      ['compare', 'short.json'],
      /^short\.json: horizon: missing; add to the file or give --horizon$/,
    ],
    [['compare', 'list-of.json'], /^list-of\.json: variants: got \[\]; must be an object/],
    [['compare', 'bad.json'], /^bad\.json: variant b: buffer: got 0; must be/],
    [
      ['compare', 'bad.json', '--variant', 'c: m=5'],
      /^bad\.json: variant b: buffer: got 0; must be/,
    ],
    [['compare', 'null.json'], /^null\.json: variants: got null; must be an object/],
    [['compare', 'text.json'], /^text\.json: variants\.a: got "jiq"; must be an object of/],
    [['compare', 'level.json'], /^level\.json: level: got 2; must be/],
  ])('refuses bad input: %j', async (args, complaint) => {
    const { base } = PLAN;
    const { horizon: _, ...short } = base;
    const here = new Directory({
      'list.json': [],
      'base.json': { base: 5, variants: {} },
      'short.json': { base: short, variants: { a: {}, b: { buffer: 2 } } },
      'list-of.json': { base, variants: [] },
      'bad.json': { base, variants: { a: {}, b: { buffer: 0 } } },
      'null.json': { base, variants: null },
      'text.json': { base, variants: { a: 'jiq' } },
      'level.json': { base, variants: { a: {}, b: { buffer: 2 } }, level: 2 },
    });
    const { code, stdout, stderr } = await here.run(args);
    expect(stderr.replace(/^ratescale: /, '').trimEnd()).toMatch(complaint);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('refuses a directory with other variants', async () => {
    const { here } = await compared('--max-replications', '6');
    const args = [...COMPARE, '--out', 'out', '-l', '0.7'];
    const { code, stderr } = await here.run(args);
    expect(stderr).toMatch(/--out: "out" has a point that is not in the plan/);
    expect(code).toBe(2);
  });
});
