import { processors } from '#platform';
import { number, whole } from '../config/domain.js';
import { check } from '../config/options.js';
import type { Signal } from '../threads/foreign.js';

/** How a machine works for a fleet. */
export interface WorkOptions {
  /** threads: 1 … 1024; default as many as there are processors */
  workers?: number | undefined;
  /** an `AbortSignal`: aborting it ends the work, within the grace */
  signal?: Signal | undefined;
  /** seconds that runs under way have to end in after the signal; those that do not are handed back. 0 … 86400, default 20 */
  grace?: number | undefined;
  /** end when there has been nothing to do, and no coordinator, for so many seconds: 0 … 86400; default: go on until the signal */
  untilIdle?: number | undefined;
  /** told in words: the queue is gone or back, something was refused */
  onNotice?: ((message: string) => void) | undefined;
}

/** What a machine has done. */
export interface WorkDone {
  /** packs of runs that it has brought the results of, and the runs in them */
  packs: number;
  runs: number;
}

const threads = whole(1, 1024);
const seconds = number(0, 86_400);

/**
 * Works for the sweeps that are coordinated over a queue, until it is told to stop. Runs are simulated in threads of their
 * own. In Node; needs the packages bullmq and ioredis.
 * @param queue URL of a Redis, `redis://host:6379/0`, or `rediss://…` for TLS
 * @throws {ConfigError} before anything runs, if an option or the queue cannot be used
 */
export async function work(queue: string, options: WorkOptions = {}): Promise<WorkDone> {
  const { workers = processors(), grace = 20, untilIdle, onNotice = () => {} } = options;
  check('workers', workers, threads);
  check('grace', grace, seconds);
  if (untilIdle !== undefined) check('untilIdle', untilIdle, seconds);
  const { Machine } = await import('./machine.js');
  const machine = await Machine.open(queue, { ...options, workers, grace, onNotice });
  return machine.work();
}
