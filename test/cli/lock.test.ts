import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/cli/store/lock.js';

describe('the lock of a directory', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ratescale-lock-'));
    path = join(directory, 'lock');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const owner = () => JSON.parse(readFileSync(path, 'utf8'));
  const leave = (lock: object) => writeFileSync(path, JSON.stringify(lock));
  // the parent process lives as long as the tests
  const alive = process.ppid;
  const linux = existsSync('/proc/self/stat');

  it('names its process', () => {
    lockDirectory(directory);
    expect(owner()).toMatchObject({ pid: process.pid, host: hostname() });
  });

  it.each<[string, object]>([
    ['of a process that is gone', { pid: 2 ** 22 + 1, host: hostname() }],
    ['with our own number, as the first process of a container has', { pid: process.pid }],
    ...(linux
      ? ([
          [
            'with our own number, of a process that started earlier',
            { pid: process.pid, started: '1' },
          ],
          ['from before the machine started', { pid: alive, boot: 'another' }],
          ['of a process whose number another has now', { pid: alive, started: '1' }],
        ] as [string, object][])
      : []),
    ['of a process that was killed before it had written its name', {}],
  ])('%s is taken over', (_, lock) => {
    if (Object.keys(lock).length > 0) leave({ host: hostname(), ...lock });
    else writeFileSync(path, '{"pid"');
    lockDirectory(directory);
    expect(owner()).toMatchObject({ pid: process.pid, host: hostname() });
  });

  it('of a process that runs is respected', () => {
    leave({ pid: alive, host: hostname() });
    expect(() => lockDirectory(directory)).toThrow(
      `is in use by process ${alive} on ${hostname()}; wait for it, or choose another directory`,
    );
  });

  it.runIf(linux)('is respected by the process that has it', () => {
    lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(`is in use by process ${process.pid} on`);
  });

  it('that was taken over by force is left to its new owner', () => {
    lockDirectory(directory);
    leave({ pid: alive, host: hostname() });
    const atExit = process.listeners('exit').find(({ name }) => name === 'releaseAll');
    atExit?.(0);
    expect(owner().pid).toBe(alive);
    writeFileSync(path, '');
    lockDirectory(directory);
    atExit?.(0);
    expect(existsSync(path)).toBe(false);
  });

  it('of another machine is respected until it is forced', () => {
    leave({ pid: process.pid, host: 'another' });
    expect(() => lockDirectory(directory)).toThrow(/on another; .* add --force-unlock$/);
    lockDirectory(directory, true);
    expect(owner()).toMatchObject({ pid: process.pid, host: hostname() });
  });
});
