/** Threads that wait for the next `simulate`: starting one takes longer than a short run. */
import type { Run } from '../run/run.js';
import { Thread } from './thread.js';

/** A thread that held so much memory is ended: only that frees it for certain. */
const LARGE = 2 ** 28;

const idle: Thread[] = [];

export async function borrowThread(): Promise<Thread | null> {
  return idle.pop() ?? Thread.start();
}

export function returnThread(thread: Thread, run: Run): void {
  if (thread.dead) return;
  if (run.plan.end > LARGE) {
    thread.end();
  } else {
    thread.forget(run.instance);
    idle.push(thread);
  }
}
