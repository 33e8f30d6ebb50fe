/** A load over time from a file: the flags, and what they give the configuration. */
import { type Command, Option } from 'commander';
import { GROUPS } from '../config/field.js';
import type { LoadCurve, LoadValues } from '../config/load-curve.js';
import { ConfigError } from '../errors.js';
import { BadInput, reason } from './bad-input.js';
import { numberOrText } from './parse.js';
import { readText } from './text-file.js';

const OPTIONS = [
  new Option(
    '--arrivals <file.csv>',
    'λ over time, instead of --arrival-rate: two columns, time and rate per server, as numbers or timestamps (seconds); repeats after the last line',
  ),
  new Option('--time-scale <s>', 'with --arrivals: multiplies times (default: 1)'),
  new Option(
    '--rate-scale <s>',
    'with --arrivals: multiplies rates; 1/100 for the total load of 100 servers (default: 1)',
  ),
  new Option(
    '--arrivals-are <what>',
    'with --arrivals: rate, or count for tasks in each interval (default: what the heading says, else rate)',
  ),
];

export function addLoadCurve(command: Command): void {
  for (const option of OPTIONS) command.addOption(option.helpGroup(GROUPS.load));
}

/**
 * The curve that the flags ask for; undefined without `--arrivals`.
 * @throws {BadInput} if the file cannot be read or used
 */
export async function loadCurveOf(flags: Record<string, unknown>): Promise<LoadCurve | undefined> {
  const { arrivals, arrivalsAre, timeScale, rateScale } = flags;
  if (typeof arrivals !== 'string') {
    const alone = OPTIONS.find((option) => flags[option.attributeName()] !== undefined);
    if (alone) throw new BadInput(`${alone.long}: is about --arrivals, which is missing`);
    return undefined;
  }
  if (flags.arrivalRate !== undefined) {
    throw new BadInput(
      '--arrival-rate: got it beside --arrivals, which says it for all times; leave one out',
    );
  }
  if (arrivalsAre !== undefined && arrivalsAre !== 'rate' && arrivalsAre !== 'count') {
    throw new BadInput(`--arrivals-are: got "${arrivalsAre}"; must be rate or count`);
  }
  let text: string;
  try {
    text = await readText(arrivals);
  } catch (cause) {
    throw new BadInput(`--arrivals: ${arrivals}: ${reason(cause)}`);
  }
  const { parseLoadCurve } = await import('../config/load-curve.js');
  try {
    return parseLoadCurve(text, arrivals, {
      ...(timeScale !== undefined && { timeScale: scale(timeScale as string) }),
      ...(rateScale !== undefined && { rateScale: scale(rateScale as string) }),
      ...(arrivalsAre !== undefined && { values: arrivalsAre as LoadValues }),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const flag = { timeScale: '--time-scale', rateScale: '--rate-scale' }[error.field];
    throw new BadInput(flag ? `${flag}${error.message.slice(error.field.length)}` : error.message);
  }
}

/** A number or a quotient, `1/100`; a text that is neither is passed on, to be refused. */
function scale(text: string): number {
  const parts = text.split('/').map(numberOrText);
  const [a, b = 1] = parts;
  return parts.length <= 2 && typeof a === 'number' && typeof b === 'number'
    ? a / b
    : (text as unknown as number);
}

/** The mean over a period. */
export function meanLoad({ schedule, period }: LoadCurve): number {
  const total = schedule.reduce(
    (sum, { time, arrivalRate }, k) =>
      sum + arrivalRate * ((schedule[k + 1]?.time ?? period) - time),
    0,
  );
  return total / period;
}
