/**
 * Chromium, driven by Playwright, and Debian's Firefox, which no driver of ours speaks to: a page in it asks the test's own
 * server what to do next, and posts what came out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Browser, chromium } from 'playwright-core';
// @ts-expect-error a script of the build, without types
import { findBrowser, findFirefox } from '../../scripts/browser.mjs';

/** Functions that a page has made global, by name. */
export interface Page {
  call<T>(name: string, ...args: unknown[]): Promise<T>;
  close(): Promise<void>;
}

export interface Pages {
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** A file of a site: what it is and what it says. */
export type File = [type: string, body: string | Uint8Array];

export interface Site {
  address: string;
  /** what Firefox is told to do */
  jobs: Jobs;
  close(): void;
}

/** Serves `file(kind, path)` at `/kind/path`, with the headers of that kind. */
export async function serve(
  headers: Record<string, Record<string, string>>,
  file: (path: string) => File | undefined,
): Promise<Site> {
  const jobs = new Jobs();
  const server = createServer((request, response) => {
    const [, kind = '', path = ''] = /^\/(\w+)(\/[^?]*)/.exec(request.url ?? '') ?? [];
    if (kind === 'jobs') return void jobs.answer(request, response);
    const [type, body] = (kind in headers && file(path)) || [];
    response.writeHead(body === undefined ? 404 : 200, {
      ...headers[kind],
      'content-type': type ?? 'text/plain',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    jobs,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
];

export async function openChromium(): Promise<Pages> {
  const browser: Browser = await chromium.launch({
    executablePath: findBrowser() as string,
    args: CHROMIUM_ARGUMENTS,
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return {
        // in a task of its own: in one that a debugger begins, the page's security policy does not hold
        call: (name, ...args) =>
          page.evaluate(
            `new Promise((resolve) => setTimeout(resolve)).then(() => ${name}(...${JSON.stringify(args)}))`,
          ),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

interface Job {
  name: string;
  args: unknown[];
}

/** Jobs for a page, one after the other: it asks for the next at `/jobs/next`, and posts what came out to `/jobs/done`. */
class Jobs {
  #next: Job | undefined;
  #waiting: ServerResponse | undefined;
  #settle: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined;

  do(job: Job): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#next = job;
      this.#send();
    });
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/jobs/next') {
      this.#waiting = response;
      this.#send();
      return;
    }
    const { value, error } = JSON.parse(await text(request));
    response.end();
    if (error === undefined) this.#settle?.resolve(value);
    else this.#settle?.reject(new Error(error));
  }

  #send(): void {
    if (!this.#next || !this.#waiting) return;
    this.#waiting.end(JSON.stringify(this.#next));
    this.#next = undefined;
    this.#waiting = undefined;
  }
}

/** A profile that greets nobody and looks for no news. */
const PREFERENCES = {
  'app.update.auto': false,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'termsofuse.bypassNotification': true,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** A window of Firefox that shows one address, with a profile of its own. */
export function startFirefox(address: string): { close(): Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'ratescale-firefox-'));
  writeFileSync(
    join(profile, 'user.js'),
    Object.entries(PREFERENCES)
      .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
      .join(''),
  );
  const firefox: ChildProcess = spawn(
    findFirefox() as string,
    ['--headless', '--no-remote', '--profile', profile, address],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => firefox.on('exit', resolve));
  return {
    async close() {
      firefox.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** One window, which goes from page to page. */
export async function openFirefox({ address, jobs }: Site, blank: string): Promise<Pages> {
  const firefox = startFirefox(`${address}/${blank}/#jobs`);
  let pages = 0;
  return {
    async open(url) {
      // another query each time, else the browser would stay where it is
      await jobs.do({ name: 'go', args: [`${url}?${++pages}#jobs`] });
      return {
        call: (name, ...args) => jobs.do({ name, args }) as never,
        close: async () => {},
      };
    },
    close: () => firefox.close(),
  };
}
