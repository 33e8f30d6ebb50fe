import { acceptedEvents, type Figures } from '../figures/figures.js';
import type { Division, SweepProgress } from './options.js';
import type { CompletePlan } from './plan.js';
import type { Job, Queue } from './queue.js';
import type { Replication } from './result.js';
import { replicationConfig } from './stream.js';

/** Whoever runs the replications of a plan: the threads of this process, or a fleet. */
export interface Crew {
  /** Takes jobs from the desk, and brings back what came of them, until there are no more. */
  work(desk: Desk): Promise<void>;
  /** accepted arrivals and departures of the runs under way */
  readonly events: number;
  /** threads at work */
  readonly workers: number;
}

/** Where a crew gets its jobs and brings their results. */
export class Desk {
  readonly #plan: CompletePlan;
  readonly #queue: Queue;
  readonly #division: Division;
  /** how often each point is under way */
  readonly #running = new Map<number, number>();
  readonly #began = performance.now();
  #out = 0;
  #events = 0;
  #runs = 0;
  #waiting: (() => void)[] = [];

  constructor(plan: CompletePlan, queue: Queue, division: Division) {
    this.#plan = plan;
    this.#queue = queue;
    this.#division = division;
    division.signal?.addEventListener('abort', this.#wake);
  }

  get aborted(): boolean {
    return this.#division.signal?.aborted === true;
  }

  onAbort(listener: () => void): void {
    this.#division.signal?.addEventListener('abort', listener);
  }

  /** Jobs that are under way. */
  get out(): number {
    return this.#out;
  }

  /** Replications that are still to be handed out, as far as is known. */
  get left(): number {
    const { done, total } = this.#queue.progress;
    return total - done - this.#out;
  }

  /** The next job; null if there is none for now. */
  async takeNow(): Promise<Job | null> {
    if (this.aborted) return null;
    this.#out++;
    const job = await this.#queue.take();
    if (job) this.#running.set(job.point, (this.#running.get(job.point) ?? 0) + 1);
    else this.#out--;
    return job;
  }

  /** The next job, which a replication that ends may turn out to need; null if all are done, or the sweep has been ended. */
  async take(): Promise<Job | null> {
    while (!this.aborted) {
      const job = await this.takeNow();
      if (job) return job;
      if (this.#out === 0) {
        this.#wake();
        return null;
      }
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
    return null;
  }

  /** @param replication of the job, from any machine */
  async bring(job: Job, replication: Replication): Promise<void> {
    this.#events += acceptedEvents(replication.events);
    this.#runs++;
    await this.#division.onReplication?.(replication);
    this.#queue.finish(job, replication);
    this.giveBack(job);
  }

  /**
   * The job of a replication that is of the plan but is not known yet; null for any other. Its result can be kept before
   * it is its turn, where results are kept at all.
   */
  async unknown(point: number, replication: number): Promise<Job | null> {
    const { points, precision, replications, maxReplications, streams } = this.#plan;
    const { known, owns } = this.#division;
    const most = precision === null ? replications : maxReplications;
    const at = points.at(point);
    if (!known || !at || replication >= most || known.has(point, replication)) return null;
    if (owns && !owns(point, replication)) return null;
    return { point, replication, config: await replicationConfig(at.config, replication, streams) };
  }

  /** Keeps a result whose turn has not come: when it comes it is known. */
  async keep(replication: Replication): Promise<void> {
    await this.#division.onReplication?.(replication);
  }

  /** Books a job whose result has been kept in the meantime. @returns false if it has not */
  bringKept(job: Job): boolean {
    const { known } = this.#division;
    if (!known?.has(job.point, job.replication)) return false;
    this.#queue.finish(job, known.replication(job.point, job.replication) as Figures);
    this.giveBack(job);
    return true;
  }

  /** The job cannot be run. */
  fail(job: Job, message: string): void {
    this.#queue.fail(job, message);
    this.#say(job, message, true);
    this.giveBack(job);
  }

  /** A first attempt has failed. */
  warn(job: Job, message: string): void {
    this.#say(job, message, false);
  }

  /** The job is not under way any more; without a result, that is for the next sweep. */
  giveBack({ point }: Job): void {
    const count = this.#running.get(point) as number;
    if (count > 1) this.#running.set(point, count - 1);
    else this.#running.delete(point);
    this.#out--;
    this.#wake();
  }

  progress({ events: underWay, workers }: Crew): SweepProgress {
    const { done, total } = this.#queue.progress;
    const seconds = (performance.now() - this.#began) / 1000;
    const events = this.#events + underWay;
    return {
      done,
      total,
      running: [...this.#running.keys()].sort((a, b) => a - b),
      workers,
      events,
      eventsPerSecond: events / seconds,
      secondsRemaining: this.#runs > 0 ? (seconds * (total - done)) / this.#runs : null,
    };
  }

  #say({ point, replication }: Job, message: string, final: boolean): void {
    this.#division.onFailure?.({ point, replication, message, final });
  }

  readonly #wake = (): void => {
    for (const wake of this.#waiting.splice(0)) wake();
  };
}
