/** Players and their views in a real browser. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findBrowser } from '../../scripts/browser.mjs';
import { type SimulationConfig, simulate } from '../../src/index.js';
import type { Snapshot } from '../../web/player/player.js';

const PAGE = `<!doctype html><html lang="en"><title>Players</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="views.css"><style>:root { color-scheme: light dark }</style>
<main></main><script type="module" src="page.js"></script>`;
const ENTRIES = {
  '/page.js': 'player-page.ts',
  '/worker.js': '../../web/player/worker.ts',
  '/views.css': '../../web/views/views.css',
};
const config: SimulationConfig = {
  servers: 1000,
  arrivalRate: 0.8,
  inverseStepSize: 100,
  horizon: 1000,
};

let server: Server;
let browser: Browser;
let page: Page;
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

beforeAll(async () => {
  const files = new Map([['/', ['text/html', PAGE]]]);
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const { outputFiles } = await build({
      entryPoints: [path(entry)],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'error',
    });
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    files.set(name, [type, (outputFiles[0] as { text: string }).text]);
  }
  server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? '') ?? [];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' });
    response.end(body);
  }).listen(0, '127.0.0.1');
  browser = await chromium.launch({
    executablePath: findBrowser() as string,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--js-flags=--expose-gc',
      '--enable-precise-memory-info',
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('typeof addPlayer === "function"');
  await page.evaluate('globalThis.one = addPlayer()');
});

afterEach(async () => {
  expect(await page.evaluate('errors')).toEqual([]);
  await page.close();
});

/** Calls a method of the player `one`. */
const call = (method: string, ...args: unknown[]) =>
  page.evaluate(`void one.player.${method}(...${JSON.stringify(args)})`);

/** The last snapshot, once a condition on it holds. */
async function until(condition: string, who = 'one'): Promise<Snapshot> {
  const text = `(() => { const s = ${who}.shown.last; return s !== null && (${condition}); })()`;
  await page.waitForFunction(text, undefined, { timeout: 100_000, polling: 50 });
  return page.evaluate(`${who}.shown.last`);
}

/** What Chromium notes of a piece of work. */
interface Traced {
  name: string;
  pid: number;
  tid: number;
  /** microseconds of the processor */
  tdur?: number;
  args?: { name?: string };
}

/**
 * Milliseconds that each task of the pages' threads worked. Time of the processor, not of the clock: on a loaded machine a task
 * also lasts while other processes run, which a page can do nothing about.
 */
function taskDurations(events: Traced[]): number[] {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && main.has(`${pid}/${tid}`))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
}

