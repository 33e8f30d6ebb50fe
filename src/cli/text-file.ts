/** Text that users hand in, in the encodings that their editors and shells write. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { BadInput } from './bad-input.js';

/** Byte order marks, and what they say; UTF-16 is what PowerShell's `>` and Excel's "Unicode text" write. */
const MARKS: [bytes: number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The text of a file, or of standard input for `-`: UTF-8, or UTF-16 with a byte order mark, which is left out.
 * @throws {BadInput} if it is neither; what reading the file throws
 */
export async function readText(path: string): Promise<string> {
  const bytes = await (path === '-' ? buffer(process.stdin) : readFile(path));
  const marked = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (!marked && bytes.includes(0)) {
    throw new BadInput('is not text in UTF-8 (perhaps UTF-16 or a binary file); save it as UTF-8');
  }
  return new TextDecoder(marked?.[1]).decode(bytes);
}
