/** A run, from stop to stop: grid times, the end of the warm-up, changes of the parameters, and the end. */
import {
  CLOCK,
  EPOCH_START,
  HORIZON,
  INTERVAL,
  LANE_COUNT,
  ROW,
  ROWS,
  RUN_BUDGET,
  RUN_ERROR,
  RUN_REACHED,
  SUMMARISED,
  TAG_ROOM,
  WARM,
  WARMUP,
} from '../src/engine/layout';
import { Arrivals } from './arrivals/arrivals';
import { drawBlock } from './block';
import { BLOCK_DONE, commitBlock, EPOCH_ENDED, FAILED, STOP_REACHED } from './commit';
import { Dispatch } from './dispatch/dispatch';
import { renewEpoch } from './epoch';
import { checkInvariants } from './invariants';
import { Accounts } from './observe/accounts';
import { recordRow, startStatistics } from './observe/observe';
import { Tagging } from './observe/tags';
import { the } from './policy';
import { RateEquation } from './rate-equation/rate-equation';
import { Service } from './service/service';

/**
 * Runs to absolute time `until`, recording on the way, but draws at most `maxBlocks` blocks. Returns
 * RUN_REACHED, RUN_BUDGET (call again) or RUN_ERROR.
 */
export function runWith<
  A extends Arrivals,
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
  C extends Accounts,
>(state: usize, until: f64, maxBlocks: u32): i32 {
  store<u32>(state, 0, SUMMARISED);
  const tagging = load<u32>(state, TAG_ROOM) > 0;
  let blocks = maxBlocks;
  while (true) {
    const row = load<u32>(state, ROW);
    const rowTime =
      row < load<u32>(state, ROWS)
        ? min(<f64>row * load<f64>(state, INTERVAL), load<f64>(state, HORIZON))
        : Infinity;
    const warmup = load<u32>(state, WARM) ? Infinity : load<f64>(state, WARMUP);
    const change = the<A>().nextChange(state);
    const closing = the<C>().nextClosing(state);
    const next = min(min(until, min(change, closing)), min(rowTime, warmup));

    let reason = BLOCK_DONE;
    do {
      if (load<u32>(state, LANE_COUNT) == 0) {
        // for a time that is reached none are drawn: whether a run stops there must not be seen in its state
        if (next - load<f64>(state, EPOCH_START) <= load<f64>(state, CLOCK)) break;
        if (blocks == 0) return RUN_BUDGET;
        blocks -= 1;
        drawBlock<A, D, S, R>(state);
      }
      const stop = next - load<f64>(state, EPOCH_START);
      reason = tagging
        ? commitBlock<D, S, R, C, Tagging>(state, stop)
        : commitBlock<D, S, R, C, bool>(state, stop);
      if (reason == FAILED) return RUN_ERROR;
      if (reason == EPOCH_ENDED) {
        renewEpoch<R, C>(state);
        if (!ASC_NO_ASSERT) checkInvariants(state);
      }
    } while (reason != STOP_REACHED);

    // a phase begins, and the statistics start, before the row is written, so that it counts there; the row shows the state
    // before a change
    if (next == closing) the<C>().close(state);
    if (next == warmup) startStatistics<C>(state);
    if (next == rowTime) recordRow<R, C>(state, rowTime);
    if (next == change) {
      settleWith<R, C>(state);
      store<f64>(state, change, EPOCH_START); // without the rounding of sum and difference
      the<A>().change(state);
      changeParametersWith<R, C>(state);
    }
    if (next == until && the<A>().nextChange(state) > until) return RUN_REACHED;
  }
}

/** Brings every server up to the present time by the parameters until now, and forgets candidates: parameters may change. */
export function settleWith<R extends RateEquation, C extends Accounts>(state: usize): void {
  store<u32>(state, 0, SUMMARISED);
  renewEpoch<R, C>(state);
}

/** Makes a change of parameters take effect; nothing has happened since `settleWith`. */
export function changeParametersWith<R extends RateEquation, C extends Accounts>(
  state: usize,
): void {
  the<R>().prepare(state);
  renewEpoch<R, C>(state);
}
