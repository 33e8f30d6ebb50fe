/**
 * npm run readme: the table of configuration fields in README.md, made from src/config/fields/. With `--check` it only
 * tells whether the table is up to date.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const START = '<!-- fields: made by npm run readme -->';
const END = '<!-- end of fields -->';

const { outputFiles } = await build({
  entryPoints: ['src/config/config.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  external: ['#platform'],
});
const { FIELDS } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);

const rows = FIELDS.map(({ path, meaning, takes, otherwise, flag, default: standard }) => [
  `\`${path}\``,
  flag ? `\`${flag.spelling.replace(/ <.*/, '')}\`` : '',
  meaning,
  takes.range,
  otherwise ?? (standard === undefined ? 'required' : json(standard)),
]);
const table = [['field', 'flag', 'meaning', 'range', 'default'], Array(5).fill('---'), ...rows]
  .map((cells) => `| ${cells.join(' | ')} |`)
  .join('\n');

const before = readFileSync('README.md', 'utf8');
const [start, end] = [before.indexOf(START), before.indexOf(END)];
if (start < 0 || end < start) throw new Error(`README.md has no place for the table: ${START}`);
const after = `${before.slice(0, start)}${START}\n${table}\n${before.slice(end)}`;
if (after !== before) {
  if (process.argv.includes('--check')) {
    console.error('README.md is out of date; run npm run readme');
    process.exit(1);
  }
  writeFileSync('README.md', after);
}

/** 0.05 → 0.05; { uniform: [0, 2] } → `{ uniform: [0, 2] }` */
function json(value) {
  if (typeof value !== 'object') return String(value);
  const text = JSON.stringify(value)
    .replace(/"(\w+)":/g, '$1: ')
    .replaceAll('"', "'")
    .replaceAll(',', ', ')
    .replace(/^\{(.*)\}$/, '{ $1 }');
  return text === '[]' ? 'none' : `\`${text}\``;
}
