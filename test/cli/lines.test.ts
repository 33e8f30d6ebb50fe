import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lineAt, linesOf, writePieces } from '../../src/cli/store/lines.js';

const directory = mkdtempSync(join(tmpdir(), 'ratescale-lines-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = join(directory, 'lines');

describe('lines of a file', () => {
  it('are those of its text, whatever the pieces that are read, and can be read again by their place', () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .map((text) => text.replace(/\n/g, 'λ'));
    fc.assert(
      fc.property(fc.array(line), line, fc.integer({ min: 1, max: 50 }), (lines, tail, piece) => {
        writeFileSync(path, lines.map((text) => `${text}\n`).join('') + tail);
        const read = [...linesOf(path, piece)];
        expect(read.map(({ text }) => text)).toEqual(lines);
        expect(read.map(({ number }) => number)).toEqual(lines.map((_, i) => i + 1));
        const file = openSync(path, 'r');
        expect(read.map((where) => lineAt(file, where))).toEqual(lines);
        closeSync(file);
      }),
    );
  });

  it('of a file that is not there are none', () => {
    expect([...linesOf(join(directory, 'nowhere'))]).toEqual([]);
  });

  it('are written whole or not at all', () => {
    writePieces(path, ['old']);
    const failing = function* () {
      yield 'new';
      throw new Error('no more');
    };
    expect(() => writePieces(path, failing())).toThrow(/could not be written: no more/);
    expect(readFileSync(path, 'utf8')).toBe('old');
    writePieces(path, ['new ', 'text']);
    expect(readFileSync(path, 'utf8')).toBe('new text');
  });
});
