/**
 * A configuration as the fragment of an address, and back. It is JSON with short names, in which the characters that addresses
 * escape have changed places with some that they do not: `#1,~n~:100,~l~:0.8,~m~:500`. The number in front is the version.
 */
import { type CompleteConfig, ConfigError, validateConfig } from '../src/index.js';
import { minimal } from './minimal.js';

const VERSION = '1';
/** Characters; a drawn load curve takes some hundred, browsers and chats carry some thousand. */
const LONGEST = 100_000;

const SHORT = {
  servers: 'n',
  arrivalRate: 'l',
  inverseStepSize: 'm',
  buffer: 'K',
  dispatch: 'd',
  service: 's',
  classes: 'k',
  initialRates: 'r',
  initialTasks: 'q',
  cost: 'c',
  schedule: 'S',
  period: 'P',
  horizon: 'T',
  warmup: 'w',
  record: 'o',
  interval: 'i',
  seed: 'x',
  time: 't',
};
const LONG = Object.fromEntries(Object.entries(SHORT).map(([long, short]) => [short, long]));

/** Each becomes the other. */
const EXCHANGED = ['"~', '{(', '})', '[!', ']*'];
const EXCHANGE = new Map(
  EXCHANGED.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ]) as [string, string][],
);

/** What a link asks for: a run to a moment, which `validateConfig` takes; or a system alone, which has no horizon. */
export interface Linked {
  config: CompleteConfig;
  /** the time to stop at; null for a run without an end */
  until: number | null;
}

/** A link to the moment at which a run ends. */
export function encodeMoment(config: CompleteConfig): string {
  return encode(minimal(config));
}

/** A link to a system, which runs from the start without an end. */
export function encodeSystem(config: CompleteConfig): string {
  const { horizon, record, ...system } = minimal(config);
  return encode(system);
}

/**
 * Reads a fragment, with or without its `#`.
 * @param complete what a system without a horizon is given
 * @throws {ConfigError} if it does not hold a configuration
 */
export function decode(fragment: string, complete: (system: object) => object): Linked {
  const text = fragment.replace(/^#/, '');
  if (text.length > LONGEST) {
    throw new ConfigError('link', `has ${text.length} characters; must have at most ${LONGEST}`);
  }
  const [, version, body] = /^(\d+),(.*)$/s.exec(text) ?? [];
  if (body === undefined) throw new ConfigError('link', 'does not hold a configuration');
  if (version !== VERSION) {
    throw new ConfigError('link', `is of version ${version}; this page reads version ${VERSION}`);
  }
  const given = lengthen(parse(body));
  const moment = Object.hasOwn(given, 'horizon');
  const config = validateConfig(moment ? given : complete(given));
  return { config, until: moment ? config.horizon : null };
}

function encode(fields: object): string {
  const json = JSON.stringify(rename(fields, SHORT)).slice(1, -1);
  return `#${VERSION},${encodeURI(exchange(json)).replaceAll('#', '%23')}`;
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(`{${exchange(decodeURIComponent(body))}}`);
  } catch {
    throw new ConfigError('link', 'is damaged; perhaps only a part of it was copied');
  }
}

function exchange(text: string): string {
  return text.replace(/["~{}()[\]!*]/g, (character) => EXCHANGE.get(character) as string);
}

function lengthen(fields: Record<string, unknown>): Record<string, unknown> {
  try {
    return rename(fields, LONG) as Record<string, unknown>;
  } catch {
    throw new ConfigError('link', 'is nested too deeply');
  }
}

/** The same value with other names of fields; of a cost it keeps the names as they are. */
function rename(value: unknown, names: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const cost = name === 'cost' || name === SHORT.cost || name === 'service' || name === 's';
      const other = Object.hasOwn(names, name) ? (names[name] as string) : name;
      return [other, cost ? item : rename(item, names)];
    }),
  );
}
