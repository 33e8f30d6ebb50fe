import { join } from 'node:path';
import type { Command } from 'commander';
import { BadInput } from './bad-input.js';
import { report } from './sweep-command.js';

/** `ratescale merge` */
export function addMergeCommand(program: Command): void {
  program
    .command('merge')
    .summary('join the shards of a sweep')
    .description(
      'Joins the directories of all shards of a sweep to what one machine would have made.',
    )
    .argument('<dir...>', 'directories that "ratescale sweep --shard" made, all N of them')
    .requiredOption('--out <dir>', 'directory for the whole (required)')
    .option('--json', 'print points and failures as one JSON object')
    .option('--quiet', 'print nothing but errors')
    .helpOption('-h, --help', 'print this help')
    .action(merge);
}

async function merge(
  directories: string[],
  flags: { out: string; json?: boolean; quiet?: boolean },
): Promise<void> {
  const [
    { completePlan, keyOf },
    { runPlan },
    { parseResults, readManifest, RESULTS, Store },
    files,
  ] = await Promise.all([
    import('../studies/plan.js'),
    import('../studies/sweep.js'),
    import('./store/store.js'),
    import('./store/files.js'),
  ]);
  const parts = directories.map((directory) => {
    const manifest = readManifest(directory);
    if (manifest === null) throw new BadInput(`"${directory}" is no directory of a sweep`);
    if (manifest.shard === null) {
      throw new BadInput(`"${directory}" holds a whole sweep, not a shard`);
    }
    return { directory, ...manifest, shard: manifest.shard };
  });
  const [first] = parts as [(typeof parts)[0], ...typeof parts];
  const { count } = first.shard;
  const holders = new Map<number, string>();
  for (const { directory, shard, plan, kernelHash } of parts) {
    if (JSON.stringify(plan) !== JSON.stringify(first.plan) || shard.count !== count) {
      throw new BadInput(`"${directory}" and "${first.directory}" are of different sweeps`);
    }
    if (kernelHash !== first.kernelHash) {
      throw new BadInput(`"${directory}" and "${first.directory}" were made by different engines`);
    }
    const other = holders.get(shard.index);
    if (other !== undefined) {
      throw new BadInput(
        `shard ${shard.index}/${count} is there twice: "${other}", "${directory}"`,
      );
    }
    holders.set(shard.index, directory);
  }
  const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !holders.has(i));
  if (missing.length > 0) {
    throw new BadInput(
      `missing: ${missing.map((i) => `shard ${i}/${count}`).join(', ')}; give the directories of all shards`,
    );
  }
  const unfinished = parts.filter(({ status }) => status !== 'completed');
  if (unfinished.length > 0) {
    throw new BadInput(
      `not finished: ${unfinished.map(({ directory, shard }) => `shard ${shard.index}/${count} ("${directory}")`).join(', ')}`,
    );
  }
  const plan = completePlan(first.plan);
  const lines = parts.flatMap(({ directory }) => {
    const path = join(directory, RESULTS);
    return parseResults(path, files.readIfThere(path) ?? '');
  });
  const known = new Map(lines.map((line) => [keyOf(line.config), line]));
  const result = await runPlan(plan, { workers: 0, known, onlyKnown: true });
  if (result.failures.length > 0) {
    const list = result.failures
      .slice(0, 5)
      .map(({ point, replication }) => `point ${point} replication ${replication}`);
    throw new BadInput(`${result.failures.length} runs are missing: ${list.join(', ')} …`);
  }
  const store = new Store(flags.out, plan, first.plan, null, first.kernelHash);
  if (store.results.length > 0) {
    throw new BadInput(`--out: "${flags.out}" has results already; choose another directory`);
  }
  for (const line of lines) store.append(line);
  await report(result, store, flags, false);
}
