/** Decisions of a partition that depend on how many servers are idle in the others: they are noted, and looked at again. */
import {
  LANE_SLOPE,
  LANES,
  NEAR_COUNT,
  NEAR_LANE,
  NEAR_MARGIN,
  NEAR_ROOM,
  NEAR_SET,
  NEAR_TIME,
  NOTES,
  SETS_USED,
} from '../../src/engine/layout';

/** The candidate of lane `k`, at time `t`, was decided upon by a `margin` that may be too narrow. */
export function noteNear(state: usize, t: f64, margin: f64, k: u32): void {
  if (load<f64>(<usize>load<u32>(state, LANES) + (k << 3), LANE_SLOPE) == 0) return; // a completion
  const count = load<u32>(state, NEAR_COUNT);
  store<u32>(state, min<u32>(count, NEAR_ROOM) + 1, NEAR_COUNT);
  if (count >= <u32>NEAR_ROOM) return;
  const notes: usize = load<u32>(state, NOTES);
  store<f64>(notes + (count << 3), t, NEAR_TIME);
  store<f64>(notes + (count << 3), Math.abs(margin), NEAR_MARGIN);
  store<u32>(notes + (count << 2), load<u32>(state, SETS_USED) - 1, NEAR_SET);
  store<u32>(notes + (count << 2), k, NEAR_LANE);
}

/** Forgets those from set `set` on. */
export function forgetNear(state: usize, set: u32): void {
  const count = load<u32>(state, NEAR_COUNT);
  if (count > <u32>NEAR_ROOM) return; // there are some that were not noted, perhaps before
  const notes: usize = load<u32>(state, NOTES);
  let kept = count;
  while (kept > 0 && load<u32>(notes + ((kept - 1) << 2), NEAR_SET) >= set) kept -= 1;
  store<u32>(state, kept, NEAR_COUNT);
}
