import type { CompleteConfig } from '../config/config.js';
import type { Job } from '../studies/queue.js';

interface Entry {
  job: Job;
  /** null: it is in no pack yet, or not any more */
  pack: string | null;
  failures: number;
  /** it has been in a pack that killed its workers, or was too long, so the next one has it alone */
  alone: boolean;
}

const keyOf = (point: number, replication: number) => `${point}/${replication}`;

/** The runs that are out, and in which pack each is. */
export class Outstanding {
  readonly #entries = new Map<string, Entry>();
  /** packs, and which runs they owe */
  readonly #packs = new Map<string, Set<string>>();
  /** runs in packs of a coordinator before us, whose turn has not come here */
  readonly #promised = new Map<string, string>();
  #back: string[] = [];

  get size(): number {
    return this.#entries.size;
  }

  get packs(): readonly string[] {
    return [...this.#packs.keys()];
  }

  get packCount(): number {
    return this.#packs.size;
  }

  hasPack(pack: string): boolean {
    return this.#packs.has(pack);
  }

  /** Takes in a job. @returns false if a pack has it already */
  add(job: Job): boolean {
    const key = keyOf(job.point, job.replication);
    const pack = this.#promised.get(key) ?? null;
    this.#promised.delete(key);
    this.#entries.set(key, { job, pack, failures: 0, alone: false });
    return pack === null;
  }

  /** Takes in a pack of the coordinator before us. */
  adopt(pack: string, jobs: Iterable<Job>): void {
    const owed = new Set<string>();
    for (const { point, replication } of jobs) {
      owed.add(keyOf(point, replication));
      this.#promised.set(keyOf(point, replication), pack);
    }
    this.#packs.set(pack, owed);
  }

  sent(pack: string, jobs: Iterable<Job>): void {
    const owed = new Set<string>();
    for (const { point, replication } of jobs) {
      const key = keyOf(point, replication);
      owed.add(key);
      (this.#entries.get(key) as Entry).pack = pack;
    }
    this.#packs.set(pack, owed);
  }

  get(point: number, replication: number): Job | undefined {
    return this.#entries.get(keyOf(point, replication))?.job;
  }

  /** @returns whether it was out */
  remove({ point, replication }: Job): boolean {
    const key = keyOf(point, replication);
    this.#promised.delete(key);
    const entry = this.#entries.get(key);
    if (!entry) return false;
    if (entry.pack !== null) this.#packs.get(entry.pack)?.delete(key);
    return this.#entries.delete(key);
  }

  /** Configurations of the runs that a pack owes, if all of them are known here. */
  configs(pack: string): CompleteConfig[] {
    const entries = [...(this.#packs.get(pack) ?? [])].map((key) => this.#entries.get(key));
    return entries.includes(undefined) ? [] : entries.map((entry) => (entry as Entry).job.config);
  }

  /** A pack is no more. @returns the runs that it still owes */
  drop(pack: string): Job[] {
    const owed = [...(this.#packs.get(pack) ?? [])];
    this.#packs.delete(pack);
    return owed.flatMap((key) => {
      if (this.#promised.get(key) === pack) this.#promised.delete(key);
      const entry = this.#entries.get(key);
      if (entry?.pack !== pack) return [];
      entry.pack = null;
      return [entry.job];
    });
  }

  /** How often a job has failed, this time included. */
  countFailure({ point, replication }: Job): number {
    const entry = this.#entries.get(keyOf(point, replication));
    return entry ? ++entry.failures : 0;
  }

  /** The job is to be sent, again or after all. */
  putBack({ point, replication }: Job, alone = false): void {
    const key = keyOf(point, replication);
    const entry = this.#entries.get(key) as Entry;
    entry.alone ||= alone;
    this.#back.push(key);
  }

  /** A job that was put back, if there is one. */
  takeBack(): Job | undefined {
    while (this.#back.length > 0) {
      const entry = this.#entries.get(this.#back.shift() as string);
      if (entry && entry.pack === null) return entry.job;
    }
    return undefined;
  }

  isAlone({ point, replication }: Job): boolean {
    return this.#entries.get(keyOf(point, replication))?.alone === true;
  }
}
