/**
 * From the text of a flag to the value of a configuration field. What is not a number passes through as it
 * is: the configuration's own check then says what the field takes, in the same words for files and flags.
 */
import type { TextForm } from '../config/field.js';
import { BadInput, reason } from './bad-input.js';
import { readText } from './text-file.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function numberOrText(text: string): number | string {
  return NUMBER.test(text) ? Number(text) : text;
}

/** @throws {BadInput} */
export function wholeNumber(flag: string, text: string, low: number, high: number): number {
  const value = numberOrText(text);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    throw new BadInput(`--${flag}: got "${text}"; must be a whole number from ${low} to ${high}`);
  }
  return value;
}

/** Seeds are told apart by their text, so `1e3` and `007` must stay text. */
export function seed(text: string): number | string {
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** `0.05,0.5,0.95`, or `none` */
export function list(text: string): (number | string)[] {
  return text === 'none' ? [] : text.split(',').map((item) => numberOrText(item.trim()));
}

/** Ids that a range may name; more are `all`. */
const LONGEST_RANGE = 1_000_000;

/** `0,1,2`, ranges such as `0-9,20`, `all` or `none` */
function idsOrWord(text: string): (number | string)[] | 'all' {
  if (text === 'all') return 'all';
  return list(text).flatMap((item) => {
    const [, low, high] = /^(\d+)\s*-\s*(\d+)$/.exec(String(item)) ?? [];
    if (low === undefined) return [item];
    const length = Number(high) - Number(low) + 1;
    if (!(length >= 1 && length <= LONGEST_RANGE)) {
      throw new BadInput(
        `got the range ${item}; must go up, over at most ${LONGEST_RANGE} servers`,
      );
    }
    return Array.from({ length }, (_, k) => Number(low) + k);
  });
}

/** `power:1,2` with the given names of its two parameters, or an expression in x */
function costFunction(first: 'a' | 'b', second: 'p' | 'q', families: string) {
  return (text: string) => {
    if (!/^\s*[a-z]*:/i.test(text)) return text;
    const [family, parameters, ...rest] = text.split(':');
    const values = parameters?.split(',') ?? [];
    if (values.length !== 2 || rest.length > 0) {
      throw new BadInput(`got ${JSON.stringify(text)}; must be ${families}`);
    }
    const [x, y] = values.map((value) => numberOrText(value.trim()));
    return { family, [first]: x, [second]: y };
  };
}

const UNIFORM = 'uniform:';

/** Whether `--initial-rates` or `--initial-tasks` means a file */
export function namesFile(text: string): boolean {
  return !NUMBER.test(text) && !text.startsWith(UNIFORM);
}

/** A rate, `uniform:a,b`, or a file with one rate per server */
async function initialRates(text: string): Promise<unknown> {
  if (text.startsWith(UNIFORM)) {
    const ends = list(text.slice(UNIFORM.length));
    if (ends.length !== 2) {
      throw new BadInput(`got ${JSON.stringify(text)}; must be uniform:a,b with two rates`);
    }
    return { uniform: ends };
  }
  if (namesFile(text)) return numbersFromFile(text, 'a rate, uniform:a,b, or a file of rates');
  return Number(text);
}

/** A number of tasks, or a file with one per server */
async function initialTasks(text: string): Promise<unknown> {
  if (namesFile(text)) return numbersFromFile(text, 'a whole number of tasks, or a file of them');
  return Number(text);
}

async function numbersFromFile(path: string, allowed: string): Promise<number[]> {
  let text: string;
  try {
    text = (await readText(path)).trim();
  } catch (cause) {
    throw new BadInput(`got ${JSON.stringify(path)}; must be ${allowed} (${reason(cause)})`);
  }
  if (text === '') throw new BadInput(`${path}: is empty; must hold one number per server`);
  const items: unknown[] = text.startsWith('[')
    ? numbersOfJson(path, text)
    : separated(text).map(numberOrText);
  const bad = items.findIndex((item) => typeof item !== 'number');
  if (bad >= 0) {
    throw new BadInput(
      `${path}: item ${bad + 1} is ${JSON.stringify(items[bad])?.slice(0, 60)}; must be a number`,
    );
  }
  return items as number[];
}

/** Where semicolons separate, as in files of Excel in many countries, a comma is the decimal sign. */
function separated(text: string): string[] {
  if (!text.includes(';')) return text.split(/\s*,\s*|\s+/);
  return text.split(/\s*;\s*|\s+/).map((item) => item.replace(',', '.'));
}

function numbersOfJson(path: string, text: string): unknown[] {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadInput(`${path}: starts like a JSON array, but: ${(cause as Error).message}`);
  }
}

/** What reads each form of text. */
export const READERS: Record<TextForm, (text: string) => unknown> = {
  'number or word': numberOrText,
  text: (text) => text,
  list,
  'list or word': idsOrWord,
  seed,
  rates: initialRates,
  counts: initialTasks,
  g: costFunction('a', 'p', 'power:a,p, shifted:a,p, or an expression in x'),
  h: costFunction('b', 'q', 'power:b,q, or an expression in x'),
};
