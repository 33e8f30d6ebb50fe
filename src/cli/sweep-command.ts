import type { Command } from 'commander';
import type { CompletePlan } from '../studies/plan.js';
import type { Outcome } from '../studies/run-plan.js';
import { BadInput, Failure } from './bad-input.js';
import { readJson, workersFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { addQueue, queueOf, sayNotice } from './queue-flag.js';
import { ownership, parseShard } from './shard.js';

const DETAILS = `
The plan is JSON:
  base             configuration fields that all points share
  grid             fields with their values: every combination is a point. Values are a
                   list, { "linspace": [from, to, count] } or { "logspace": [...] };
                   "integer": true rounds them. Fields in sections: "record.interval"
  zip              list of groups of fields that vary together
  points           list of points, given by their fields
  replications     runs of each point with independent random numbers (10)
  precision        add replications until every headline figure has this relative
                   half-width at 95 % confidence, up to maxReplications

DIR gets results.jsonl, a line per run as it ends, put in order at last; results.csv and
results.parquet, the same as tables; points.csv and points.json, with intervals; and
manifest.json. The same command continues an interrupted sweep, and a plan with more
points or replications keeps the results that are there. The results do not depend on
the number of workers. Each line of results.jsonl holds the configuration of its run,
which "ratescale run" repeats.

With --shard several machines share a sweep, each with its own DIR; "ratescale merge"
joins them into the files that one machine would have made. In a task of an array job,
"--shard auto/N" takes the task's number: from 0 under SLURM, PBS, AWS Batch and
Kubernetes, from 1 under SGE and LSF. Give the total, so that unfinished tasks can be
submitted again by their numbers; "--status" lists them.

With --queue the runs are made by the machines on which "ratescale work" takes them from
a Redis; this one writes the files. Machines may come and go, be killed, and the queue be
restarted: the files are the same. The same command continues, here or elsewhere.

Examples:
  ratescale sweep examples/sweep.json --out results
  ratescale sweep plan.json --shard 0/8 --out part-0
  ratescale sweep plan.json --shard auto/8 --out part-$SLURM_ARRAY_TASK_ID
  ratescale sweep plan.json --out part-0 --status
  ratescale sweep plan.json --out results --queue redis://queue.example.org:6379
  ratescale merge part-* --out results`;

/** `ratescale sweep` */
export function addSweepCommand(program: Command): void {
  const command = program
    .command('sweep')
    .summary('simulate many systems, many times each, on all processors')
    .description(
      'Runs every point of a plan with its replications, and writes results as they come.',
    )
    .argument('<plan.json>', 'what to run')
    .requiredOption('--out <dir>', 'directory for the results (required)')
    .option('--workers <count>', 'threads; default as many as there are processors');
  addQueue(command);
  addTimeLimit(command)
    .option('--shard <i/N>', 'run the i-th of N parts, from 0; auto/N asks the job scheduler')
    .option('--status', 'run nothing; list what is done, and which shards are unfinished')
    .option('--force-unlock', 'use the directory even if another process seems to use it')
    .option('--json', 'print points and failures as one JSON object')
    .option('--quiet', 'print nothing but errors')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action(runSweep);
}

interface Flags {
  out: string;
  workers?: string;
  queue?: string;
  timeLimit?: string;
  shard?: string;
  status?: boolean;
  forceUnlock?: boolean;
  json?: boolean;
  quiet?: boolean;
}

async function runSweep(path: string, flags: Flags): Promise<void> {
  const interruption = listenForInterruption(flags.timeLimit);
  const [
    { completePlan },
    { runPlan },
    { ConfigError },
    { Store, recordInto },
    { ENGINE_HASH },
    progress,
  ] = await Promise.all([
    import('../studies/plan.js'),
    import('../studies/run-plan.js'),
    import('../errors.js'),
    import('./store/store.js'),
    import('../engine/engine-hash.js'),
    import('./sweep-progress.js'),
  ]);
  const given = await readJson(path, 'a plan');
  const shard = flags.shard === undefined ? null : parseShard(flags.shard, process.env);
  let plan: CompletePlan;
  try {
    plan = completePlan(given);
  } catch (error) {
    throw error instanceof ConfigError ? new BadInput(`${path}: ${error.message}`) : error;
  }
  const workers = workersFlag({ workers: flags.workers });
  const queue = flags.status ? undefined : await queueOf({ ...flags }, ['workers', 'shard']);
  if (flags.status) {
    const { statusOf, statusTable } = await import('./sweep-status.js');
    const parts = await statusOf(flags.out, plan);
    process.stdout.write(flags.json ? `${JSON.stringify(parts)}\n` : statusTable(parts));
    return;
  }
  const store = new Store(flags.out, plan, {
    given,
    shard,
    kernelHash: ENGINE_HASH,
    forceUnlock: flags.forceUnlock,
  });

  const stop = new AbortController();
  const record = recordInto(store, () => stop.abort());
  const bar = await progress.sweepProgressBar(flags.quiet === true);
  let outcome: Outcome;
  try {
    outcome = await runPlan(plan, {
      workers,
      queue,
      sweep: queue === undefined ? undefined : store.sweep,
      signal: AbortSignal.any([interruption.signal, stop.signal]),
      known: store.results,
      owns: ownership(shard, plan.precision),
      onProgress: bar.update,
      onReplication: record.onReplication,
      onFailure: progress.sayFailure,
      onNotice: sayNotice,
    });
  } catch (error) {
    throw error instanceof ConfigError ? new BadInput(`--${error.message}`) : error;
  } finally {
    bar.clear();
  }
  record.check();
  await report(plan, outcome, store, flags, shard !== null);
  process.exitCode = interruption.exitCode;
  if (outcome.failures.length > 0) {
    throw new Failure(
      `${outcome.failures.length} replications failed; the same command tries them again`,
    );
  }
}

/** Puts the results in order, and prints what came out. */
export async function report(
  plan: CompletePlan,
  { wanted, failures, status }: Pick<Outcome, 'wanted' | 'failures' | 'status'>,
  store: import('./store/store.js').Store,
  { json, quiet }: Pick<Flags, 'json' | 'quiet'>,
  part: boolean,
): Promise<void> {
  const [{ pointResults }, { writeTables, jsonList }] = await Promise.all([
    import('../studies/point-results.js'),
    import('./store/tables.js'),
  ]);
  const points = () => pointResults(plan, store.results.replications(), wanted);
  if (status === 'completed' && failures.length === 0) {
    store.finish();
    if (!part)
      writeTables(store.directory, plan.points, points, () => store.results.replications());
  }
  if (json) {
    process.stdout.write('{"points":');
    for (const piece of jsonList(points())) process.stdout.write(piece.trimEnd());
    process.stdout.write(`,${JSON.stringify({ failures, status }).slice(1)}\n`);
  } else if (!quiet) {
    const { pointsTable } = await import('./points-table.js');
    process.stdout.write(pointsTable(points()));
    if (status === 'cancelled') {
      process.stdout.write('interrupted; the same command continues from here\n');
    }
  }
}
