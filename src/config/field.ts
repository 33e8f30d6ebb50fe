/** A field of the configuration: all that is known of it, said once. */
import * as v from 'valibot';
import type { Domain } from './domain.js';

/** How the text of a flag becomes a value; `src/cli/parse.ts` has a reader for each. */
export type TextForm =
  | 'number or word'
  | 'text'
  | 'list'
  | 'list or word'
  | 'seed'
  | 'rates'
  | 'counts'
  | 'g'
  | 'h';

/** Under which heading of the help a field stands. */
export type Group = keyof typeof GROUPS;

export const GROUPS = {
  system: 'System:',
  start: 'Start:',
  cost: 'Cost, λ g(1 / mean sojourn time) + mean h(rate):',
  load: 'Load over time:',
  run: 'Run (times in units of the mean service requirement):',
  recording: 'Recording:',
};

export interface Field<T> {
  group: Group;
  /** what it is, as a phrase; with its symbol, if it has one */
  meaning: string;
  takes: Domain<T>;
  /** what it is if it is not given; without one it is required */
  default?: NonNullable<NoInfer<T>>;
  /** that in words, where it depends on other fields */
  otherwise?: string;
  /** none for what only a file can say */
  flag?: {
    /** `-n, --servers <n>` */
    spelling: string;
    form: TextForm;
    /** what it is and takes, where its text differs from the value; else `meaning: range` */
    help?: string;
    /** its text for the default, where that differs from the value */
    default?: string;
  };
}

export function field<T>(entry: Field<T>): Field<T> {
  return entry;
}

type Fields = Record<string, Field<unknown>>;

/** The schemas of some fields, by name. */
export function entries<F extends Fields>(fields: F) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { takes, default: standard, otherwise }]) => [
      name,
      standard !== undefined
        ? v.optional(takes.schema, standard as never)
        : otherwise !== undefined
          ? v.optional(takes.schema)
          : takes.schema,
    ]),
  ) as { [K in keyof F]: F[K] extends Field<infer T> ? v.GenericSchema<unknown, T> : never };
}
