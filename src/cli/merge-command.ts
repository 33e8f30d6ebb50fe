import type { Command } from 'commander';
import type { Figures } from '../figures/figures.js';
import { BadInput } from './bad-input.js';
import { report } from './sweep-command.js';

/** `ratescale merge` */
export function addMergeCommand(program: Command): void {
  program
    .command('merge')
    .summary('join the shards of a sweep')
    .description(
      'Joins the directories of all shards of a sweep into the files that one machine would have made.',
    )
    .argument('<dir...>', 'directories that "ratescale sweep --shard" made, all N of them')
    .requiredOption('--out <dir>', 'directory for the whole (required)')
    .option('--force-unlock', 'use the directory even if another process seems to use it')
    .option('--json', 'print points and failures as one JSON object')
    .option('--quiet', 'print nothing but errors')
    .helpOption('-h, --help', 'print this help')
    .action(merge);
}

interface Flags {
  out: string;
  forceUnlock?: boolean;
  json?: boolean;
  quiet?: boolean;
}

async function merge(directories: string[], flags: Flags): Promise<void> {
  const [{ completePlan }, { runPlan }, { Store, figuresOf }, { partsOf, readParts }] =
    await Promise.all([
      import('../studies/plan.js'),
      import('../studies/run-plan.js'),
      import('./store/store.js'),
      import('./store/parts.js'),
    ]);
  const parts = partsOf(directories);
  const [{ plan: given, kernelHash }] = parts;
  const plan = completePlan(given);
  const known = new Map<string, Figures>();
  for (const { key, replication } of readParts(parts, plan)) {
    known.set(key, figuresOf(replication));
  }
  const result = await runPlan(plan, { workers: 0, known, onlyKnown: true });
  if (result.failures.length > 0) {
    const list = result.failures
      .slice(0, 5)
      .map(({ point, replication }) => `point ${point} replication ${replication}`);
    const more = result.failures.length > list.length ? ' …' : '';
    throw new BadInput(`${result.failures.length} runs are missing: ${list.join(', ')}${more}`);
  }
  const { forceUnlock } = flags;
  const store = new Store(flags.out, plan, { given, shard: null, kernelHash, forceUnlock });
  if (store.count > 0) {
    throw new BadInput(`--out: "${flags.out}" has results already; choose another directory`);
  }
  for (const { replication } of readParts(parts, plan)) store.append(replication);
  await report(result, store, flags, false);
}
