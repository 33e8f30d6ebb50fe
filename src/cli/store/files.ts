import { readFileSync } from 'node:fs';
import { BadInput, reason } from '../bad-input.js';
import { writePieces } from './lines.js';

/** Writes a file beside `path` and renames it: there is never half of one. @throws {Failure} */
export function writeWhole(path: string, content: string | Uint8Array): void {
  writePieces(path, [content]);
}

/** The text of a file; null if there is none. @throws {BadInput} if it cannot be read */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new BadInput(`${path}: ${reason(cause)}`);
  }
}
