/** Runs a `Run` from stop to stop, here in slices or in another thread. */
import { canShareMemory, yieldToEventLoop } from '#platform';
import { borrowThread, returnThread } from '../threads/idle.js';
import { Team } from '../threads/team.js';
import { type LegOptions, Thread, type ThreadOptions } from '../threads/thread.js';
import type { Run } from './run.js';

export interface Executor {
  /** Runs to `until`; false if it was cancelled. */
  advance(run: Run, until: number, options: LegOptions): Promise<boolean>;
}

/** Milliseconds between two visits to the event loop. */
const SLICE = 10;
/** A run that takes longer moves to a thread; a shorter one would be over before a thread had started. */
const PATIENCE = 50;
/** So many servers take too long to be made between two visits to the event loop. */
const MANY_SERVERS = 100_000;

/** Here, in slices that leave the event loop room, for as long as `goOn` says. */
async function advanceHere(
  run: Run,
  until: number,
  { signal, onProgress }: LegOptions,
  goOn: () => boolean = () => true,
): Promise<boolean> {
  run.start();
  let blocks = 64;
  while (!signal?.aborted && goOn()) {
    const started = performance.now();
    const done = run.advance(until, blocks);
    const elapsed = performance.now() - started;
    blocks = Math.ceil(blocks * Math.min(2, Math.max(0.5, SLICE / elapsed)));
    onProgress?.(run);
    if (done) return true;
    await yieldToEventLoop();
  }
  return false;
}

/** The calling thread alone. */
export const here: Executor = { advance: advanceHere };

/** One thread, or this one if there is none. */
export function inThread(thread: Thread | null): Executor {
  return thread ? { advance: (run, until, options) => thread.leg(run, until, options) } : here;
}

/**
 * The calling thread at first; a run that turns out to take long moves to other threads, where there are some: to one, or to as
 * many as `threads` says if it is in partitions. `end` gives them back.
 */
export function mayMove(
  start: ThreadOptions['start'],
  threads: number,
): Executor & { end: (run: Run) => void } {
  const began = performance.now();
  const borrow = () => (start ? Thread.start({ start }) : borrowThread());
  let team: Team | null = null;
  let coming: Promise<void> | undefined;
  const summon = (run: Run) => {
    // helpers need to see the memory
    const size = canShareMemory() ? Math.max(1, Math.min(threads, run.plan.parts)) : 1;
    coming ??= Promise.all(Array.from({ length: size }, borrow)).then((answers) => {
      const [leader, ...helpers] = answers.filter((thread) => thread !== null);
      if (leader) team = new Team(leader, helpers);
    });
    return coming;
  };
  return {
    async advance(run, until, options) {
      if (run.config.servers > MANY_SERVERS) await summon(run);
      const waiting = () => {
        if (performance.now() - began > PATIENCE) summon(run);
        return team === null;
      };
      if (waiting() && (await advanceHere(run, until, options, waiting))) return true;
      if (team === null || options.signal?.aborted) return false;
      const mates = team as Team;
      run.threads = Math.max(run.threads, mates.sizeFor(run));
      return mates.leg(run, until, options);
    },
    end(run) {
      const giveBack = () => {
        for (const thread of team ? [team.leader, ...team.helpers] : []) {
          start ? thread.end() : returnThread(thread, run);
        }
      };
      // those that come too late are kept for the next run
      coming?.then(giveBack);
    },
  };
}
