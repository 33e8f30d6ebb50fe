/** One process at a time in a directory; the lock of a process that is gone is taken over. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BadInput, reason } from '../bad-input.js';

/** Who holds a lock. Process numbers are used again, so where the system tells there is more to go by. */
interface Owner {
  pid: number;
  host: string;
  /** of the machine since it was last started; Linux */
  boot?: string | undefined;
  /** when the process started, in ticks of its machine; Linux */
  started?: string | undefined;
}

/** Locks of this process, with what they say. */
const held = new Map<string, string>();

/** One that was taken over by force meanwhile is another's. */
function releaseAll(): void {
  for (const [path, mine] of held) {
    if (read(path) === mine) rmSync(path, { force: true });
  }
}

/**
 * @param force take over a lock whatever its owner does
 * @throws {BadInput} if another process has it, or the directory cannot be written
 */
export function lockDirectory(directory: string, force = false): void {
  const path = join(directory, 'lock');
  const me: Owner = {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    started: startOf(process.pid),
  };
  const mine = JSON.stringify(me);
  if (force) rmSync(path, { force: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      if (held.size === 0) process.once('exit', releaseAll);
      held.set(path, mine);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new BadInput(`--out: "${directory}" cannot be written: ${reason(cause)}`);
      }
    }
    const text = read(path);
    const owner = parse(text);
    if (owner && !isGone(owner, me)) {
      const known = owner.host === me.host;
      throw new BadInput(
        `--out: "${directory}" is in use by process ${owner.pid} on ${owner.host}; ` +
          (known
            ? `wait for it, or choose another directory (if process ${owner.pid} is not ratescale, add --force-unlock)`
            : 'whether that process still runs cannot be seen from here: if it does not, add --force-unlock'),
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

/** Whether the owner of a lock certainly runs no more. Of other machines nothing is certain. */
function isGone(owner: Owner, me: Owner): boolean {
  if (owner.host !== me.host) return false;
  // our own number: the owner was killed, and we got its number, as the first process of a container always does
  if (owner.pid === me.pid) return !isMine(owner, me);
  if (owner.boot !== undefined && me.boot !== undefined && owner.boot !== me.boot) return true;
  if (!isAlive(owner.pid)) return true;
  const started = startOf(owner.pid);
  return owner.started !== undefined && started !== undefined && owner.started !== started;
}

/** Whether a lock with our own number is certainly our own. */
function isMine(owner: Owner, me: Owner): boolean {
  return me.started !== undefined && owner.started === me.started && owner.boot === me.boot;
}

function bootId(): string | undefined {
  return read('/proc/sys/kernel/random/boot_id').trim() || undefined;
}

/** Field 22 of /proc/…/stat. The name, which comes second, may hold spaces and brackets. */
function startOf(pid: number): string | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
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
