/** Files of lines that may be larger than any string: read and written a piece at a time. */
import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { BadInput, Failure, reason } from '../bad-input.js';

/** A whole line of a file, without its end. */
export interface Line {
  text: string;
  /** from 1 */
  number: number;
  /** bytes from the start of the file, and without the end of the line */
  offset: number;
  length: number;
}

const PIECE = 1 << 20;
const NEWLINE = 10;

/**
 * The complete lines of a file, one after the other; none if there is no file. A last line without its end, which a
 * killed process may leave, is passed over.
 * @param source a path, or an open file, which stays open
 * @param piece bytes that are read at once
 * @throws {BadInput} if the file cannot be read
 */
export function* linesOf(source: string | number, piece = PIECE): Iterable<Line> {
  const file = typeof source === 'number' ? source : openIfThere(source);
  if (file === null) return;
  try {
    const buffer = Buffer.allocUnsafe(piece);
    let rest: Buffer[] = [];
    let [offset, number, position] = [0, 0, 0];
    while (true) {
      const count = readSync(file, buffer, 0, piece, position);
      if (count === 0) return;
      position += count;
      let from = 0;
      for (let at = buffer.indexOf(NEWLINE); at >= 0 && at < count; ) {
        const bytes = Buffer.concat([...rest, buffer.subarray(from, at)]);
        rest = [];
        number++;
        yield { text: bytes.toString(), number, offset, length: bytes.length };
        offset += bytes.length + 1;
        from = at + 1;
        at = buffer.indexOf(NEWLINE, from);
      }
      rest.push(Buffer.from(buffer.subarray(from, count)));
    }
  } finally {
    if (source !== file) closeSync(file);
  }
}

/** A file to be read; null if there is none. @throws {BadInput} if it cannot be read */
export function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new BadInput(`${path}: ${reason(cause)}`);
  }
}

/** The text of one line. */
export function lineAt(file: number, { offset, length }: Pick<Line, 'offset' | 'length'>): string {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const count = readSync(file, bytes, at, length - at, offset + at);
    if (count === 0) throw new Error('the file has become shorter');
    at += count;
  }
  return bytes.toString();
}

/**
 * Writes a file beside `path` from pieces as they come, then renames it: there is never half of one.
 * @throws {Failure} if it cannot be written
 */
export function writePieces(path: string, pieces: Iterable<string | Uint8Array>): void {
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      let waiting: Buffer[] = [];
      let size = 0;
      const flush = () => {
        writeAll(file, Buffer.concat(waiting));
        waiting = [];
        size = 0;
      };
      for (const piece of pieces) {
        const bytes = Buffer.from(piece as string);
        waiting.push(bytes);
        size += bytes.length;
        if (size >= PIECE) flush();
      }
      flush();
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (cause instanceof BadInput || cause instanceof Failure) throw cause;
    throw new Failure(`${path} could not be written: ${reason(cause)}`);
  }
}

/** A write may take less than it is given, as on a disk that fills up. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
}
