import { CANCEL, LIVE_EVENTS, LIVE_SEQUENCE, LIVE_TIME } from '../engine/layout.js';
import type { Run } from '../run/run.js';

/**
 * Present time and events of a run that another thread is busy with. The thread makes LIVE_SEQUENCE odd before it
 * writes and even after; a reader that finds it odd, or changed afterwards, has read a torn value and reads again.
 */
export function readLive({ instance, plan }: Run): { time: number; events: number } {
  const words = new Int32Array(instance.memory.buffer);
  const at = (offset: number) => (plan.state + offset) >> 2;
  const pair = new DataView(new ArrayBuffer(8));
  const get = (offset: number) => {
    pair.setInt32(0, Atomics.load(words, at(offset)), true);
    pair.setInt32(4, Atomics.load(words, at(offset) + 1), true);
  };
  while (true) {
    const sequence = Atomics.load(words, at(LIVE_SEQUENCE));
    get(LIVE_TIME);
    const time = pair.getFloat64(0, true);
    get(LIVE_EVENTS);
    const events = Number(pair.getBigUint64(0, true));
    if (sequence % 2 === 0 && sequence === Atomics.load(words, at(LIVE_SEQUENCE))) {
      return { time, events };
    }
  }
}

/** Asks the thread that is busy with a run to stop soon, or takes that back. */
export function setCancel({ instance, plan }: Run, cancel: boolean): void {
  const words = new Int32Array(instance.memory.buffer);
  Atomics.store(words, (plan.state + CANCEL) >> 2, cancel ? 1 : 0);
}
