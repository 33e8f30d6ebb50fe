import { FULL, SERVERS, TURN } from '../../src/engine/layout';
import { Dispatch, NOWHERE } from './dispatch';
import { findSlots, noteSlot, slotOf } from './slots';

/** Servers in turn, by id; a full one drops the task. */
@final
@unmanaged
export class RoundRobin extends Dispatch {
  prepare(state: usize): void {
    findSlots(state);
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
    return slotOf(state, (load<u32>(state, TURN) + k) % n);
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const turn = load<u32>(state, TURN);
    store<u32>(state, turn + 1 == load<u32>(state, SERVERS) ? 0 : turn + 1, TURN);
    const slot = slotOf(state, turn);
    return slot < load<u32>(state, FULL) ? NOWHERE : slot;
  }

  placed(state: usize, record: usize): void {
    noteSlot(state, record);
  }

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}
