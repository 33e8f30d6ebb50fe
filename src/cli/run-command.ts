import type { Command } from 'commander';
import type { SimulationResult } from '../run/result.js';
import type { LoadPrediction } from '../theory/load-prediction.js';
import type { Prediction } from '../theory/prediction.js';
import { assemble, explain, type Given, numberFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { addLoadCurve } from './load-curve-file.js';
import { fieldList, SETTINGS } from './settings.js';

const DETAILS = `
The configuration file is JSON; flags override it. Its fields:
${fieldList()}
What an earlier run printed with --json is such a file, too: running it again
gives the same result.

Files of rates or tasks hold a JSON array, or numbers separated by commas,
spaces or line ends.

Ctrl-C ends a run early: what it reached is printed and written, with status
"cancelled", and the exit code is 130. So do SIGTERM (143), a terminal that
closes (129), and the time limit (124). A second Ctrl-C ends it at once.

Examples:
  ratescale run -n 100 -l 0.8 -m 500 -T 20000 --warmup 5000
  ratescale run config.json --seed 2 --json > result.json
  ratescale run result.json --trajectory rates.csv --record-servers 0,1,2
  ratescale run result.json --json | ratescale run - --seed 2
  ratescale run -n 1000000 -l 0.8 -m inf --initial-rates 1.5 --buffer inf -T 10`;

/** `ratescale run` */
export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .summary('simulate one system')
    .description('Simulates one system to its horizon and prints its figures.')
    .argument(
      '[config.json]',
      'configuration, or the --json output of an earlier run; - for standard input',
    );
  for (const { option } of SETTINGS) command.addOption(option);
  addLoadCurve(command);
  command
    .optionsGroup('Precision:')
    .option(
      '--precision <p>',
      'run on until every headline figure has this relative half-width at 95 % confidence, e.g. 0.01',
    )
    .option('--max-horizon <T>', 'with --precision: the latest end; default 64 times the horizon');
  addTimeLimit(command.optionsGroup('Limits:'));
  command
    .optionsGroup('Output:')
    .option('--json', 'print the result as one JSON object instead of the summary')
    .option(
      '--trajectory <file>',
      'write what was recorded: .csv has a row for each time, .json an array for each quantity',
    )
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => run({ path, flags }));
}

async function run(given: Given): Promise<void> {
  const { json, trajectory } = given.flags;
  const interruption = listenForInterruption(given.flags.timeLimit);
  // loaded here, so that help and version need not wait for the engine
  const [{ predict }, { predictLoad }, { compareMeanRate }, { ConfigError }, { simulate }] =
    await Promise.all([
      import('../theory/prediction.js'),
      import('../theory/load-prediction.js'),
      import('../theory/comparison.js'),
      import('../errors.js'),
      import('../run/simulate.js'),
    ]);
  const [{ openTrajectoryFile }, { progressBar }, { summarise }] = await Promise.all([
    import('./trajectory-file.js'),
    import('./progress.js'),
    import('./summary.js'),
  ]);

  let result: SimulationResult;
  let prediction: Prediction;
  let load: LoadPrediction | string | null;
  let file: Awaited<ReturnType<typeof openTrajectoryFile>> | undefined;
  const config = await assemble(given);
  try {
    prediction = await predict(config);
    load = await predictLoad(config);
    if (typeof trajectory === 'string') file = await openTrajectoryFile(trajectory);
    const bar = await progressBar();
    try {
      result = await simulate(config, {
        signal: interruption.signal,
        onProgress: bar.update,
        precision: numberFlag(given.flags, 'precision'),
        maxHorizon: numberFlag(given.flags, 'maxHorizon'),
      });
    } finally {
      bar.clear();
    }
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  }

  // the figures are printed even if the file fails: they may have taken hours
  let failure: unknown;
  await file?.write(result).catch((error) => {
    failure = error;
  });
  for (const { clause, holds, detail } of prediction.assumptions) {
    if (!holds) {
      process.stderr.write(`ratescale: warning: Assumption 2.1 (${clause}) fails: ${detail}\n`);
    }
  }
  for (const warning of result.warnings ?? []) {
    process.stderr.write(`ratescale: warning: ${warning}\n`);
  }
  const comparison = compareMeanRate(result, prediction);
  const theory = { ...prediction, comparison, ...(load !== null && { load }) };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...result, theory }, null, process.stdout.isTTY ? 2 : 0)}\n`
      : summarise(result, theory),
  );
  if (failure) throw failure;
  process.exitCode = interruption.exitCode;
}
