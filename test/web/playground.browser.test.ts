/** The playground in a real browser, as `ratescale play` serves it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findBrowser } from '../../scripts/browser.mjs';
import { simulate, validateConfig } from '../../src/index.js';
import { decode, encodeMoment } from '../../web/permalink.js';
import { complete } from '../../web/settings.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = join(root, 'dist/web');
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

let play: ChildProcess;
let address: string;
let browser: Browser;
/** what went wrong in any page, and which hosts were asked */
const complaints: string[] = [];
const hosts = new Set<string>();

beforeAll(async () => {
  play = spawn(process.execPath, ['dist/cli/main.js', 'play', '--no-open'], { cwd: root });
  [address] = (await once(play.stdout as NodeJS.ReadableStream, 'data')).map((line) =>
    String(line).trim(),
  ) as [string];
  browser = await chromium.launch({
    executablePath: findBrowser() as string,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
});

afterAll(async () => {
  await browser?.close();
  play?.kill();
});

async function open(path = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:') hosts.add(host);
  });
  page.setDefaultTimeout(60_000);
  await page.goto(/^https?:/.test(path) ? path : address + path);
  return page;
}

/** The playground, running as fast as it goes. */
async function openPlayground(path = ''): Promise<Page> {
  const page = await open(path);
  await page.locator('#playground').scrollIntoViewIfNeeded();
  await page.locator('#boards').scrollIntoViewIfNeeded();
  await page.selectOption('#speed', 'max');
  return page;
}

const figureIn = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).first();

async function figure(page: Page, name: string): Promise<number> {
  const text = (await figureIn(page, name).textContent()) ?? '';
  return Number(text.replaceAll(',', '').replace('−', '-').replace(' %', '').replace('–', 'NaN'));
}

async function until(what: () => Promise<boolean>): Promise<void> {
  await expect.poll(what, { timeout: 60_000, interval: 50 }).toBe(true);
}

/** Pauses, and reads the address and the state that the page gives for this moment. */
async function share(page: Page): Promise<{ link: string; stateHash: string }> {
  await page.click('#share');
  await page.waitForSelector('#share-dialog[open]');
  const link = await page.inputValue('#share-link');
  return { link, stateHash: (await page.textContent('#state-hash')) ?? '' };
}

const hashInNode = async (link: string) =>
  (await simulate(decode(new URL(link).hash, complete).config)).stateHash;

