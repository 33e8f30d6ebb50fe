/** A load over time from the text of a CSV file, as monitoring systems export it. */
import { CsvError, parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { ConfigError } from '../errors.js';
import { number } from './domain.js';
import type { Change } from './fields/schedule.js';
import { system } from './fields/system.js';
import { show } from './messages.js';
import { check } from './options.js';

/** What the second column holds: tasks per unit of time, or tasks in the interval that begins at the time. */
export type LoadValues = 'rate' | 'count';

export interface LoadCurveOptions {
  /** multiplies times; default 1 */
  timeScale?: number;
  /** multiplies rates, such as 1/n where the file has the load of all n servers; default 1 */
  rateScale?: number;
  /** default: as the heading of the column says, and rates where there is none */
  values?: LoadValues;
}

/** A schedule that begins at time 0 and repeats. */
export interface LoadCurve {
  schedule: (Pick<Change, 'time'> & { arrivalRate: number })[];
  /** the last time and the interval after it, which is taken to be as long as the one before */
  period: number;
}

interface Line {
  number: number;
  cells: string[];
}

/**
 * Reads two columns, time and rate (or count): with or without a heading, separated by commas, semicolons or tabs, quoted or
 * not. Times are numbers of any unit or ISO 8601 timestamps, which count in seconds and are UTC unless they say otherwise; they
 * must increase. Where a comma does not separate columns it may be the decimal sign. A count is divided by its interval.
 *
 * @param text of the file
 * @param name of the file, for errors
 * @throws {ConfigError} whose field is the file and line, `load.csv:12`, or the option
 */
export function parseLoadCurve(
  text: string,
  name: string,
  { timeScale = 1, rateScale = 1, values }: LoadCurveOptions = {},
): LoadCurve {
  check('timeScale', timeScale, scale);
  check('rateScale', rateScale, scale);
  const { lines, decimalComma } = readLines(text, name);
  const heading = isHeading(lines[0], decimalComma) ? lines.shift() : undefined;
  const counts = (values ?? meaningOf(heading, name)) === 'count';
  if (lines.length < 2) {
    throw new ConfigError(
      name,
      `number of lines with data is ${lines.length}; must be at least two`,
    );
  }

  const place = (k: number) => `${name}:${lines[k]?.number}`;
  const read = lines.map((line, k) => readLine(line, place(k), decimalComma));
  const origin = read[0] as Reading;
  read.forEach(({ time, isDate }, k) => {
    const before = read[k - 1];
    if (isDate !== origin.isDate) {
      refuse(place(k), lines[k], 0, origin.isDate ? 'a timestamp as above' : 'a number as above');
    }
    if (before && !(time > before.time)) {
      refuse(place(k), lines[k], 0, 'later than the time of the line before');
    }
  });

  const times = read.map(({ time }) => (time - origin.time) * timeScale);
  const last = times.length - 1;
  const interval = (times[last] as number) - (times[last - 1] as number);
  const period = (times[last] as number) + interval;
  const schedule = read.map(({ value }, k) => {
    const time = times[k] as number;
    const length = (times[k + 1] ?? period) - time;
    if (!(length > 0)) {
      throw new ConfigError(place(k), `is ${length} before the next time; scale times differently`);
    }
    const arrivalRate = (counts ? value / length : value) * rateScale;
    checkRate(arrivalRate, value, place(k), lines[k]);
    return { time, arrivalRate };
  });
  return { schedule, period };
}

function readLines(text: string, name: string): { lines: Line[]; decimalComma: boolean } {
  const delimiter = delimiterOf(text);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as never;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines = 1 } = cause as CsvError & { lines?: number };
    throw new ConfigError(`${name}:${lines}`, `is not CSV: ${cause.message}`);
  }
  const lines = records.map(({ record, info }) => ({ number: info.lines, cells: record }));
  for (const { number, cells } of lines) {
    if (cells.length === 2) continue;
    throw new ConfigError(
      `${name}:${number}`,
      `number of columns is ${cells.length}; must be two, time and rate`,
    );
  }
  return { lines, decimalComma: delimiter !== ',' };
}

