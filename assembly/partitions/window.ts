/**
 * A partition within a window. It runs as if it knew how many servers are idle in the whole system, and keeps what takes it back
 * should that turn out to be wrong: for each set of lanes (a block of candidates) its state before the first of them, and a log of what each
 * did. What a window has done is final only when it is over.
 */
import {
  BUSY,
  BUSY_AREA,
  CLOCK,
  COMMITTED,
  DYNAMICS,
  DYNAMICS_END,
  FIRST_SET,
  LANE,
  LANE_COUNT,
  LANE_PICK,
  LANE_SETS,
  LANE_TIME,
  LANES,
  LANES_BYTES,
  NEAR_COUNT,
  NOTE_FROM,
  NOTE_SAVED,
  NOTE_TO,
  NOTES,
  PART_SETS,
  RECORDS,
  SAVED_BYTES,
  SERVERS,
  SET,
  SETS_USED,
  SIGNAL_AREA,
  SLICE_IDLE,
  SLICE_LANE,
  SLICE_LANES,
  SLICE_SET,
  SLICES,
  TASK_AREA,
  TEAM_IDLE,
  TEAM_LANES,
  WINDOW_BEGIN,
  WINDOW_STOP,
} from '../../src/engine/layout';
import { PartitionArrivals } from '../arrivals/partition-arrivals';
import { drawBlock } from '../block';
import { commitBlock, FAILED, STOP_REACHED } from '../commit';
import { JoinIdleQueue } from '../dispatch/join-idle-queue';
import { NoAccounts } from '../observe/accounts';
import { IdleSignalControl } from '../rate-equation/idle-signal-control';
import { ExponentialWork } from '../service/exponential';
import { busyAfter, undoLanes } from './log';
import { forgetNear } from './near';
import { Partition } from './partition';
import { rowOf } from './team';

/** How `runTo` comes back. */
export const REACHED = 0;
export const NO_SET_LEFT = 1;
export const RUN_FAILED = 2;

/** A window begins at the present time. */
export function beginWindow(part: usize): void {
  store<u32>(part, load<u32>(part, SET), FIRST_SET);
  store<u32>(part, 0, SETS_USED);
  store<u32>(part, 0, NEAR_COUNT);
  if (load<u32>(part, LANE_COUNT) == 0) return;
  openSet(part);
  touchPending(part);
}

/** Other partitions have run since: reads the records of pending candidates, so that they are in the nearest cache, one miss beside the other. */
function touchPending(part: usize): void {
  const records: usize = load<u32>(part, RECORDS);
  const picks = <usize>load<u32>(part, LANES) + LANE_PICK;
  let touched: u32 = 0;
  for (let k = load<u32>(part, LANE); k < load<u32>(part, LANE_COUNT); k++) {
    touched ^= load<u32>(records + (load<u32>(picks + (k << 2)) << 5));
  }
  store<u32>(part, touched, COMMITTED);
}

/** Runs to time `stop` of the epoch. */
export function runTo(part: usize, stop: f64): i32 {
  while (true) {
    if (load<u32>(part, LANE_COUNT) == 0) {
      if (stop <= load<f64>(part, CLOCK)) return REACHED;
      if (load<u32>(part, SETS_USED) == load<u32>(part, PART_SETS)) return NO_SET_LEFT;
      useSet(part, load<u32>(part, SETS_USED));
      drawBlock<PartitionArrivals, JoinIdleQueue, ExponentialWork, IdleSignalControl>(part);
      openSet(part);
    }
    const reason = commitBlock<
      JoinIdleQueue,
      ExponentialWork,
      IdleSignalControl,
      NoAccounts,
      bool,
      Partition
    >(part, stop);
    if (reason == FAILED) return RUN_FAILED;
    store<u32>(noteOf(part, load<u32>(part, SETS_USED) - 1), load<u32>(part, COMMITTED), NOTE_TO);
    if (reason == STOP_REACHED) return REACHED;
  }
}

