/** Threads that run one system together: one leads, the others help with its partitions (assembly/partitions/team.ts). */
import { TEAM_OPEN } from '../engine/layout.js';
import type { Run } from '../run/run.js';
import type { LegOptions, Thread } from './thread.js';

export class Team {
  readonly leader: Thread;
  readonly helpers: readonly Thread[];

  /** @param helpers as many as there may be; a run that they cannot help with does without */
  constructor(leader: Thread, helpers: readonly Thread[]) {
    this.leader = leader;
    this.helpers = helpers;
  }

  /** Threads that take part in a run. */
  sizeFor(run: Run): number {
    return 1 + this.#helpersOf(run).length;
  }

  /** As `Thread.leg`. @throws {ThreadDied} if one of them dies; then all are ended */
  async leg(run: Run, until: number, options: LegOptions): Promise<boolean> {
    const helpers = this.#helpersOf(run);
    if (helpers.length === 0) return this.leader.leg(run, until, options);
    const words = new Int32Array(run.instance.memory.buffer);
    Atomics.store(words, (run.plan.team + TEAM_OPEN) >> 2, 1);
    try {
      const help = Promise.all(helpers.map((helper, i) => helper.assist(run, i + 1)));
      // whichever dies first is told of; the others would wait for it
      const [reached] = await Promise.all([this.leader.leg(run, until, options), help]);
      return reached;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  end(): void {
    for (const thread of [this.leader, ...this.helpers]) thread.end();
  }

  /** No more than there are partitions, and none where memory is not shared. */
  #helpersOf(run: Run): readonly Thread[] {
    if (!this.leader.shares) return [];
    return this.helpers.slice(0, Math.max(0, run.plan.parts - 1));
  }
}
