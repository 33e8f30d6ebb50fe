import type { ThreadPort } from '../threads/port.js';
import { portOf } from '../threads/web-port.js';

/** Lets the page breathe: a message is handled after rendering and input, without the 4 ms of timers. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Browsers do not tell how much memory there is. */
export function availableMemory(): number {
  return Number.POSITIVE_INFINITY;
}

/** Processors the page may use. */
export function processors(): number {
  return navigator.hardwareConcurrency || 1;
}

/** Whether another thread can be handed a memory: only in pages that are cross-origin isolated. */
export function canShareMemory(): boolean {
  return globalThis.crossOriginIsolated === true;
}

/** The bytes that were deflated and written in base64. */
export async function inflate(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([deflated]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

/** Some browsers refuse to do it for more than 4 kB in a page's own thread. */
export const mayInstantiateAtOnce = false;

/** A thread that runs a program. @throws if the page's content security policy forbids it */
export function startThread(program: string): ThreadPort {
  const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  return portOf(new Worker(url), () => URL.revokeObjectURL(url));
}
