/** A run, from stop to stop: grid times, the end of the warm-up, changes of the parameters, and the end. */
import {
  BLOCKS_LEFT,
  EPOCH_START,
  HORIZON,
  INTERVAL,
  ROW,
  ROWS,
  RUN_BUDGET,
  RUN_ERROR,
  RUN_REACHED,
  SUMMARISED,
  WARM,
  WARMUP,
} from '../src/engine/layout';
import { Arrivals } from './arrivals/arrivals';
import { FAILED, Motion, OUT_OF_BLOCKS } from './motion';
import { Accounts } from './observe/accounts';
import { the } from './policy';

/**
 * Runs to absolute time `until`, recording on the way, but draws at most `maxBlocks` blocks. Returns
 * RUN_REACHED, RUN_BUDGET (call again) or RUN_ERROR.
 */
export function runWith<A extends Arrivals, C extends Accounts, M extends Motion>(
  state: usize,
  until: f64,
  maxBlocks: u32,
): i32 {
  store<u32>(state, 0, SUMMARISED);
  store<u32>(state, maxBlocks, BLOCKS_LEFT);
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

    const end = the<M>().advance(state, next);
    if (end == OUT_OF_BLOCKS) return RUN_BUDGET;
    if (end == FAILED) return RUN_ERROR;

    // a phase begins, and the statistics start, before the row is written, so that it counts there; the row shows the state
    // before a change
    if (next == closing) the<C>().close(state);
    if (next == warmup) the<M>().startStatistics(state);
    if (next == rowTime) the<M>().recordRow(state, rowTime);
    if (next == change) {
      the<M>().settle(state, change);
      the<A>().change(state);
      the<M>().changeParameters(state);
    }
    if (next == until && the<A>().nextChange(state) > until) return RUN_REACHED;
  }
}
