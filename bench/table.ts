/** npm run bench -- table: the tables of docs/speed.md, made from the last published results and never typed. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grouped } from '../src/cli/format.js';
import { error, spread } from './report.js';
import { lastResults, type Results } from './results.js';
import { ROOT } from './root.js';
import { TARGETS, type Target } from './targets.js';

export const PAGE = join(ROOT, 'docs', 'speed.md');
const SUITES = [
  'peers',
  'scale',
  'engine',
  'parallel',
  'threads',
  'fleet',
  'policies',
  'breakdown',
  'huge',
];

/** The page with what is between each pair of markers made anew. */
export function withTables(page: string): string {
  const sections: Record<string, () => string> = {
    targets: targetsTable,
    peers: () => casesTable('peers'),
    threads: threadsTable,
    policies: policiesTable,
    breakdown: breakdownTable,
    fleet: fleetTable,
    huge: () => casesTable('huge'),
    provenance: provenanceTable,
  };
  return Object.entries(sections).reduce((text, [name, table]) => {
    const [start, end] = [
      `<!-- ${name}: made by npm run bench -- table -->`,
      `<!-- end of ${name} -->`,
    ];
    const [before, rest] = halves(text, start);
    const [, after] = halves(rest, end);
    return `${before}${start}\n\n${table()}\n${end}${after}`;
  }, page);
}

export async function writeTables(): Promise<void> {
  const unfinished = `${PAGE}.tmp`;
  writeFileSync(unfinished, withTables(readFileSync(PAGE, 'utf8')));
  renameSync(unfinished, PAGE);
}

function halves(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`${PAGE}: there is no ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function targetsTable(): string {
  const rows = TARGETS.map((target) => {
    const { what, n, unit = '', limit, stretch } = target;
    const value = lastResults(target.suite)?.quantities.find((quantity) => {
      return quantity.name === target.quantity && (n === undefined || quantity.n === n);
    })?.value;
    const sign = limit === 'most' ? '≤' : '≥';
    const aim = (x: number | undefined) =>
      x === undefined ? '' : `${sign} ${grouped(x)}${unit && ` ${unit}`}`;
    return [
      what,
      n === undefined ? '' : grouped(n),
      value ? `${spread(value)}${unit && ` ${unit}`}` : '–',
      aim(target.target),
      aim(stretch),
      value ? verdict(target, value.median) : 'not measured',
    ];
  });
  const head = ['ratio, or what is named', 'n', 'median (min … max)', 'target', 'stretch', ''];
  return markdown(head, rows);
}

function verdict({ limit, target, stretch }: Target, value: number): string {
  const reaches = (aim: number | undefined) =>
    aim !== undefined && (limit === 'most' ? value <= aim : value >= aim);
  if (reaches(stretch)) return 'beyond';
  return reaches(target) ? 'reached' : '**missed**';
}

function casesTable(suite: string): string {
  const results = lastResults(suite);
  if (!results) return 'Not measured yet.\n';
  const rows = (results.cases ?? []).map(({ n, name, nanosecondsPerEvent, accuracy }) => [
    grouped(n),
    name,
    spread(nanosecondsPerEvent),
    error(accuracy?.busyFraction),
    error(accuracy?.meanRate),
  ]);
  const head = ['n', '', 'ns per event (min … max)', 'busy fraction − law', 'mean rate − law'];
  const missing = (results.missing ?? []).map((text) => `\nMissing there: ${text}.\n`);
  return `${markdown(head, rows)}${missing.join('')}`;
}

function policiesTable(): string {
  const results = lastResults('policies');
  if (!results) return 'Not measured yet.\n';
  const names = [...new Set((results.cases ?? []).map(({ name }) => name))];
  const sizes = [...new Set((results.cases ?? []).map(({ n }) => n))];
  const rows = names.map((name) => [
    name,
    ...sizes.flatMap((n) => {
      const own = results.cases?.find((one) => one.name === name && one.n === n);
      const ratio = results.quantities.find((one) => one.name === `${name}/paper` && one.n === n);
      return [own ? spread(own.nanosecondsPerEvent) : '–', ratio ? spread(ratio.value) : '1'];
    }),
  ]);
  const head = sizes.flatMap((n) => [`ns per event, n = ${grouped(n)}`, 'over the paper’s']);
  return markdown(['', ...head], rows);
}

function threadsTable(): string {
  const results = lastResults('threads');
  if (!results) return 'Not measured yet.\n';
  const names = [...new Set(results.quantities.map(({ name }) => name))];
  const numbers = [...new Set(results.quantities.map(({ n }) => n))] as number[];
  const rows = names.map((name) => {
    const of = (n: number) => results.quantities.find((one) => one.name === name && one.n === n);
    const unit = of(numbers[0] as number)?.unit;
    const cells = numbers.map((n) => {
      const found = of(n);
      return found ? spread(found.value) : '–';
    });
    return [unit ? `${name}, ${unit}` : name, ...cells];
  });
  return markdown(['', ...numbers.map((n) => `n = ${grouped(n)}`)], rows);
}

function breakdownTable(): string {
  const results = lastResults('breakdown');
  if (!results) return 'Not measured yet.\n';
  const names = [...new Set(results.quantities.map(({ name }) => name))];
  const whole = (results.cases ?? []).filter(({ name }) => name === 'whole event');
  const rows = whole.map(({ n, nanosecondsPerEvent }) => [
    grouped(n),
    short(nanosecondsPerEvent.median),
    ...names.map((name) => {
      const found = results.quantities.find((one) => one.name === name && one.n === n);
      return found ? short(found.value.median) : '–';
    }),
  ]);
  return markdown(['n', 'whole event', ...names], rows);
}

function fleetTable(): string {
  const results = lastResults('fleet');
  if (!results) return 'Not measured yet.\n';
  const rows = results.quantities.map(({ name, unit, value }) => [
    name,
    `${spread(value)}${unit && ` ${unit}`}`,
  ]);
  return markdown(['', 'median (min … max)'], rows);
}

function provenanceTable(): string {
  const rows = SUITES.flatMap((suite) => {
    const results = lastResults(suite);
    return results ? [provenanceRow(results)] : [];
  });
  return markdown(['suite', 'rounds', 'day', 'version, kernel', 'machine', 'with'], rows);
}

function provenanceRow({ suite, rounds, date, version, kernel, machine, versions }: Results) {
  const programs = Object.entries(versions).flatMap(([name, text]) =>
    text ? [`${name} ${text}`] : [],
  );
  return [
    suite,
    String(rounds),
    date.slice(0, 10),
    `${version}, ${kernel.sha256.slice(0, 12)}`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    programs.join('; '),
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
