/** The results as tables: one row per replication, and one per point with its intervals. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { FIGURE_NAMES, figureOf } from '../../figures/figures.js';
import type { Point } from '../../studies/plan.js';
import type { PointResult, Replication } from '../../studies/sweep.js';
import { writeWhole } from './files.js';

type Value = string | number | null;
type Column = [name: string, values: Value[]];

/** Writes results.csv, results.parquet, points.csv and points.json. @throws {Failure} */
export function writeTables(
  directory: string,
  points: readonly PointResult[],
  replications: readonly Replication[],
): void {
  const results = resultColumns(points, replications);
  writeWhole(join(directory, 'results.csv'), csv(results));
  writeWhole(join(directory, 'results.parquet'), parquet(results));
  writeWhole(join(directory, 'points.csv'), csv(pointColumns(points)));
  writeWhole(join(directory, 'points.json'), `${JSON.stringify(points, null, 1)}\n`);
}

function resultColumns(points: readonly Point[], lines: readonly Replication[]): Column[] {
  const column = (name: string, value: (line: Replication) => Value): Column => [
    name,
    lines.map(value),
  ];
  return [
    column('point', ({ point }) => point),
    column('replication', ({ replication }) => replication),
    ...parameterNames(points).map((name) =>
      column(name, ({ point }) => cell((points[point] as Point).parameters[name])),
    ),
    column('seed', ({ config }) => String(config.seed)),
    ...FIGURE_NAMES.map((name) => column(name, (line) => figureOf(line, name))),
    column('maxQueueLength', ({ maxQueueLength }) => maxQueueLength),
    column('arrivals', ({ events }) => events.arrivals),
    column('dropped', ({ events }) => events.dropped),
    column('departures', ({ events }) => events.departures),
    column('start', ({ time }) => time.start),
    column('end', ({ time }) => time.end),
    column('stateHash', ({ stateHash }) => stateHash),
  ];
}

function pointColumns(points: readonly PointResult[]): Column[] {
  const column = (name: string, value: (point: PointResult) => Value): Column => [
    name,
    points.map(value),
  ];
  return [
    column('point', ({ point }) => point),
    ...parameterNames(points).map((name) =>
      column(name, ({ parameters }) => cell(parameters[name])),
    ),
    column('replications', ({ replications }) => replications),
    ...FIGURE_NAMES.flatMap((name) => [
      column(name, ({ figures }) => figures[name]?.mean ?? null),
      column(`${name}.halfWidth`, ({ figures }) => figures[name]?.halfWidth ?? null),
    ]),
  ];
}

function parameterNames(points: readonly Point[]): string[] {
  return [...new Set(points.flatMap(({ parameters }) => Object.keys(parameters)))];
}

function cell(value: unknown): Value {
  if (value === undefined) return null;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function csv(columns: Column[]): string {
  const rows = (columns[0]?.[1] ?? []).map((_, i) =>
    columns.map(([, values]) => values[i] ?? null),
  );
  // numbers in full precision
  return stringify([columns.map(([name]) => name), ...rows]);
}

function parquet(columns: Column[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(([name, values]) => {
        const numeric = values.every((value) => value === null || typeof value === 'number');
        return {
          name,
          data: numeric ? values : values.map((value) => (value === null ? null : String(value))),
          type: numeric ? ('DOUBLE' as const) : ('STRING' as const),
          nullable: true,
        };
      }),
    }),
  );
}
