import * as v from 'valibot';
import { type Domain, unsigned } from '../domain.js';
import { field } from '../field.js';
import { mustBe } from '../messages.js';

export interface SeedFields {
  /** any text or finite number; equal seeds give equal runs, 1 and '1' are equal; default 1 */
  seed?: string | number;
}

const WORDS = 'a text or a finite number';

const text = v.pipe(
  v.string(mustBe(WORDS)),
  // half a surrogate pair has no UTF-8: two such texts would be one seed
  v.check(isWellFormed, mustBe('well-formed Unicode, without half a surrogate pair')),
);
const finite = v.pipe(v.custom<number>(Number.isFinite, mustBe(WORDS)), v.transform(unsigned));

const domain: Domain<string | number> = {
  schema: v.lazy(
    (input): v.GenericSchema<unknown, string | number> =>
      typeof input === 'string' ? text : finite,
  ),
  words: WORDS,
  range: 'any text or number',
};

/** @internal */
export const seed = field({
  group: 'run',
  meaning: 'equal seeds give equal runs',
  takes: domain,
  default: 1,
  flag: {
    spelling: '--seed <seed>',
    form: 'seed',
    help: 'any text or number; equal seeds give equal runs',
  },
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
