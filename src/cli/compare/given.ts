/** The plan of a comparison: a file, and the flags on top of it. */
import type { ConfigError } from '../../errors.js';
import { BadInput } from '../bad-input.js';
import {
  configIn,
  explain,
  type Given,
  isObject,
  type Json,
  numberFlag,
  overridden,
  readJson,
} from '../configuration.js';
import { numberOrText } from '../parse.js';
import { SETTINGS } from '../settings.js';

/** Before each field of a variant but the first; values may hold blanks and commas. */
const NEXT_FIELD = /(?:[,;]\s*|\s+)(?=[a-z][\w.-]*\s*=)/i;

/** Flags that say how to compare, by the plan's fields. */
const NUMBERS = ['replications', 'maxReplications', 'level'];

/**
 * A file may be a plan, or a configuration.
 * @throws {BadInput} for what cannot be read; the rest is checked as a plan
 */
export async function planOf(given: Given): Promise<Json> {
  const { path, flags } = given;
  const file = path === undefined ? {} : await readJson(path, 'a plan');
  const isPlan = 'variants' in file || 'base' in file;
  const plan = isPlan ? file : {};
  const base = isPlan ? (file.base ?? {}) : configIn(file);
  if (!isObject(base)) throw new BadInput(`${path}: base: must be an object of fields`);
  if (plan.variants !== undefined && !isObject(plan.variants)) return plan; // to be refused
  const variants = { ...plan.variants };
  for (const text of (flags.variant as string[] | undefined) ?? []) {
    const [name, fields] = await parseVariant(text);
    if (name in variants) throw new BadInput(`--variant: "${name}" is there twice; rename one`);
    variants[name] = fields;
  }
  const { reference } = flags;
  const baselines = baselinesOf(flags, plan);
  return {
    ...plan,
    base: await overridden({ ...base }, given),
    variants,
    ...(baselines !== undefined && { baselines }),
    ...(typeof reference === 'string' && { reference }),
    ...Object.fromEntries(
      NUMBERS.filter((key) => flags[key] !== undefined).map((key) => [key, numberFlag(flags, key)]),
    ),
  };
}

/** The list of the flag, or of the plan, and the one that `--assume` adds. */
function baselinesOf({ baselines, assume }: Given['flags'], plan: Json): unknown {
  const listed =
    typeof baselines === 'string' ? baselines.split(',').map((b) => b.trim()) : plan.baselines;
  if (typeof assume !== 'string') return listed;
  return [...(Array.isArray(listed) ? listed : []), `static:${assume}`];
}

/**
 * `random: dispatch=random buffer=inf`; a name alone is the base itself.
 * @throws {BadInput}
 */
async function parseVariant(text: string): Promise<[name: string, fields: Json]> {
  const { name, rest } = splitVariant(text);
  if (name === '' || name.includes('=')) {
    throw new BadInput(`--variant: got "${text}"; must be "name: field=value field=value"`);
  }
  const fields: Json = {};
  for (const part of rest === '' ? [] : rest.split(NEXT_FIELD)) {
    const [, key = '', value = ''] = /^([\w.-]+)\s*=\s*(.*)$/s.exec(part) ?? [];
    if (key === '' || value === '') {
      throw new BadInput(`--variant ${name}: got "${part}"; must be field=value`);
    }
    const setting = settingOf(key);
    const field = setting?.field ?? key;
    if (field in fields) throw new BadInput(`--variant ${name}: ${field} is there twice`);
    try {
      fields[field] = await (setting?.parse ?? jsonOrText)(value);
    } catch (error) {
      throw error instanceof BadInput
        ? new BadInput(`--variant ${name}: ${field}: ${error.message}`)
        : error;
    }
  }
  return [name, fields];
}

/** The name ends at a colon before a blank, so that it may be `jsq:2`; or at the first one. */
function splitVariant(text: string): { name: string; rest: string } {
  const spaced = /:(\s|$)/.exec(text)?.index;
  const colon = spaced ?? (text.includes('=') ? text.indexOf(':') : -1);
  return colon < 0
    ? { name: text.trim(), rest: '' }
    : { name: text.slice(0, colon).trim(), rest: text.slice(colon + 1).trim() };
}

/** By the name of the field or of its flag: `inverseStepSize`, `inverse-step-size`, `m`. */
function settingOf(key: string) {
  const flag = key.replace(/^-+/, '');
  return SETTINGS.find(
    ({ field, option }) =>
      field === key || option.long === `--${flag}` || option.short === `-${flag}`,
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return numberOrText(text);
  }
}

/** A complaint about a plan, in terms of what the user wrote. */
export function explainPlan(error: ConfigError, plan: Json, given: Given): BadInput {
  const { path, flags } = given;
  const what = error.message.slice(error.field.length + 2);
  const [head = ''] = error.field.split(/[.[]/);
  if (head === 'variants')
    return new BadInput(`${variantPlace(error.field, plan, given)}: ${what}`);
  if (!['baselines', 'reference', ...NUMBERS].includes(head)) return explain(error, given);
  const option = head.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const place =
    flags[head] === undefined && path !== undefined ? `${path}: ${head}` : `--${option}`;
  return new BadInput(`${place}: ${what}`);
}

/** `variants.random.dispatch` as the user wrote it: `--variant random: dispatch`, or `plan.json: variant random: dispatch`. */
function variantPlace(field: string, { variants }: Json, { path, flags }: Given): string {
  const texts = (flags.variant as string[] | undefined) ?? [];
  const names = isObject(variants) ? Object.keys(variants) : [];
  const name = names.find((one) => field.startsWith(`variants.${one}.`));
  if (name === undefined) {
    return texts.length > 0 || path === undefined ? '--variant' : `${path}: ${field}`;
  }
  const flagged = texts.some((text) => splitVariant(text).name === name);
  const inner = field.slice(`variants.${name}.`.length);
  return `${flagged ? '--variant' : `${path}: variant`} ${name}: ${inner}`;
}
