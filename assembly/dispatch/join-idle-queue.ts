import { FULL, SERVERS } from '../../src/engine/layout';
import { nextIndex } from '../random/random';
import { Dispatch, NOWHERE } from './dispatch';

/**
 * Join-Idle-Queue: a uniformly random idle server; if there is none, a uniformly random server with room; if there is none
 * either, the task is dropped. It keeps nothing beside the records, whose order says which servers are idle or have room.
 */
@final
@unmanaged
export class JoinIdleQueue extends Dispatch {
  prepare(state: usize): void {}

  reach(state: usize, busy: u32, slack: u32): u32 {
    const n = load<u32>(state, SERVERS);
    return min(n, n - busy + slack);
  }

  keepsIdleDraw(state: usize): bool {
    return true;
  }

  foresees(state: usize): bool {
    return false;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    return 0;
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const n = load<u32>(state, SERVERS);
    return busy < n ? busy + nextIndex(state, n - busy) : withRoom(state);
  }

  placed(state: usize, record: usize): void {}

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}

/** A uniformly random server with room, all being busy; NOWHERE if there is none. */
export function withRoom(state: usize): u32 {
  const n = load<u32>(state, SERVERS);
  const full = load<u32>(state, FULL);
  return full < n ? full + nextIndex(state, n - full) : NOWHERE;
}
