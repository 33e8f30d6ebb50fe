import { setImmediate } from 'node:timers/promises';

/** Lets the event loop run: timers, I/O, signals. */
export async function yieldToEventLoop(): Promise<void> {
  await setImmediate();
}

/** Bytes of memory this process may still use. */
export function availableMemory(): number {
  return process.availableMemory();
}
