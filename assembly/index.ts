/**
 * The kernel's exports. Every call is handed the address of the state block; the module itself keeps
 * nothing between calls.
 */
import {
  BUSY,
  CLOCK,
  DYNAMICS,
  DYNAMICS_END,
  EPOCH_START,
  HORIZON,
  INTERVAL,
  LANE,
  LANE_COUNT,
  RATE,
  RECORDS,
  ROW,
  ROWS,
  RUN_BUDGET,
  RUN_ERROR,
  RUN_REACHED,
  SERVERS,
  SIGNAL,
  SINCE,
  SUMMARISED,
  TAG_ROOM,
  WARM,
  WARMUP,
} from '../src/engine/layout';
import { drawBlock } from './block';
import { commitBlock, EPOCH_ENDED, FAILED, STOP_REACHED } from './commit';
import { renewEpoch } from './epoch';
import { hashBytes } from './hash';
import { checkInvariants } from './invariants';
import { recordRow, startStatistics } from './observe/observe';
import { Tagging } from './observe/tags';
import { advanceRate, prepareDrift } from './rate-equation/drift';

export { hashBytes } from './hash';
export { initialise } from './initialise';
export { summarise } from './observe/observe';
export { nextExponential } from './random/exponential';
export { fillBits, nextBits } from './random/random';
export { advanceRate } from './rate-equation/drift';

/** First byte that the host may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Zeroes bytes: of shared memory several times as fast as the host can. */
export function clear(start: usize, length: usize): void {
  memory.fill(start, 0, length);
}

/**
 * Runs to absolute time `until`, recording on the way, but draws at most `maxBlocks` blocks. Returns
 * RUN_REACHED, RUN_BUDGET (call again) or RUN_ERROR.
 */
export function run(state: usize, until: f64, maxBlocks: u32): i32 {
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
    const next = min(until, min(rowTime, warmup));

    let reason: i32;
    do {
      if (load<u32>(state, LANE_COUNT) == 0) {
        if (blocks == 0) return RUN_BUDGET;
        blocks -= 1;
        drawBlock(state);
      }
      const stop = next - load<f64>(state, EPOCH_START);
      reason = tagging ? commitBlock<Tagging>(state, stop) : commitBlock<bool>(state, stop);
      if (reason == FAILED) return RUN_ERROR;
      if (reason == EPOCH_ENDED) {
        renewEpoch(state);
        if (!ASC_NO_ASSERT) checkInvariants(state);
      }
    } while (reason != STOP_REACHED);

    // the statistics start before the row is written, so that it is counted
    if (next == warmup) startStatistics(state);
    if (next == rowTime) recordRow(state, rowTime);
    if (next == until) return RUN_REACHED;
  }
}

/** Makes a change of λ or m take effect at the present time: candidates drawn before it are forgotten. */
export function changeParameters(state: usize): void {
  store<u32>(state, 0, SUMMARISED);
  renewEpoch(state);
  prepareDrift(state);
  renewEpoch(state);
}

/** Rate, now, of the server in `slot`. */
export function rateOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  return advanceRate(
    state,
    load<f64>(record, RATE),
    load<f64>(record, SIGNAL),
    slot < load<u32>(state, BUSY) ? 0 : 1,
    load<f64>(state, CLOCK) - load<f64>(record, SINCE),
  );
}

/** Idle signal I_v, now, of the server in `slot`. */
export function signalOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  const signal = load<f64>(record, SIGNAL);
  if (slot < load<u32>(state, BUSY)) return signal;
  return signal + load<f64>(state, CLOCK) - load<f64>(record, SINCE);
}

function recordOf(state: usize, slot: u32): usize {
  return <usize>load<u32>(state, RECORDS) + ((<usize>slot) << 5);
}

/** Hash of all that decides the future: random numbers, clock, counts, pending candidates, servers. */
export function hashState(state: usize): u64 {
  const system = hashBytes(state + DYNAMICS, DYNAMICS_END - DYNAMICS, 0);
  return hashBytes(load<u32>(state, RECORDS), (<usize>load<u32>(state, SERVERS)) << 5, system);
}
