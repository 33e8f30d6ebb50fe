/**
 * npm run check:consumers: the tarball, installed by npm into empty projects of many kinds. What matters most of it runs in
 * `npm test` as well (test/package/, test/browser/).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findFirefox } from '../../scripts/browser.mjs';
import { openChromium, startFirefox } from '../browser/browsers.js';
import { pack } from '../package/project.js';
import { everywhere, PAGE, SHOW, visit } from './page.js';
import { expected, program, required } from './program.js';

const home = mkdtempSync(join(tmpdir(), 'ratescale-consumers-'));
let tarball: string;

beforeAll(() => {
  tarball = pack(home);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(directory: string, command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: directory, stdio: 'pipe' }).toString().trim();
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

/** A project with the tarball and other packages, installed by npm. */
function project(name: string, packages: string[], files: Record<string, string>): string {
  const directory = join(home, name);
  mkdirSync(directory);
  files = { 'package.json': '{ "type": "module", "private": true }', ...files };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  run(directory, 'npm', 'install', '--no-audit', '--no-fund', '--silent', tarball, ...packages);
  return directory;
}

interface Bundler {
  packages: string[];
  files?: Record<string, string>;
  /** puts main.js into dist/ */
  build: string[];
}

const BUNDLERS: Record<string, Bundler> = {
  vite7: { packages: ['vite@7'], build: ['vite', 'build', '--base', './'] },
  vite8: { packages: ['vite@8'], build: ['vite', 'build', '--base', './'] },
  webpack: {
    packages: ['webpack@5', 'webpack-cli@6'],
    build: ['webpack', '--mode', 'production', '--entry', './main.js', '--output-path', 'dist'],
  },
  esbuild: {
    packages: ['esbuild@0.28'],
    build: [
      ...['esbuild', 'main.js', '--bundle', '--minify', '--format=esm', '--splitting'],
      '--outdir=dist',
    ],
  },
  rollup: {
    // no plugin for CommonJS: the package has none
    packages: ['rollup@4', '@rollup/plugin-node-resolve@16'],
    files: {
      'rollup.config.js': `
import { nodeResolve } from '@rollup/plugin-node-resolve';
export default {
  input: 'main.js',
  output: { dir: 'dist', format: 'es' },
  plugins: [nodeResolve({ browser: true })],
  onwarn(warning) { throw new Error(warning.message); },
};`,
    },
    build: ['rollup', '--config'],
  },
};

describe('bundlers, in browsers', () => {
  const sites: Record<string, string> = {};

  it.each(Object.entries(BUNDLERS))('%s builds a site', (name, { packages, files, build }) => {
    const all = { 'main.js': program(SHOW), 'index.html': PAGE, ...files };
    const directory = project(name, packages, all);
    run(directory, 'npx', '--no-install', ...build);
    sites[name] = join(directory, 'dist');
    // Vite writes a page of its own
    if (!readdirSync(sites[name]).includes('index.html')) {
      const output = name === 'webpack' ? PAGE.replace(' type="module"', ' defer') : PAGE;
      writeFileSync(join(sites[name], 'index.html'), output);
    }
  });

  it('Chromium runs them all: plain, isolated, and under a strict policy', async () => {
    const found = await visit(sites, async (address) => {
      const pages = await openChromium();
      await pages.open(address);
      return pages;
    });
    expect(found).toEqual(everywhere(sites, await expected()));
    expect(Object.keys(sites)).toEqual(Object.keys(BUNDLERS));
  });

  it.runIf(findFirefox())('Firefox, too', async () => {
    const found = await visit(sites, async (address) => startFirefox(address));
    expect(found).toEqual(everywhere(sites, await expected()));
  });
});

describe.each(['20', '22', '24'])('Node %s', (version) => {
  let directory: string;
  let node: string;
  beforeAll(() => {
    directory = project(`node-${version}`, [`node@${version}`], {
      'esm.js': program('console.log'),
      'cjs.cjs': required('console.log'),
    });
    node = join(directory, 'node_modules/node/bin/node');
  });

  it('is that version', () => {
    expect(run(directory, node, '--version')).toMatch(new RegExp(`^v${version}\\.`));
  });

  it.each(['esm.js', 'cjs.cjs'])('%s finds the same bits', async (file) => {
    expect(run(directory, node, file)).toBe(await expected());
  });

  it('runs the command', () => {
    const command = join(directory, 'node_modules/ratescale/dist/cli/main.js');
    const system = ['-n', '10', '-l', '0.8', '-m', '50', '-T', '100', '--json'];
    const { status, engine } = JSON.parse(run(directory, node, command, 'run', ...system));
    expect(status).toBe('completed');
    expect(engine.kernelHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('TypeScript', () => {
  const USE = `
import { simulate, Simulation, type SimulationConfig } from 'ratescale';
import { type Chart, svgOf } from 'ratescale/charts';
import { replicate, sweep } from 'ratescale/studies';
import { predict } from 'ratescale/theory';
const config: SimulationConfig = { servers: 1, arrivalRate: 0.8, inverseStepSize: 500, horizon: 10 };
export const mean: Promise<number | null> = simulate(config).then((result) => result.serviceRate.mean);
export const rates: Promise<Float64Array> = Simulation.create(config).then((simulation) => simulation.rates());
export const rest = [svgOf, replicate, sweep({ base: config }), predict(config)];
export type Drawn = Chart;
// @ts-expect-error it is a number
simulate({ ...config, servers: 'one' });`;
  const WORKER = `
import { simulate } from 'ratescale';
simulate({ servers: 1, arrivalRate: 0.8, inverseStepSize: 500, horizon: 10 }, {
  createWorker: () => new Worker('worker.js'),
  signal: new AbortController().signal,
});`;

  const MODULES = [
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ];
  const STRICT = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: 'es2022',
    types: [],
  };
  const SETTINGS = MODULES.flatMap((modules) => [
    { compilerOptions: { ...STRICT, ...modules, lib: ['es2022'] }, files: ['use.ts'] },
    { compilerOptions: { ...STRICT, ...modules, lib: ['es2022', 'dom'] }, files: ['worker.ts'] },
  ]);

  it.each(['5.7', '5.9', '6.0', '7.0'])('%s compiles, with and without the DOM', (version) => {
    const directory = project(`typescript-${version}`, [`typescript@${version}`], {
      'use.ts': USE,
      'worker.ts': WORKER,
    });
    for (const settings of SETTINGS) {
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(settings));
      expect(run(directory, 'npx', '--no-install', 'tsc')).toBe('');
    }
  });
});
