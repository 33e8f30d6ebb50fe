/**
 * Partitions: systems of their own for all but the arrivals, each with its share of the servers in a state block of its own. The state
 * block of the whole system has their parameters and, whenever `run` has come back, the sums of their counts.
 */
import {
  ARRIVALS,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CANDIDATES,
  CLOCK,
  DEPARTURES,
  DROPPED,
  DYNAMICS,
  EPOCH_START,
  FIRST_SLOT,
  FULL,
  LANE_SETS,
  LANES,
  LANES_BYTES,
  NOTES,
  NOTES_BYTES,
  OBSERVATION_LANES,
  PART_LANES,
  PART_NOTES,
  PART_SERIES,
  PART_SERVERS,
  PART_SETS,
  PART_STATES,
  PARTS,
  RECORDS,
  SERIES,
  SERIES_BYTES,
  SERVERS,
  SET,
  SIGNAL_AREA,
  SIGNAL_TIME,
  STATE_BYTES,
  TAG_ROOM,
  TASK_AREA,
  TASK_TIME,
  TASKS,
  WHOLE,
} from '../../src/engine/layout';

/** The type argument that compiles the event loop for partitions. */
export class Partition {}

/** The state block of partition `p`. */
export function partOf(state: usize, p: u32): usize {
  return <usize>load<u32>(state, PART_STATES) + <usize>p * STATE_BYTES;
}

/** Gives the partitions the parameters of the whole. */
export function spreadParameters(state: usize): void {
  const n = load<u32>(state, SERVERS);
  const share = load<u32>(state, PART_SERVERS);
  const parts = load<u32>(state, PARTS);
  const sets = load<u32>(state, PART_SETS);
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    for (let i: usize = 0; i < <usize>DYNAMICS; i += 8) store<u64>(part + i, load<u64>(state + i));
    const first = p * share;
    const lanes = load<u32>(state, PART_LANES) + p * (sets + 1) * LANES_BYTES;
    store<u32>(part, <u32>state, WHOLE);
    store<u32>(part, first, FIRST_SLOT);
    store<u32>(part, min(share, n - first), SERVERS);
    store<u32>(part, load<u32>(state, RECORDS) + (first << 5), RECORDS);
    store<u32>(part, lanes, OBSERVATION_LANES);
    store<u32>(part, lanes + LANES_BYTES, LANE_SETS);
    store<u32>(part, lanes + (1 + load<u32>(part, SET)) * LANES_BYTES, LANES);
    store<u32>(part, load<u32>(state, PART_SERIES) + p * SERIES_BYTES, SERIES);
    store<u32>(part, load<u32>(state, PART_NOTES) + p * NOTES_BYTES, NOTES);
    store<u32>(part, 0, TAG_ROOM);
    store<u32>(part, 0, PARTS);
  }
}

/** The counts of the whole, from those of its partitions, which are all at the same time. */
export function gatherCounts(state: usize): void {
  const parts = load<u32>(state, PARTS);
  const first = partOf(state, 0);
  store<f64>(state, load<f64>(first, EPOCH_START), EPOCH_START);
  store<f64>(state, load<f64>(first, CLOCK), CLOCK);
  gatherU32(state, parts, FULL);
  gatherU32(state, parts, BUSY);
  gatherU64(state, parts, TASKS);
  gatherU64(state, parts, ARRIVALS);
  gatherU64(state, parts, DROPPED);
  gatherU64(state, parts, DEPARTURES);
  gatherU64(state, parts, CANDIDATES);
  gatherF64(state, parts, BUSY_TIME);
  gatherF64(state, parts, TASK_TIME);
  gatherF64(state, parts, SIGNAL_TIME);
  gatherF64(state, parts, BUSY_AREA);
  gatherF64(state, parts, TASK_AREA);
  gatherF64(state, parts, SIGNAL_AREA);
}

/** Sums of a field over partitions, in their order. */
function gatherU32(state: usize, parts: u32, field: usize): void {
  let sum: u32 = 0;
  for (let p: u32 = 0; p < parts; p++) sum += load<u32>(partOf(state, p) + field);
  store<u32>(state + field, sum);
}

function gatherU64(state: usize, parts: u32, field: usize): void {
  let sum: u64 = 0;
  for (let p: u32 = 0; p < parts; p++) sum += load<u64>(partOf(state, p) + field);
  store<u64>(state + field, sum);
}

export function gatherF64(state: usize, parts: u32, field: usize): void {
  let sum: f64 = 0;
  for (let p: u32 = 0; p < parts; p++) sum += load<f64>(partOf(state, p) + field);
  store<f64>(state + field, sum);
}
