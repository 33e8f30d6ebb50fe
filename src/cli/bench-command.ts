import type { Command } from 'commander';
import type { Speed } from '../run/speed.js';
import { explain, type Given, numberFlag } from './configuration.js';
import { aligned, figure, grouped, perSecond } from './format.js';
import { listenForInterruption } from './interruption.js';
import { list } from './parse.js';

const DETAILS = `
The system is the paper's, at λ = 0.8 and m = 500, near its stationary state. Sizes
take turns, so that a machine that is busy at times slows all of them down; the
spread over eight rounds tells how busy it was. An event is an accepted arrival or
a departure. The error is that of the fraction of busy servers against the exact
law, with its 95 % interval: about one in twenty is beyond that.

Examples:
  ratescale bench
  ratescale bench --servers 100,10000000 --seconds 20 --json`;

/** `ratescale bench` */
export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .summary('how fast this machine simulates')
    .description('Measures nanoseconds per event for several numbers of servers, in ten seconds.')
    .option('--servers <counts>', 'sizes to measure', '100,10000,1000000')
    .option('--seconds <time>', 'for how long, all sizes together, once they are ready', '8')
    .option('--json', 'print one JSON object instead of the table')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((flags: Given['flags']) => bench({ path: undefined, flags }));
}

async function bench(given: Given): Promise<void> {
  const { flags } = given;
  const interruption = listenForInterruption();
  const [
    { measureSpeed, SPEED_SYSTEM },
    { ConfigError },
    { KERNEL_HASH },
    { VERSION },
    { newBar },
  ] = await Promise.all([
    import('../run/speed.js'),
    import('../errors.js'),
    import('../engine/kernel-binary.js'),
    import('../version.js'),
    import('./progress.js'),
  ]);
  const { bar, clear } = await newBar('{percentage} %');
  if (process.stderr.isTTY) bar.start(100, 0);
  let speeds: Speed[];
  try {
    speeds = await measureSpeed({
      servers: list(flags.servers as string) as number[],
      seconds: numberFlag(flags, 'seconds'),
      signal: interruption.signal,
      onProgress: (fraction) => bar.isActive && bar.update(Math.round(100 * fraction)),
    });
  } catch (error) {
    throw error instanceof ConfigError ? explain(error, given) : error;
  } finally {
    clear();
  }
  const engine = { version: VERSION, kernelHash: KERNEL_HASH, node: process.version };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ system: SPEED_SYSTEM, engine, speeds }, null, process.stdout.isTTY ? 2 : 0)}\n`
      : table(speeds),
  );
  process.exitCode = interruption.exitCode;
}

function table(speeds: readonly Speed[]): string {
  return aligned([
    ['servers', 'ns/event', 'min … max', 'events/s', 'busy fraction', 'less the exact law'],
    ...speeds.map(({ servers, nanosecondsPerEvent, eventsPerSecond, busyFraction }) => {
      const { median, min, max } = nanosecondsPerEvent;
      const { measured, error, halfWidth } = busyFraction;
      return [
        grouped(servers),
        figure(median, 3),
        `${figure(min, 3)} … ${figure(max, 3)}`,
        perSecond(eventsPerSecond),
        figure(measured),
        `${error < 0 ? '-' : '+'}${Math.abs(error).toExponential(1)} ± ${halfWidth.toExponential(1)}`,
      ];
    }),
  ]);
}
