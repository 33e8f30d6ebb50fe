/**
 * The columns of the trajectory, one entry each: its name as a field, and in the header of a table. From here come
 * the fields of `Trajectory`, the tables that the command writes, and the kernel's numbers of columns (COLUMN_…):
 * a new column is an entry here and a line in `recordRow` (assembly/observe.ts). Quantiles follow `min` wherever
 * columns are listed; in memory they come last.
 */
export const COLUMNS = {
  /** times of the rows */
  time: 'time',
  /** mean rate over servers */
  mean: 'mean',
  /** standard deviation of the rates over servers (divisor n) */
  sd: 'sd',
  /** smallest rate */
  min: 'min',
  /** largest rate */
  max: 'max',
  /** busy servers */
  busy: 'busy',
  /** most tasks at one server, the one in service included */
  maxQueue: 'max_queue',
  /** mean number of tasks per server, in service included */
  meanQueue: 'mean_queue',
  /** tasks dropped since t = 0 */
  dropped: 'dropped',
} as const;

export type ColumnName = keyof typeof COLUMNS;

/** An array for each column, as long as the rows. */
export type Columns = { [name in keyof typeof COLUMNS]: Float64Array };

/** In the order of memory. */
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

/** The column that quantiles follow in lists and tables. */
const BEFORE_QUANTILES: ColumnName = 'min';

/** Something for every column, with what stands for the quantiles where they are listed. */
export function listColumns<T>(entry: (name: ColumnName) => T, quantiles: readonly T[]): T[] {
  return COLUMN_NAMES.flatMap((name) =>
    name === BEFORE_QUANTILES ? [entry(name), ...quantiles] : [entry(name)],
  );
}
