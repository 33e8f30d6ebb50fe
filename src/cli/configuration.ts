/** The configuration of a run: a file, and the flags that override it. */
import type { SimulationConfig } from '../config/config.js';
import type { ConfigError } from '../errors.js';
import { BadInput, reason } from './bad-input.js';
import { loadCurveOf, meanLoad } from './load-curve-file.js';
import { namesFile, numberOrText } from './parse.js';
import { presetConfig } from './presets.js';
import { SETTINGS } from './settings.js';
import { readText } from './text-file.js';

/** The fields without a default. */
const REQUIRED = SETTINGS.filter(({ required }) => required).map(({ field }) => field);

/** A JSON object. */
export type Json = Record<string, unknown>;

/** What the user gave: the file's path, if any, and the text of every flag by the option's key. */
export interface Given {
  path: string | undefined;
  flags: Record<string, unknown>;
}

/** @throws {BadInput} if a file cannot be read, a flag not be parsed, or something required is missing */
export async function assemble(given: Given, required = REQUIRED): Promise<SimulationConfig> {
  const config = given.path === undefined ? {} : await readConfig(given.path);
  return overridden(config, given, required);
}

/** What a file says, with the flags on top. @throws {BadInput} as `assemble` */
export async function overridden(
  config: Json,
  { path, flags }: Given,
  required = REQUIRED,
): Promise<SimulationConfig> {
  for (const { field, name, key, parse } of SETTINGS) {
    const text = flags[key];
    if (typeof text !== 'string') continue;
    try {
      override(config, field.split('.'), await parse(text));
    } catch (error) {
      throw error instanceof BadInput ? new BadInput(`${name}: ${error.message}`) : error;
    }
  }
  const curve = await loadCurveOf(flags);
  if (curve) {
    // the schedule takes over at time 0; the mean is for what goes by one load, such as defaults
    Object.assign(config, { arrivalRate: meanLoad(curve), schedule: curve.schedule });
    if (flags.period === undefined) config.period = curve.period;
  }
  const missing = SETTINGS.filter(({ field }) => required.includes(field) && !(field in config));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    throw new BadInput(
      path === undefined
        ? `${names}: missing; give a configuration file or the flag${missing.length > 1 ? 's' : ''}`
        : `${path}: ${missing.map(({ field }) => field).join(', ')}: missing; add to the file or give ${names}`,
    );
  }
  return config as unknown as SimulationConfig;
}

/** The number that a flag of the command gives; a text that is none is passed on, to be refused by its field. */
export function numberFlag(flags: Given['flags'], key: string): number | undefined {
  const text = flags[key];
  return typeof text === 'string' ? (numberOrText(text) as number) : undefined;
}

/** The number of threads that `--workers` gives. @throws {BadInput} */
export function workersFlag(flags: Given['flags']): number | undefined {
  const workers = numberFlag(flags, 'workers');
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0 && workers <= 1024)) {
    throw new BadInput(`--workers: got ${flags.workers}; must be a whole number from 0 to 1024`);
  }
  return workers;
}

/** The same complaint, about what the user wrote: a flag, or a field of the file. */
export function explain(error: ConfigError, { path, flags }: Given): BadInput {
  if (error.field === 'memory') return new BadInput(error.message); // nothing that the user wrote
  const what = error.message.slice(error.field.length + 2);
  const concerned = SETTINGS.filter(
    ({ field }) => isWithin(error.field, field) || isWithin(field, error.field),
  );
  const flagged = concerned.filter(({ key }) => typeof flags[key] === 'string');
  if (flagged.length === 0 && flags[error.field] === undefined && path !== undefined) {
    return new BadInput(`${path}: ${error.field}: ${what}`);
  }
  const [only, ...others] = flagged.length > 0 ? flagged : concerned;
  const option = error.field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (only === undefined && flags[error.field] !== undefined) {
    return new BadInput(`--${option}: ${what}`); // how often or how precisely to run
  }
  if (only === undefined) return new BadInput(error.message);
  if (others.length > 0) {
    return new BadInput(`${[only, ...others].map(({ name }) => name).join(', ')}: ${what}`);
  }
  const text = flags[only.key];
  const file = only.mayBeFile && typeof text === 'string' && namesFile(text) ? text : '';
  const source = file ? `${only.name}: ${file}` : only.name;
  const place = error.field.slice(only.field.length);
  const item = /^\[(\d+)\]$/.exec(place);
  if (item && file) return new BadInput(`${source}: item ${Number(item[1]) + 1}: ${what}`);
  const parameter = /^\.([a-z]+)$/.exec(place);
  const part = parameter && only.field.startsWith('cost') ? ` (${parameter[1]})` : '';
  return new BadInput(`${source}${part}: ${what}`);
}

async function readConfig(path: string): Promise<Json> {
  const preset = await presetConfig(path);
  return preset
    ? structuredClone({ ...preset })
    : configIn(await readJson(path, 'a configuration'));
}

/** Whether a file or a flag says something of the system. */
export function saysOfSystem({ path, flags }: Given): boolean {
  return (
    path !== undefined ||
    flags.arrivals !== undefined ||
    SETTINGS.some(({ key }) => flags[key] !== undefined)
  );
}

/** The output of an earlier run, or a trajectory, holds the configuration that made it. */
export function configIn(value: Json): Json {
  return isObject(value.config) ? value.config : value;
}

/** The object that a file holds, as JSON or YAML; from standard input for `-`. @throws {BadInput} */
export async function readJson(path: string, what: string): Promise<Json> {
  const { parseDocument } = await import('./document.js'); // only for who has a file
  let value: unknown;
  try {
    value = parseDocument(await readText(path), path);
  } catch (cause) {
    throw new BadInput(`${path}: ${reason(cause)}`);
  }
  if (!isObject(value)) throw new BadInput(`${path}: not ${what}: must be an object of fields`);
  return value;
}

/** Sets a field, and makes the section it is in if the file has none. */
function override(config: Json, [head, ...rest]: string[], value: unknown): void {
  if (head === undefined) return;
  if (rest.length === 0) {
    config[head] = value;
    return;
  }
  const section = config[head] ?? {};
  if (!isObject(section)) {
    throw new BadInput(`overrides part of ${head}, which must be an object in the file`);
  }
  config[head] = section;
  override(section, rest, value);
}

function isWithin(field: string, section: string): boolean {
  return field === section || field.startsWith(`${section}.`) || field.startsWith(`${section}[`);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
