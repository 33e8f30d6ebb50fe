import { ID, QUEUE, RECORDS, SERVERS } from '../../src/engine/layout';
import { Dispatch, NOWHERE } from './dispatch';

/** Idle servers, a bit each, and the slot of each server. For tests: up to 64 servers, and one simulation at a time. */
const IDLE: usize = memory.data(8, 8);
const SLOTS: usize = memory.data(256, 4);

/** The idle server with the lowest id; if there is none, the task is dropped. */
@final
@unmanaged
export class FirstIdle extends Dispatch {
  prepare(state: usize): void {
    const records: usize = load<u32>(state, RECORDS);
    const n = load<u32>(state, SERVERS);
    for (let slot: u32 = 0; slot < n; slot++) this.placed(state, records + ((<usize>slot) << 5));
  }

  reach(state: usize, busy: u32, slack: u32): u32 {
    return load<u32>(state, SERVERS);
  }

  keepsIdleDraw(state: usize): bool {
    return false;
  }

  foresees(state: usize): bool {
    return false;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    return 0;
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const idle = load<u64>(IDLE);
    return idle == 0 ? NOWHERE : load<u32>(SLOTS + ((<usize>ctz(idle)) << 2));
  }

  placed(state: usize, record: usize): void {
    const id = load<u32>(record, ID);
    const bit = (<u64>1) << id;
    const idle = load<u64>(IDLE);
    store<u64>(IDLE, load<u32>(record, QUEUE) == 0 ? idle | bit : idle & ~bit);
    store<u32>(SLOTS + ((<usize>id) << 2), <u32>((record - load<u32>(state, RECORDS)) >> 5));
  }

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}
