import type { CompleteConfig } from '../config/config.js';
import type { Figures } from '../figures/figures.js';
import { Ledger } from './ledger.js';
import type { Division } from './options.js';
import type { CompletePlan } from './plan.js';
import type { Point } from './points.js';
import type { Failure } from './result.js';
import { replicationConfig } from './stream.js';

/** A replication to be run. */
export interface Job {
  point: number;
  replication: number;
  config: CompleteConfig;
}

/**
 * Decides which replication of a plan is run next, and counts what came of each. Of points only those are in memory that
 * have been begun and are not settled: a plan may have a million.
 */
export class Queue {
  readonly failures: Failure[] = [];
  readonly #plan: CompletePlan;
  readonly #division: Pick<Division, 'known' | 'onlyKnown' | 'owns'>;
  /** points that are begun and not settled */
  readonly #open = new Map<number, Ledger>();
  /** those among them that turned out to need more, in their order */
  #again: number[] = [];
  /** the first point that may not have been handed out */
  #first = 0;
  /** with a precision target: replications that each point wants; else all want as many */
  readonly #wanted: Uint32Array | null;
  #done = 0;
  #total: number;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(plan: CompletePlan, division: Pick<Division, 'known' | 'onlyKnown' | 'owns'>) {
    this.#plan = plan;
    this.#division = division;
    this.#total = plan.points.length * plan.replications;
    this.#wanted =
      plan.precision === null ? null : new Uint32Array(plan.points.length).fill(plan.replications);
  }

  /** Replications done, and wanted as far as is known. */
  get progress(): { done: number; total: number } {
    return { done: this.#done, total: this.#total };
  }

  /** How many replications a point wants, as far as is known. */
  wanted(point: number): number {
    return this.#wanted?.[point] ?? this.#plan.replications;
  }

  /** The next job, in order even if several ask at once; null if there is none for now. */
  take(): Promise<Job | null> {
    const turn = this.#turn.then(() => this.#take());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Books a replication that was run. */
  finish({ point, replication }: Job, figures: Figures): void {
    this.#book(this.#ledger(point), point, replication, () => figures);
  }

  /** Books a replication that could not be run. */
  fail({ point, replication }: Job, message: string): void {
    this.failures.push({ point, replication, message });
    this.#skip(this.#ledger(point), point);
  }

  /** Replications that are known, or not ours, are booked on the way. */
  async #take(): Promise<Job | null> {
    const { points, streams } = this.#plan;
    const { known, onlyKnown, owns } = this.#division;
    while (true) {
      const point = this.#again[0] ?? this.#first;
      if (point >= points.length) return null;
      const ledger = this.#begin(point);
      const replication = ledger.take();
      if (replication === null) {
        if (point === this.#first) this.#first++;
        else this.#again.shift();
        continue;
      }
      if (owns && !owns(point, replication)) {
        this.#skip(ledger, point);
      } else if (known?.has(point, replication)) {
        this.#book(ledger, point, replication, () => {
          return known.replication(point, replication) as Figures;
        });
      } else if (onlyKnown) {
        this.failures.push({ point, replication, message: 'is missing' });
        this.#skip(ledger, point);
      } else {
        const { config } = ledger.point;
        return {
          point,
          replication,
          config: await replicationConfig(config, replication, streams),
        };
      }
    }
  }

  #begin(point: number): Ledger {
    let ledger = this.#open.get(point);
    if (!ledger) {
      ledger = new Ledger(this.#plan, this.#plan.points.at(point) as Point);
      this.#open.set(point, ledger);
    }
    return ledger;
  }

  #book(ledger: Ledger, point: number, replication: number, figures: () => Figures): void {
    ledger.book(replication, figures);
    this.#done++;
    this.#settle(ledger, point);
  }

  #skip(ledger: Ledger, point: number): void {
    ledger.skip();
    this.#total--;
    this.#settle(ledger, point);
  }

  #settle(ledger: Ledger, point: number): void {
    if (!ledger.settled) return;
    const more = ledger.extend();
    if (more === 0) {
      this.#open.delete(point);
      if (point === this.#first) this.#first++;
      else this.#again = this.#again.filter((other) => other !== point);
      return;
    }
    this.#total += more;
    if (this.#wanted) this.#wanted[point] = ledger.wanted;
    if (point < this.#first && !this.#again.includes(point)) {
      this.#again.push(point);
      this.#again.sort((a, b) => a - b);
    }
  }

  #ledger(point: number): Ledger {
    return this.#open.get(point) as Ledger;
  }
}
