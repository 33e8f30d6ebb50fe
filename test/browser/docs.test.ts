/** Every block of code in docs/browser.md runs: programs in Chromium, with the headers that stand there, and the command in a project. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findBrowser } from '../../scripts/browser.mjs';
import { simulate } from '../../src/index.js';
import { CHROMIUM_ARGUMENTS, type Site, serve } from './browsers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language: language as string,
  text: text as string,
}));
const of = (wanted: string) =>
  blocks.flatMap(({ language, text }) => (language === wanted ? [text] : []));
const headers = of('http').map((text) =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(': ')),
  ),
);
const KINDS = { plain: {}, isolated: headers[0], strict: headers[1] };

const project = mkdtempSync(join(tmpdir(), 'ratescale-docs-'));
const programs: string[] = [];
let site: Site;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/ratescale'));
  for (const command of of('sh')) execFileSync('sh', ['-e', '-c', command], { cwd: project });
  for (const contents of of('ts')) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'error',
    });
    programs.push((outputFiles[0] as { text: string }).text);
  }
  const script = 'text/javascript';
  site = await serve(KINDS, (path) => {
    const number = Number(/^\/(\d+)/.exec(path)?.[1]);
    if (path.endsWith('.html')) return ['text/html', of('html')[0] as string];
    if (path.startsWith('/node_modules/')) return [script, readFileSync(join(project, path))];
    if (path === '/ratescale-worker.js') return [script, readFileSync(join(project, path))];
    if (path.endsWith('.js')) return [script, programs[number] as string];
    return ['text/html', `<!doctype html><body><script type="module" src="${number}.js"></script>`];
  });
  browser = await chromium.launch({
    executablePath: findBrowser() as string,
    args: CHROMIUM_ARGUMENTS,
  });
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  rmSync(project, { recursive: true });
});

/** What a page shows in the end; what else it says on its console is a fault. */
async function shown(path: string): Promise<{ text: string; isolated: boolean; faults: string[] }> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`${site.address}/${path}`);
  await page.locator('body', { hasText: /mean rate \d/ }).waitFor();
  const text = (await page.textContent('body')) as string;
  const isolated = await page.evaluate<boolean>('crossOriginIsolated');
  await page.close();
  return { text, isolated, faults };
}

describe('docs/browser.md', () => {
  it('has blocks of every kind', () => {
    expect([of('ts').length, of('html').length, of('http').length, of('sh').length]).toEqual([
      4, 1, 2, 1,
    ]);
  });

  it.each(Object.keys(KINDS))('its programs run in a page that is %s', async (kind) => {
    const texts: string[] = [];
    for (const number of programs.keys()) {
      const { text, isolated, faults } = await shown(`${kind}/${number}`);
      expect(faults).toEqual([]);
      expect(isolated).toBe(kind === 'isolated');
      texts.push(text);
    }
    const { serviceRate } = await simulate({
      servers: 1000,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      horizon: 2000,
      warmup: 1000,
    });
    expect(texts[0]).toBe(`mean rate ${serviceRate.mean}`);
    for (const text of texts) expect(text).toMatch(/^mean rate [01]\.\d+$/);
  });

  it('its page without a bundler runs', async () => {
    const { text, faults } = await shown('plain/page.html');
    const { serviceRate } = await simulate({
      servers: 100,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      horizon: 3000,
    });
    expect(faults).toEqual([]);
    expect(text.trim()).toBe(`mean rate ${serviceRate.mean}`);
  });

  it('the kernels that the package exports are those that run', async () => {
    const system = { servers: 2, arrivalRate: 0.8, inverseStepSize: 5, horizon: 10 };
    const paper = await simulate(system);
    const wider = await simulate({ ...system, dispatch: 'random' });
    for (const [name, { engine }] of Object.entries({ kernel: paper, wider })) {
      const file = readFileSync(fileURLToPath(import.meta.resolve(`ratescale/${name}.wasm`)));
      expect(createHash('sha256').update(file).digest('hex')).toBe(engine.kernelHash);
    }
  });
});
