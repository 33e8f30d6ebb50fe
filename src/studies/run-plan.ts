import { processors } from '#platform';
import { check, workerCount } from '../config/options.js';
import { acceptedEvents } from '../figures/figures.js';
import type { SimulationResult } from '../run/result.js';
import { starterOf } from '../threads/web-port.js';
import { Lane } from './lane.js';
import type { Division, SweepProgress } from './options.js';
import type { CompletePlan } from './plan.js';
import { type Job, Queue } from './queue.js';
import type { SweepResult } from './result.js';

/** The engine of sweeps, replications, shards and resumed sweeps. @throws {ConfigError} for a bad number of workers */
export async function runPlan(
  plan: CompletePlan,
  division: Division,
): Promise<Omit<SweepResult, 'replications'>> {
  const { workers = processors(), signal, onProgress, createWorker } = division;
  check('workers', workers, workerCount);
  const queue = new Queue(plan, division);
  const { points, precision, replications, maxReplications } = plan;
  const runs = points.length * (precision === null ? replications : maxReplications);
  const start = starterOf(createWorker);
  const lanes = Array.from(
    { length: Math.max(1, Math.min(workers, runs)) },
    () => new Lane({ start, none: workers === 0 }),
  );
  const team = new Team(queue, lanes, division);
  const watch = onProgress && setInterval(() => onProgress(team.progress()), 100);
  try {
    await team.work();
  } finally {
    clearInterval(watch);
    for (const lane of lanes) lane.end();
  }
  onProgress?.(team.progress());
  return {
    points: queue.results(),
    failures: queue.failures.sort((a, b) => a.point - b.point || a.replication - b.replication),
    status: signal?.aborted ? 'cancelled' : 'completed',
  };
}

/** The lanes of a sweep, each with one replication at a time. */
class Team {
  readonly #queue: Queue;
  readonly #lanes: readonly Lane[];
  readonly #division: Division;
  /** points with a replication under way */
  readonly #running = new Map<Lane, number>();
  readonly #began = performance.now();
  #events = 0;
  #runs = 0;
  /** lanes without a job, which a replication that ends may turn out to need */
  #waiting: (() => void)[] = [];

  constructor(queue: Queue, lanes: readonly Lane[], division: Division) {
    this.#queue = queue;
    this.#lanes = lanes;
    this.#division = division;
  }

  async work(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#work(lane)));
  }

  async #work(lane: Lane): Promise<void> {
    while (!this.#division.signal?.aborted) {
      const job = await this.#queue.take();
      if (job) {
        this.#running.set(lane, job.point);
        await this.#run(lane, job).finally(() => this.#running.delete(lane));
        for (const wake of this.#waiting.splice(0)) wake();
      } else if (this.#running.size > 0) {
        await new Promise<void>((wake) => this.#waiting.push(wake));
      } else {
        return;
      }
    }
  }

  async #run(lane: Lane, job: Job): Promise<void> {
    const { signal, measure, onReplication, onFailure } = this.#division;
    const { point, replication, config } = job;
    const fail = (message: string, final: boolean) =>
      onFailure?.({ point, replication, message, final });
    let result: SimulationResult;
    try {
      result = await lane.simulate(config, signal, (why) => fail(why, false));
    } catch (error) {
      const { message } = error as Error;
      this.#queue.fail(job, message);
      fail(message, true);
      return;
    }
    if (result.status !== 'completed') return;
    this.#events += acceptedEvents(result.events);
    this.#runs++;
    const {
      engine: _engine,
      status: _status,
      confidence: _confidence,
      confidenceRefused: _refused,
      ...summary
    } = result;
    const measured = measure?.(result.trajectory, config);
    await onReplication?.({
      point,
      replication,
      ...summary,
      ...(measured !== undefined && { measured }),
    });
    this.#queue.finish(job, summary);
  }

  progress(): SweepProgress {
    const { done, total } = this.#queue.progress;
    const seconds = (performance.now() - this.#began) / 1000;
    const underWay = [...this.#running.keys()].reduce((sum, lane) => sum + lane.events, 0);
    const events = this.#events + underWay;
    return {
      done,
      total,
      running: [...new Set(this.#running.values())].sort((a, b) => a - b),
      events,
      eventsPerSecond: events / seconds,
      secondsRemaining: this.#runs > 0 ? (seconds * (total - done)) / this.#runs : null,
    };
  }
}
