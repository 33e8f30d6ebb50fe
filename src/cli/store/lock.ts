/** One process at a time in a directory; the lock of a process that was killed is taken over. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BadInput, reason } from '../bad-input.js';

interface Owner {
  pid: number;
  host: string;
}

/** @throws {BadInput} if another process has it, or the directory cannot be written */
export function lockDirectory(directory: string): void {
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      process.once('exit', () => rmSync(path, { force: true }));
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new BadInput(`--out: "${directory}" cannot be written: ${reason(cause)}`);
      }
    }
    const text = read(path);
    const owner = parse(text);
    if (owner && (owner.host !== hostname() || isAlive(owner.pid))) {
      throw new BadInput(
        `--out: "${directory}" is in use by process ${owner.pid} on ${owner.host}; ` +
          `wait for it, or choose another directory (if that process is gone, delete ${path})`,
      );
    }
    // moved away, not deleted: should another process have just taken the lock over, we see it and give it back
    const away = `${path}.${process.pid}`;
    try {
      renameSync(path, away);
      if (read(away) !== text) renameSync(away, path);
    } catch {
      // the other process was faster
    }
    rmSync(away, { force: true });
  }
  throw new BadInput(`--out: "${directory}" is in use by another process`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** null if its writer was killed before it had written anything */
function parse(text: string): Owner | null {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
