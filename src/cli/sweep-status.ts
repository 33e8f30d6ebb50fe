/** How far a sweep has come, read from its directories without disturbing those who work in them. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CompletePlan, completePlan, placeOf } from '../studies/plan.js';
import { BadInput } from './bad-input.js';
import { aligned } from './format.js';
import { ownership } from './shard.js';
import { linesOf } from './store/lines.js';
import { type Manifest, readManifest, type Shard, samePlan } from './store/manifest.js';
import { parseLine, pointFinder, RESULTS } from './store/store.js';

/** One shard, or a whole sweep. */
export interface PartStatus {
  shard: Shard | null;
  /** null: not begun, or its directory is not here */
  directory: string | null;
  /** replications on disk, and those that the plan asks for; a precision target may ask for more */
  done: number;
  wanted: number;
  finished: boolean;
}

/**
 * @param directory of a sweep; of one of its shards, whose others are looked for beside it; or one that holds the
 *   directories of shards
 * @throws {BadInput} if there is no such sweep
 */
export function statusOf(directory: string, plan: CompletePlan): PartStatus[] {
  const whole = readManifest(directory);
  if (whole && whole.shard === null) {
    if (!isOf(whole, plan)) throw new BadInput(`--out: "${directory}" is of another plan`);
    return [partStatus(directory, null, whole, plan)];
  }
  const parent = whole ? dirname(directory) : directory;
  const parts = new Map<number, PartStatus>();
  let count = 0;
  for (const path of childrenOf(parent)) {
    const manifest = readManifest(path);
    if (!manifest?.shard || !isOf(manifest, plan)) continue;
    count ||= manifest.shard.count;
    if (manifest.shard.count !== count) {
      throw new BadInput(
        `--out: "${parent}" has shards of ${count} and of ${manifest.shard.count}; name the directory of one of them`,
      );
    }
    parts.set(manifest.shard.index, partStatus(path, manifest.shard, manifest, plan));
  }
  if (count === 0) throw new BadInput(`--out: "${directory}" has no results of this plan`);
  return Array.from(
    { length: count },
    (_, index) => parts.get(index) ?? notBegun({ index, count }, plan),
  );
}

function isOf(manifest: Manifest, plan: CompletePlan): boolean {
  return samePlan(completePlan(manifest.plan), plan);
}

function childrenOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(directory, name))
      .sort();
  } catch {
    return [];
  }
}

function partStatus(
  directory: string,
  shard: Shard | null,
  { status }: Manifest,
  plan: CompletePlan,
): PartStatus {
  const path = join(directory, RESULTS);
  const find = pointFinder(plan);
  const done = new Set<string>();
  for (const { text, number } of linesOf(path)) {
    const replication = parseLine(path, text, number);
    const point = find(replication);
    if (typeof point === 'number') done.add(placeOf(point, replication.replication));
  }
  const wanted = Math.max(wantedBy(shard, plan), done.size);
  return { shard, directory, done: done.size, wanted, finished: status === 'completed' };
}

function notBegun(shard: Shard, plan: CompletePlan): PartStatus {
  const wanted = wantedBy(shard, plan);
  return { shard, directory: null, done: 0, wanted, finished: false };
}

function wantedBy(shard: Shard | null, { points, replications, precision }: CompletePlan): number {
  const owns = ownership(shard, precision);
  let wanted = 0;
  for (let point = 0; point < points.length; point++) {
    for (let k = 0; k < replications; k++) if (owns(point, k)) wanted++;
  }
  return wanted;
}

/** For people. */
export function statusTable(parts: readonly PartStatus[]): string {
  const rows = parts.map(({ shard, directory, done, wanted, finished }) => [
    shard ? `${shard.index}/${shard.count}` : 'whole',
    directory === null ? '–' : basename(directory),
    `${done} of ${wanted} runs`,
    finished ? 'finished' : directory === null ? 'not begun' : 'unfinished',
  ]);
  const unfinished = parts.filter(({ finished }) => !finished);
  const numbers = unfinished.flatMap(({ shard }) => (shard ? [shard.index] : []));
  const end =
    unfinished.length === 0
      ? 'All finished.'
      : numbers.length === 0
        ? 'Not finished: run the same command without --status to continue.'
        : `Unfinished shards: ${numbers.join(',')}`;
  return `${aligned([['shard', 'directory', 'done', 'state'], ...rows])}${end}\n`;
}
