import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { Failure, reason } from './bad-input.js';
import { wholeNumber } from './parse.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** With these a page may share memory with its threads. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** `ratescale play` */
export function addPlayCommand(program: Command): void {
  program
    .command('play')
    .summary('open the playground in a browser')
    .description('Serves the playground on this machine and opens it in a browser. Ctrl-C ends it.')
    .option('--port <n>', 'port: 0 … 65535, 0 for any that is free', '0')
    .option('--no-open', 'print the address only')
    .helpOption('-h, --help', 'print this help')
    .action(async ({ port, open }: { port: string; open: boolean }) => {
      const server = createServer(serve(fileURLToPath(new URL('../web', import.meta.url))));
      // of this machine alone: nobody else on the network reaches it
      server.listen(wholeNumber('port', port, 0, 65535), '127.0.0.1');
      await once(server, 'listening').catch((cause) => {
        throw new Failure(`port ${port}: ${reason(cause)}`);
      });
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      process.stdout.write(`${address}\n`);
      if (open) openBrowser(address);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.once(signal, () => {
          server.close();
          server.closeAllConnections();
        });
      }
      await once(server, 'close');
    });
}

/** Hands out the files of a directory, and nothing else. */
function serve(directory: string): RequestListener {
  return async ({ url = '/', method }, response) => {
    const path = fileOf(directory, url);
    const file = path ? await stat(path).catch(() => null) : null;
    const status = method !== 'GET' && method !== 'HEAD' ? 405 : file?.isFile() ? 200 : 404;
    if (!path || !file || status !== 200) {
      response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain' });
      response.end(status === 405 ? 'GET only\n' : 'no such file\n');
      return;
    }
    response.writeHead(status, {
      ...HEADERS,
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-length': file.size,
    });
    if (method === 'HEAD') response.end();
    else createReadStream(path).pipe(response);
  };
}

/** Null for a path that leads out of the directory, or is none. */
function fileOf(directory: string, url: string): string | null {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const file = normalize(join(directory, path.endsWith('/') ? `${path}index.html` : path));
    return file.startsWith(directory + sep) && !file.includes('\0') ? file : null;
  } catch {
    return null;
  }
}

/** With what the system opens addresses; where that is missing, the address has been printed. */
function openBrowser(address: string): void {
  const [command, ...before] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[
    process.platform as string
  ] ?? ['xdg-open'];
  spawn(command as string, [...before, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
