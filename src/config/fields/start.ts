import * as v from 'valibot';
import { ConfigError } from '../../errors.js';
import { isList, list, number, object, pick, whole } from '../domain.js';
import { field } from '../field.js';
import { isPlain, mustBe, read } from '../messages.js';
import { MAX_TASKS } from './system.js';

/** Initial rates: the same for all, i.i.d. uniform on [a, b], or one per server. */
export type InitialRates = number | { uniform: [number, number] } | ArrayLike<number>;

export interface StartFields {
  /** μ_v(0), each 0 … 1e9; default `{ uniform: [0, 2] }` */
  initialRates?: InitialRates;
  /** tasks at each server at t = 0, in service included, 0 … buffer: for all, or one number per server; default 0 */
  initialTasks?: number | ArrayLike<number>;
}

export interface CompleteStart {
  initialRates: number | { uniform: [number, number] } | number[];
  initialTasks: number | number[];
}

/** Largest rate that a server can be given. */
export const MAX_RATE = 1e9;

const rate = number(0, MAX_RATE);
const RATES = `${rate.words}, { uniform: [a, b] }, or a list of one rate per server`;
const PAIR = 'two rates in ascending order';
const uniform = object({
  uniform: v.pipe(
    list(rate, PAIR).schema,
    v.check(
      ([low = Number.NaN, high = Number.NaN, ...more]) => low <= high && more.length === 0,
      mustBe(PAIR),
    ),
    v.transform((pair) => pair as [number, number]),
  ),
});

const tasks = whole(0, MAX_TASKS, 'buffer');
const TASKS = `${tasks.words}, or a list of one such number per server`;

/** @internal */
export const start = {
  initialRates: field<CompleteStart['initialRates']>({
    group: 'start',
    meaning: 'rates of the servers at the start',
    takes: {
      schema: pick<CompleteStart['initialRates']>(RATES, (input) =>
        isList(input)
          ? list(rate, RATES).schema
          : isPlain(input)
            ? uniform
            : typeof input === 'number'
              ? rate.schema
              : null,
      ),
      words: RATES,
      range: `${rate.range}, { uniform: [a, b] }, or one rate per server`,
    },
    default: { uniform: [0, 2] },
    flag: {
      spelling: '--initial-rates <rates>',
      form: 'rates',
      help: `rate of every server (${rate.range}), uniform:a,b for independent uniform rates, or a file with one rate per server`,
      default: 'uniform:0,2',
    },
  }),
  initialTasks: field<CompleteStart['initialTasks']>({
    group: 'start',
    meaning: 'tasks at each server at the start, the one in service included',
    takes: {
      schema: pick<CompleteStart['initialTasks']>(TASKS, (input) =>
        isList(input) ? list(tasks, TASKS).schema : typeof input === 'number' ? tasks.schema : null,
      ),
      words: TASKS,
      range: `${tasks.range}, or one number per server`,
    },
    default: 0,
    flag: {
      spelling: '--initial-tasks <tasks>',
      form: 'counts',
      help: `tasks at every server (${tasks.range}), or a file with one number per server`,
    },
  }),
};

/** Lists have one value for each server, and nobody has more tasks than the buffer holds. */
export function completeStart({
  servers,
  buffer,
  initialRates,
  initialTasks,
}: CompleteStart & { servers: number; buffer: number | 'inf' }): CompleteStart {
  const room = buffer === 'inf' ? MAX_TASKS : buffer;
  const allowed = whole(0, room, `buffer, ${room}`);
  checkLength('initialRates', initialRates, servers);
  checkLength('initialTasks', initialTasks, servers);
  const tasks = Array.isArray(initialTasks) ? list(allowed, allowed.words).schema : allowed.schema;
  read<number | number[]>(tasks, initialTasks, 'initialTasks');
  return { initialRates, initialTasks };
}

function checkLength(field: string, values: unknown, servers: number): void {
  if (Array.isArray(values) && values.length !== servers) {
    throw new ConfigError(
      field,
      `got ${values.length} values; must be one for each of the ${servers} servers`,
    );
  }
}
