/**
 * npm run readme: what the sources say elsewhere as well. The table of configuration fields in README.md, made from
 * src/config/fields/, and the queue's name in examples/kubernetes/autoscaler.yaml, which has the engine's hash in it.
 * With `--check` it only tells whether they are up to date.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const START = '<!-- fields: made by npm run readme -->';
const END = '<!-- end of fields -->';

const { outputFiles } = await build({
  stdin: {
    contents: `
      export { FIELDS } from './src/config/config.ts';
      export { PREFIX, QUEUE } from './src/fleet/protocol.ts';`,
    resolveDir: '.',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  external: ['#platform'],
});
const { FIELDS, PREFIX, QUEUE } = await import(
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

update('README.md', (before) => {
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md has no place for the table: ${START}`);
  return `${before.slice(0, start)}${START}\n${table}\n${before.slice(end)}`;
});
// a BullMQ queue's jobs wait in a list of this name
update('examples/kubernetes/autoscaler.yaml', (before) =>
  before.replace(/listName: .*/, `listName: ${PREFIX}:${QUEUE}:wait`),
);

function update(path, change) {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) return;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date; run npm run readme`);
    process.exit(1);
  }
  writeFileSync(path, after);
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