/** Takes back what was done from the first candidate of set `set` on; its candidates are pending again. */
export function rollBack(part: usize, set: u32): void {
  for (let j = load<u32>(part, SETS_USED); j > set; ) {
    j -= 1;
    useSet(part, j);
    undoLanes(part, load<u32>(noteOf(part, j), NOTE_FROM), load<u32>(noteOf(part, j), NOTE_TO));
  }
  const saved = savedOf(part, set);
  for (let i: usize = 0; i < <usize>(DYNAMICS_END - DYNAMICS); i += 8) {
    store<u64>(part + i, load<u64>(saved + i), DYNAMICS);
  }
  store<f64>(part, load<f64>(saved, DYNAMICS_END - DYNAMICS), BUSY_AREA);
  store<f64>(part, load<f64>(saved, DYNAMICS_END - DYNAMICS + 8), TASK_AREA);
  store<f64>(part, load<f64>(saved, DYNAMICS_END - DYNAMICS + 16), SIGNAL_AREA);
  store<u32>(part, set + 1, SETS_USED);
  forgetNear(part, set);
}

/** Takes back what was done after time `t` of the epoch, which lies in the window. */
export function takeBack(part: usize, t: f64): void {
  const used = load<u32>(part, SETS_USED);
  for (let j: u32 = 0; j < used; j++) {
    const to = load<u32>(noteOf(part, j), NOTE_TO);
    if (to == load<u32>(noteOf(part, j), NOTE_FROM) || timeOf(part, j, to - 1) <= t) continue;
    rollBack(part, j);
    break;
  }
  if (load<u32>(part, LANE_COUNT) > 0) runTo(part, t);
}

/** Notes for each slice of the window how many servers were idle at its end, and how many candidates it had. */
export function cutIntoSlices(part: usize, whole: usize): void {
  const used = load<u32>(part, SETS_USED);
  const n = load<u32>(part, SERVERS);
  let s: u32 = 0;
  let end = sliceEnd(whole, 0);
  let idle = idleAtBegin(part);
  let before: u32 = 0; // lanes of slice s in the sets before
  for (let j: u32 = 0; j < used; j++) {
    const set = lanesOf(part, j);
    const from = load<u32>(noteOf(part, j), NOTE_FROM);
    const to = load<u32>(noteOf(part, j), NOTE_TO);
    let first = from; // lane of slice s
    let k = from;
    while (k < to) {
      if (load<f64>(set + (k << 3), LANE_TIME) <= end) {
        k += 1;
        continue;
      }
      if (k > from) idle = n - busyAfter(set, k - 1);
      noteSlice(part, s, idle, before + k - first, j, k);
      before = 0;
      first = k;
      s += 1;
      end = sliceEnd(whole, s);
    }
    before += to - first;
    if (to > from) idle = n - busyAfter(set, to - 1);
  }
  for (; s < <u32>SLICES; s++) {
    noteSlice(part, s, idle, before, used, 0);
    before = 0;
  }
}

function noteSlice(part: usize, s: u32, idle: u32, lanes: u32, j: u32, k: u32): void {
  const slice = <usize>load<u32>(part, NOTES) + (s << 2);
  store<u32>(slice, idle, SLICE_IDLE);
  store<u32>(slice, lanes, SLICE_LANES);
  store<u32>(slice, j, SLICE_SET);
  store<u32>(slice, k, SLICE_LANE);
}

/** Adds the slices of a partition to the row of a thread, or takes them off (−1): rows may borrow from each other. */
export function countSlices(part: usize, team: usize, member: u32, sign: i32): void {
  const notes: usize = load<u32>(part, NOTES);
  for (let s: u32 = 0; s < <u32>SLICES; s++) {
    const row = rowOf(team, member, s);
    const slice = notes + (s << 2);
    const idle = <u32>sign * load<u32>(slice, SLICE_IDLE);
    const lanes = <u32>sign * load<u32>(slice, SLICE_LANES);
    store<u32>(row, load<u32>(row, TEAM_IDLE) + idle, TEAM_IDLE);
    store<u32>(row, load<u32>(row, TEAM_LANES) + lanes, TEAM_LANES);
  }
}

