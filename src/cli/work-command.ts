import { type Command, Option } from 'commander';
import { BadInput } from './bad-input.js';
import { numberFlag, workersFlag } from './configuration.js';
import { addTimeLimit, listenForInterruption } from './interruption.js';
import { queueOf, sayNotice, VARIABLE } from './queue-flag.js';

const DETAILS = `
A machine that works takes runs from the queue, simulates them on its threads, and
brings the results, for any number of sweeps at once ("ratescale sweep … --queue URL",
replicate, compare, reproduce). Version and engine must be those of the sweep.

Ctrl-C or SIGTERM: it takes no more, and ends when the runs under way have ended; those
that take longer than --grace are handed back and run elsewhere. Killed outright, it
costs what it was running: another machine runs that again after some seconds.

The URL may hold user and password, redis://user:password@host:6379/0; rediss:// is TLS
(NODE_EXTRA_CA_CERTS names a file with a certificate authority of your own). In
${VARIABLE} others on the machine do not see it. Needs: npm install bullmq ioredis

Examples:
  ratescale work --queue redis://queue.example.org:6379
  ratescale work --workers 4 --until-idle        # in a batch job, with ${VARIABLE} set`;

/** `ratescale work` */
export function addWorkCommand(program: Command): void {
  const command = program
    .command('work')
    .summary('work for sweeps that other machines coordinate over a queue')
    .description('Takes runs from a queue, until told to stop.')
    .option('--queue <url>', `a Redis: redis://host:6379/0, or rediss://…; or set ${VARIABLE}`)
    .option('--workers <count>', 'threads: 1 … 1024; default as many as there are processors')
    .addOption(
      new Option(
        '--until-idle [seconds]',
        'end when for so many seconds there was nothing to do, and no sweep to wait for',
      ).preset('30'),
    )
    .option(
      '--grace <seconds>',
      'after SIGTERM or Ctrl-C: time for the runs under way to end',
      '20',
    );
  addTimeLimit(command)
    .option('--json', 'print what was done as one JSON object')
    .option('--quiet', 'print nothing but errors')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action(works);
}

async function works(flags: Record<string, unknown>): Promise<void> {
  const interruption = listenForInterruption(flags.timeLimit);
  const [{ work }, { ConfigError }] = await Promise.all([
    import('../fleet/work.js'),
    import('../errors.js'),
  ]);
  const queue = await queueOf(flags, []);
  if (queue === undefined) {
    throw new BadInput(`--queue: missing; give the URL of a Redis, or set ${VARIABLE}`);
  }
  try {
    const done = await work(queue, {
      workers: workersFlag(flags),
      grace: numberFlag(flags, 'grace'),
      untilIdle: numberFlag(flags, 'untilIdle'),
      signal: interruption.signal,
      onNotice: flags.quiet ? undefined : sayNotice,
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(done)}\n`);
    else if (!flags.quiet) {
      process.stdout.write(`${done.runs} runs in ${done.packs} packs\n`);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const flag = error.field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new BadInput(`--${flag}${error.message.slice(error.field.length)}`);
  }
  process.exitCode = interruption.exitCode;
}
