/** What a configuration may be written in: JSON, with comments and trailing commas if you like, or YAML. */
import { extname } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { BadInput } from './bad-input.js';

/** Aliases of a YAML document: more are no configuration. */
const MOST_ALIASES = 100;
/** What aliases repeat may not make a document larger than this, in values, if its text is not. */
const MOST_VALUES = 100_000;

/**
 * The value of a document. The ending of its name says what it is; without one it is JSON if it can be, else YAML.
 * @throws {BadInput} that says where it is at fault
 */
export function parseDocument(text: string, path: string): unknown {
  const ending = extname(path).toLowerCase();
  if (ending === '.yaml' || ending === '.yml') return parseYaml(text);
  try {
    return parseJson(text);
  } catch (error) {
    if (ending.startsWith('.json')) throw error;
    try {
      return parseYaml(text);
    } catch (other) {
      throw /^\s*[[{]/.test(text) ? error : other;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // with comments, or at fault
  }
  const errors: ParseError[] = [];
  const complaint = (offset: number, what: string) =>
    new BadInput(`not JSON: ${placeOf(text, offset)}: ${what}`);
  let value: unknown;
  try {
    const root = parseTree(text, errors, { allowTrailingComma: true });
    value = root && getNodeValue(root);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BadInput('not JSON: brackets are nested too deeply');
  }
  const [first] = errors;
  if (!first) return value;
  const token = /^[^\s,:[\]{}"]*/.exec(text.slice(first.offset, first.offset + 100))?.[0] ?? '';
  if (/^[+-]?(inf|infinity|nan)$/i.test(token)) {
    throw complaint(first.offset, `got ${token}, which JSON has not; for no limit write "inf"`);
  }
  const code = printParseErrorCode(first.error);
  const what = code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  throw complaint(first.offset, token === '' ? what : `${what}, got ${JSON.stringify(token)}`);
}

function parseYaml(text: string): unknown {
  let value: unknown;
  try {
    value = load(text, { maxAliases: MOST_ALIASES });
  } catch (cause) {
    if (cause instanceof YAMLException) {
      const { reason, mark } = cause;
      const place = mark ? `line ${mark.line + 1}, column ${mark.column + 1}: ` : '';
      throw new BadInput(`not YAML: ${place}${reason}`);
    }
    throw new BadInput(`not YAML: ${(cause as Error).message}`);
  }
  if (!fits(value, Math.max(MOST_VALUES, text.length))) {
    throw new BadInput('its aliases repeat too much; write out what they stand for');
  }
  return value;
}

/** Whether a value has at most so many values within it, those that aliases repeat counted each time. */
function fits(value: unknown, most: number): boolean {
  let count = 0;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (++count > most) return false;
    if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values(next)) waiting.push(inner);
    }
  }
  return true;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
