/** How a sweep is run. */
import type { CompleteConfig } from '../config/config.js';
import type { Figures } from '../figures/figures.js';
import type { Trajectory } from '../run/trajectory.js';
import type { Signal, WorkerLike } from '../threads/foreign.js';
import type { Failure, Replication } from './result.js';

export interface SweepProgress {
  /** replications done, and planned so far (a precision target may add some) */
  done: number;
  total: number;
  /** points with a replication under way */
  running: number[];
  /** threads that run replications, on all machines */
  workers: number;
  /** accepted arrivals and departures, of all threads together */
  events: number;
  eventsPerSecond: number;
  /** `null` before there is anything to go by */
  secondsRemaining: number | null;
}

export interface ManyOptions {
  /** threads; default: as many as there are processors; 0: in the caller's own, in slices */
  workers?: number | undefined;
  /** an `AbortSignal`: aborting it ends the sweep, and runs under way are dropped */
  signal?: Signal | undefined;
  /** called ten times a second */
  onProgress?: ((progress: SweepProgress) => void) | undefined;
  /**
   * looks at the trajectory of every replication; what it returns, JSON-able, is kept as the replication's
   * `measured`, the trajectory is not
   */
  measure?: ((trajectory: Trajectory, config: CompleteConfig) => unknown) | undefined;
  /** called with every replication as it ends, in no particular order; the sweep waits for what it returns */
  onReplication?: ((replication: Replication) => void | Promise<void>) | undefined;
  /** told of a thread that died (its replication is tried once more), or of a replication that failed for good */
  onFailure?: ((failure: Failure & { final: boolean }) => void) | undefined;
  /**
   * run on a fleet instead of this machine: the URL of a Redis, `redis://host:6379/0`, or `rediss://…` for TLS, from which
   * machines with `work` (or `ratescale work`) take runs. In Node; needs the packages bullmq and ioredis. Only data
   * travels: functions, as `measure` or in a cost, are refused. `workers` and `createWorker` are those machines' affair
   */
  queue?: string | undefined;
  /** with `queue`, told in words: the queue is gone or back, nobody works, something was refused */
  onNotice?: ((message: string) => void) | undefined;
  /** how to start a thread, where a page's security policy forbids Blob workers */
  createWorker?: (() => WorkerLike) | undefined;
}

/** Replications from before. */
export interface Known {
  has(point: number, replication: number): boolean;
  /** figures of one that is there */
  replication(point: number, replication: number): Figures | undefined;
}

/** What a scheduler beyond this process decides. */
export interface Division extends ManyOptions {
  /** what need not be run again */
  known?: Known | undefined;
  /** with `queue`: the name of the sweep, 32 hex digits, by which a coordinator after this one finds its packs again */
  sweep?: string | undefined;
  /** with `queue`: the experiment whose `measure` it is */
  experiment?: string | undefined;
  /** run nothing: what is not known counts as failed */
  onlyKnown?: boolean | undefined;
  /** which replications are ours */
  owns?: ((point: number, replication: number) => boolean) | undefined;
}
