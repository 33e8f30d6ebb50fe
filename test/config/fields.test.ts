/** Where a field is spoken of, it is spoken of alike. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/cli/settings.js';
import { FIELDS, validateConfig } from '../../src/config/config.js';

const root = new URL('../../', import.meta.url);
const folder = new URL('src/config/fields/', root);
const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));

/** The docstring above a field in the interface that declares it. */
function docstring(path: string): string {
  const name = path.split('.').at(-1);
  const found = sources
    .flatMap((text) => [
      ...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+)\??:/g),
    ])
    .filter((match) => match[2] === name)
    .map((match) => String(match[1]).replace(/\s*\n\s*\*\s*/g, ' '));
  return found.join(' ');
}

describe('fields', () => {
  it('and speeds stand in the pages as they are', () => {
    execFileSync(process.execPath, ['scripts/readme.mjs', '--check'], { cwd: root });
  });

  it.each(FIELDS.filter(({ path }) => !path.startsWith('cost.')))(
    '$path has its range and its default in its docstring',
    ({ path, takes, default: standard }) => {
      const text = docstring(path);
      for (const [bound] of takes.range.matchAll(/\b\d[\de.-]*\b|\bhorizon\b|\bbuffer\b/g)) {
        expect(text).toContain(bound);
      }
      for (const [word] of takes.range.matchAll(/\b(inf|auto|all)\b/g)) {
        expect(text).toContain(`'${word}'`);
      }
      if (typeof standard === 'number') {
        expect(text).toMatch(new RegExp(`\\b${standard} \\(default|default ${standard}\\b`));
      }
    },
  );

  it('have defaults that are allowed, and none that is required', () => {
    const required = FIELDS.filter((field) => field.default === undefined && !field.otherwise);
    expect(required.map(({ path }) => path)).toEqual([
      'servers',
      'arrivalRate',
      'inverseStepSize',
      'horizon',
    ]);
    const config = validateConfig({ servers: 2, arrivalRate: 1, inverseStepSize: 9, horizon: 9 });
    for (const { path, default: standard } of FIELDS) {
      if (standard === undefined) continue;
      const value = path.split('.').reduce<unknown>((at, key) => (at as never)[key], config);
      expect(value).toEqual(standard);
    }
  });

  it('have flags whose default, given as text, is the default of the field', async () => {
    for (const { field, parse } of SETTINGS) {
      const entry = FIELDS.find(({ path }) => path === field);
      const { path, flag, default: standard } = entry as (typeof FIELDS)[number];
      if (standard === undefined) continue;
      expect({ path, value: await parse(flag?.default ?? String(standard)) }).toEqual({
        path,
        value: standard,
      });
    }
  });
});
