import type { Command } from 'commander';
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
  const [{ completePlan }, { runPlan }, { Store }, { partsOf, resultsOf }] = await Promise.all([
    import('../studies/plan.js'),
    import('../studies/run-plan.js'),
    import('./store/store.js'),
    import('./store/parts.js'),
  ]);
  const parts = partsOf(directories);
  const [{ plan: given, kernelHash }] = parts;
  const plan = completePlan(given);
  const files = resultsOf(parts, plan);
  const holder = (point: number, replication: number) =>
    files.find((file) => file.has(point, replication));
  const outcome = await runPlan(plan, {
    workers: 0,
    known: {
      has: (point, replication) => holder(point, replication) !== undefined,
      replication: (point, replication) =>
        holder(point, replication)?.replication(point, replication),
    },
    onlyKnown: true,
  });
  if (outcome.failures.length > 0) {
    const list = outcome.failures
      .slice(0, 5)
      .map(({ point, replication }) => `point ${point} replication ${replication}`);
    const more = outcome.failures.length > list.length ? ' …' : '';
    throw new BadInput(`${outcome.failures.length} runs are missing: ${list.join(', ')}${more}`);
  }
  const { forceUnlock } = flags;
  const store = new Store(flags.out, plan, { given, shard: null, kernelHash, forceUnlock });
  if (store.results.count > 0) {
    throw new BadInput(`--out: "${flags.out}" has results already; choose another directory`);
  }
  for (const file of files) {
    for (const replication of file.replications()) {
      // a shard that has run with a smaller plan may hold what is now another's, too
      const { point, replication: k, stateHash } = replication;
      const before = store.results.replication(point, k);
      if (before && before.stateHash !== stateHash) {
        throw new BadInput(
          `${file.path}: has another result for replication ${k} of point ${point} than another shard; run one of them anew`,
        );
      }
      if (!before) store.results.append(replication);
    }
    file.close();
  }
  await report(plan, outcome, store, flags, false);
}