describe('in a page', () => {
  it('λ changed live moves the rates into the band predicted for the new λ, and the run repeats in Node', async () => {
    await call('start', config);
    await until('s.time > 1500');
    await call('update', { arrivalRate: 1.2 });
    const moved = await until('s.markers.since > 0 && s.markers.band !== null');
    expect(moved.markers.optimal).toBeCloseTo(6 ** (1 / 3), 10);
    await until(`s.time > s.markers.since + 2000`);
    await call('pause');
    const { now, markers, config: whole, stateHash } = await until('!s.running');
    const { mean, low, high, sd } = markers.band as NonNullable<typeof markers.band>;
    expect(now.mean).toBeGreaterThan(low);
    expect(now.mean).toBeLessThan(high);
    expect(Math.abs(now.mean - mean)).toBeLessThan(0.5 * sd);
    expect(now.low).toBeGreaterThan(low - sd);
    expect(now.high).toBeLessThan(high + sd);
    expect(stateHash).toBe((await simulate(whole)).stateHash);
  });

  it('two players run side by side', async () => {
    await page.evaluate('globalThis.two = addPlayer()');
    await call('start', config);
    await page.evaluate(
      `two.player.start(${JSON.stringify({ ...config, dispatch: 'random', buffer: 'inf' })})`,
    );
    const one = await until('s.time > 500');
    const two = await until('s.time > 500', 'two');
    expect(one.config.dispatch).toBeUndefined();
    expect(two.config.dispatch).toBe('random');
    // with queues there is less idle time, so rates stay below the optimum
    expect(two.now.mean).toBeLessThan(one.now.mean - 0.03);
    const { markers } = await until('s.markers.fixedPoint !== null', 'two');
    expect(markers.fixedPoint).toBeLessThan((markers.optimal as number) - 0.03);
  });

  it('a million servers hold the page up for less than 100 ms at a time', async () => {
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await call('start', { ...config, servers: 1e6, inverseStepSize: 500 });
    await until('s.time > 0.5 && one.shown.count > 20');
    const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
    const durations = taskDurations(trace.traceEvents);
    expect(durations.length).toBeGreaterThan(20);
    expect(Math.max(...durations)).toBeLessThan(100);
    await call('pause');
    const { config: whole } = await until('!s.running');
    expect(whole.servers).toBe(1e6);
  });

  it('memory is steady over ten restarts', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.enable');
    const used = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return page.evaluate<number>('performance.memory.usedJSHeapSize');
    };
    const workers = () => page.workers().length;
    await call('start', { ...config, servers: 50_000 });
    await until('s.time > 1 && s.markers.fixedPoint !== null');
    const before = await used();
    const workersBefore = workers();
    for (let run = 2; run <= 11; run++) {
      await call('restart', run);
      await until(`s.run === ${run} && s.time > 1`);
    }
    expect((await used()) - before).toBeLessThan(3e6);
    // a run's memory goes with its worker: one for the run, one for theory
    expect(workers()).toBe(workersBefore);
    expect(workersBefore).toBe(2);
  });

  it('measures the machine while the run waits, and lets it go on', async () => {
    await call('start', config);
    await until('s.time > 10');
    const speeds = await page.evaluate<{ servers: number; eventsPerSecond: number }[]>(
      'one.player.benchmark(0.3)',
    );
    expect(speeds.map(({ servers }) => servers)).toEqual([100, 10_000, 1_000_000]);
    for (const { eventsPerSecond } of speeds) expect(eventsPerSecond).toBeGreaterThan(1e4);
    const { time } = await until('true');
    await until(`s.running && s.time > ${time}`);
  });

  it('views tell what they show, and become pictures', async () => {
    await call('start', config);
    await until('s.time > 300 && s.markers.band !== null');
    await call('pause');
    const paused = await until('!s.running');
    await page.waitForTimeout(1200); // texts follow at most twice a second
    const views = await page.evaluate<
      { role: string; label: string; svg: string; png: number[] }[]
    >(`
      Promise.all(one.views.map(async (view) => ({
        role: view.element.getAttribute('role'),
        label: view.element.getAttribute('aria-label'),
        svg: view.toSvg(),
        png: [...new Uint8Array(await (await view.toPng()).arrayBuffer())].slice(0, 4),
      })))`);
    const [rates, histogram, activity, cost] = views.map(({ label }) => label) as [
      string,
      string,
      string,
      string,
    ];
    expect(rates).toContain(`the mean rate is ${paused.now.mean.toFixed(3)}`);
    expect(histogram).toMatch(/^Rates of all servers now\. Rates lie between [\d.]+ and [\d.]+/);
    expect(activity).toContain('no server has more than 1 task.');
    expect(cost).toMatch(/% (above|below) the optimum of 0\.7560/);
    for (const { role, svg, png } of views) {
      expect(role).toBe('img');
      expect(svg).toMatch(/^<svg [^>]*><title>.+<\/title><desc>.+<\/desc>.*<path d="M.+<\/svg>$/s);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(png).toEqual([137, 80, 78, 71]);
    }
    const wellFormed = await page.evaluate(
      `one.views.every((view) => !new DOMParser().parseFromString(view.toSvg(), 'image/svg+xml').querySelector('parsererror'))`,
    );
    expect(wellFormed).toBe(true);
  });

  it('views follow the width and the colour scheme', async () => {
    await call('start', config);
    await until('s.time > 100');
    const canvas = () =>
      page.evaluate<{ width: number; ink: string }>(`(() => {
        const { width } = document.querySelector('canvas').getBoundingClientRect();
        const fill = /<text[^>]* fill="([^"]+)"/.exec(one.views[0].toSvg())[1];
        return { width, ink: fill };
      })()`);
    await page.setViewportSize({ width: 900, height: 700 });
    await page.waitForTimeout(300);
    const wide = await canvas();
    await page.setViewportSize({ width: 390, height: 700 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(300);
    const narrow = await canvas();
    expect(wide.width).toBeGreaterThan(800);
    expect(narrow.width).toBeLessThanOrEqual(390);
    expect(wide.ink).not.toBe(narrow.ink);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
