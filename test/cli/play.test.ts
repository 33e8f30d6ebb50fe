/** `ratescale play`: a small server of files, for this machine alone. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let play: ChildProcess;
let address: URL;

beforeAll(async () => {
  play = spawn(process.execPath, [main, 'play', '--no-open', '--port', '0']);
  const [line] = await once(play.stdout as NodeJS.ReadableStream, 'data');
  address = new URL(String(line).trim());
});
afterAll(() => {
  play.kill();
});

/** `fetch` would tidy the path. */
function get(path: string, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { hostname, port } = address;
      request({ hostname, port, path, method }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      })
        .on('error', reject)
        .end();
    },
  );
}

describe('ratescale play', () => {
  it('serves the playground, isolated from other origins', async () => {
    expect(address.hostname).toBe('127.0.0.1');
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('<h1>Servers that set their own speed</h1>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    expect((await get('/main.js?x=1')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await get('/', 'HEAD')).body).toBe('');
  });

  it.each([
    ['/nothing.js', 404],
    ['/chunks', 404],
    ['/../index.js', 404],
    ['/..%2findex.js', 404],
    ['/%2e%2e/index.js', 404],
    ['/..%5c..%5cpackage.json', 404],
    ['//etc/passwd', 404],
    ['/%00', 404],
    ['/%', 404],
  ])('%s: %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('takes nothing', async () => {
    expect((await get('/', 'POST')).status).toBe(405);
  });

  it('refuses a port that is none, or is taken, in one line', () => {
    const refused = (port: string) => {
      const { status, stderr } = spawnSync(process.execPath, [main, 'play', '--port', port]);
      return [status, stderr.toString()];
    };
    expect(refused('x')).toEqual([
      2,
      'ratescale: --port: got "x"; must be a whole number from 0 to 65535\n',
    ]);
    expect(refused(address.port)).toEqual([
      1,
      `ratescale: port ${address.port}: address already in use\n`,
    ]);
  });

  it('ends when it is told to', async () => {
    play.kill('SIGTERM');
    const [code] = await once(play, 'exit');
    expect(code).toBe(0);
  });
});