describe('the playground', () => {
  it('runs, and the servers find the optimum; a load that changes as well, in the same run', async () => {
    const page = await openPlayground();
    const near = async (rate: number) =>
      Math.abs((await figure(page, 'mean')) - rate) < 0.02 && (await figure(page, 'optimal')) > 0;
    await until(() => near(1.5874));
    const before = await figure(page, 'time');
    await page.fill('[data-field="arrivalRate"] input[type="text"]', '1.6');
    await page.keyboard.press('Enter');
    await until(async () => (await figure(page, 'optimal')) === 2);
    await until(() => near(2));
    expect(await figure(page, 'time')).toBeGreaterThan(before);

    // the link has what was changed by hand, and leads Node and another page to the same state
    const { link, stateHash } = await share(page);
    const { config } = decode(new URL(link).hash, complete);
    expect(config.schedule).toMatchObject([{ arrivalRate: 1.6 }]);
    expect(await hashInNode(link)).toBe(stateHash);
    await page.close();
    const other = await open(link);
    await until(async () => /State/.test((await other.textContent('#status')) ?? ''));
    expect(await other.textContent('#status')).toContain(`State ${stateHash}.`);
    await other.close();
  });

  it('a preset runs: with a backlog the rates overshoot', async () => {
    const page = await openPlayground();
    await page.selectOption('#preset', 'fig5');
    expect(await page.textContent('#status')).toBe('Figure 5: start with a backlog: started.');
    await until(async () => (await figure(page, 'queue')) > 500);
    await until(async () => (await figure(page, 'mean')) > 1.7);
    await page.selectOption('#speed', 'max');
    await until(async () => Math.abs((await figure(page, 'mean')) - 1.5874) < 0.03);
    const { link, stateHash } = await share(page);
    expect(await hashInNode(link)).toBe(stateHash);
    await page.close();
  });

  it('every preset starts without a complaint', async () => {
    const page = await openPlayground();
    for (const id of await page.$$eval('#preset option', (all) =>
      all.map((o) => o.getAttribute('value')),
    )) {
      await page.selectOption('#preset', id);
      await until(async () => (await figure(page, 'time')) > 0);
      expect(await page.textContent('#alert')).toBe('');
    }
    await page.close();
  });

  it('pauses, steps, and starts again with the same seed', async () => {
    const page = await openPlayground();
    await until(async () => (await figure(page, 'time')) > 0);
    await page.click('#play');
    await until(async () => (await page.textContent('#status'))?.startsWith('Paused') ?? false);
    const paused = await figure(page, 'time');
    await page.click('#step');
    await until(async () => (await figure(page, 'time')) > paused);
    await page.click('#restart');
    await until(async () => (await figure(page, 'time')) === 0);
    await page.click('#step');
    await until(async () => (await figure(page, 'time')) === 1);
    const { link, stateHash } = await share(page);
    expect(decode(new URL(link).hash, complete).until).toBe(1);
    expect(await hashInNode(link)).toBe(stateHash);
    await page.close();
  });

  it('compares two settings', async () => {
    const page = await openPlayground();
    await page.check('#compare');
    await page.selectOption('[data-field="dispatch"] select', 'random');
    const means = page.locator('[data-figure="mean"]');
    await until(async () => Math.abs(Number(await means.nth(0).textContent()) - 1.5874) < 0.02);
    // at random a server waits longer for its next task, and slows down
    await until(async () => Math.abs(Number(await means.nth(1).textContent()) - 1.5874) > 0.1);
    await page.uncheck('#compare');
    expect(await means.count()).toBe(1);
    await page.close();
  });

  it('says what is wrong at the field', async () => {
    const page = await openPlayground();
    await page.fill('[data-field="servers"] input[type="text"]', '-3');
    await page.keyboard.press('Enter');
    const control = page.locator('[data-field="servers"]');
    expect(await control.locator('.error').textContent()).toBe(
      'got -3; must be a whole number from 1 to 134000000',
    );
    expect(await control.locator('input[type="text"]').getAttribute('aria-invalid')).toBe('true');
    await page.fill('[data-field="servers"] input[type="text"]', '1,000');
    await page.keyboard.press('Enter');
    expect(await control.locator('.error').textContent()).toBe('');
    await page.click('summary:has-text("The start")');
    await page.fill('[data-field="initialTasks"] input[type="text"]', '5');
    await page.keyboard.press('Enter');
    expect(await page.textContent('[data-field="initialTasks"] .error')).toBe(
      'got 5; must be a whole number from 0 to the buffer, 1',
    );
    // what only the engine finds out
    await page.fill('[data-field="initialTasks"] input[type="text"]', '0');
    await page.click('summary:has-text("Other costs")');
    await page.fill('[data-field="cost.g"] input', 'x +');
    await page.keyboard.press('Enter');
    await until(
      async () => ((await page.textContent('[data-field="cost.g"] .error')) ?? '') !== '',
    );
    await page.close();
  });

  it('hands out data and pictures', async () => {
    const page = await openPlayground();
    await until(async () => (await figure(page, 'time')) > 10);
    await share(page);
    const contents: string[] = [];
    for (const title of ['CSV', 'JSON', 'SVG']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .locator('#share-dialog')
          .getByRole('button', { name: title, exact: true })
          .first()
          .click(),
      ]);
      contents.push(readFileSync(await download.path(), 'utf8'));
    }
    const [csv, json, svg] = contents as [string, string, string];
    const rows = csv
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const data = JSON.parse(json);
    expect(rows[0]).toContain('mean');
    expect(rows).toHaveLength(1 + data.time.length);
    const column = rows[0]?.indexOf('mean') as number;
    expect(Number(rows.at(-1)?.[column])).toBe(data.mean.at(-1));
    expect(data.stateHash).toBe(await page.textContent('#state-hash'));
    expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg/);
    await page.close();
  });
});

