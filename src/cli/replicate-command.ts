import type { Command } from 'commander';
import type { SweepResult } from '../studies/result.js';
import { Failure } from './bad-input.js';
import { assemble, explain, type Given, numberFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { addLoadCurve } from './load-curve-file.js';
import { addQueue, queueOf, sayNotice } from './queue-flag.js';
import { SETTINGS } from './settings.js';

const DETAILS = `
The system is given as for "ratescale run". Replication k is the same whatever the
number of replications and workers; --json lists the seed of each, and
"ratescale run --seed <that seed>" repeats it.

Examples:
  ratescale replicate -n 100 -l 0.8 -m 500 -T 20000 --warmup 5000 --replications 10
  ratescale replicate config.json --warmup auto --precision 0.001`;

/** `ratescale replicate` */
export function addReplicateCommand(program: Command): void {
  const command = program
    .command('replicate')
    .summary('simulate one system many times, on all processors')
    .description('Runs one system with independent random numbers, and prints 95 % intervals.')
    .argument('[config.json]', 'configuration, or the --json output of an earlier run');
  for (const { option } of SETTINGS) command.addOption(option);
  addLoadCurve(command);
  command
    .optionsGroup('Replications:')
    .option('--replications <count>', 'runs: 1 … 1000000; default 10')
    .option('--precision <p>', 'add runs until headline figures have this relative half-width')
    .option('--max-replications <count>', 'with --precision: most runs; default 64 times as many')
    .option('--workers <count>', 'threads; default as many as there are processors');
  addQueue(command);
  addTimeLimit(command)
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object instead of the table')
    .option('--quiet', 'show no progress')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => replicates({ path, flags }));
}

async function replicates(given: Given): Promise<void> {
  const { flags } = given;
  const interruption = listenForInterruption(flags.timeLimit);
  const [{ replicate }, { ConfigError }, { pointsTable }, { sayFailure, sweepProgressBar }] =
    await Promise.all([
      import('../studies/sweep.js'),
      import('../errors.js'),
      import('./points-table.js'),
      import('./sweep-progress.js'),
    ]);
  const config = await assemble(given);
  const bar = await sweepProgressBar(flags.quiet === true);
  let result: SweepResult;
  try {
    result = await replicate(config, {
      replications: numberFlag(flags, 'replications'),
      precision: numberFlag(flags, 'precision'),
      maxReplications: numberFlag(flags, 'maxReplications'),
      workers: numberFlag(flags, 'workers'),
      queue: await queueOf(flags),
      onNotice: sayNotice,
      signal: interruption.signal,
      onProgress: bar.update,
      onFailure: sayFailure,
    });
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  } finally {
    bar.clear();
  }
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result, null, process.stdout.isTTY ? 2 : 0)}\n`
      : pointsTable(result.points),
  );
  process.exitCode = interruption.exitCode;
  if (result.failures.length > 0) {
    throw new Failure(`${result.failures.length} replications failed`);
  }
}
