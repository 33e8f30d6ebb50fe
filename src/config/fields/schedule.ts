import * as v from 'valibot';
import type { CostChoice } from '../../cost/cost.js';
import { ConfigError } from '../../errors.js';
import { type Domain, number, object } from '../domain.js';
import { field } from '../field.js';
import { mustBe, read, refuse } from '../messages.js';
import { type CostFields, completeCost, partialCost } from './cost.js';
import { LATEST } from './run.js';
import { MAX_RATE } from './start.js';
import { type SystemFields, system } from './system.js';

/** A moment at which something changes, and then stays until the next change of it. */
export interface Change
  extends Partial<Pick<SystemFields, 'arrivalRate' | 'inverseStepSize'>>,
    CostFields {
  /** when: 0 … 1e12, and below the period; not before the change above it in the list */
  time: number;
  /** every server's rate then, 0 … 1e9: frozen servers are steered with it */
  rates?: number;
}

export interface ScheduleFields {
  /**
   * changes of λ, m, cost and rates at given times, at most 1000000: `[{ time, arrivalRate, inverseStepSize, cost, rates }, …]`. Each falls at its
   * time exactly; before the first change of something the configuration's own value holds. Default: nothing changes
   */
  schedule?: readonly Change[];
  /**
   * the schedule repeats after this time: 1e-9 … 1e12. Until its first change in a later period the last values of the one before
   * hold. Default: it does not repeat
   */
  period?: number;
}

/** A change with its cost spelt out. */
export interface CompleteChange extends Omit<Change, 'cost'> {
  cost?: CostChoice;
}

export interface CompleteSchedule {
  schedule?: CompleteChange[];
  period?: number;
}

/** What can be changed by hand, at the present time. What it leaves out, of the cost too, stays as it is then. */
export type Update = Pick<Change, 'arrivalRate' | 'inverseStepSize' | 'cost'>;

type Given = Omit<Change, 'cost'> & { cost?: Partial<CostChoice> };

const MOST_CHANGES = 1_000_000;
const WORDS = `a list of 1 to ${MOST_CHANGES} changes, each { time, arrivalRate, inverseStepSize, cost, rates }`;

const changing = {
  arrivalRate: v.exactOptional(system.arrivalRate.takes.schema),
  inverseStepSize: v.exactOptional(system.inverseStepSize.takes.schema),
  cost: v.exactOptional(partialCost),
};

const one: v.GenericSchema<unknown, Given> = object({
  time: number(0, LATEST).schema,
  ...changing,
  rates: v.exactOptional(number(0, MAX_RATE).schema),
});

const domain: Domain<Given[]> = {
  schema: v.pipe(
    v.custom<unknown[]>(
      (list) => Array.isArray(list) && list.length > 0 && list.length <= MOST_CHANGES,
      mustBe(WORDS),
    ),
    v.array(one, mustBe(WORDS)),
  ),
  words: WORDS,
  range: `a list of changes, at most ${MOST_CHANGES}`,
};

/** @internal */
export const schedule = {
  schedule: field<Given[] | undefined>({
    group: 'load',
    meaning: 'changes of λ, m, cost and rates at given times',
    takes: domain,
    otherwise: 'nothing changes',
  }),
  period: field<number | undefined>({
    group: 'load',
    meaning: 'time after which the schedule repeats',
    takes: number(1e-9, LATEST),
    otherwise: 'it does not repeat',
    flag: { spelling: '--period <time>', form: 'number or word' },
  }),
};

/** @throws {ConfigError} for times out of order or beyond the period, a change of nothing, or a period without a schedule */
export function completeSchedule(
  { schedule, period }: { schedule: readonly Given[] | undefined; period: number | undefined },
  { cost, classes }: { cost: CostChoice; classes?: readonly unknown[] | undefined },
): CompleteSchedule {
  if (schedule === undefined) {
    if (period !== undefined) {
      throw new ConfigError(
        'period',
        `got ${period} without a schedule; give a schedule that it repeats`,
      );
    }
    return {};
  }
  let previous = 0;
  const changes = schedule.map(({ time, cost: changed, ...others }, i): CompleteChange => {
    const place = `schedule[${i}]`;
    if (time < previous) refuse(`${place}.time`, time, `at least the time before it, ${previous}`);
    previous = time;
    if (period !== undefined && time >= period) {
      refuse(`${place}.time`, time, `below the period, ${period}`);
    }
    if (Object.keys(others).length === 0 && changed === undefined) {
      throw new ConfigError(
        place,
        'changes nothing; give arrivalRate, inverseStepSize, cost or rates',
      );
    }
    if (changed === undefined) return { time, ...others };
    if (classes !== undefined) {
      throw new ConfigError(
        `${place}.cost`,
        'cannot change where servers have classes with costs of their own; leave out one of both',
      );
    }
    return { time, ...others, cost: completeCost({ ...cost, ...changed }) };
  });
  return { schedule: changes, ...(period !== undefined && { period }) };
}

const byHand: v.GenericSchema<unknown, Omit<Given, 'time'>> = object(changing);

/**
 * A change by hand, with the present cost where it changes a part of that.
 * @throws {ConfigError} for a bad value, a change of nothing, or of what cannot be changed in this system
 */
export function completeUpdate(
  update: unknown,
  {
    cost,
    classes,
    schedule = [],
    period,
  }: CompleteSchedule & { cost: CostChoice; classes?: readonly unknown[] },
  time: number,
): CompleteChange {
  if (period !== undefined) {
    throw new ConfigError(
      'period',
      'is given, and where a schedule repeats the run cannot be steered by hand; give the schedule without a period',
    );
  }
  const { cost: changed, ...others } = read(byHand, update, 'update');
  if (Object.keys(others).length === 0 && changed === undefined) {
    throw new ConfigError('update', 'changes nothing; give arrivalRate, inverseStepSize or cost');
  }
  if (changed === undefined) return { time, ...others };
  if (classes !== undefined) {
    throw new ConfigError(
      'cost',
      'cannot change where servers have classes with costs of their own',
    );
  }
  const present = schedule.findLast((change) => change.cost && change.time <= time)?.cost ?? cost;
  return { time, ...others, cost: completeCost({ ...present, ...changed }) };
}
