import { processors } from '#platform';
import { check, workerCount } from '../config/options.js';
import { starterOf } from '../threads/web-port.js';
import { type Crew, Desk } from './desk.js';
import { Lane } from './lane.js';
import type { Division } from './options.js';
import type { CompletePlan } from './plan.js';
import { Queue } from './queue.js';
import type { Failure, SweepResult } from './result.js';
import { Threads } from './threads.js';

/** What is known when a plan has been run. The results themselves have gone to `onReplication`: none is kept. */
export interface Outcome {
  /** replications that there are, those known from before included */
  done: number;
  /** how many replications of a point count: a precision target may have asked for more than the plan does */
  wanted: (point: number) => number;
  failures: Failure[];
  status: SweepResult['status'];
}

/** The engine of sweeps, replications, shards and resumed sweeps. @throws {ConfigError} for a bad number of workers */
export async function runPlan(plan: CompletePlan, division: Division): Promise<Outcome> {
  const { signal, onProgress } = division;
  const crew = await crewOf(plan, division);
  const queue = new Queue(plan, division);
  const desk = new Desk(plan, queue, division);
  const watch = onProgress && setInterval(() => onProgress(desk.progress(crew)), 100);
  try {
    await crew.work(desk);
  } finally {
    clearInterval(watch);
  }
  onProgress?.(desk.progress(crew));
  return {
    done: queue.progress.done,
    wanted: (point) => queue.wanted(point),
    failures: queue.failures.sort((a, b) => a.point - b.point || a.replication - b.replication),
    status: signal?.aborted ? 'cancelled' : 'completed',
  };
}

async function crewOf(plan: CompletePlan, division: Division): Promise<Crew> {
  const { queue, workers = processors(), createWorker } = division;
  if (queue !== undefined) {
    const { Fleet } = await import('../fleet/fleet.js');
    return Fleet.open(queue, division);
  }
  check('workers', workers, workerCount);
  const { points, precision, replications, maxReplications } = plan;
  const runs = points.length * (precision === null ? replications : maxReplications);
  const start = starterOf(createWorker);
  const lanes = Array.from(
    { length: Math.max(1, Math.min(workers, runs)) },
    () => new Lane({ start, none: workers === 0 }),
  );
  return new Threads(lanes, division);
}
