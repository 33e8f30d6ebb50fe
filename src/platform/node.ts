import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ThreadPort } from '../threads/port.js';

/** Lets the event loop run: timers, I/O, signals. */
export async function yieldToEventLoop(): Promise<void> {
  await setImmediate();
}

/** Bytes of memory this process may still use. */
export function availableMemory(): number {
  return process.availableMemory();
}

/** Processors this process may use. */
export function processors(): number {
  return availableParallelism();
}

/** Whether another thread can be handed a memory. */
export function canShareMemory(): boolean {
  return true;
}

/**
 * The loader's other way first asks whether it was given a `Response`, at whose mention Node loads its HTTP client: a
 * quarter of all that it takes to start.
 */
export const mayInstantiateAtOnce = true;

/** The two globals of a web worker that the thread's program uses. */
const WEB_WORKER_GLOBALS = `
const { parentPort } = require('node:worker_threads');
globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
`;

/** A thread that runs a program. While it is idle it does not keep the process alive: see `ThreadPort.hold`. */
export function startThread(program: string): ThreadPort {
  const worker = new Worker(WEB_WORKER_GLOBALS + program, { eval: true, execArgv: [] });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    listen(onMessage, onDeath) {
      worker.on('message', onMessage);
      worker.on('error', (error) => onDeath(error.message));
      worker.on('exit', (code) => onDeath(`it exited with code ${code}`));
    },
    hold: (held) => (held ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}
