import type { CompleteConfig } from '../config/config.js';
import type { Figures } from '../figures/figures.js';
import { Ledger } from './ledger.js';
import type { Division } from './options.js';
import type { CompletePlan, Point } from './plan.js';
import type { Failure, PointResult } from './result.js';
import { replicationConfig } from './stream.js';

/** A replication to be run. */
export interface Job {
  point: number;
  replication: number;
  config: CompleteConfig;
}

/** Decides which replication of a plan is run next, and keeps what came of each. */
export class Queue {
  readonly failures: Failure[] = [];
  readonly #plan: CompletePlan;
  readonly #division: Pick<Division, 'known' | 'onlyKnown' | 'owns'>;
  readonly #ledgers: readonly Ledger[];
  /** points before this one are settled or all handed out */
  #first = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(plan: CompletePlan, division: Pick<Division, 'known' | 'onlyKnown' | 'owns'>) {
    this.#plan = plan;
    this.#division = division;
    this.#ledgers = plan.points.map(() => new Ledger(plan));
  }

  /** Replications done, and wanted as far as is known. */
  get progress(): { done: number; total: number } {
    const sum = (value: (ledger: Ledger) => number) =>
      this.#ledgers.reduce((total, ledger) => total + value(ledger), 0);
    return { done: sum(({ done }) => done), total: sum(({ total }) => total) };
  }

  /** The next job, in order even if several ask at once; null if there is none for now. */
  take(): Promise<Job | null> {
    const turn = this.#turn.then(() => this.#take());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Books a replication that was run. */
  finish({ point, replication }: Job, figures: Figures): void {
    this.#ledger(point).book(replication, figures);
    this.#settle(point);
  }

  /** Books a replication that could not be run. */
  fail({ point, replication }: Job, message: string): void {
    this.failures.push({ point, replication, message });
    this.#ledger(point).skip();
    this.#settle(point);
  }

  results(): PointResult[] {
    return this.#plan.points.map((point, i) => this.#ledger(i).result(point, i));
  }

  /** Replications that are known, or not ours, are booked on the way. */
  async #take(): Promise<Job | null> {
    const { points, streams } = this.#plan;
    const { known, onlyKnown, owns } = this.#division;
    while (this.#first < points.length) {
      const point = this.#first;
      const ledger = this.#ledger(point);
      const replication = ledger.take();
      if (replication === null) {
        this.#first = point + 1;
        continue;
      }
      const figures = known?.(point, replication);
      if (owns && !owns(point, replication)) {
        ledger.skip();
      } else if (figures) {
        ledger.book(replication, figures);
      } else if (onlyKnown) {
        ledger.skip();
        this.failures.push({ point, replication, message: 'is missing' });
      } else {
        const { config } = points[point] as Point;
        return {
          point,
          replication,
          config: await replicationConfig(config, replication, streams),
        };
      }
      this.#settle(point);
    }
    return null;
  }

  #settle(point: number): void {
    if (this.#ledger(point).settle()) this.#first = Math.min(this.#first, point);
  }

  #ledger(point: number): Ledger {
    return this.#ledgers[point] as Ledger;
  }
}