/** End of slice `s` of the window; nothing lies behind the last. */
export function sliceEnd(whole: usize, s: u32): f64 {
  if (s == <u32>SLICES - 1) return Infinity;
  const begin = load<f64>(whole, WINDOW_BEGIN);
  return begin + (<f64>(s + 1) / SLICES) * (load<f64>(whole, WINDOW_STOP) - begin);
}

/** Idle servers of the partition at the start of the window. */
export function idleAtBegin(part: usize): u32 {
  const busy =
    load<u32>(part, SETS_USED) > 0
      ? load<u32>(savedOf(part, 0), BUSY - DYNAMICS)
      : load<u32>(part, BUSY);
  return load<u32>(part, SERVERS) - busy;
}

/** Its idle servers just before time `t` of slice `s`, or just after what happens then. */
export function idleOf(part: usize, s: u32, t: f64, after: bool): u32 {
  const notes: usize = load<u32>(part, NOTES);
  const used = load<u32>(part, SETS_USED);
  let idle = idleAtBegin(part);
  let j: u32 = 0;
  let k: u32 = used > 0 ? load<u32>(notes, NOTE_FROM) : 0;
  if (s > 0) {
    const before = notes + ((s - 1) << 2);
    idle = load<u32>(before, SLICE_IDLE);
    j = load<u32>(before, SLICE_SET);
    k = load<u32>(before, SLICE_LANE);
  }
  while (j < used) {
    if (k == load<u32>(noteOf(part, j), NOTE_TO)) {
      j += 1;
      k = j < used ? load<u32>(noteOf(part, j), NOTE_FROM) : 0;
      continue;
    }
    const time = timeOf(part, j, k);
    if (after ? time > t : time >= t) break;
    idle = load<u32>(part, SERVERS) - busyAfter(lanesOf(part, j), k);
    k += 1;
  }
  return idle;
}

/** The lanes of set `j` of the window. */
export function lanesOf(part: usize, j: u32): usize {
  return <usize>load<u32>(part, LANE_SETS) + <usize>setOf(part, j) * LANES_BYTES;
}

/** Where set `j` of the window lies: first that with pending candidates, then from the front on, so that few of them take turns. */
function setOf(part: usize, j: u32): u32 {
  const first = load<u32>(part, FIRST_SET);
  if (j == 0) return first;
  return j <= first ? j - 1 : j;
}

/** Where the notes on set `j` of the window begin. */
export function noteOf(part: usize, j: u32): usize {
  return <usize>load<u32>(part, NOTES) + (j << 2);
}

export function timeOf(part: usize, j: u32, k: u32): f64 {
  return load<f64>(lanesOf(part, j) + (k << 3), LANE_TIME);
}

/** Set `j` of the window is the one that LANES is. */
function useSet(part: usize, j: u32): void {
  store<u32>(part, setOf(part, j), SET);
  store<u32>(part, <u32>lanesOf(part, j), LANES);
}

/** Its pending candidates will be committed: this can be taken back. */
function openSet(part: usize): void {
  const set = load<u32>(part, SETS_USED);
  store<u32>(part, set + 1, SETS_USED);
  store<u32>(noteOf(part, set), load<u32>(part, LANE), NOTE_FROM);
  store<u32>(noteOf(part, set), load<u32>(part, LANE), NOTE_TO);
  const saved = savedOf(part, set);
  for (let i: usize = 0; i < <usize>(DYNAMICS_END - DYNAMICS); i += 8) {
    store<u64>(saved + i, load<u64>(part + i, DYNAMICS));
  }
  store<f64>(saved, load<f64>(part, BUSY_AREA), DYNAMICS_END - DYNAMICS);
  store<f64>(saved, load<f64>(part, TASK_AREA), DYNAMICS_END - DYNAMICS + 8);
  store<f64>(saved, load<f64>(part, SIGNAL_AREA), DYNAMICS_END - DYNAMICS + 16);
}

function savedOf(part: usize, set: u32): usize {
  return <usize>load<u32>(part, NOTES) + NOTE_SAVED + <usize>set * SAVED_BYTES;
}
