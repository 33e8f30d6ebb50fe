/** The flags that set a field of the configuration, made from what `src/config/fields/` says of it. */
import { Option } from 'commander';
import { FIELDS, type PlacedField } from '../config/config.js';
import { GROUPS } from '../config/field.js';
import { READERS } from './parse.js';

export interface Setting {
  /** where the value goes, e.g. `record.interval` */
  field: string;
  /** whether a configuration must have it */
  required: boolean;
  /** the flag's name, e.g. `--interval` */
  name: string;
  /** the option's key among the parsed options */
  key: string;
  option: Option;
  parse: (text: string) => unknown;
  /** whether its text may be the path of a file with a value for each server */
  mayBeFile: boolean;
}

/** A field that has a flag. */
type FlaggedField = PlacedField & Required<Pick<PlacedField, 'flag'>>;

export const SETTINGS: readonly Setting[] = FIELDS.filter(
  (field): field is FlaggedField => field.flag !== undefined,
).map((field) => {
  const { spelling, form } = field.flag;
  const option = new Option(spelling, help(field)).helpGroup(GROUPS[field.group]);
  return {
    field: field.path,
    required: fallback(field) === null,
    name: option.long as string,
    key: option.attributeName(),
    option,
    parse: READERS[form],
    mayBeFile: form === 'rates' || form === 'counts',
  };
});

/** `number of servers, n: 1 … 134000000 (required)` */
function help(field: FlaggedField): string {
  const standard = fallback(field);
  const note = standard === null ? 'required' : `default: ${standard}`;
  return `${field.flag.help ?? `${field.meaning}: ${field.takes.range}`} (${note})`;
}

/** What a field is if it is not given; null if it must be. */
function fallback({ flag, otherwise, default: standard }: FlaggedField): string | null {
  return flag.default ?? otherwise ?? (standard === undefined ? null : String(standard));
}

/** The fields of a configuration file, for the help: sections in braces, lines that fit a terminal. */
export function fieldList(): string {
  const sections = new Map<string, string[]>();
  for (const { path } of FIELDS) {
    const [name = '', inner] = path.split('.');
    sections.set(name, [...(sections.get(name) ?? []), ...(inner === undefined ? [] : [inner])]);
  }
  const names = [...sections].map(([name, inner]) =>
    inner.length > 0 ? `${name} { ${inner.join(', ')} }` : name,
  );
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 76) lines.push(`${lines.pop()}, ${name}`);
    else lines.push(`  ${name}`);
  }
  return lines.join(',\n');
}
