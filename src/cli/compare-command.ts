import type { Command } from 'commander';
import type { CompleteComparison } from '../studies/comparison-plan.js';
import type { ComparisonResult } from '../studies/comparison-result.js';
import { BadInput, Failure } from './bad-input.js';
import { type Given, workersFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { addLoadCurve } from './load-curve-file.js';
import { addQueue, queueOf, sayNotice } from './queue-flag.js';
import { SETTINGS } from './settings.js';
import type { Store } from './store/store.js';

const DETAILS = `
The plan is JSON:
  base             configuration fields of the system
  variants         { name: { fields in which it differs }, … }; {} is the base itself
  baselines        list of: "static", all rates frozen at the best for the true load (its
                   time average); "static:0.7", the best for a load of 0.7; "clairvoyant",
                   the best for the load at every moment
  reference        compare with this variant alone, not every one with every other
  replications     runs of each before the first look at the differences (10)
  maxReplications  most runs of a variant (8 times as many)
  level            of the intervals (0.95)
Flags are on top of it. A file may also be a configuration, with variants as flags.
A field of a variant has the name that it has in the file, or of its flag.

Replication k has the same random numbers in every variant. Variants get more runs until
it is clear which of any two is cheaper. The intervals of all differences hold together,
whenever that is. Quantiles of sojourn times are of 10,000 tasks in each run, unless
--sojourns says otherwise.

DIR gets results.jsonl, a line per run; results.csv, results.parquet, points.csv and
points.json as for "ratescale sweep"; comparison.json, differences.csv, and a picture,
comparison.svg and .png: the cost of delay against the cost of power. The same command
continues an interrupted comparison.
Pictures need two more packages: npm install vega @resvg/resvg-js

Examples:
  ratescale compare -n 100 -l 0.8 -m 500 -T 5000 --warmup 2500 \\
    --variant jiq --variant "random: dispatch=random" --baselines static,static:0.7
  ratescale compare config.json --variant "slow: m=500" --variant "fast: m=50 buffer=inf"
  ratescale compare plan.json --out comparison`;

/** `ratescale compare` */
export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .summary('simulate variants of a system on the same random numbers, and rank them')
    .description(
      'Runs variants of one system on common random numbers, and prints by how much they differ.',
    )
    .argument('[plan.json]', 'plan, or configuration of the system');
  for (const { option } of SETTINGS) command.addOption(option);
  addLoadCurve(command);
  command
    .optionsGroup('Comparison:')
    .option(
      '--variant <text>',
      '"name: field=value field=value"; give one flag for each variant',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option('--baselines <list>', 'static, static:<arrival rate> or clairvoyant, with commas')
    .option(
      '--assume <λ>',
      'adds the baseline static:<λ>: rates for a load that is not the true one',
    )
    .option('--reference <name>', 'compare with this variant alone')
    .option('--replications <count>', 'runs of each before the first look: 2 …; default 10')
    .option('--max-replications <count>', 'most runs of each; default 8 times as many')
    .option('--level <p>', 'of the intervals: 0.5 … 0.99; default 0.95')
    .option('--workers <count>', 'threads; default as many as there are processors');
  addQueue(command);
  addTimeLimit(command)
    .optionsGroup('Output:')
    .option('--out <dir>', 'directory for runs, tables and picture; can be resumed')
    .option('--force-unlock', 'use the directory even if another process seems to use it')
    .option('--json', 'print one JSON object instead of the tables')
    .option('--quiet', 'show no progress')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => compares({ path, flags }));
}

async function compares(given: Given): Promise<void> {
  const { flags } = given;
  const interruption = listenForInterruption(flags.timeLimit);
  const [
    { runComparison },
    { completeComparison },
    { ConfigError },
    plans,
    progress,
    { recordInto },
  ] = await Promise.all([
    import('../studies/compare.js'),
    import('../studies/comparison-plan.js'),
    import('../errors.js'),
    import('./compare/given.js'),
    import('./sweep-progress.js'),
    import('./store/store.js'),
  ]);
  const workers = workersFlag(flags);
  const queue = await queueOf(flags);
  const plan = await plans.planOf(given);
  let comparison: CompleteComparison;
  try {
    comparison = await completeComparison(plan);
  } catch (error) {
    throw error instanceof ConfigError ? plans.explainPlan(error, plan, given) : error;
  }
  const store = await storeOf(flags, comparison);
  const stop = new AbortController();
  const record = store && recordInto(store, () => stop.abort());
  const bar = await progress.sweepProgressBar(flags.quiet === true);
  let result: ComparisonResult;
  try {
    result = await runComparison(comparison, {
      workers,
      queue,
      sweep: queue === undefined ? undefined : store?.sweep,
      onNotice: sayNotice,
      signal: AbortSignal.any([interruption.signal, stop.signal]),
      known: store?.results,
      onReplication: record?.onReplication,
      onProgress: bar.update,
      onFailure: progress.sayFailure,
    });
  } catch (error) {
    throw error instanceof ConfigError ? new BadInput(`--${error.message}`) : error;
  } finally {
    bar.clear();
  }
  record?.check();
  if (store && result.status === 'completed' && result.failures.length === 0) {
    const { writeComparison } = await import('./compare/files.js');
    store.finish();
    await writeComparison(store, result, comparison);
  }
  await print(result, flags);
  process.exitCode = interruption.exitCode;
  if (result.failures.length > 0) {
    const next = store ? '; the same command tries them again' : '';
    throw new Failure(`${result.failures.length} runs failed${next}`);
  }
}

/** The directory of results, if one is wanted. */
async function storeOf(
  flags: Given['flags'],
  { sweep, given }: CompleteComparison,
): Promise<Store | null> {
  if (typeof flags.out !== 'string') return null;
  const [{ Store }, { ENGINE_HASH }] = await Promise.all([
    import('./store/store.js'),
    import('../engine/engine-hash.js'),
  ]);
  const forceUnlock = flags.forceUnlock === true;
  return new Store(flags.out, sweep, { given, shard: null, kernelHash: ENGINE_HASH, forceUnlock });
}

async function print(result: ComparisonResult, flags: Given['flags']): Promise<void> {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(result, null, process.stdout.isTTY ? 2 : 0)}\n`);
    return;
  }
  const { comparisonTable } = await import('./compare/table.js');
  process.stdout.write(comparisonTable(result));
  if (result.status === 'cancelled') {
    const next = flags.out === undefined ? '' : '; the same command continues from here';
    process.stdout.write(`interrupted${next}\n`);
  }
}
