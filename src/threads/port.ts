import type { FromThread, ToThread } from './protocol.js';

/** What is used of an `AbortSignal`; spelt out, so that the declarations need neither the DOM's types nor Node's. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What is used of a page's `Worker`. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: of a page's own event types, which may not be known here
  onmessage: ((event: any) => void) | null;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onerror: ((event: any) => void) | null;
  terminate(): void;
}

/** The host's end of a thread, alike in Node and browsers. */
export interface ThreadPort {
  post(message: ToThread, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: FromThread) => void, onDeath: (why: string) => void): void;
  /** whether the thread keeps the process alive */
  hold(held: boolean): void;
  end(): void;
}
