/**
 * The Dockerfile without Docker: a linter reads it, its commands run in a directory that stands for the file system, and
 * what it starts runs as the first process of a container does. The base image itself is not tried. The modules and
 * the build are those that are there.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { until } from './until.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const path = join(root, 'examples/kubernetes/Dockerfile');
const text = readFileSync(path, 'utf8');
const ignored = readFileSync(`${path}.dockerignore`, 'utf8')
  .trim()
  .split('\n')
  .filter((name) => name !== 'dist');
const instructions = [...text.matchAll(/^([A-Z]+) (.*)$/gm)] as unknown as [
  string,
  string,
  string,
][];

/** The directory in which a stage's absolute paths are. */
const system = mkdtempSync(join(tmpdir(), 'ratescale-image-'));
afterAll(() => rmSync(system, { recursive: true, force: true }));
const within = (command: string) =>
  command.replace(/(?<![\w.-])\/(app|build|data|tmp)\b/g, `${system}/$1`);

/** Does what an instruction says, in a directory; the directory for the next one. */
function follow(keyword: string, argument: string, directory: string): string {
  if (keyword === 'WORKDIR') {
    mkdirSync(within(argument), { recursive: true });
    return within(argument);
  }
  if (keyword === 'COPY' && !argument.startsWith('--from')) {
    const files = argument.split(' ').slice(0, -1);
    for (const file of files) {
      cpSync(join(root, file), join(directory, file === '.' ? '' : file), {
        recursive: true,
        filter: (source) => !ignored.includes(relative(root, source)),
      });
    }
  }
  if (keyword === 'RUN' && argument.startsWith('npm ci')) {
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  } else if (keyword === 'RUN') {
    const env = { ...process.env, npm_config_ignore_scripts: 'true' };
    execFileSync('sh', ['-c', within(argument)], { cwd: directory, stdio: 'pipe', env });
  }
  return directory;
}

describe('examples/kubernetes/Dockerfile', () => {
  beforeAll(() => {
    mkdirSync(join(system, 'tmp'));
    // both stages share the directory, so what is copied from the first is there
    let directory = system;
    for (const [, keyword, argument] of instructions) {
      directory = follow(keyword, argument, directory);
    }
  }, 300_000);

  const [program, main] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)?.[1] as string) as [
    string,
    string,
  ];
  const start = (...args: string[]) => [within(main), ...args];

  it('has nothing that the linter complains of', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('WORKDIR', 'WORKDR'))).toHaveLength(1);
  });

  it('installs the versions of the libraries that a fleet is tested with', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const [, name, major] of text.matchAll(/\b(bullmq|ioredis)@(\d+)/g)) {
      expect(devDependencies[name as string]).toMatch(new RegExp(`^\\^${major}\\.`));
    }
  });

  it('has the command, with all that a run needs, and no more than production does', () => {
    const system = ['-n', '3', '-l', '0.8', '-m', '50', '-T', '100'];
    const output = execFileSync(program, start('run', ...system, '--json')).toString();
    expect(JSON.parse(output).config.servers).toBe(3);
    expect(() => readFileSync(within('/app/node_modules/vitest/package.json'))).toThrow();
  });

  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  it.runIf(isRoot)('as the first process of its namespace, ends with SIGTERM', async () => {
    const queue = `redis://127.0.0.1:${await freePort()}`; // nobody is there: it waits
    const args = ['--pid', '--fork', '--kill-child', program, ...start('work', '--queue', queue)];
    const child = spawn('unshare', args);
    const ended = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    await until(
      () => said.includes('waiting for it'),
      () => `it does not start: ${said}`,
    );
    const inside = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    process.kill(Number(inside.trim()), 'SIGTERM');
    expect((await ended)[0]).toBe(143);
  });
});
