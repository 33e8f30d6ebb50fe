import { COLUMN_NAMES, type Columns } from '../engine/columns.js';
import { COLUMN_QUANTILES, ROW } from '../engine/layout.js';
import type { MemoryPlan } from '../engine/memory.js';
import { ConfigError } from '../errors.js';

/** The columns, which the class below gives itself. */
export interface Trajectory extends Readonly<Columns> {}

/**
 * What was recorded on the grid 0, interval, 2 · interval, …: one array per quantity, each as long as the
 * rows recorded so far. The arrays are views of the engine's memory, made anew on every access: nothing
 * is copied, a later access sees later rows, and a view taken before `extend` keeps its old length.
 * They must not be written to. While the run goes on in another thread they may be read all the same: a row is
 * counted only once it is complete, and never changes. `copy()` detaches everything from the engine.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a getter for each column is defined in the static block
export class Trajectory {
  /** levels of `quantiles`, ascending */
  readonly levels: readonly number[];
  /** ids of the recorded servers, ascending, or `'all'` */
  readonly servers: readonly number[] | 'all';
  readonly #memory: WebAssembly.Memory;
  readonly #plan: MemoryPlan;

  static {
    COLUMN_NAMES.forEach((name, k) => {
      Object.defineProperty(Trajectory.prototype, name, {
        get(this: Trajectory) {
          return this.#column(k);
        },
      });
    });
  }

  /** @internal */
  constructor(
    memory: WebAssembly.Memory,
    plan: MemoryPlan,
    record: { quantiles: readonly number[]; servers: readonly number[] | 'all' },
  ) {
    this.#memory = memory;
    this.#plan = plan;
    this.levels = record.quantiles;
    this.servers = record.servers;
  }

  /** rows recorded so far */
  get rows(): number {
    // atomically: whoever sees the count sees all of these rows, even while another thread runs the kernel
    return Atomics.load(new Uint32Array(this.#memory.buffer, this.#plan.state + ROW, 1), 0);
  }

  /**
   * Quantiles of the rates over servers, one array for each of `levels`. Up to 65,536 servers order
   * statistics with linear interpolation; beyond, from bins of relative width 2^−14, interpolated: as exact, for
   * rates of any size.
   */
  get quantiles(): Float64Array[] {
    return this.levels.map((_, k) => this.#column(COLUMN_QUANTILES + k));
  }

  /** rates of the k-th recorded server */
  serverRates(k: number): Float64Array {
    this.#checkServer(k);
    const start = this.#plan.watchedRates + 8 * k * this.#plan.rows;
    return new Float64Array(this.#memory.buffer, start, this.rows);
  }

  /** tasks at the k-th recorded server, in service included */
  serverQueues(k: number): Uint32Array {
    this.#checkServer(k);
    const start = this.#plan.watchedTasks + 4 * k * this.#plan.rows;
    return new Uint32Array(this.#memory.buffer, start, this.rows);
  }

  /** Plain copies of everything, independent of the engine's memory. */
  copy(): TrajectoryCopy {
    const ids = Array.from({ length: this.#plan.watched }, (_, k) => k);
    return {
      rows: this.rows,
      levels: [...this.levels],
      servers: this.servers === 'all' ? 'all' : [...this.servers],
      ...columnsOf((name) => this[name].slice()),
      quantiles: this.quantiles.map((column) => column.slice()),
      serverRates: ids.map((k) => this.serverRates(k).slice()),
      serverQueues: ids.map((k) => this.serverQueues(k).slice()),
    };
  }

  /** @internal puts rows back after the columns have moved */
  overwrite(recorded: TrajectoryCopy): void {
    for (const name of COLUMN_NAMES) this[name].set(recorded[name]);
    this.quantiles.forEach((column, k) => {
      column.set(recorded.quantiles[k] as Float64Array);
    });
    recorded.serverRates.forEach((rates, k) => {
      this.serverRates(k).set(rates);
      this.serverQueues(k).set(recorded.serverQueues[k] as Uint32Array);
    });
  }

  #column(column: number): Float64Array {
    const start = this.#plan.trajectory + 8 * column * this.#plan.rows;
    return new Float64Array(this.#memory.buffer, start, this.rows);
  }

  #checkServer(k: number): void {
    if (!(Number.isInteger(k) && k >= 0 && k < this.#plan.watched)) {
      throw new ConfigError('server', `got ${k}; ${placesOf(this.#plan.watched)}`);
    }
  }
}

function columnsOf(column: (name: keyof Columns) => Float64Array): Columns {
  return Object.fromEntries(COLUMN_NAMES.map((name) => [name, column(name)])) as Columns;
}

/** See `Trajectory`, whose fields these are. */
export interface TrajectoryCopy extends Columns {
  rows: number;
  levels: number[];
  servers: number[] | 'all';
  quantiles: Float64Array[];
  serverRates: Float64Array[];
  serverQueues: Uint32Array[];
}

function placesOf(watched: number): string {
  return watched === 0
    ? 'no server was recorded; name some in record.servers'
    : `must be a whole number from 0 to ${watched - 1}, the place among the ${watched} recorded servers`;
}
