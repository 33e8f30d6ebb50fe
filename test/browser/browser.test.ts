/**
 * The built package in real browsers: isolated from other origins (shared memory), not isolated (transfer), and
 * under a strict content security policy (no Blob workers). The same bits as in Node everywhere.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findFirefox } from '../../scripts/browser.mjs';
import type { Chart } from '../../src/charts/chart.js';
import { EXPERIMENTS } from '../../src/experiments/index.js';
import { Simulation, type SimulationConfig, simulate } from '../../src/index.js';
import { replicate } from '../../src/studies/index.js';
import { golden, systems } from '../run/golden.js';
import { openChromium, openFirefox, type Page, type Pages, type Site, serve } from './browsers.js';
import { hashes, resumed, saved, steered } from './scenarios.js';

const HEADERS: Record<string, Record<string, string>> = {
  isolated: {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  },
  open: {},
  strict: { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'" },
};
const config: SimulationConfig = {
  servers: 100,
  arrivalRate: 0.8,
  inverseStepSize: 100,
  horizon: 20_000,
  warmup: 5000,
};
const short = { ...config, horizon: 500, warmup: 100 };
/** What is not among the committed systems. */
const more: SimulationConfig[] = [
  { ...short, buffer: 4, dispatch: 'jsq:20' },
  {
    ...short,
    schedule: [
      { time: 50, arrivalRate: 1.2, cost: { h: { family: 'power', b: 0.05, q: 2 } } },
      { time: 120, cost: { g: 'exp(-x) + 1/x' }, inverseStepSize: 20 },
    ],
  },
];
const ratescale = { Simulation, simulate };
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let site: Site;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [path('page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  const html =
    '<!doctype html><title>ratescale</title><script type="module" src="page.js"></script>';
  const program = (bundle.outputFiles[0] as { text: string }).text;
  site = await serve(HEADERS, (path) => {
    if (path === '/') return ['text/html', html];
    if (path === '/page.js') return ['text/javascript', program];
    if (path === '/worker.js') return ['text/javascript', readFileSync(worker, 'utf8')];
    return undefined;
  });
});
const worker = path('../../dist/worker.js');

afterAll(() => site?.close());

const browsers: [string, () => Promise<Pages>][] = [['Chromium', openChromium]];
if (findFirefox()) browsers.push(['Firefox', () => openFirefox(site, 'open')]);

describe.each(browsers)('in %s', (_, launch) => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await launch();
  });
  afterAll(() => pages?.close());

  describe.each(Object.keys(HEADERS))('in a page that is %s', (kind) => {
    let page: Page;
    beforeAll(async () => {
      page = await pages.open(`${site.address}/${kind}/`);
    });
    afterAll(() => page?.close());

    it('the security policy holds', async () => {
      expect(await page.call('mayEval')).toBe(kind !== 'strict');
    });

    it('a run gives the bits of Node, does not hold up the page, and can be watched', async () => {
      const here = await simulate(config);
      const expected = {
        isolated: kind === 'isolated',
        stateHash: here.stateHash,
        mean: here.serviceRate.mean,
        row: here.trajectory.mean.at(-1),
      };
      const own = await page.call<{ ticks: number; grew: number }>('run', config);
      expect(own).toMatchObject(expected);
      expect(own.ticks).toBeGreaterThan(10);
      expect(own.grew).toBeGreaterThan(3);
      expect(await page.call('run', config, 'worker.js')).toMatchObject(expected);
    });

    it('so does one that stays in the page’s own thread, in slices', async () => {
      const here = await simulate(config);
      const { stateHash, ticks } = await page.call<{ stateHash: string; ticks: number }>(
        'run',
        config,
        undefined,
        'here',
      );
      expect(stateHash).toBe(here.stateHash);
      expect(ticks).toBeGreaterThan(10);
    });

    it('the committed systems reach the committed states', async () => {
      const found = await page.call<string[]>('hashes', Object.values(systems));
      expect(found).toEqual(Object.keys(systems).map((name) => golden[name]));
    });

    it('a schedule of expressions and large samples give the bits of Node', async () => {
      expect(await page.call('hashes', more)).toEqual(await hashes(ratescale, more));
    });

    it('a steered run gives the bits of Node, and its configuration repeats it', async () => {
      for (const system of [short, systems.scv, systems.costOverTime]) {
        const found = await page.call<string[]>('steered', system);
        expect(found).toEqual(await steered(ratescale, system));
        expect(found[1]).toBe(found[0]);
      }
    });

    it('checkpoints go from Node to the page and back', async () => {
      for (const system of [short, systems.shortestQueue]) {
        const checkpoint = await saved(ratescale, system);
        const end = await resumed(ratescale, checkpoint);
        expect(await page.call('resumed', checkpoint)).toBe(end);
        expect(await resumed(ratescale, await page.call('saved', system))).toBe(end);
      }
    });

    it('replications on two workers give the bits of Node', async () => {
      const { replications } = await replicate(short, { replications: 4 });
      const expected = replications.map(({ stateHash }) => stateHash);
      expect(await page.call('replicates', short)).toEqual(expected);
      expect(await page.call('replicates', short, 'worker.js')).toEqual(expected);
    });

    it('very many servers give the bits of Node, on two threads where memory can be shared', async () => {
      const many = { servers: 530_000, arrivalRate: 0.8, inverseStepSize: 500, horizon: 0.5 };
      const { stateHash } = await simulate(many, { threads: 1 });
      const threads = kind === 'isolated' ? 2 : 1;
      expect(await page.call('together', many)).toEqual({ stateHash, threads });
    });

    it('a chart is drawn', async () => {
      const chart: Chart = {
        name: 'test',
        title: 'Rates against time',
        caption: '',
        x: { title: 'time' },
        y: { title: 'rate', scale: 'log' },
        series: [
          { kind: 'points', name: 'measured', x: [1, 2, 3], y: [1, 10, -1] },
          {
            kind: 'lines',
            name: 'servers',
            x: [1, 3],
            ys: [
              [2, 3],
              [4, 5],
            ],
          },
        ],
      };
      // of the three points one is not positive, and has no place on a logarithmic axis
      const svg = await page.call<string>('draw', chart);
      expect(svg).toContain('>Rates against time</text>');
      const [, symbols] = /class="mark-symbol role-mark"[^>]*>(.*?)<\/g>/s.exec(svg) ?? [];
      expect(symbols?.match(/<path/g)).toHaveLength(2);
      expect(svg.match(/class="mark-line role-mark"/g)).toHaveLength(2);
      expect(await page.call('experiments')).toEqual(EXPERIMENTS.map(({ name }) => name));
    });

    it('a run can be cancelled', async () => {
      const { status, end } = await page.call<{ status: string; end: number }>('cancelled', {
        ...config,
        horizon: 1e7,
      });
      expect(status).toBe('cancelled');
      expect(end).toBeGreaterThan(0);
    });
  });
});
