/** What is said about values that cannot be used, and the one way to refuse them. */
import * as v from 'valibot';
import { ConfigError } from '../errors.js';

/** Most characters of a value that a message repeats. */
const LONGEST = 60;
/** Items of a list or an object beyond these would not fit anyway. */
const MOST_ITEMS = 20;

/** A value as a message shows it: `5n`, `"a,b"`, `[2, 1]`, `{"a": 1}`; long ones are cut. */
export function show(value: unknown): string {
  let text: string;
  try {
    text = spell(value, 3);
  } catch {
    return 'something that cannot be read';
  }
  const characters = [...text];
  return characters.length > LONGEST
    ? `${characters.slice(0, LONGEST - 3).join('')}…`
    : characters.join('');
}

function spell(value: unknown, depth: number): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 2 * LONGEST));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 0) return '…';
  const inner = (item: unknown) => spell(item, depth - 1);
  if (Array.isArray(value)) {
    return `[${Array.from(value.slice(0, MOST_ITEMS), inner).join(', ')}]`;
  }
  if (!isPlain(value)) return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
  const items = Object.entries(value).slice(0, MOST_ITEMS);
  return `{${items.map(([key, item]) => `${JSON.stringify(key)}: ${inner(item)}`).join(', ')}}`;
}

/** An object of fields, whoever made it: no list, date, map or the like. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** @throws {ConfigError} */
export function refuse(field: string, value: unknown, allowed: string): never {
  throw new ConfigError(field, `got ${show(value)}; must be ${allowed}`);
}

/** The message of a schema: every schema has one, so that none speaks in the library's own words. */
export function mustBe(allowed: string) {
  return ({ input }: v.BaseIssue<unknown>) =>
    input === undefined ? 'is missing' : `got ${show(input)}; must be ${allowed}`;
}

/**
 * The value that a schema makes of an input.
 * @param name what the input is called if it is at fault as a whole
 * @throws {ConfigError} naming the field within the input; nothing else, whatever the input is
 */
export function read<T>(schema: v.GenericSchema<unknown, T>, input: unknown, name: string): T {
  let parsed: v.SafeParseResult<typeof schema>;
  try {
    parsed = v.safeParse(schema, input, { abortEarly: true });
  } catch (cause) {
    // only the input's own code can throw: a getter, or the traps of a proxy
    throw new ConfigError(
      name,
      `cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = pathOf(issue);
  throw new ConfigError(path.startsWith('[') ? name + path : path || name, issue.message);
}

/** `record.quantiles[1]`; `[1]` within a list */
function pathOf({ path }: v.BaseIssue<unknown>): string {
  return (path ?? [])
    .map(({ key }, i) =>
      typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`,
    )
    .join('');
}
