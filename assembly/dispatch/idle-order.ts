/** Join-Idle-Queue's variants: the server that has been idle longest, or shortest. */
import { BUSY, IDLE_BEHIND, IDLE_FIRST, IDLE_QUEUE, SERVERS } from '../../src/engine/layout';
import { Dispatch } from './dispatch';
import { withRoom } from './join-idle-queue';
import { findSlots, noteSlot, slotOf } from './slots';

/** Idle servers queue in a ring: who becomes idle joins behind. At the start they are in order of id. */
@final
@unmanaged
export class LongestIdle extends Dispatch {
  prepare(state: usize): void {
    findSlots(state);
    const n = load<u32>(state, SERVERS);
    const busy = load<u32>(state, BUSY);
    for (let id: u32 = 0; id < n; id++) {
      if (slotOf(state, id) >= busy) this.idled(state, id);
    }
  }

  reach(state: usize, busy: u32, slack: u32): u32 {
    return load<u32>(state, SERVERS);
  }

  keepsIdleDraw(state: usize): bool {
    return false;
  }

  foresees(state: usize): bool {
    return true;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    const n = load<u32>(state, SERVERS);
    if (k >= n - load<u32>(state, BUSY)) return n - 1;
    return slotOf(state, load<u32>(place(state, (load<u32>(state, IDLE_FIRST) + k) % n)));
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    if (busy == load<u32>(state, SERVERS)) return withRoom(state);
    const first = load<u32>(state, IDLE_FIRST);
    store<u32>(state, next(state, first), IDLE_FIRST);
    return slotOf(state, load<u32>(place(state, first)));
  }

  placed(state: usize, record: usize): void {
    noteSlot(state, record);
  }

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {
    const behind = load<u32>(state, IDLE_BEHIND);
    store<u32>(place(state, behind), id);
    store<u32>(state, next(state, behind), IDLE_BEHIND);
  }
}

/** The records of idle servers are a stack: who becomes idle comes to the border, and is taken from there. */
@final
@unmanaged
export class ShortestIdle extends Dispatch {
  prepare(state: usize): void {}

  reach(state: usize, busy: u32, slack: u32): u32 {
    return load<u32>(state, SERVERS);
  }

  keepsIdleDraw(state: usize): bool {
    return false;
  }

  foresees(state: usize): bool {
    return true;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    return min(load<u32>(state, BUSY) + k, load<u32>(state, SERVERS) - 1);
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    return busy < load<u32>(state, SERVERS) ? busy : withRoom(state);
  }

  placed(state: usize, record: usize): void {}

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}

function place(state: usize, index: u32): usize {
  return <usize>load<u32>(state, IDLE_QUEUE) + ((<usize>index) << 2);
}

function next(state: usize, index: u32): u32 {
  return index + 1 == load<u32>(state, SERVERS) ? 0 : index + 1;
}
