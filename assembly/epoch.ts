/**
 * Epochs: at the start of each one every server is brought up to date, a new bound M on all rates is
 * proven, and the clock restarts at 0, so that time increments of 1e-9 keep their digits at any t.
 */
import {
  BOUND,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CLOCK,
  EPOCH_LENGTH,
  EPOCH_START,
  LANE,
  LANE_COUNT,
  LANE_RATE,
  LANE_SIGNAL,
  LANE_SINCE,
  LANE_SLOPE,
  MAX_BLOCK,
  OBSERVATION_LANES,
  RATE,
  RECORDS,
  SERVERS,
  SIGNAL,
  SIGNAL_AREA,
  SIGNAL_TIME,
  SINCE,
  TAG_ROOM,
  TASK_AREA,
  TASK_TIME,
  TASKS,
} from '../src/engine/layout';
import { Accounts } from './observe/accounts';
import { restartTags } from './observe/tags';
import { the } from './policy';
import { RateEquation } from './rate-equation/rate-equation';
import { sweepRates } from './rate-equation/sweep';

/** Ends the epoch at the present time, forgetting pending candidates, and begins the next. */
export function renewEpoch<R extends RateEquation, C extends Accounts>(state: usize): void {
  const now = load<f64>(state, CLOCK);
  const n = load<u32>(state, SERVERS);
  const lanes: usize = load<u32>(state, OBSERVATION_LANES);
  let record: usize = load<u32>(state, RECORDS);
  let signalArea = load<f64>(state, SIGNAL_AREA);
  let largest: f64 = 0;
  for (let from: u32 = 0; from < n; from += MAX_BLOCK) {
    const count = min<u32>(MAX_BLOCK, n - from);
    sweepRates<R>(state, lanes, from, count, now);
    for (let k: u32 = 0; k < count; k++) {
      const f = lanes + (k << 3);
      const rate = load<f64>(f, LANE_RATE);
      const gap = now - load<f64>(f, LANE_SINCE);
      const rise = gap * load<f64>(f, LANE_SLOPE);
      const signal = load<f64>(f, LANE_SIGNAL);
      signalArea += gap * (signal + 0.5 * rise);
      largest = max(largest, rate);
      store<f64>(record, rate, RATE);
      store<f64>(record, 0, SINCE);
      store<f64>(record, signal + rise, SIGNAL);
      record += 32;
    }
  }
  const busyTime = <f64>load<u32>(state, BUSY) * now + load<f64>(state, BUSY_AREA);
  const taskTime = <f64>load<u64>(state, TASKS) * now + load<f64>(state, TASK_AREA);
  store<f64>(state, load<f64>(state, BUSY_TIME) + busyTime, BUSY_TIME);
  store<f64>(state, load<f64>(state, TASK_TIME) + taskTime, TASK_TIME);
  store<f64>(state, load<f64>(state, SIGNAL_TIME) + signalArea, SIGNAL_TIME);
  // B(t) t − Σ (jump × time) with t counted from the new epoch on
  store<f64>(state, 0, BUSY_AREA);
  store<f64>(state, 0, TASK_AREA);
  store<f64>(state, 0, SIGNAL_AREA);
  if (load<u32>(state, TAG_ROOM) > 0) restartTags(state, now);
  the<C>().epochEnds(state, now);
  store<f64>(state, load<f64>(state, EPOCH_START) + now, EPOCH_START);
  store<f64>(state, 0, CLOCK);
  store<u32>(state, 0, LANE);
  store<u32>(state, 0, LANE_COUNT);
  beginEpoch<R>(state, largest);
}

/** Proves the bound for an epoch that begins now, with no candidates: of all rates one is the `largest`. */
export function beginEpoch<R extends RateEquation>(state: usize, largest: f64): void {
  store<f64>(state, the<R>().bound(state, largest, load<f64>(state, EPOCH_LENGTH)), BOUND);
}
