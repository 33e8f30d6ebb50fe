/** How far a sweep has come, read from its directories without disturbing those who work in them. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CompletePlan, completePlan } from '../studies/plan.js';
import { runPlan } from '../studies/run-plan.js';
import { BadInput } from './bad-input.js';
import { aligned } from './format.js';
import { ownership } from './shard.js';
import { type Manifest, readManifest, type Shard, samePlan } from './store/manifest.js';
import { RESULTS, ResultsFile } from './store/results-file.js';

/** One shard, or a whole sweep. */
export interface PartStatus {
  shard: Shard | null;
  /** null: not begun, or its directory is not here */
  directory: string | null;
  /** replications on disk, and those that the plan asks for; a precision target may ask for more */
  done: number;
  wanted: number;
  /** replications that are still to be run, as ranges of their numbers */
  missing: { point: number; replications: [first: number, last: number][] }[];
  finished: boolean;
}

/**
 * @param directory of a sweep; of one of its shards, whose others are looked for beside it; or one that holds the
 *   directories of shards
 * @throws {BadInput} if there is no such sweep
 */
export async function statusOf(directory: string, plan: CompletePlan): Promise<PartStatus[]> {
  const whole = readManifest(directory);
  if (whole && whole.shard === null) {
    if (!isOf(whole, plan)) throw new BadInput(`--out: "${directory}" is of another plan`);
    return [await partStatus(directory, null, whole, plan)];
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
    parts.set(manifest.shard.index, await partStatus(path, manifest.shard, manifest, plan));
  }
  if (count === 0) throw new BadInput(`--out: "${directory}" has no results of this plan`);
  return Promise.all(
    Array.from(
      { length: count },
      (_, index) => parts.get(index) ?? partStatus(null, { index, count }, null, plan),
    ),
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

async function partStatus(
  directory: string | null,
  shard: Shard | null,
  manifest: Manifest | null,
  plan: CompletePlan,
): Promise<PartStatus> {
  const file =
    directory === null ? null : new ResultsFile(join(directory, RESULTS), plan, () => {});
  const { done, failures } = await runPlan(plan, {
    workers: 0,
    known: file ?? undefined,
    onlyKnown: true,
    owns: ownership(shard, plan.precision),
  });
  file?.close();
  const missing: PartStatus['missing'] = [];
  for (const { point, replication } of failures) {
    let last = missing.at(-1);
    if (last?.point !== point) {
      last = { point, replications: [] };
      missing.push(last);
    }
    const range = last.replications.at(-1);
    if (range?.[1] === replication - 1) range[1] = replication;
    else last.replications.push([replication, replication]);
  }
  const finished = manifest?.status === 'completed' && failures.length === 0;
  return { shard, directory, done, wanted: done + failures.length, missing, finished };
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
  return `${aligned([['shard', 'directory', 'done', 'state'], ...rows])}${missingLines(unfinished)}${end}\n`;
}

/** Points that are listed for each shard; `--json` lists all. */
const MOST_POINTS = 10;

/** What is missing of shards that have begun. */
function missingLines(parts: readonly PartStatus[]): string {
  const range = ([first, last]: [number, number]) =>
    first === last ? `${first}` : `${first}–${last}`;
  return parts
    .filter(({ directory }) => directory !== null)
    .flatMap(({ shard, missing }) => {
      const whose = shard ? `shard ${shard.index}, ` : '';
      const lines = missing
        .slice(0, MOST_POINTS)
        .map(
          ({ point, replications }) =>
            `missing: ${whose}point ${point}, replications ${replications.map(range).join(', ')}\n`,
        );
      const more = missing.length - lines.length;
      return more > 0 ? [...lines, `missing: ${whose}parts of ${more} more points\n`] : lines;
    })
    .join('');
}
