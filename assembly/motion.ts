/** How a system moves from one stop to the next, and what is done with all of its servers there. */
import {
  BLOCKS_LEFT,
  CLOCK,
  EPOCH_START,
  LANE_COUNT,
  SUMMARISED,
  TAG_ROOM,
} from '../src/engine/layout';
import { Arrivals } from './arrivals/arrivals';
import { drawBlock } from './block';
import { BLOCK_DONE, commitBlock, EPOCH_ENDED, STOP_REACHED } from './commit';
import { Dispatch } from './dispatch/dispatch';
import { renewEpoch } from './epoch';
import { checkInvariants } from './invariants';
import { Accounts } from './observe/accounts';
import { longestQueue, recordRow, startStatistics, summarise } from './observe/observe';
import { Tagging } from './observe/tags';
import { the } from './policy';
import { RateEquation } from './rate-equation/rate-equation';
import { Service } from './service/service';

@unmanaged
export abstract class Motion {
  /** Runs to absolute time `stop`, or until BLOCKS_LEFT blocks are drawn: STOP_REACHED, OUT_OF_BLOCKS or FAILED. */
  abstract advance(state: usize, stop: f64): i32;

  /** The statistics start at the present time. */
  abstract startStatistics(state: usize): void;

  /** Writes the next row of the trajectory, at the present time `time`. */
  abstract recordRow(state: usize, time: f64): void;

  /** Brings every server up to the present time `now` by the parameters until then, and forgets candidates: parameters may change. */
  abstract settle(state: usize, now: f64): void;

  /** Makes a change of parameters take effect; nothing has happened since `settle`. */
  abstract changeParameters(state: usize): void;
}

/** How `advance` comes back, besides as `commitBlock` does. */
export const OUT_OF_BLOCKS = 4;
export { FAILED, STOP_REACHED } from './commit';

/** The whole system, event by event. */
@final
@unmanaged
export class Whole<
  A extends Arrivals,
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
  C extends Accounts,
> extends Motion {
  advance(state: usize, stop: f64): i32 {
    while (true) {
      const end = advanceInEpoch<A, D, S, R, C>(state, stop);
      if (end != EPOCH_ENDED) return end;
      renewEpoch<R, C>(state);
      if (!ASC_NO_ASSERT) checkInvariants(state);
    }
  }

  startStatistics(state: usize): void {
    summarise(state);
    startStatistics<C>(state, longestQueue(state));
  }

  recordRow(state: usize, time: f64): void {
    recordRow<R, C>(state, time);
  }

  settle(state: usize, now: f64): void {
    store<u32>(state, 0, SUMMARISED);
    renewEpoch<R, C>(state);
    store<f64>(state, now, EPOCH_START); // without the rounding of sum and difference
  }

  changeParameters(state: usize): void {
    the<R>().prepare(state);
    renewEpoch<R, C>(state);
  }
}

/** Runs to absolute time `stop` as `advance` says, but no further than to the end of the epoch. */
export function advanceInEpoch<
  A extends Arrivals,
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
  C extends Accounts,
>(state: usize, stop: f64): i32 {
  const tagging = load<u32>(state, TAG_ROOM) > 0;
  const end = stop - load<f64>(state, EPOCH_START);
  let reason = BLOCK_DONE;
  while (reason == BLOCK_DONE) {
    if (load<u32>(state, LANE_COUNT) == 0) {
      // for a time that is reached none are drawn: whether a run stops there must not be seen in its state
      if (end <= load<f64>(state, CLOCK)) return STOP_REACHED;
      const blocks = load<u32>(state, BLOCKS_LEFT);
      if (blocks == 0) return OUT_OF_BLOCKS;
      store<u32>(state, blocks - 1, BLOCKS_LEFT);
      drawBlock<A, D, S, R>(state);
    }
    reason = tagging
      ? commitBlock<D, S, R, C, Tagging, bool>(state, end)
      : commitBlock<D, S, R, C, bool, bool>(state, end);
  }
  return reason;
}
