/** The values that a field may take: a check, and the words for it in errors, help and tables. */
import * as v from 'valibot';
import { isPlain, mustBe } from './messages.js';

export interface Domain<T> {
  schema: v.GenericSchema<unknown, T>;
  /** completes "must be …" */
  words: string;
  /** the same in short: `1 … 1e9` */
  range: string;
}

/** A domain of numbers, which lists may be made of. */
export interface Numbers extends Domain<number> {
  includes(x: unknown): boolean;
}

/** Numbers from `low` to `high`, which `end` names where it is not a number of its own: "horizon". */
export function number(low: number, high: number, end = digits(high)): Numbers {
  return numeric('a number', low, high, end, () => true);
}

/** Whole numbers from `low` to `high`. */
export function whole(low: number, high: number, end = digits(high)): Numbers {
  return numeric('a whole number', low, high, end, Number.isInteger);
}

function numeric(
  what: string,
  low: number,
  high: number,
  end: string,
  accepts: (x: number) => boolean,
): Numbers {
  const words =
    high === Number.POSITIVE_INFINITY
      ? `${what} from ${digits(low)}`
      : `${what} from ${digits(low)} to ${/^\d/.test(end) ? end : `the ${end}`}`;
  const includes = (x: unknown) => typeof x === 'number' && x >= low && x <= high && accepts(x);
  return {
    includes,
    schema: v.pipe(v.custom<number>(includes, mustBe(words)), v.transform(unsigned)),
    words,
    range: `${digits(low)} … ${end}`,
  };
}

/** One of several words. */
export function oneOf<const W extends string>(...choices: W[]): Domain<W> {
  const words = choices.map((word) => `"${word}"`).join(' or ');
  return { schema: v.picklist(choices, mustBe(words)), words, range: words };
}

/** A word beside the numbers of a domain. */
export function orWord<const W extends string>(
  numbers: Numbers,
  word: W,
  meaning = '',
): Domain<number | W> {
  const words = `${numbers.words}, or "${word}"${meaning}`;
  return {
    schema: pick<number | W>(words, (input) =>
      input === word ? v.literal(word) : numbers.includes(input) ? numbers.schema : null,
    ),
    words,
    range: `${numbers.range}, or ${word}${meaning}`,
  };
}

/** As `orWord` with `'inf'`, for which the number Infinity is taken, too; `meaning` completes "inf for …". */
export function orInfinity(numbers: Numbers, meaning: string): Domain<number | 'inf'> {
  const either = orWord(numbers, 'inf', ` for ${meaning}`);
  return {
    ...either,
    schema: v.pipe(
      v.custom<unknown>(() => true),
      v.transform((input) => (input === Number.POSITIVE_INFINITY ? 'inf' : input)),
      either.schema,
    ),
  };
}

/** A zero has no sign: 1/−0 is not 1/0, and JSON does not tell them apart. */
export function unsigned(x: number): number {
  return x + 0;
}

/** A list of numbers, as an array or a typed array; it is copied. */
export function list(items: Numbers, words: string): Domain<number[]> {
  return {
    schema: v.pipe(
      v.custom<ArrayLike<unknown>>(isList, mustBe(words)),
      v.rawTransform<ArrayLike<unknown>, number[]>(({ dataset, addIssue, NEVER }) => {
        const input = dataset.value;
        const copy: number[] = [];
        for (let key = 0; key < input.length; key++) {
          const value = input[key];
          if (!items.includes(value)) {
            // at once: a list may have holes without end
            const place = { type: 'array' as const, origin: 'value' as const, input, key, value };
            const path = [place] as unknown as [v.IssuePathItem];
            addIssue({ message: mustBe(items.words), input: value, path });
            return NEVER;
          }
          copy.push(unsigned(value as number));
        }
        return copy;
      }),
    ),
    words,
    range: items.range,
  };
}

/** Whether a value is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

type Entries = Record<string, v.GenericSchema<unknown, unknown>>;

/** An object with these fields and no others. */
export function object<E extends Entries>(
  entries: E,
  words = `an object with the fields ${Object.keys(entries).join(', ')}`,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<E, undefined>>> {
  const known = Object.keys(entries).join(', ');
  const fields = v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `unknown field; allowed here: ${known}` : 'is missing',
  );
  return v.pipe(v.custom<Record<string, unknown>>(isPlain, mustBe(words)), fields) as never;
}

/** The schema that fits what an input looks like; none if it looks like nothing that is allowed. */
export function pick<T>(
  words: string,
  choose: (input: unknown) => v.GenericSchema<unknown, NoInfer<T>> | null,
): v.GenericSchema<unknown, T> {
  const none = v.custom<T>(() => false, mustBe(words));
  return v.lazy((input) => choose(input) ?? none);
}

/** 1e-9, 134000000, 1e12 */
function digits(x: number): string {
  const power = /^1e[+]?(-?\d+)$/.exec(x.toExponential())?.[1];
  const far = power !== undefined && (Number(power) >= 9 || Number(power) <= -3);
  return far ? `1e${power}` : String(x);
}
