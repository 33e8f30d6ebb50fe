/**
 * The built package in a real browser: isolated from other origins (shared memory), not isolated (transfer), and
 * under a strict content security policy (no Blob workers). The same bits as in Node everywhere.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findBrowser } from '../../scripts/browser.mjs';
import type { Chart } from '../../src/charts/chart.js';
import { EXPERIMENTS } from '../../src/experiments/index.js';
import { type SimulationConfig, simulate } from '../../src/index.js';
import { replicate } from '../../src/studies/index.js';

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
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let server: Server;
let browser: Browser;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [path('page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const files: Record<string, [type: string, body: string]> = {
    '/': [
      'text/html',
      '<!doctype html><title>ratescale</title><script type="module" src="page.js"></script>',
    ],
    '/page.js': ['text/javascript', (bundle.outputFiles[0] as { text: string }).text],
    '/worker.js': ['text/javascript', readFileSync(path('../../dist/worker.js'), 'utf8')],
  };
  server = createServer((request, response) => {
    const [, kind, name] = /^\/(\w+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const file = files[name ?? ''];
    response.writeHead(file ? 200 : 404, {
      ...HEADERS[kind ?? ''],
      'content-type': file?.[0] ?? 'text/plain',
    });
    response.end(file?.[1]);
  }).listen(0, '127.0.0.1');
  browser = await chromium.launch({
    executablePath: findBrowser() as string,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function open(kind: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${kind}/`);
  await page.waitForFunction('typeof run === "function"');
  return page;
}

const call = <T>(page: Page, name: string, ...args: unknown[]): Promise<T> =>
  page.evaluate(`${name}(...${JSON.stringify(args)})`);

describe.each(Object.keys(HEADERS))('in a page that is %s', (kind) => {
  it('a run gives the bits of Node, does not hold up the page, and can be watched', async () => {
    const page = await open(kind);
    const here = await simulate(config);
    const there = await call<{ ticks: number; grew: number }>(page, 'run', config);
    expect(there).toMatchObject({
      isolated: kind === 'isolated',
      stateHash: here.stateHash,
      mean: here.serviceRate.mean,
      row: here.trajectory.mean.at(-1),
    });
    expect(there.ticks).toBeGreaterThan(10);
    expect(there.grew).toBeGreaterThan(3);
    const own = await call<object>(page, 'run', config, 'worker.js');
    expect(own).toMatchObject({ stateHash: here.stateHash, row: here.trajectory.mean.at(-1) });
    await page.close();
  });

  it('replications on two workers give the bits of Node', async () => {
    const page = await open(kind);
    const { replications } = await replicate(short, { replications: 4 });
    const hashes = replications.map(({ stateHash }) => stateHash);
    expect(await call(page, 'replicates', short)).toEqual(hashes);
    expect(await call(page, 'replicates', short, 'worker.js')).toEqual(hashes);
    await page.close();
  });

  it('a chart is drawn in the page', async () => {
    const page = await open(kind);
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
    const svg = await call<string>(page, 'draw', chart);
    expect(svg).toContain('>Rates against time</text>');
    const [, symbols] = /class="mark-symbol role-mark"[^>]*>(.*?)<\/g>/s.exec(svg) ?? [];
    expect(symbols?.match(/<path/g)).toHaveLength(2);
    expect(svg.match(/class="mark-line role-mark"/g)).toHaveLength(2);
    expect(await page.evaluate('experiments')).toEqual(EXPERIMENTS.map(({ name }) => name));
    await page.close();
  });

  it('a run can be cancelled', async () => {
    const page = await open(kind);
    const { status, end } = await call<{ status: string; end: number }>(page, 'cancelled', {
      ...config,
      horizon: 1e7,
    });
    expect(status).toBe('cancelled');
    expect(end).toBeGreaterThan(0);
    await page.close();
  });
});
