import type { FromThread, ToThread } from './protocol.js';

/** The host's end of a thread, alike in Node and browsers. */
export interface ThreadPort {
  post(message: ToThread, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: FromThread) => void, onDeath: (why: string) => void): void;
  /** whether the thread keeps the process alive */
  hold(held: boolean): void;
  end(): void;
}
