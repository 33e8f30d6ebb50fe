import { FULL, SERVERS } from '../../src/engine/layout';
import { Dispatch, NOWHERE } from './dispatch';

/** A uniformly random server; a full one drops the task. */
@final
@unmanaged
export class RandomServer extends Dispatch {
  prepare(state: usize): void {}

  reach(state: usize, busy: u32, slack: u32): u32 {
    return load<u32>(state, SERVERS);
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
    return drawn < load<u32>(state, FULL) ? NOWHERE : drawn;
  }

  placed(state: usize, record: usize): void {}

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}
