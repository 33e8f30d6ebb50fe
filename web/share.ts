/** A run as a command for a terminal, and as a program: both end in the same state, to the last bit. */
import type { CompleteConfig, SimulationConfig } from '../src/index.js';
import { minimal } from './minimal.js';

/** `npx ratescale run …`; what has no flag is handed over as a file on standard input. */
export function command(config: CompleteConfig): string {
  const fields = minimal(config);
  const flags = flagsOf(fields);
  if (flags) return ['npx ratescale run', ...flags].join(' ');
  // quoted, so that the shell leaves every character alone
  return `npx ratescale run - <<'END'\n${literal(fields, JSON.stringify)}\nEND`;
}

/** A TypeScript module that runs it. */
export function code(config: CompleteConfig): string {
  const name = (field: string) => field; // all are identifiers
  return `import { simulate } from 'ratescale';

const result = await simulate(${literal(minimal(config), name)});
console.log(result.stateHash);
`;
}

/** A value as JSON, or as JavaScript with plain names; what is short stands in one line. */
function literal(value: unknown, name: (field: string) => string, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => literal(item, name, inner))
    : Object.entries(value).map(([key, item]) => `${name(key)}: ${literal(item, name, inner)}`);
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  const line = open + space + items.join(', ') + space + close;
  if (indent !== '' && line.length < 80 && !line.includes('\n')) return line;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

/** Null if a field has no flag, or its value no text. */
function flagsOf(fields: SimulationConfig): string[] | null {
  const { servers, arrivalRate, inverseStepSize, buffer, dispatch, service, ...more } = fields;
  const { initialRates, initialTasks, cost, horizon, warmup, record, seed, ...rest } = more;
  const { interval, quantiles, servers: watched, sojourns, ...others } = record ?? {};
  if (Object.keys({ ...rest, ...others }).length > 0) return null;
  const values: [flag: string, text: string | null | undefined][] = [
    ['-n', word(servers)],
    ['-l', word(arrivalRate)],
    ['-m', word(inverseStepSize)],
    ['-T', word(horizon)],
    ['--buffer', word(buffer)],
    ['--dispatch', word(dispatch)],
    ['--service', word(service)],
    ['--initial-rates', rates(initialRates)],
    ['--initial-tasks', word(initialTasks)],
    ['--g', family(cost?.g, 'a', 'p')],
    ['--h', family(cost?.h, 'b', 'q')],
    ['--warmup', word(warmup)],
    ['--interval', word(interval)],
    ['--quantiles', quantiles?.length === 0 ? 'none' : quantiles?.join(',')],
    ['--record-servers', watched?.length === 0 ? 'none' : String(watched ?? '') || undefined],
    ['--sojourns', word(sojourns)],
    ['--seed', seedText(seed)],
  ];
  const flags: string[] = [];
  for (const [flag, text] of values) {
    if (text === undefined) continue;
    if (text === null) return null;
    const value = quoted(text);
    // an option does not take a value that looks like one
    flags.push(value.startsWith('-') ? `${flag}=${value}` : `${flag} ${value}`);
  }
  return flags;
}

/** Numbers and words; nothing else has a text. */
function word(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
}

function rates(value: SimulationConfig['initialRates']): string | null | undefined {
  if (typeof value === 'object' && 'uniform' in value) return `uniform:${value.uniform.join(',')}`;
  return word(value);
}

function family(cost: unknown, first: string, second: string): string | null | undefined {
  if (typeof cost === 'object' && cost !== null && 'family' in cost) {
    const { family, [first]: x, [second]: y } = cost as Record<string, unknown>;
    return `${family}:${x},${y}`;
  }
  // a text such as "a:x" would be read as a family
  return typeof cost === 'string' && /^\s*[a-z]*:/i.test(cost) ? null : word(cost);
}

/** A text that would be read as a number with another spelling is no harm: seeds go by their text. */
function seedText(seed: string | number | undefined): string | null | undefined {
  // an empty text, and lines, are hard to see in a command
  return seed === '' || /[\n\r\0]/.test(String(seed)) ? null : word(seed);
}

/** As a word of the shell: as it is if that is safe, else in single quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
