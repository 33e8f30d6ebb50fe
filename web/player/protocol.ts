/** Messages between a page and its workers. */
import type { CompleteConfig } from '../../src/index.js';
import type { Speed } from '../../src/run/speed.js';
import type { Load } from './load.js';
import type { Histogram } from './rates.js';
import type { Row, Rows } from './rows.js';
import type { Prediction } from './theory.js';

export type Pace = number | 'max';

/** What may change while a simulation runs. */
export interface Update {
  arrivalRate?: number;
  inverseStepSize?: number | 'inf';
  cost?: Partial<CompleteConfig['cost']>;
}

export type ToWorker =
  | { type: 'start'; config: CompleteConfig; pace: Pace; until?: number }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'step'; duration: number }
  | { type: 'pace'; pace: Pace }
  | { type: 'update'; change: Update }
  /** a snapshot has arrived, and the next may come */
  | { type: 'received' }
  | { type: 'data' }
  | { type: 'predict'; key: string; config: CompleteConfig; load: Load }
  | { type: 'benchmark'; seconds: number };

export type FromWorker =
  | { type: 'snapshot'; look: Look }
  /** an update is done, and the next may come */
  | { type: 'updated' }
  | { type: 'data'; rows: Rows; stateHash: string; time: number }
  | { type: 'prediction'; key: string; prediction: Prediction }
  | { type: 'progress'; fraction: number }
  | { type: 'speeds'; speeds: Speed[] }
  | { type: 'error'; field: string | null; message: string };

/** A snapshot as the worker knows it. */
export interface Look {
  time: number;
  events: number;
  eventsPerSecond: number;
  running: boolean;
  finished: boolean;
  /** if it is not the one sent before */
  config: CompleteConfig | null;
  stateHash: string | null;
  load: Load;
  /** since the last snapshot */
  rows: Rows;
  /** as they are at present */
  now: Row;
  rates: Float64Array;
  histogram: Histogram;
}

/** One end of the line between a page and a worker. */
export interface Port<Out, In> {
  post(message: Out, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: In) => void, onDeath?: (why: string) => void): void;
  end(): void;
}
