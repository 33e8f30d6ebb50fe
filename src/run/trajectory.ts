import {
  COLUMN_BUSY,
  COLUMN_DROPPED,
  COLUMN_MAX,
  COLUMN_MAX_QUEUE,
  COLUMN_MEAN,
  COLUMN_MEAN_QUEUE,
  COLUMN_MIN,
  COLUMN_QUANTILES,
  COLUMN_SD,
  COLUMN_TIME,
  ROW,
} from '../engine/layout.js';
import type { MemoryPlan } from '../engine/memory.js';

/**
 * What was recorded on the grid 0, interval, 2 · interval, …: one array per quantity, each as long as the
 * rows recorded so far. The arrays are views of the engine's memory, made anew on every access: nothing
 * is copied, a later access sees later rows, and a view taken before `extend` keeps its old length.
 * They must not be written to. While the run goes on in another thread they may be read all the same: a row is
 * counted only once it is complete, and never changes. `copy()` detaches everything from the engine.
 */
export class Trajectory {
  /** levels of `quantiles`, ascending */
  readonly levels: readonly number[];
  /** ids of the recorded servers, ascending, or `'all'` */
  readonly servers: readonly number[] | 'all';
  readonly #memory: WebAssembly.Memory;
  readonly #plan: MemoryPlan;

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

  /** times of the rows */
  get time(): Float64Array {
    return this.#column(COLUMN_TIME);
  }

  /** mean rate over servers */
  get mean(): Float64Array {
    return this.#column(COLUMN_MEAN);
  }

  /** standard deviation of the rates over servers (divisor n) */
  get sd(): Float64Array {
    return this.#column(COLUMN_SD);
  }

  /** smallest rate */
  get min(): Float64Array {
    return this.#column(COLUMN_MIN);
  }

  /** largest rate */
  get max(): Float64Array {
    return this.#column(COLUMN_MAX);
  }

  /**
   * Quantiles of the rates over servers, one array for each of `levels`. Up to 65,536 servers order
   * statistics with linear interpolation; beyond, from bins of relative width 2^−14, interpolated.
   */
  get quantiles(): Float64Array[] {
    return this.levels.map((_, k) => this.#column(COLUMN_QUANTILES + k));
  }

  /** busy servers */
  get busy(): Float64Array {
    return this.#column(COLUMN_BUSY);
  }

  /** most tasks at one server, the one in service included */
  get maxQueue(): Float64Array {
    return this.#column(COLUMN_MAX_QUEUE);
  }

  /** mean number of tasks per server, in service included */
  get meanQueue(): Float64Array {
    return this.#column(COLUMN_MEAN_QUEUE);
  }

  /** tasks dropped since t = 0 */
  get dropped(): Float64Array {
    return this.#column(COLUMN_DROPPED);
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
      time: this.time.slice(),
      mean: this.mean.slice(),
      sd: this.sd.slice(),
      min: this.min.slice(),
      max: this.max.slice(),
      quantiles: this.quantiles.map((column) => column.slice()),
      busy: this.busy.slice(),
      maxQueue: this.maxQueue.slice(),
      meanQueue: this.meanQueue.slice(),
      dropped: this.dropped.slice(),
      serverRates: ids.map((k) => this.serverRates(k).slice()),
      serverQueues: ids.map((k) => this.serverQueues(k).slice()),
    };
  }

  /** @internal puts rows back after the columns have moved */
  overwrite(recorded: TrajectoryCopy): void {
    this.time.set(recorded.time);
    this.mean.set(recorded.mean);
    this.sd.set(recorded.sd);
    this.min.set(recorded.min);
    this.max.set(recorded.max);
    this.busy.set(recorded.busy);
    this.maxQueue.set(recorded.maxQueue);
    this.meanQueue.set(recorded.meanQueue);
    this.dropped.set(recorded.dropped);
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
      throw new RangeError(`recorded server ${k}: there are ${this.#plan.watched}, from 0 on`);
    }
  }
}

/** See `Trajectory`, whose fields these are. */
export interface TrajectoryCopy {
  rows: number;
  levels: number[];
  servers: number[] | 'all';
  time: Float64Array;
  mean: Float64Array;
  sd: Float64Array;
  min: Float64Array;
  max: Float64Array;
  quantiles: Float64Array[];
  busy: Float64Array;
  maxQueue: Float64Array;
  meanQueue: Float64Array;
  dropped: Float64Array;
  serverRates: Float64Array[];
  serverQueues: Uint32Array[];
}
