/** A run, from stop to stop: grid times, the end of the warm-up, changes of the parameters, and the end. */
import {
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
import { commitBlock, EPOCH_ENDED, FAILED, STOP_REACHED } from './commit';
import { Dispatch } from './dispatch/dispatch';
import { renewEpoch } from './epoch';
import { checkInvariants } from './invariants';
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
    const next = min(min(until, change), min(rowTime, warmup));

    let reason: i32;
    do {
      if (load<u32>(state, LANE_COUNT) == 0) {
        if (blocks == 0) return RUN_BUDGET;
        blocks -= 1;
        drawBlock<A, D, S, R>(state);
      }
      const stop = next - load<f64>(state, EPOCH_START);
      reason = tagging
        ? commitBlock<D, S, R, Tagging>(state, stop)
        : commitBlock<D, S, R, bool>(state, stop);
      if (reason == FAILED) return RUN_ERROR;
      if (reason == EPOCH_ENDED) {
        renewEpoch<R>(state);
        if (!ASC_NO_ASSERT) checkInvariants(state);
      }
    } while (reason != STOP_REACHED);

    // the statistics start before the row is written, so that it is counted
    if (next == warmup) startStatistics(state);
    if (next == rowTime) recordRow<R>(state, rowTime);
    if (next == change) {
      the<A>().change(state);
      changeParametersWith<R>(state);
    }
    if (next == until) return RUN_REACHED;
  }
}

/** Makes a change of λ or m take effect at the present time: candidates drawn before it are forgotten. */
export function changeParametersWith<R extends RateEquation>(state: usize): void {
  store<u32>(state, 0, SUMMARISED);
  renewEpoch<R>(state);
  the<R>().prepare(state);
  renewEpoch<R>(state);
}
