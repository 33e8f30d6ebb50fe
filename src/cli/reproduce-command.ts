import type { Command } from 'commander';
import type { Experiment, ExperimentOptions } from '../experiments/experiment.js';
import { BadInput, Failure } from './bad-input.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { seed as parseSeed, wholeNumber } from './parse.js';
import { addQueue, queueOf } from './queue-flag.js';
import { FORMATS, formatsOf } from './reproduce/formats.js';
import { requireDrawing } from './reproduce/requirements.js';

const DETAILS = `
Experiments:
  fig1     rates in the long run against the number of servers
  fig2a    … against the inverse step size
  fig2b    … against the arrival rate
  fig3     rates and longest queue against time: unit buffers, starting empty
  fig4     … unbounded buffers, on the same random numbers as fig3
  fig5     … unbounded buffers, starting with a backlog
  thm2.6   distance of paths from the averaged limit as m grows
  thm2.9   idle times of different servers as n grows
  regret   cost against the optimum, by cause
  policies the control under other dispatch rules and laws of service
  all      all of these

DIR gets a directory for each experiment, with its runs (as "ratescale sweep" writes
them), pictures and data, and index.html: every figure, what the paper claims, what was
measured and whether they agree. The same command continues an interrupted one.
Pictures need two more packages: npm install vega @resvg/resvg-js
The whole set takes some minutes on two processors, about one with --quick.

Examples:
  ratescale reproduce all --out figures --quick
  ratescale reproduce fig5 --out figures --backlog 1000 --formats svg`;

interface Flags {
  out: string;
  quick?: boolean;
  seed: string;
  formats: string;
  backlog: string;
  workers?: string;
  queue?: string;
  timeLimit?: string;
  forceUnlock?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const DEFAULT_BACKLOG = 2000;

/** `ratescale reproduce` */
export function addReproduceCommand(program: Command): void {
  const command = program
    .command('reproduce')
    .summary("repeat the paper's experiments, with pictures and a report")
    .description(
      'Repeats the experiments of "Distributed Rate Scaling in Large-Scale Service Systems",\nbeside exact theory, and holds what the paper claims against what is measured.',
    )
    .argument('<experiment...>', 'one or more of those below')
    .requiredOption('--out <dir>', 'directory for results, pictures and report (required)')
    .option('--quick', 'shorter and fewer runs: wider intervals')
    .option('--seed <seed>', 'any string or number', '1')
    .option('--formats <list>', 'files for each chart', FORMATS.join(','))
    .option('--backlog <tasks>', 'fig5: tasks at each server at the start', `${DEFAULT_BACKLOG}`)
    .option('--workers <count>', 'threads; default as many as there are processors');
  addQueue(command);
  addTimeLimit(command)
    .option('--force-unlock', 'use the directory even if another process seems to use it')
    .option('--json', 'print claims and findings as one JSON object')
    .option('--quiet', 'print nothing but errors')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action(reproduce);
}

async function reproduce(names: string[], flags: Flags): Promise<void> {
  const interruption = listenForInterruption(flags.timeLimit);
  const [{ EXPERIMENTS }, { Reproduction }] = await Promise.all([
    import('../experiments/index.js'),
    import('./reproduce/reproduction.js'),
  ]);
  const chosen = choose(names, EXPERIMENTS);
  const options: ExperimentOptions = {
    size: flags.quick ? 'quick' : 'full',
    seed: parseSeed(flags.seed),
    backlog: wholeNumber('backlog', flags.backlog, 1, 100_000),
  };
  const workers =
    flags.workers === undefined ? undefined : wholeNumber('workers', flags.workers, 0, 1024);
  const queue = await queueOf({ ...flags });
  const formats = formatsOf(flags.formats);
  requireDrawing(formats);
  const reproduction = await Reproduction.open(flags.out, chosen, options, flags.forceUnlock);
  const { status, failures } = await reproduction.run({
    workers,
    queue,
    signal: interruption.signal,
    formats,
    quiet: flags.quiet === true,
  });
  if (flags.json) process.stdout.write(`${JSON.stringify(reproduction.findings())}\n`);
  else if (!flags.quiet) process.stdout.write(reproduction.summary(status));
  process.exitCode = interruption.exitCode;
  if (failures > 0) {
    throw new Failure(`${failures} runs failed; the same command tries them again`);
  }
}

function choose(names: string[], experiments: readonly Experiment[]): readonly Experiment[] {
  const known = experiments.map(({ name }) => name);
  const unknown = names.find((name) => name !== 'all' && !known.includes(name));
  if (unknown !== undefined) {
    throw new BadInput(`got experiment "${unknown}"; must be one of ${known.join(', ')}, all`);
  }
  return experiments.filter(({ name }) => names.includes('all') || names.includes(name));
}
