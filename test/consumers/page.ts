/** Built sites in browsers: each page posts what it found to the server, and is told where to go next. */
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The ways in which a page may be served. */
const HEADERS: Record<string, Record<string, string>> = {
  plain: {},
  isolated: {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  },
  strict: {
    'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  },
};

export const PAGE =
  '<!doctype html><title>page</title><script type="module" src="./main.js"></script>';

/** A function of what was found, for a program in a page. */
export const SHOW = `(async (found) => {
  const next = await fetch('found', { method: 'POST', body: crossOriginIsolated + ' ' + found });
  location.assign(await next.text());
})`;

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript' };

/**
 * Opens every site under every kind of headers, in one window of a browser.
 * @param sites directories, by name
 * @param open shows an address in a browser, until it is closed
 * @returns what each page found, by `kind/site`
 */
export async function visit(
  sites: Record<string, string>,
  open: (address: string) => Promise<{ close(): Promise<void> }>,
): Promise<Record<string, string>> {
  const pages = Object.keys(HEADERS).flatMap((kind) =>
    Object.keys(sites).map((site) => `${kind}/${site}`),
  );
  const found: Record<string, string> = {};
  let done = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const server = createServer(async (request, response) => {
    const [, kind = '', site = '', name = ''] =
      /^\/(\w+)\/([\w-]+)\/([^?]*)/.exec(request.url ?? '') ?? [];
    response.setHeader('cache-control', 'no-store');
    if (request.method === 'POST') {
      found[`${kind}/${site}`] = await text(request);
      const next = pages.find((page) => !(page in found));
      response.end(next === undefined ? 'about:blank' : `/${next}/`);
      if (next === undefined) done();
      return;
    }
    const file = join(sites[site] ?? '', name || 'index.html');
    if (!(site in sites) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[file.replace(/^.*\./, '')] ?? 'text/plain';
    response.writeHead(200, { ...HEADERS[kind], 'content-type': type });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await open(`http://127.0.0.1:${port}/${pages[0]}/`);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, 90_000);
  });
  await Promise.race([all, limit]);
  clearTimeout(timer);
  await browser.close();
  server.closeAllConnections();
  server.close();
  return found;
}

/** What the pages of these sites find, if each finds `expected`. */
export function everywhere(sites: Record<string, string>, expected: string) {
  return Object.fromEntries(
    Object.keys(HEADERS).flatMap((kind) =>
      Object.keys(sites).map((site) => [`${kind}/${site}`, `${kind === 'isolated'} ${expected}`]),
    ),
  );
}
