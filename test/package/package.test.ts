/** The package as npm packs it, in an empty project: how light it is, and that every way in works. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from './project.js';

let packed: Project;
let project: string;
let installed: string;

beforeAll(() => {
  packed = new Project();
  project = packed.directory;
  installed = packed.installed;
});

afterAll(() => packed?.remove());

const run = (name: string, program: string) => packed.run(name, program);

function bytesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

describe('who only simulates', () => {
  it('installs one package of at most 3 MB', () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect({ ...dependencies, ...optionalDependencies }).toEqual({});
    for (const name of Object.keys(peerDependencies)) {
      expect(peerDependenciesMeta[name]).toEqual({ optional: true });
    }
    expect(bytesIn(installed)).toBeLessThan(3e6);
  });

  it('gets the licences of what is bundled', () => {
    const licences = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
    for (const name of [
      ...['@assemblyscript/loader', '@noble/hashes', 'seedrandom', 'valibot', 'commander'],
      ...[
        'cli-progress',
        'csv-stringify',
        'hyparquet-writer',
        'js-yaml',
        'jsonc-parser',
        'asciichart',
      ],
    ]) {
      expect(licences).toContain(`${name} `);
    }
  });
});

const RUN = `simulate({ servers: 10, arrivalRate: 0.8, inverseStepSize: 20, warmup: 500, horizon: 5000 })`;

describe('the ways in', () => {
  it('import and require give the same run', () => {
    const script = `${RUN}.then(({ stateHash }) => console.log(stateHash))`;
    const imported = run('esm.js', `import { simulate } from 'ratescale';\n${script}`);
    const required = run('cjs.cjs', `const { simulate } = require('ratescale');\n${script}`);
    expect(imported).toMatch(/^[0-9a-f]{16}$/);
    expect(required).toBe(imported);
  });

  it('theory, studies and charts have entries of their own, with the same classes', () => {
    const output = run(
      'entries.js',
      `
import { ConfigError, costFunctions, PAPER_COST } from 'ratescale';
import { EXPERIMENTS, sweep } from 'ratescale/studies';
import { fixedPoint } from 'ratescale/theory';
import { specificationOf, svgOf } from 'ratescale/charts';
const failure = await sweep({ base: { servers: -1 } }).catch((error) => error);
const chart = { name: 'c', title: 'T', caption: '', x: { title: 'x' }, y: { title: 'y' }, series: [] };
console.log(JSON.stringify({
  same: failure instanceof ConfigError,
  experiments: EXPERIMENTS.length,
  fixedPoint: fixedPoint(costFunctions(PAPER_COST), 0.8, 10).rate,
  title: specificationOf(chart).title.text,
  picture: await svgOf(chart).catch(({ message }) => message),
}));`,
    );
    const { same, experiments, fixedPoint, title, picture } = JSON.parse(output);
    expect(same).toBe(true);
    expect(experiments).toBe(10);
    expect(fixedPoint).toBeCloseTo(1.56614895, 8);
    expect(title).toBe('T');
    expect(picture).toBe('pictures need Vega, which is not installed: npm install vega');
  });

  it('the command runs, sweeps with tables, and says what pictures need before anything runs', () => {
    const main = join(installed, 'dist/cli/main.js');
    const command = (...args: string[]) =>
      execFileSync(process.execPath, [main, ...args], { cwd: project, stdio: 'pipe' }).toString();
    const system = ['-n', '3', '-l', '0.8', '-m', '50', '-T', '100'];
    expect(JSON.parse(command('run', ...system, '--json')).config.servers).toBe(3);
    const base = { servers: 3, arrivalRate: 0.8, inverseStepSize: 50, horizon: 100 };
    writeFileSync(join(project, 'plan.json'), JSON.stringify({ base, replications: 2 }));
    command('sweep', 'plan.json', '--out', 'results');
    const files = readdirSync(join(project, 'results'));
    expect(files).toEqual(expect.arrayContaining(['results.csv', 'results.parquet', 'points.csv']));
    const refusal = (() => {
      try {
        command('reproduce', 'fig5', '--out', 'figures');
      } catch (error) {
        return error as { status: number; stderr: Buffer };
      }
    })();
    expect(refusal?.status).toBe(2);
    expect(refusal?.stderr.toString()).toBe(
      'ratescale: pictures need vega and @resvg/resvg-js, which are not installed: npm install vega @resvg/resvg-js\n',
    );
    expect(readdirSync(project)).not.toContain('figures');
  });
});

describe('npx', () => {
  it('runs the command from the tarball, which is all that it fetches', () => {
    // a cache of its own, and no network: there is nothing else to install
    const args = ['--yes', '--offline', '--cache', join(project, 'cache')];
    const system = '-n 3 -l 0.8 -m 50 -T 100 --json'.split(' ');
    const output = execFileSync(
      'npx',
      [...args, '--package', packed.tarball, 'ratescale', 'run', ...system],
      { cwd: tmpdir(), stdio: 'pipe' },
    );
    expect(JSON.parse(output.toString()).config.servers).toBe(3);
  });
});

describe('a page', () => {
  it('fetches one file for a run with intervals, of at most 63 kB compressed', async () => {
    const entry = join(project, 'page.js');
    writeFileSync(
      entry,
      `import { simulate } from 'ratescale';\nglobalThis.result = await ${RUN};`,
    );
    const { outputFiles, metafile } = await build({
      entryPoints: { page: entry },
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      outdir: join(project, 'page'),
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const byName = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
    const outputs = Object.entries(metafile.outputs);
    const [first] = outputs.find(([path]) => path.endsWith('page/page.js')) as [string, object];
    // the entry and what it imports at once
    const wanted = new Set([first]);
    for (const path of wanted) {
      for (const { kind, path: next } of metafile.outputs[path]?.imports ?? []) {
        if (kind === 'import-statement') wanted.add(next);
      }
    }
    const contents = [...byName].filter(([path]) =>
      [...wanted].some((name) => path.endsWith(name.replace(/^.*page\//, 'page/'))),
    );
    expect(contents).toHaveLength(wanted.size);
    const compressed = contents.reduce((sum, [, content]) => sum + gzipSync(content).length, 0);
    expect(compressed).toBeLessThan(63_000);

    // run it without the other files: whatever it asked for beyond the first would fail
    for (const [path, content] of contents) {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, content);
    }
    const output = run(
      'visit.js',
      `
globalThis.navigator ??= { hardwareConcurrency: 1 };
await import('./page/page.js');
console.log(JSON.stringify({ half: result.confidence.halfWidths['serviceRate.mean'], hash: result.stateHash }));`,
    );
    expect(JSON.parse(output).half).toBeGreaterThan(0);
  });
});

describe('types', () => {
  it.each([
    ['nodenext', 'nodenext'],
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ])('compile without those of the DOM and of Node: %s, %s', (module, moduleResolution) => {
    const directory = join(project, `types-${moduleResolution}`);
    mkdirSync(directory);
    writeFileSync(
      join(directory, 'use.ts'),
      `
import { ConfigError, simulate, Simulation, type SimulationConfig } from 'ratescale';
import { type Chart, svgOf } from 'ratescale/charts';
import { EXPERIMENTS, replicate, type SweepPlan, sweep } from 'ratescale/studies';
import { fixedPoint } from 'ratescale/theory';
const config: SimulationConfig = { servers: 1, arrivalRate: 0.8, inverseStepSize: 500, horizon: 10 };
export const mean: Promise<number | null> = simulate(config).then((result) => result.serviceRate.mean);
export const rates: Promise<Float64Array> = Simulation.create(config).then((simulation) => simulation.rates());
const plan: SweepPlan = { base: config };
export const rest = [ConfigError, svgOf, EXPERIMENTS, replicate, sweep(plan), fixedPoint];
export type Drawn = Chart;
// @ts-expect-error it is a number
simulate({ ...config, servers: 'one' });`,
    );
    const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2022'] };
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, types: [], module, moduleResolution },
        files: ['use.ts'],
      }),
    );
    const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));
    const compile = () => {
      try {
        return execFileSync(process.execPath, [tsc, '-p', directory]).toString();
      } catch (error) {
        return (error as { stdout: Buffer }).stdout.toString();
      }
    };
    expect(compile()).toBe('');
  });
});
