import {
  BUSY,
  CAPACITY,
  LANE_SECOND,
  LANE_TOUCHED,
  MOST_SAMPLED,
  QUEUE,
  SAMPLE,
  SERVERS,
} from '../../src/engine/layout';
import { nextIndex } from '../random/random';
import { recordOf } from '../records';
import { Dispatch, NOWHERE } from './dispatch';

const SAMPLED: usize = memory.data(4 * MOST_SAMPLED, 4);

/**
 * The shortest queue among SAMPLE different servers drawn uniformly, one after the other: the first of them that no other
 * is shorter than. As any order of a sample is as likely as any other, ties are broken uniformly.
 */
@final
@unmanaged
export class SampledQueues extends Dispatch {
  prepare(state: usize): void {}

  reach(state: usize, busy: u32, slack: u32): u32 {
    return load<u32>(state, SERVERS);
  }

  /** The first of the sample: no queue is shorter than that of an idle server. */
  keepsIdleDraw(state: usize): bool {
    return true;
  }

  foresees(state: usize): bool {
    return true;
  }

  /** A second server where the first is busy: which one depends on nothing, so it may as well be drawn, and loaded, ahead. */
  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    if (drawn >= load<u32>(state, BUSY)) {
      store<u32>(i, 0, LANE_SECOND);
      return drawn;
    }
    store<u32>(SAMPLED, drawn);
    const second = nextOther(state, load<u32>(state, SERVERS), 1);
    store<u32>(i, second + 1, LANE_SECOND);
    store<u32>(i, load<u32>(recordOf(state, second), QUEUE), LANE_TOUCHED);
    return drawn;
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const n = load<u32>(state, SERVERS);
    const sample = load<u32>(state, SAMPLE);
    store<u32>(SAMPLED, drawn);
    let best = drawn;
    let shortest = load<u32>(recordOf(state, drawn), QUEUE);
    for (let k: u32 = 1; k < sample && shortest > 0; k++) {
      const ahead = k == 1 ? load<u32>(i, LANE_SECOND) : 0;
      const slot = ahead > 0 ? ahead - 1 : nextOther(state, n, k);
      store<u32>(SAMPLED + ((<usize>k) << 2), slot);
      const queue = load<u32>(recordOf(state, slot), QUEUE);
      if (queue < shortest) {
        shortest = queue;
        best = slot;
      }
    }
    return shortest == load<u32>(state, CAPACITY) ? NOWHERE : best;
  }

  placed(state: usize, record: usize): void {}

  queueChanged(state: usize, record: usize): void {}

  idled(state: usize, id: u32): void {}
}

/** A uniformly random slot that is none of the `k` sampled ones. */
function nextOther(state: usize, n: u32, k: u32): u32 {
  while (true) {
    const slot = nextIndex(state, n);
    let at = SAMPLED;
    const end = at + ((<usize>k) << 2);
    while (at < end && load<u32>(at) != slot) at += 4;
    if (at == end) return slot;
  }
}