describe('a load curve', () => {
  it('is drawn with the pointer, and with the keys', async () => {
    const page = await openPlayground();
    await page.click('summary:has-text("A load that changes")');
    const pad = page.locator('.curve-pad');
    await pad.scrollIntoViewIfNeeded();
    const box = (await pad.boundingBox()) as {
      x: number;
      y: number;
      width: number;
      height: number;
    };
    await page.mouse.move(box.x + 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 4, { steps: 5 });
    await page.mouse.up();
    await until(async () => (await page.evaluate('location.hash')) !== '');
    const drawn = decode((await page.evaluate('location.hash')) as string, complete).config;
    expect(drawn.period).toBe(480);
    expect(drawn.schedule?.[0]?.arrivalRate).toBeCloseTo(1, 1);
    expect(drawn.schedule?.at(-1)?.arrivalRate).toBeCloseTo(1.5, 1);
    // rising throughout: the pointer was faster than its events
    const loads = drawn.schedule?.map(({ arrivalRate }) => arrivalRate as number) ?? [];
    expect(loads).toEqual([...loads].sort((a, b) => a - b));
    expect(loads.length).toBeGreaterThan(15);

    await pad.focus();
    await page.keyboard.press('ArrowRight'); // from the last part to the first
    await page.keyboard.press('PageDown');
    const first = Number(await pad.getAttribute('aria-valuenow'));
    expect(first).toBeCloseTo((loads[0] as number) - 0.25, 8);
    expect(await pad.getAttribute('aria-valuetext')).toBe(`λ = ${first} from time 0 to 20 of 480`);
    const { schedule } = decode((await page.evaluate('location.hash')) as string, complete).config;
    expect(schedule?.[0]?.arrivalRate).toBe(first);
    await until(async () => (await figure(page, 'time')) > 480);
    const { link, stateHash } = await share(page);
    expect(await hashInNode(link)).toBe(stateHash);
    await page.close();
  });
});

describe('a link that cannot be used', () => {
  const system = { servers: 10, arrivalRate: 1, inverseStepSize: 10, horizon: 10 };
  it.each([
    ['of another version', '#7,~n~:1'],
    ['damaged', '#1,~n~:100,~l~:0.8,~m~'],
    ['with markup', '#1,~n~:~<img src=x onerror=alert(1)>~,~l~:1,~m~:1'],
    ['of numbers out of range', '#1,~n~:-1,~l~:1,~m~:1'],
    ['of too many servers for a page', '#1,~n~:134000000,~l~:1,~m~:1'],
    ['with a prototype', '#1,~__proto__~:(~n~:1),~n~:1,~l~:1,~m~:1'],
    ['very deep', `#1,~n~:${'!'.repeat(20_000)}${'*'.repeat(20_000)}`],
    ['not UTF-8', '#1,%ff%fe'],
    [
      'with a cost that is none',
      encodeMoment(validateConfig({ ...system, cost: { g: 'alert(1)' } })),
    ],
  ])('%s is refused in words, and the page goes on', async (_, hash) => {
    const page = await openPlayground(hash);
    await until(async () => {
      const alert = await page.textContent('#alert');
      const atField = await page.locator('.error').allTextContents();
      return alert !== '' || atField.some((text) => text !== '');
    });
    expect(await page.locator('img').count()).toBe(0);
    await page.selectOption('#preset', 'fig3');
    await until(async () => (await figure(page, 'time')) > 0);
    expect(await page.textContent('#alert')).toBe('');
    await page.close();
  });
});