/** What separates the columns of the first line that has any, outside of quotes: the rarest sign in other uses first. */
function delimiterOf(text: string): string {
  const [first = ''] = text.match(/[^\s].*/) ?? [];
  const bare = first.replace(/"[^"]*"/g, '');
  return ['\t', ';'].find((sign) => bare.includes(sign)) ?? ',';
}

function isHeading(line: Line | undefined, decimalComma: boolean): boolean {
  const [time = '', value = ''] = line?.cells ?? [];
  return (
    Number.isNaN(numberOf(time, decimalComma)) &&
    Number.isNaN(secondsOf(time)) &&
    Number.isNaN(numberOf(value, decimalComma))
  );
}

const scale = number(1e-15, 1e15);

const RATE_WORDS = /rate|\bper\b|\/|lambda|λ|throughput|\b[rqto]ps\b/i;
const COUNT_WORDS = /count|requests?|arrivals?|tasks?|jobs?|calls?|hits?|queries|messages?|number/i;

function meaningOf(heading: Line | undefined, name: string): LoadValues {
  if (!heading) return 'rate';
  const words = (heading.cells[1] as string).replace(/_/g, ' ');
  if (RATE_WORDS.test(words)) return 'rate';
  if (COUNT_WORDS.test(words)) return 'count';
  throw new ConfigError(
    `${name}:${heading.number}`,
    `got the heading ${show(heading.cells[1])}, which leaves open whether these are rates or counts; say which`,
  );
}

interface Reading {
  time: number;
  isDate: boolean;
  value: number;
}

function readLine(line: Line, place: string, decimalComma: boolean): Reading {
  const [timeText, valueText] = line.cells as [string, string];
  const number = numberOf(timeText, decimalComma);
  const isDate = Number.isNaN(number);
  const time = isDate ? secondsOf(timeText) : number;
  if (Number.isNaN(time)) {
    refuse(
      place,
      line,
      0,
      'a time, as a number or an ISO 8601 timestamp such as 2026-05-01T12:00:00Z',
    );
  }
  const value = numberOf(valueText, decimalComma);
  if (Number.isNaN(value)) refuse(place, line, 1, 'a number');
  return { time, isDate, value };
}

const { takes: rates } = system.arrivalRate;

function checkRate(arrivalRate: number, value: number, place: string, line?: Line): void {
  const scaled =
    arrivalRate === value ? '' : `, which makes an arrival rate of ${arrivalRate} per server`;
  if (arrivalRate === 0) {
    throw new ConfigError(
      place,
      `got ${show(line?.cells[1])}${scaled}; there must be some load at all times: put a small number, such as a thousandth of the mean`,
    );
  }
  if (!v.is(rates.schema, arrivalRate)) {
    throw new ConfigError(place, `got ${show(line?.cells[1])}${scaled}; must be ${rates.words}`);
  }
}

function refuse(place: string, line: Line | undefined, column: 0 | 1, allowed: string): never {
  throw new ConfigError(place, `got ${show(line?.cells[column])}; must be ${allowed}`);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** NaN if it is none */
function numberOf(text: string, decimalComma: boolean): number {
  const point = decimalComma ? text.replace(',', '.') : text;
  const value = NUMBER.test(point) ? Number(point) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d(?:[.,]\d+)?))?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** Seconds of an ISO 8601 timestamp, UTC where it names no zone; NaN if it is none, or of a day that does not exist. */
function secondsOf(text: string): number {
  const [, day, clock = '00:00', seconds = '00', zone = 'Z'] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day)
    return Number.NaN;
  const [, sign, hours = 0, minutes = 0] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const [hour, minute] = clock.split(':').map(Number) as [number, number];
  const second = Number(seconds.replace(',', '.'));
  if (hour > 23 || minute > 59 || second >= 61) return Number.NaN;
  const offset = (sign === '-' ? -60 : 60) * (60 * Number(hours) + Number(minutes));
  return midnight / 1000 + 3600 * hour + 60 * minute + second - offset;
}
