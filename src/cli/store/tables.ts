/** The results as tables: one row per replication, and one per point with its intervals. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { FIGURE_NAMES, figureOf } from '../../figures/figures.js';
import type { Point, Points } from '../../studies/points.js';
import type { PointResult, Replication } from '../../studies/result.js';
import { writePieces } from './lines.js';

type Value = string | number | null;

interface Column<Row> {
  name: string;
  type: 'number' | 'text';
  value: (row: Row) => Value;
}

/** Rows that are in memory at once. */
const BATCH = 2_000;

/** Rows, given anew each time. */
type Rows<Row> = () => Iterable<Row>;

/**
 * Writes results.csv, results.parquet, points.csv and points.json. There may be a million rows of each kind, so none stays
 * in memory.
 * @param points those of the sweep, with their names
 * @param replications by point and replication
 * @throws {Failure}
 */
export function writeTables(
  directory: string,
  points: Points,
  results: Rows<PointResult>,
  replications: Rows<Replication>,
): void {
  const columns = resultColumns(points);
  writePieces(join(directory, 'results.csv'), csv(columns, replications()));
  writePieces(join(directory, 'results.parquet'), parquet(columns, replications()));
  writePieces(join(directory, 'points.csv'), csv(pointColumns(points), results()));
  writePieces(join(directory, 'points.json'), jsonList(results(), 1));
}

/** The pieces of a list's JSON, as `JSON.stringify` would write it. */
export function* jsonList(items: Iterable<unknown>, indent = 0): Iterable<string> {
  const newline = indent > 0 ? `\n${' '.repeat(indent)}` : '';
  let before = '[';
  for (const item of items) {
    const text = JSON.stringify(item, null, indent);
    yield `${before}${newline}${indent > 0 ? text.replaceAll('\n', newline) : text}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : `${indent > 0 ? '\n' : ''}]\n`;
}

function number<Row>(name: string, value: (row: Row) => number | null): Column<Row> {
  return { name, type: 'number', value };
}

function text<Row>(name: string, value: (row: Row) => string | null): Column<Row> {
  return { name, type: 'text', value };
}

function resultColumns(points: Points): Column<Replication>[] {
  const first = [
    number<Replication>('point', ({ point }) => point),
    number<Replication>('replication', ({ replication }) => replication),
  ];
  const rest = [
    text<Replication>('seed', ({ config }) => String(config.seed)),
    ...FIGURE_NAMES.map((name) => number<Replication>(name, (row) => figureOf(row, name))),
    number<Replication>('maxQueueLength', ({ maxQueueLength }) => maxQueueLength),
    number<Replication>('arrivals', ({ events }) => events.arrivals),
    number<Replication>('dropped', ({ events }) => events.dropped),
    number<Replication>('departures', ({ events }) => events.departures),
    number<Replication>('start', ({ time }) => time.start),
    number<Replication>('end', ({ time }) => time.end),
    text<Replication>('stateHash', ({ stateHash }) => stateHash),
  ];
  const parameters = parameterColumns<Replication>(
    points,
    [...first, ...rest],
    ({ point }) => (points.at(point) as Point).parameters,
  );
  return [...first, ...parameters, ...rest];
}

function pointColumns(points: Points): Column<PointResult>[] {
  const first = [number<PointResult>('point', ({ point }) => point)];
  const rest = [
    number<PointResult>('replications', ({ replications }) => replications),
    ...FIGURE_NAMES.flatMap((name) => [
      number<PointResult>(name, ({ figures }) => figures[name]?.mean ?? null),
      number<PointResult>(`${name}.halfWidth`, ({ figures }) => figures[name]?.halfWidth ?? null),
    ]),
  ];
  const parameters = parameterColumns<PointResult>(
    points,
    [...first, ...rest],
    ({ parameters }) => parameters,
  );
  return [...first, ...parameters, ...rest];
}

/** What distinguishes the points; `parameters.seed` where another column has that name already. */
function parameterColumns<Row>(
  points: Points,
  others: readonly Column<Row>[],
  of: (row: Row) => Record<string, unknown>,
): Column<Row>[] {
  const taken = new Set(others.map(({ name }) => name));
  /** whether all values of a field are numbers */
  const numeric = new Map<string, boolean>();
  for (const { parameters } of points) {
    for (const [field, value] of Object.entries(parameters)) {
      const isNumber = value === undefined || typeof value === 'number';
      numeric.set(field, isNumber && numeric.get(field) !== false);
    }
  }
  return [...numeric].map(([field, isNumeric]) => {
    const name = taken.has(field) ? `parameters.${field}` : field;
    return isNumeric
      ? number<Row>(name, (row) => (of(row)[field] as number | undefined) ?? null)
      : text<Row>(name, (row) => written(of(row)[field]));
  });
}

function written(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function* csv<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Iterable<string> {
  yield stringify([columns.map(({ name }) => name)]);
  // numbers in full precision
  for (const batch of batches(columns, rows)) yield stringify(batch);
}

/** One row group for each batch. */
function* parquet<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Iterable<Uint8Array> {
  const of = (batch: readonly Value[][]) =>
    columns.map(({ name, type }, column) => ({
      name,
      data: batch.map((row) => row[column] as Value),
      type: type === 'number' ? ('DOUBLE' as const) : ('STRING' as const),
      nullable: true,
    }));
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: of([]) }),
  });
  /** What the writer has put down so far; it counts on from there. */
  const taken = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  for (const batch of batches(columns, rows)) {
    const data = of(batch).map(({ name, data }) => ({ name, data }));
    file.write({ columnData: data, rowGroupSize: batch.length });
    yield taken();
  }
  file.finish();
  yield taken();
}

function* batches<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Iterable<Value[][]> {
  let batch: Value[][] = [];
  for (const row of rows) {
    batch.push(columns.map(({ value }) => value(row)));
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