describe('everyone can use it', () => {
  it('with the keyboard alone', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe(
      'Skip to the playground',
    );
    await page.keyboard.press('Enter');
    const names: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      if (await page.evaluate('document.activeElement === document.body')) break;
      const [name, outlined] = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { labels } = element as HTMLInputElement;
        const name =
          element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent;
        return [name?.trim() ?? '', getComputedStyle(element).outlineStyle !== 'none'] as const;
      });
      expect(name).not.toBe('');
      expect([name, outlined]).toEqual([name, true]);
      names.push(name);
      if (name === 'Pause') {
        await page.keyboard.press('Space');
        expect(await page.textContent('#play')).toBe('Play');
        await page.keyboard.press('Space');
      }
      if (name === 'Load λ, slider') {
        await page.keyboard.press('ArrowRight');
        expect(await page.inputValue('[data-field="arrivalRate"] input[type="text"]')).toBe('0.85');
      }
    }
    expect(names.slice(0, 6)).toEqual([
      'Begin with',
      'Pause',
      'Step',
      'Start again',
      expect.stringMatching(/^Units of time per second/),
      'Compare two settings',
    ]);
    expect(names).toContain('Load λ, slider');
    expect(names).toContain('Servers n');
    await page.close();
  });

  const LOOKS: Record<string, BrowserContextOptions> = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  };
  it.each(Object.keys(LOOKS))('axe finds nothing serious: %s', async (look) => {
    const page = await open('', LOOKS[look]);
    await page.locator('#boards').scrollIntoViewIfNeeded();
    await until(async () => (await figure(page, 'time')) > 0);
    await page.$$eval('details', (all) => {
      for (const details of all) details.open = true;
    });
    await page.check('#compare');
    await page.evaluate(axe);
    const serious = async () => {
      const { violations } = await page.evaluate(() =>
        (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
      );
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    expect(await serious()).toEqual([]);
    await share(page);
    expect(await serious()).toEqual([]);
    await page.close();
  });

  it('on a phone, without scrolling sideways', async () => {
    const page = await open('', LOOKS.phone);
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    expect(await width()).toBe(390);
    await page.locator('#boards').scrollIntoViewIfNeeded();
    await page.$$eval('details', (all) => {
      for (const details of all) details.open = true;
    });
    await page.selectOption('#preset', 'load');
    await until(async () => (await figure(page, 'time')) > 0);
    expect(await width()).toBe(390);
    await page.close();
  });

  it('nothing moves by itself for those who asked for that', async () => {
    const page = await open('', { reducedMotion: 'reduce' });
    await page.waitForSelector('#scene-server button');
    expect(await page.textContent('#scene-server button')).toBe('Play');
    await page.waitForTimeout(300);
    expect(await page.textContent('#scene-server .scene-words')).toBe('');
    await page.locator('#boards').scrollIntoViewIfNeeded();
    await until(async () => (await figure(page, 'time')) === 0);
    expect(await page.textContent('#play')).toBe('Play');
    await page.click('#scene-server button');
    await until(async () => (await page.textContent('#scene-server .scene-words')) !== '');
    await page.close();
  });

  it('in light or dark, as the system has it or as they choose', async () => {
    const page = await open('', { colorScheme: 'dark' });
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await paper();
    await page.selectOption('#theme', 'light');
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await paper()).toBe(light);
    await page.close();
  });
});

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

describe('as files', () => {
  const all = readdirSync(files, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

  it('it has less than 300 kB compressed in all', () => {
    const bytes = all.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(bytes).toBeLessThan(300_000);
  });

  it('it runs from a folder of any server, not isolated, and asks nobody else', async () => {
    const types: Record<string, string> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.css': 'text/css',
      '.svg': 'image/svg+xml',
    };
    const server: Server = createServer(({ url = '' }, response) => {
      const name = /^\/some\/where\/([\w./-]*)$/.exec(url)?.[1];
      const file = all.find((path) => path === join(files, name || 'index.html'));
      response.writeHead(name !== undefined && file ? 200 : 404, {
        'content-type': types[extname(file ?? '')] ?? 'text/plain',
      });
      response.end(name !== undefined && file ? readFileSync(file) : '');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`;
    const page = await open(place);
    expect(await page.evaluate('crossOriginIsolated')).toBe(false);
    for (const scene of ['#scene-server', '#scene-whole', '#scene-backlog', '#boards']) {
      await page.locator(scene).scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
    }
    await until(async () => (await figure(page, 'time')) > 0);
    await page.close();
    server.close();
    expect([...hosts].every((host) => host.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('no page has complained', () => {
    expect(complaints).toEqual([]);
  });
});
