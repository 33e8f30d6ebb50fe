/** What is recorded of a run, a row at a time; and how it stays small however long the run is watched. */

/** Columns of a recording. */
export const COLUMNS = [
  'time',
  /** rates over all servers, and their 5 %, 50 % and 95 % quantiles */
  'mean',
  'low',
  'median',
  'high',
  'min',
  'max',
  /** fraction of servers busy */
  'busy',
  /** tasks per server, in service included */
  'meanQueue',
  /** most tasks at one server */
  'maxQueue',
  /** objective (2.1) over the last twentieth of the run, or since λ, m or the cost changed if that is less: delay + power */
  'cost',
  'delay',
  'power',
  /** μ* and the cost there, for the λ and cost of that time */
  'optimal',
  'optimalCost',
] as const;

export type Column = (typeof COLUMNS)[number];
/** NaN stands for what is not known. */
export type Row = Record<Column, number>;
export type Rows = Record<Column, Float64Array>;

/** Rows in a chart are no denser than its pixels. */
const CAPACITY = 4096;

/** The latest rows, at most 4096: when there are more, every other one goes. */
export class Recording {
  readonly #columns = columns(() => new Float64Array(CAPACITY));
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(row: Row): void {
    if (this.#length === CAPACITY) this.#thin();
    for (const name of COLUMNS) this.#columns[name][this.#length] = row[name];
    this.#length++;
  }

  append(rows: Rows): void {
    for (let i = 0; i < rows.time.length; i++) {
      this.add(Object.fromEntries(COLUMNS.map((name) => [name, rows[name][i]])) as Row);
    }
  }

  clear(): void {
    this.#length = 0;
  }

  /** Views of the columns, until the next row. */
  get rows(): Rows {
    return columns((name) => this.#columns[name].subarray(0, this.#length));
  }

  /** Copies of the rows later than `time`. */
  after(time: number): Rows {
    let first = this.#length;
    while (first > 0 && (this.#columns.time[first - 1] as number) > time) first--;
    return columns((name) => this.#columns[name].slice(first, this.#length));
  }

  #thin(): void {
    for (const name of COLUMNS) {
      const column = this.#columns[name];
      for (let i = 0; i < CAPACITY / 2; i++) column[i] = column[2 * i] as number;
    }
    this.#length = CAPACITY / 2;
  }
}

function columns(of: (name: Column) => Float64Array): Rows {
  return Object.fromEntries(COLUMNS.map((name) => [name, of(name)])) as Rows;
}
