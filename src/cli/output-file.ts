/** Files that a run writes at its end: never half of one, and an older file gives way only to a complete one. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { access, constants, open, realpath, rename, stat } from 'node:fs/promises';
import { BadInput, Failure, reason } from './bad-input.js';

export type Pieces = Iterable<string | Uint8Array>;

export interface OutputFile {
  /** @throws {Failure} */
  write: (pieces: Pieces) => Promise<void>;
}

/** Bytes worth a system call. */
const PIECE = 1 << 18;

/**
 * Makes sure, before a run, that a file can be written: opens a temporary file beside `path`, which `write` fills and
 * renames, and which does not outlive the process. `-` is standard output.
 * @param flag that names the file, for errors
 * @throws {BadInput} if the place is not writable
 */
export async function openOutputFile(flag: string, path: string): Promise<OutputFile> {
  if (path === '-') return { write: toStandardOutput };
  const cannot = (cause: string) => new BadInput(`${flag}: "${path}" cannot be written: ${cause}`);
  const target = await realpath(path).catch(() => path); // a link stays, its target is replaced
  const present = await stat(target).catch(() => undefined);
  if (present && !present.isFile()) throw cannot('is not a regular file');
  if (present) {
    await access(target, constants.W_OK).catch((cause) => {
      throw cannot(reason(cause));
    });
  }
  const temporary = `${target}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', present?.mode).catch((cause) => {
    throw cannot(reason(cause));
  });
  process.once('exit', () => rmSync(temporary, { force: true }));
  return {
    async write(content) {
      try {
        for (const piece of larger(content)) await handle.appendFile(piece);
        await handle.close();
        await rename(temporary, target);
      } catch (cause) {
        throw new Failure(`${flag}: "${path}" could not be written: ${reason(cause)}`);
      }
    },
  };
}

/** No faster than it is read; a reader that leaves early has what it wanted. */
async function toStandardOutput(content: Pieces): Promise<void> {
  for (const piece of larger(content)) {
    if (process.stdout.destroyed) return;
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain').catch(() => {});
  }
}

/** Joins texts to pieces worth a system call, none near the longest string there can be. */
function* larger(pieces: Pieces): Pieces {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      yield piece;
      continue;
    }
    text += piece;
    if (text.length >= PIECE) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}
