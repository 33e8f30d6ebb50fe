/** What the options of runs and sweeps take, beside the configuration. */
import * as v from 'valibot';
import { MOST_MEMBERS } from '../engine/layout.js';
import { type Domain, oneOf, whole } from './domain.js';
import { mustBe, read } from './messages.js';

const WIDTH = 'a number between 0 and 1, such as 0.01';

/** A target for the relative half-width of intervals. */
export const relativeWidth: Domain<number> = {
  schema: v.custom<number>((x) => typeof x === 'number' && x > 0 && x < 1, mustBe(WIDTH)),
  words: WIDTH,
  range: 'between 0 and 1',
};

/** Threads of a sweep; with 0 the caller's own. */
export const workerCount = whole(0, 1024);

/** Threads of one run. */
export const threadCount = whole(1, MOST_MEMBERS);

/** Where a run takes place. */
export const thread = oneOf('auto', 'here');

/** @throws {ConfigError} for a value that is not in a domain */
export function check<T>(field: string, value: unknown, domain: Domain<T>): void {
  read(domain.schema, value, field);
}
