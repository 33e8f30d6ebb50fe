import type { Command } from 'commander';
import type { SimulationConfig } from '../config/config.js';
import type { SimulationResult } from '../run/result.js';
import { addCheckpoints, type CheckpointPlan, checkpointPlan } from './checkpoint-flags.js';
import {
  assemble,
  explain,
  type Given,
  numberFlag,
  overridden,
  saysOfSystem,
} from './configuration.js';
import { addTimeLimit, type Interruption, listenForInterruption } from './interruption.js';
import { addLoadCurve } from './load-curve-file.js';
import { presetList } from './presets.js';
import type { ProgressBar } from './progress.js';
import { fieldList, SETTINGS } from './settings.js';

const DETAILS = `
The configuration file is JSON, with comments if you like, or YAML; flags
override it. Its fields:
${fieldList()}
What an earlier run printed with --json is such a file, too: running it again
gives the same result.

In place of a file, the name of a figure of the paper is one of its systems, as
"ratescale reproduce" runs it:
${presetList()}

Files of rates or tasks hold a JSON array, or numbers separated by commas,
spaces, semicolons or line ends.

Ctrl-C ends a run early: what it reached is printed and written, with status
"cancelled", and the exit code is 130. So do SIGTERM (143), a terminal that
closes (129), and the time limit (124). A second Ctrl-C ends it at once.

With --checkpoint all of that also saves the run, and even kill -9 costs no
more than the seconds of --every. --resume takes the configuration from the
checkpoint; -T may name a later horizon. A job that a scheduler may start again
names the same file for both: if it is not there yet, the run begins at 0. Such
runs have no intervals, and no --precision.

Pictures and pages need more packages: npm install vega @resvg/resvg-js

Examples:
  ratescale run -n 100 -l 0.8 -m 500 -T 20000 --warmup 5000
  ratescale run fig5 --seed 2 --plot -
  ratescale run config.json --seed 2 --json > result.json
  ratescale run result.json --trajectory rates.csv --record-servers 0-2
  ratescale run result.json --json | ratescale run - --seed 2
  ratescale run config.yaml --plot rates.svg --html run.html
  ratescale run fig3 --checkpoint a.ckpt --resume a.ckpt --time-limit 600
  ratescale run --resume a.ckpt -T 10000
  ratescale run -n 1000000 -l 0.8 -m inf --initial-rates 1.5 --buffer inf -T 10`;

/** `ratescale run` */
export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .summary('simulate one system')
    .description('Simulates one system to its horizon and prints its figures.')
    .argument(
      '[config]',
      'configuration (JSON or YAML), or the --json output of an earlier run; - for standard input; or fig1 … fig5',
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
  command.option(
    '--threads <count>',
    'threads for a run of 524,288 servers or more; default one for each processor. The result is the same for any number of them',
  );
  addCheckpoints(command);
  command
    .optionsGroup('Output:')
    .option('--json', 'print the result as one JSON object instead of the summary')
    .option(
      '--trajectory <file>',
      'write what was recorded: .csv has a row for each time, .json an array for each quantity; - is CSV on standard output, and the summary goes to standard error',
    )
    .option('--plot <file>', 'draw the rates over time: .svg, .png, or - for the terminal')
    .option('--html <file>', 'write a page about the run: charts, figures, how to repeat it')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => run({ path, flags }));
}

async function run(given: Given): Promise<void> {
  const { flags } = given;
  const interruption = listenForInterruption(flags.timeLimit);
  // loaded here, so that help and version need not wait for the engine
  const [{ predict }, { predictLoad }, { compareMeanRate }, { ConfigError }] = await Promise.all([
    import('../theory/prediction.js'),
    import('../theory/load-prediction.js'),
    import('../theory/comparison.js'),
    import('../errors.js'),
  ]);
  const [{ openOutputs }, { progressBar }, { summarise }] = await Promise.all([
    import('./run-outputs.js'),
    import('./progress.js'),
    import('./summary.js'),
  ]);

  const saving = await checkpointPlan(flags);
  try {
    const prepared = saving ? await prepareSaved(given, saving) : await prepare(given);
    const { config } = prepared;
    const prediction = await predict(config);
    const load = await predictLoad(config);
    const outputs = await openOutputs(flags);
    const bar = await progressBar();
    let ended: Ended;
    try {
      ended = await prepared.run(interruption, bar);
    } finally {
      bar.clear();
    }
    const { result } = ended;
    const comparison = compareMeanRate(result, prediction);
    const theory = { ...prediction, comparison, ...(load !== null && { load }) };
    // the figures are printed even if a file fails: they may have taken hours
    let { failure } = ended;
    await outputs.write(result, theory).catch((error) => {
      failure ??= error;
    });
    for (const { clause, holds, detail } of prediction.assumptions) {
      if (!holds) {
        process.stderr.write(`ratescale: warning: Assumption 2.1 (${clause}) fails: ${detail}\n`);
      }
    }
    for (const warning of result.warnings ?? []) {
      process.stderr.write(`ratescale: warning: ${warning}\n`);
    }
    const figures = outputs.takesStdout ? process.stderr : process.stdout;
    figures.write(
      flags.json
        ? `${JSON.stringify({ ...result, theory }, null, process.stdout.isTTY ? 2 : 0)}\n`
        : summarise(result, theory),
    );
    await outputs.print(result, theory);
    if (failure) throw failure;
    process.exitCode = interruption.exitCode;
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  }
}

interface Ended {
  result: SimulationResult;
  /** what could not be written meanwhile */
  failure?: Error | undefined;
}

interface Prepared {
  config: SimulationConfig;
  run: (interruption: Interruption, bar: ProgressBar) => Promise<Ended>;
}

/** A run in sections, which give it intervals. */
async function prepare(given: Given): Promise<Prepared> {
  const { simulate } = await import('../run/simulate.js');
  const config = await assemble(given);
  return {
    config,
    run: async ({ signal }, { update }) => ({
      result: await simulate(config, {
        signal,
        onProgress: update,
        precision: numberFlag(given.flags, 'precision'),
        maxHorizon: numberFlag(given.flags, 'maxHorizon'),
        threads: numberFlag(given.flags, 'threads'),
      }),
    }),
  };
}

/** A run that is saved, or goes on from where one was. */
async function prepareSaved(given: Given, plan: CheckpointPlan): Promise<Prepared> {
  const { agree, readCheckpoint, runSaved } = await import('./checkpoints.js');
  const { Simulation } = await import('../run/simulation.js');
  const simulation = plan.resume
    ? await readCheckpoint(plan.resume)
    : await Simulation.create(await assemble(given));
  if (plan.resume && saysOfSystem(given)) {
    const wanted = given.path
      ? await assemble(given)
      : await overridden(structuredClone(simulation.config) as never, given);
    agree(simulation, wanted, plan.resume);
  }
  return {
    config: simulation.config,
    run: ({ signal }, { update }) => runSaved(simulation, { ...plan, signal, onProgress: update }),
  };
}
