/** What host and thread say to each other. A thread runs the kernel on one memory, from one stop to the next. */
import type { MemoryPlan } from '../engine/memory.js';

/** Bytes and where they belong. */
export interface Piece {
  address: number;
  bytes: Uint8Array;
}

/** Values per row of the recording: where the first lies, and its width in bytes. */
export interface Column {
  address: number;
  width: number;
}

export type ToThread =
  /** get hold of a kernel and its memory: the host's, if it can be shared, else one of the thread's own */
  | {
      type: 'adopt';
      key: number;
      module: WebAssembly.Module;
      memory: WebAssembly.Memory | null;
    }
  /** own memory: make room for a run, zeroed from `state` to `end`, and take over what the host prepared */
  | { type: 'load'; key: number; state: number; end: number; pages: number; pieces: Piece[] }
  /** run until a time, or until cancelled */
  | {
      type: 'leg';
      key: number;
      state: number;
      until: number;
      /** own memory: what to send back besides the histograms' pages and the rows of the columns, namely the plan up
       * to these addresses: while the leg runs, and at its end */
      head: number;
      servers: number;
      columns: Column[];
      hash: boolean;
    }
  /** help the thread that runs the leg, as member `member` of its team, until it sends us away */
  | { type: 'assist'; key: number; state: number; member: number }
  | { type: 'cancel' }
  | { type: 'forget'; key: number };

export type FromThread =
  | { type: 'ready' }
  /** own memory: how far the run has come */
  | { type: 'mirror'; pieces: Piece[] }
  /** the leg is over; `code` is what the kernel returned */
  | { type: 'done'; code: number; seconds: number; hash: bigint | null; pieces: Piece[] }
  /** sent away */
  | { type: 'dismissed' }
  | { type: 'failed'; message: string };

/** All columns of a plan. */
export function columnsOf(plan: MemoryPlan): Column[] {
  const columns: Column[] = [];
  for (let k = 0; k < plan.columns; k++) {
    columns.push({ address: plan.trajectory + 8 * k * plan.rows, width: 8 });
  }
  for (let k = 0; k < plan.watched; k++) {
    columns.push({ address: plan.watchedRates + 8 * k * plan.rows, width: 8 });
    columns.push({ address: plan.watchedTasks + 4 * k * plan.rows, width: 4 });
  }
  return columns;
}
