import * as v from 'valibot';
import { ConfigError } from '../../errors.js';
import { isList, list, number, pick, whole } from '../domain.js';
import { field } from '../field.js';
import { read, refuse } from '../messages.js';
import { LATEST } from './run.js';
import { MAX_SERVERS } from './system.js';

export interface RecordingFields {
  record?: {
    /** spacing of the recording grid: 1e-12 … horizon; default max(horizon / 1000, 1 / λ), at most the horizon */
    interval?: number;
    /** levels of the recorded quantiles of the rates over servers, each 0 … 1, at most 100; default [0.05, 0.5, 0.95] */
    quantiles?: readonly number[];
    /** servers whose rate and queue length are recorded: ids 0 … n − 1, or `'all'`; default none */
    servers?: readonly number[] | 'all';
    /**
     * about how many tasks to follow from arrival to departure, spread evenly over those that arrive from
     * the warm-up on, for the law of the sojourn time: 0 (default) … 10000000, 24 bytes each
     */
    sojourns?: number;
    /** with a period: equal phases of it that have figures of their own, 1 … 1000; default 8; only with a period */
    phases?: number;
  };
}

/** Sorted, and nothing in it twice. */
export interface CompleteRecording {
  interval: number;
  quantiles: number[];
  servers: number[] | 'all';
  sojourns: number;
  /** with a period only */
  phases?: number;
}

const MOST_LEVELS = 100;
const level = number(0, 1);
const levels = list(level, 'a list of levels from 0 to 1');
const id = whole(0, MAX_SERVERS - 1, 'number of servers less 1');
const ids = list(id, 'a list of server ids');
const IDS = 'a list of server ids from 0 to servers − 1, or "all"';

/** @internal */
export const recording = {
  interval: field<number | undefined>({
    group: 'recording',
    meaning: 'spacing of the recording grid',
    takes: number(1e-12, LATEST, 'horizon'),
    otherwise: 'horizon/1000, at least 1/λ',
    flag: { spelling: '--interval <time>', form: 'number or word' },
  }),
  quantiles: field({
    group: 'recording',
    meaning: 'levels of the recorded quantiles of the rates over servers',
    takes: {
      ...levels,
      schema: v.pipe(
        levels.schema,
        v.transform((list) => ascending(list)),
        v.maxLength(
          MOST_LEVELS,
          ({ input }) =>
            `got ${input.length} levels; must be at most ${MOST_LEVELS} different ones`,
        ),
      ),
      range: `a list of levels, each ${level.range}, at most ${MOST_LEVELS}`,
    },
    default: [0.05, 0.5, 0.95],
    flag: {
      spelling: '--quantiles <levels>',
      form: 'list',
      help: `levels of the recorded quantiles of the rates over servers, each ${level.range}, at most ${MOST_LEVELS}, or none`,
      default: '0.05,0.5,0.95',
    },
  }),
  servers: field({
    group: 'recording',
    meaning: 'servers whose own rate and tasks are recorded',
    takes: {
      schema: pick<number[] | 'all'>(IDS, (input) =>
        input === 'all' ? v.literal('all') : isList(input) ? ids.schema : null,
      ),
      words: IDS,
      range: 'a list of ids 0 … n − 1, or all',
    },
    default: [],
    flag: {
      spelling: '--record-servers <ids>',
      form: 'list or word',
      help: 'servers whose own rate and tasks are recorded: ids 0 … n-1 such as 0,1,2 or 0-9, or all, or none',
      default: 'none',
    },
  }),
  sojourns: field({
    group: 'recording',
    meaning: 'tasks followed from arrival to departure, for the law of the sojourn time',
    takes: whole(0, 10_000_000),
    default: 0,
    flag: { spelling: '--sojourns <count>', form: 'number or word' },
  }),
  phases: field<number | undefined>({
    group: 'recording',
    meaning: 'equal phases of the period that have figures of their own',
    takes: whole(1, 1000),
    otherwise: '8 with a period',
    flag: { spelling: '--phases <count>', form: 'number or word' },
  }),
};

export function completeRecording(
  record: Omit<CompleteRecording, 'interval' | 'phases'> & {
    interval: number | undefined;
    phases: number | undefined;
  },
  {
    servers,
    arrivalRate,
    horizon,
    period,
  }: { servers: number; arrivalRate: number; horizon: number; period?: number },
): CompleteRecording {
  const { interval = Math.min(horizon, Math.max(horizon / 1000, 1 / arrivalRate)) } = record;
  read(number(1e-12, horizon, `horizon, ${horizon}`).schema, interval, 'record.interval');
  const watched = record.servers === 'all' ? 'all' : ascending(record.servers);
  const last = watched === 'all' ? undefined : watched.at(-1);
  if (last !== undefined && last >= servers) {
    refuse('record.servers', last, `server ids from 0 to ${servers - 1}`);
  }
  // always in this order: configurations are compared as text
  const { quantiles, sojourns, phases = 8 } = record;
  if (period === undefined && record.phases !== undefined) {
    throw new ConfigError(
      'record.phases',
      `got ${phases} without a period; give one, or leave this out`,
    );
  }
  const divided = period !== undefined && { phases };
  return { interval, quantiles, servers: watched, sojourns, ...divided };
}

/** Sorted, each once. */
function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
