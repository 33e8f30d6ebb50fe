/**
 * npm run readme: what is made in Markdown pages: the table of configuration fields (docs/configuration.md, from src/config/fields/),
 * the table of speeds (README.md, from the last benchmark), and the queue's name in examples/kubernetes/autoscaler.yaml, which has the
 * engine's hash in it. With `--check` it only tells whether they are up to date.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

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

insert('docs/configuration.md', 'fields', table);
insert('README.md', 'speed', speeds());
// a BullMQ queue's jobs wait in a list of this name
update('examples/kubernetes/autoscaler.yaml', (before) =>
  before.replace(/listName: .*/, `listName: ${PREFIX}:${QUEUE}:wait`),
);

/** Puts a table between its markers in a page. */
function insert(page, name, table) {
  const [start, end] = [`<!-- ${name}: made by npm run readme -->`, `<!-- end of ${name} -->`];
  update(page, (before) => {
    const [from, to] = [before.indexOf(start), before.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${page} has no place for the table: ${start}`);
    return `${before.slice(0, from)}${start}\n${table}\n${before.slice(to)}`;
  });
}

function update(path, change) {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) return;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date; run npm run readme`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
  }
}

/** The engine and what it is compared with, at three sizes. */
function speeds() {
  const { cases, machine } = JSON.parse(readFileSync('bench/results/peers.json', 'utf8'));
  const sizes = [100, 10_000, 1_000_000];
  const names = {
    'WASM engine': '**ratescale**',
    'C++ twin -march=x86-64-v3': 'the same algorithm in C++, AVX2',
    'TypeScript twin': 'the same algorithm in TypeScript',
    'C++ event list -march=native': 'an event list in C++',
    SimPy: 'SimPy',
  };
  const lines = Object.entries(names).map(([name, title]) => {
    const cells = sizes.map((n) => {
      const found = cases.find((one) => one.n === n && one.name.startsWith(name));
      if (!found) return '–';
      const { error, halfWidth } = found.accuracy.busyFraction;
      const sign = error < 0 ? '−' : '+';
      const short = (x) => Math.abs(x).toExponential(0).replace('e-', 'e−');
      const time = found.nanosecondsPerEvent.median;
      return `${Math.round(time).toLocaleString('en')} (${sign}${short(error)} ± ${short(halfWidth)})`;
    });
    return `| ${[title, ...cells].join(' | ')} |`;
  });
  const heads = sizes.map((n) => `n = ${n.toLocaleString('en')}`);
  return [
    '',
    `| | ${heads.join(' | ')} |`,
    '| --- | --- | --- | --- |',
    ...lines,
    '',
    `Measured on ${machine.cores} cores of ${machine.processor}.`,
    '',
  ].join('\n');
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
