/** Trajectories as files: never half of one, and an older file gives way only to a complete one. */
import { rmSync } from 'node:fs';
import { access, constants, open, realpath, rename, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { SimulationResult } from '../run/result.js';
import { BadInput, Failure, reason } from './bad-input.js';
import { csv } from './trajectory-csv.js';
import { json } from './trajectory-json.js';

const WRITERS: Record<string, (result: SimulationResult) => Iterable<string>> = {
  '.csv': csv,
  '.json': json,
};

export interface TrajectoryFile {
  /** @throws {Failure} */
  write: (result: SimulationResult) => Promise<void>;
}

/**
 * Makes sure, before a run, that its trajectory can be written: opens a temporary file beside `path`, which
 * `write` fills and renames, and which does not outlive the process.
 * @throws {BadInput} if the extension is unknown or the place not writable
 */
export async function openTrajectoryFile(path: string): Promise<TrajectoryFile> {
  const writer = WRITERS[extname(path).toLowerCase()];
  if (!writer) throw new BadInput(`--trajectory: got "${path}"; must end in .csv or .json`);
  const cannot = (cause: string) =>
    new BadInput(`--trajectory: "${path}" cannot be written: ${cause}`);
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
    async write(result) {
      try {
        for (const piece of pieces(writer(result))) await handle.appendFile(piece);
        await handle.close();
        await rename(temporary, target);
      } catch (cause) {
        throw new Failure(`--trajectory: "${path}" could not be written: ${reason(cause)}`);
      }
    },
  };
}

/** Joins texts to pieces worth a system call, none near the longest string there can be. */
function* pieces(texts: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length >= 1 << 18) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}
