import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { SimulationConfig } from '../config/config.js';
import { GROUPS } from '../config/field.js';
import type { TuneResult } from '../studies/tune.js';
import type { PeriodicSchedule } from '../theory/excess-cost.js';
import { BadInput, reason } from './bad-input.js';
import { assemble, explain, type Given, numberFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { addLoadCurve } from './load-curve-file.js';
import { FORMATS, type Format, formatsOf } from './reproduce/formats.js';
import { requireDrawing } from './reproduce/requirements.js';
import { SETTINGS } from './settings.js';

const DETAILS = `
A small m follows the load but lets rates fluctuate; a large m does the reverse. Theory
(many servers, first order in 1/m) gives the excess cost of every m over rates that are
best at every moment; then five values around its best are simulated, all on the same
random numbers, over whole periods.

The load: --arrivals FILE, or --swing A with --arrival-rate and --period for
λ(t) = λ (1 + A sin(2πt/period)), or a configuration with a schedule and a period.
Every λ(t) must be below the optimal rate at it.

--out DIR gets the excess cost against m and the rates over a period, as pictures and data,
and tune.json. Pictures need two more packages: npm install vega @resvg/resvg-js

Examples:
  ratescale tune -n 100 -l 0.8 --swing 0.5 --period 400
  ratescale tune -n 100 --arrivals day.csv --rate-scale 1/100 --out tuned
  ratescale tune config.json --budget 1e9 --json`;

/** Fields of a configuration that are the system's; the others are found or fixed here. */
const SYSTEM = ['servers', 'arrivalRate', 'buffer', 'cost.g', 'cost.h', 'period', 'seed'];

/** `ratescale tune` */
export function addTuneCommand(program: Command): void {
  const command = program
    .command('tune')
    .summary('find the m that costs least when the load changes')
    .description(
      'Finds the inverse step size m with the smallest cost under a load that repeats, by theory and by simulation.',
    )
    .argument(
      '[config.json]',
      'configuration, or the --json output of a run; its m and times are not used',
    );
  for (const { field, option } of SETTINGS) {
    if (SYSTEM.includes(field)) command.addOption(option);
  }
  addLoadCurve(command);
  command
    .optionsGroup(GROUPS.load)
    .option('--swing <A>', 'load λ (1 + A sin(2πt/period)), in 64 steps: 0 … less than 1')
    .optionsGroup('Simulation:')
    .option(
      '--budget <events>',
      'most events of all runs: 1e4 … 1e12; default 5e7, or what a period of 20 servers takes',
    )
    .option('--replications <count>', 'runs of each m: 2 … 1000; default 8')
    .option('--workers <count>', 'threads; default as many as there are processors');
  addTimeLimit(command)
    .optionsGroup('Output:')
    .option('--out <dir>', 'directory for pictures and data')
    .option('--formats <list>', 'files for each chart', FORMATS.join(','))
    .option('--json', 'print one JSON object instead of the table')
    .option('--quiet', 'show no progress')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((path: string | undefined, flags: Given['flags']) => tunes({ path, flags }));
}

async function tunes(given: Given): Promise<void> {
  const { flags } = given;
  const interruption = listenForInterruption(flags.timeLimit);
  const [{ tune }, { ConfigError }, { tuneSummary }, { sweepProgressBar }] = await Promise.all([
    import('../studies/tune.js'),
    import('../errors.js'),
    import('./tune-summary.js'),
    import('./sweep-progress.js'),
  ]);
  const config = await assemble(given, ['servers', 'arrivalRate']);
  const directory = flags.out as string | undefined;
  const formats = formatsOf(flags.formats as string);
  if (directory !== undefined) {
    requireDrawing(formats);
    makeDirectory(directory);
  }
  const bar = await sweepProgressBar(flags.quiet === true);
  let result: TuneResult;
  try {
    result = await tune(
      { ...systemOf(config), load: await loadToTune(config, given) },
      {
        around: numberFlag(flags, 'around'),
        budget: numberFlag(flags, 'budget'),
        replications: numberFlag(flags, 'replications'),
        workers: numberFlag(flags, 'workers'),
        signal: interruption.signal,
        onProgress: bar.update,
      },
    );
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  } finally {
    bar.clear();
  }
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result, null, process.stdout.isTTY ? 2 : 0)}\n`
      : tuneSummary(result),
  );
  if (directory !== undefined) await writeFiles(directory, result, formats);
  process.exitCode = interruption.exitCode;
}

/** What `tune` takes of a configuration, and what it refuses. */
function systemOf({ servers, buffer, cost, seed, dispatch, service, classes }: SimulationConfig) {
  const given = { buffer, cost, seed, dispatch, service, classes };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { servers, ...Object.fromEntries(present) };
}

async function loadToTune(config: SimulationConfig, { flags }: Given): Promise<PeriodicSchedule> {
  const { arrivalRate, schedule, period } = config;
  const [{ sineLoad }, { loadOf }] = await Promise.all([
    import('../studies/tune.js'),
    import('../theory/tracking.js'),
  ]);
  const swing = numberFlag(flags, 'swing');
  if (swing !== undefined) {
    if (flags.arrivals !== undefined) {
      throw new BadInput('--swing: got it beside --arrivals; give one of them');
    }
    if (period === undefined) {
      throw new BadInput('--period: missing; --swing needs the time after which the load repeats');
    }
    return sineLoad(arrivalRate, swing, period);
  }
  if (schedule === undefined || period === undefined) {
    throw new BadInput(
      'the load does not change; give --arrivals FILE, or --swing and --period, or a configuration with schedule and period',
    );
  }
  const load = loadOf(config);
  if (load === null) throw new BadInput('schedule: must change the arrival rate alone');
  return { ...load, period };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new BadInput(`--out: "${directory}" cannot be made: ${reason(cause)}`);
  }
}

async function writeFiles(
  directory: string,
  result: TuneResult,
  formats: readonly Format[],
): Promise<void> {
  const [{ tuneCharts }, { writeChart }, { writeWhole }, { VERSION }] = await Promise.all([
    import('../studies/tune-charts.js'),
    import('./reproduce/files.js'),
    import('./store/files.js'),
    import('../version.js'),
  ]);
  const { system, load } = result;
  for (const chart of await tuneCharts(result)) {
    await writeChart(directory, chart, { ratescale: VERSION, system, load }, formats);
  }
  writeWhole(join(directory, 'tune.json'), `${JSON.stringify(result, null, 1)}\n`);
}
