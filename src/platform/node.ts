// modules of Node's are asked for when they are needed: importing them would delay every start
import type { ThreadPort } from '../threads/port.js';

/** Lets the event loop run: timers, I/O, signals. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Bytes of memory this process may still use. */
export function availableMemory(): number {
  return process.availableMemory();
}

/** Processors this process may use. */
export function processors(): number {
  return process.getBuiltinModule('node:os').availableParallelism();
}

/** Whether another thread can be handed a memory. */
export function canShareMemory(): boolean {
  return true;
}

/** The bytes that were deflated and written in base64; `atob` would take milliseconds of every start. */
export async function inflate(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const { inflateRawSync } = process.getBuiltinModule('node:zlib');
  return Uint8Array.from(inflateRawSync(Buffer.from(base64, 'base64')));
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
  const { Worker } = process.getBuiltinModule('node:worker_threads');
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
