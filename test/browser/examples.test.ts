/** examples/page.html in Chromium, from a project that has the package, without a bundler: it runs, and its slider steers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findBrowser } from '../../scripts/browser.mjs';
import { CHROMIUM_ARGUMENTS, type Site, serve } from './browsers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'ratescale-example-'));
let site: Site;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/ratescale'));
  site = await serve({ plain: {} }, (path) => {
    if (path === '/page.html') return ['text/html', readFileSync(join(root, 'examples/page.html'))];
    const file = join(project, path);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    return ['text/javascript', readFileSync(file)];
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

it('page.html runs to the best rate of the load that is chosen', async () => {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`${site.address}/plain/page.html`);
  // far beyond the five relaxation times, of 83 units each, that it takes to forget a start
  const settled = async (from: number) => {
    await page.waitForFunction(
      `Number(document.querySelector('#time').value) > ${from}`,
      undefined,
      { timeout: 60_000 },
    );
    return Number(await page.locator('#rate').textContent());
  };
  expect(await settled(800)).toBeCloseTo(4 ** (1 / 3), 1); // (5λ)^(1/3)
  await page.locator('#load').fill('1.4');
  const now = Number(await page.locator('#time').textContent());
  expect(await settled(now + 800)).toBeCloseTo(7 ** (1 / 3), 1);
  expect(faults).toEqual([]);
  await page.close();
});
