/**
 * At the end of a window the decisions on arrivals are looked at again, which were made on a guess of how many servers are idle. For
 * each slice of the window the true numbers at its ends are known, and in between they differ by no more than there are candidates. So most decisions
 * are right whatever happened in the slice, and for a few the number is counted. A wrong one is reversed: its partition is
 * taken back to it, and runs again. They are taken in order of time, so that all that decides one is final when its turn comes.
 */
import {
  AMBIGUOUS,
  ARRIVAL,
  BUSY,
  CLOCK,
  GUESS,
  GUESS_BAND,
  GUESS_SLOPE,
  IDLE_FLOOR,
  LANE_ACCEPT,
  LANE_PICK,
  LIST_COUNT,
  LIST_LANE,
  LIST_MARGIN,
  LIST_PART,
  LIST_ROOM,
  LIST_SET,
  LIST_TIME,
  NEAR_COUNT,
  NEAR_LANE,
  NEAR_MARGIN,
  NEAR_ROOM,
  NEAR_SET,
  NEAR_TIME,
  NOTE_FROM,
  NOTE_TO,
  NOTES,
  PART_TROUBLE,
  PARTS,
  REVERSED,
  SERVERS,
  SETS_USED,
  SLICE_LANE,
  SLICE_SET,
  SLICES,
  TEAM,
  TEAM_IDLE,
  TEAM_LANES,
  TEAM_TROUBLE,
  WINDOW_BEGIN,
  WINDOW_END,
  WINDOW_STOP,
} from '../../src/engine/layout';
import { wasMissed, wasRejected } from './log';
import { partOf } from './partition';
import { LEADER, members, rowOf } from './team';
import { isRejected } from './thinning';
import {
  countSlices,
  cutIntoSlices,
  idleOf,
  lanesOf,
  noteOf,
  REACHED,
  RUN_FAILED,
  rollBack,
  runTo,
  sliceEnd,
  takeBack,
  timeOf,
} from './window';

/** How a window ends. */
export const WINDOW_OVER = 0;
/** Fewer than IDLE_FLOOR servers are idle: it ends then. */
export const BELOW_FLOOR = 1;
export const WINDOW_FAILED = 2;

/** Makes the window what it would be had every decision been made on the true number of idle servers. */
export function resolveWindow(state: usize): i32 {
  const team: usize = load<u32>(state, TEAM);
  if (atomic.load<u32>(team, TEAM_TROUBLE) != 0) {
    atomic.store<u32>(team, 0, TEAM_TROUBLE);
    const stop = earliestStop(state);
    if (stop < 0) return WINDOW_FAILED;
    shorten(state, team, stop);
  }
  listNear(state, team);
  const floor = load<f64>(state, IDLE_FLOOR);
  const band = load<f64>(state, GUESS_BAND);
  let idle = load<u32>(state, SERVERS) - load<u32>(state, BUSY);
  let done = load<f64>(state, WINDOW_BEGIN);
  for (let s: u32 = 0; s < <u32>SLICES; s++) {
    const lanes = sliceSum(team, s, TEAM_LANES);
    const away = awayFromGuess(state, s, <f64>idle) + <f64>lanes;
    let end = WINDOW_OVER;
    const listed = load<u32>(team, LIST_COUNT) <= <u32>LIST_ROOM;
    if (!listed || away > band || <f64>idle - <f64>lanes < floor) {
      end = eachEvent(state, team, s, done);
    } else {
      end = eachListed(state, team, s, idle, done, away);
    }
    if (end != WINDOW_OVER) return end;
    idle = sliceSum(team, s, TEAM_IDLE);
    done = sliceEnd(state, s);
  }
  store<u32>(state, load<u32>(state, SERVERS) - idle, BUSY);
  store<f64>(state, load<f64>(state, WINDOW_END), CLOCK);
  return WINDOW_OVER;
}

/** How far the guess is from `idle` within slice `s`, at most. */
function awayFromGuess(state: usize, s: u32, idle: f64): f64 {
  const guess = load<f64>(state, GUESS);
  const slope = load<f64>(state, GUESS_SLOPE);
  const from = s == 0 ? load<f64>(state, WINDOW_BEGIN) : sliceEnd(state, s - 1);
  const to = min(load<f64>(state, WINDOW_STOP), sliceEnd(state, s));
  return max(Math.abs(idle - guess - slope * from), Math.abs(idle - guess - slope * to)) + 1;
}

/**
 * Looks at the listed decisions of slice `s`, which begins with `idle` servers at time `done`; no number within it is further
 * than `away` from the guess.
 */
function eachListed(state: usize, team: usize, s: u32, idle: u32, done: f64, away: f64): i32 {
  const end = sliceEnd(state, s);
  let reach = away;
  for (let i: u32 = 0; i < load<u32>(team, LIST_COUNT); i++) {
    const t = load<f64>(team + (i << 3), LIST_TIME);
    if (t <= done) continue;
    if (t > end) break;
    if (load<f64>(team + (i << 3), LIST_MARGIN) > reach) continue;
    const p = load<u32>(team + (i << 2), LIST_PART);
    const set = load<u32>(team + (i << 2), LIST_SET);
    const k = load<u32>(team + (i << 2), LIST_LANE);
    if (isRight(state, p, set, k, idleAt(state, s, t, false))) continue;
    if (!reverse(state, team, p, set, k)) return WINDOW_FAILED;
    relist(state, team, p, t);
    // what is left of the slice may have more candidates now
    const lanes = <f64>sliceSum(team, s, TEAM_LANES);
    reach = awayFromGuess(state, s, <f64>idle) + lanes;
    if (
      reach > load<f64>(state, GUESS_BAND) ||
      <f64>idle - lanes < load<f64>(state, IDLE_FLOOR) ||
      load<u32>(team, LIST_COUNT) > <u32>LIST_ROOM
    ) {
      return eachEvent(state, team, s, t);
    }
  }
  return WINDOW_OVER;
}

/** Goes through slice `s` event by event, after time `done`. */
function eachEvent(state: usize, team: usize, s: u32, done: f64): i32 {
  const floor = load<f64>(state, IDLE_FLOOR);
  const end = sliceEnd(state, s);
  const parts = load<u32>(state, PARTS);
  let time = done;
  while (true) {
    // the next candidate of all
    let next = Infinity;
    let p: u32 = 0;
    for (let q: u32 = 0; q < parts; q++) {
      const t = timeAfter(partOf(state, q), s, time);
      if (t < next) {
        next = t;
        p = q;
      }
    }
    if (next > end || next == Infinity) return WINDOW_OVER;
    const part = partOf(state, p);
    const place = placeOf(part, s, next);
    const set = <u32>(place >> 32);
    const k = <u32>place;
    time = next;
    if (
      isArrivalDecision(part, set, k) &&
      !isRight(state, p, set, k, idleAt(state, s, time, false))
    ) {
      if (!reverse(state, team, p, set, k)) return WINDOW_FAILED;
      relist(state, team, p, time);
    }
    if (<f64>idleAt(state, s, time, true) < floor) {
      endAt(state, time);
      return BELOW_FLOOR;
    }
  }
}

/** Whether the candidate was for an idle server. */
function isArrivalDecision(part: usize, set: u32, k: u32): bool {
  const lanes = lanesOf(part, set);
  return (load<u32>(lanes + (k << 2), LANE_PICK) & ARRIVAL) != 0 && !wasMissed(lanes, k);
}

/** Whether the decision on a candidate is right, `idle` servers being idle. */
function isRight(state: usize, p: u32, set: u32, k: u32, idle: u32): bool {
  const lanes = lanesOf(partOf(state, p), set);
  const accept = load<f64>(lanes + (k << 3), LANE_ACCEPT);
  store<u64>(state, load<u64>(state, AMBIGUOUS) + 1, AMBIGUOUS);
  // settled before, and run again since
  if (accept < 0 || accept > 1) return true;
  return wasRejected(lanes, k) == isRejected(accept, <f64>idle, load<f64>(state, IDLE_FLOOR));
}

/** Reverses the decision on a candidate, and runs its partition again from there on. */
function reverse(state: usize, team: usize, p: u32, set: u32, k: u32): bool {
  const part = partOf(state, p);
  const lanes = lanesOf(part, set);
  store<u64>(state, load<u64>(state, REVERSED) + 1, REVERSED);
  store<f64>(lanes + (k << 3), wasRejected(lanes, k) ? -1 : 2, LANE_ACCEPT);
  countSlices(part, team, LEADER, -1);
  rollBack(part, set);
  const how = runTo(part, load<f64>(state, WINDOW_END));
  if (how == RUN_FAILED) return false;
  cutIntoSlices(part, state);
  countSlices(part, team, LEADER, 1);
  if (how != REACHED) shorten(state, team, load<f64>(part, CLOCK));
  return true;
}

/** A sum over all partitions; those of the rows may have borrowed from each other. */
function sliceSum(team: usize, s: u32, field: usize): u32 {
  let sum: u32 = 0;
  for (let m: u32 = 0; m < members(team); m++) sum += load<u32>(rowOf(team, m, s) + field);
  return sum;
}

/** Candidates in the window, of all partitions. */
export function lanesOfWindow(state: usize): f64 {
  const team: usize = load<u32>(state, TEAM);
  let lanes: u32 = 0;
  for (let s: u32 = 0; s < <u32>SLICES; s++) lanes += sliceSum(team, s, TEAM_LANES);
  return <f64>lanes;
}

/** Idle servers of the whole system just before time `t` of slice `s`, or just after what happens then. */
function idleAt(state: usize, s: u32, t: f64, after: bool): u32 {
  const parts = load<u32>(state, PARTS);
  let idle: u32 = 0;
  for (let p: u32 = 0; p < parts; p++) idle += idleOf(partOf(state, p), s, t, after);
  return idle;
}

/** Time of the first candidate of a partition after time `t` of slice `s`; Infinity if it has none in the window. */
function timeAfter(part: usize, s: u32, t: f64): f64 {
  const place = placeBehind(part, s, t, false);
  const set = <u32>(place >> 32);
  return set < load<u32>(part, SETS_USED) ? timeOf(part, set, <u32>place) : Infinity;
}

/** Set (upper half) and lane of the candidate at time `t` of slice `s`. */
function placeOf(part: usize, s: u32, t: f64): u64 {
  return placeBehind(part, s, t, true);
}

function placeBehind(part: usize, s: u32, t: f64, at: bool): u64 {
  const notes: usize = load<u32>(part, NOTES);
  const used = load<u32>(part, SETS_USED);
  let j: u32 = 0;
  let k: u32 = used > 0 ? load<u32>(notes, NOTE_FROM) : 0;
  if (s > 0) {
    j = load<u32>(notes + ((s - 1) << 2), SLICE_SET);
    k = load<u32>(notes + ((s - 1) << 2), SLICE_LANE);
  }
  while (j < used) {
    if (k >= load<u32>(noteOf(part, j), NOTE_TO)) {
      j += 1;
      k = j < used ? load<u32>(noteOf(part, j), NOTE_FROM) : 0;
      continue;
    }
    const time = timeOf(part, j, k);
    if (at ? time >= t : time > t) break;
    k += 1;
  }
  return ((<u64>j) << 32) | <u64>k;
}

/** The window ends at time `t` of the epoch. */
function endAt(state: usize, t: f64): void {
  const parts = load<u32>(state, PARTS);
  let idle: u32 = 0;
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    takeBack(part, t);
    idle += load<u32>(part, SERVERS) - load<u32>(part, BUSY);
  }
  store<f64>(state, t, WINDOW_END);
  store<f64>(state, t, CLOCK);
  store<u32>(state, load<u32>(state, SERVERS) - idle, BUSY);
}

/** When the partition that has come least far has stopped; −1 if one has failed. */
function earliestStop(state: usize): f64 {
  const parts = load<u32>(state, PARTS);
  let end = Infinity;
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    if (load<u32>(part, PART_TROUBLE) == RUN_FAILED) return -1;
    end = min(end, load<f64>(part, CLOCK));
  }
  return end;
}

/** A partition had no room for more candidates: the window ends at time `t`, with the last of them. */
function shorten(state: usize, team: usize, t: f64): void {
  const parts = load<u32>(state, PARTS);
  store<f64>(state, t, WINDOW_END);
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    countSlices(part, team, LEADER, -1);
    takeBack(part, t);
    cutIntoSlices(part, state);
    countSlices(part, team, LEADER, 1);
  }
}

/** Collects what the partitions noted. LIST_COUNT is beyond LIST_ROOM if that is not all. */
function listNear(state: usize, team: usize): void {
  store<u32>(team, 0, LIST_COUNT);
  const parts = load<u32>(state, PARTS);
  for (let p: u32 = 0; p < parts; p++) listPart(state, team, p, -1);
}

/** Lists again what partition `p` noted after time `t`. */
function relist(state: usize, team: usize, p: u32, t: f64): void {
  const count = load<u32>(team, LIST_COUNT);
  if (count > <u32>LIST_ROOM) return;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const stale =
      load<u32>(team + (i << 2), LIST_PART) == p && load<f64>(team + (i << 3), LIST_TIME) > t;
    if (stale) continue;
    if (kept != i) copyEntry(team, i, kept);
    kept += 1;
  }
  store<u32>(team, kept, LIST_COUNT);
  listPart(state, team, p, t);
}

/** Lists what partition `p` noted after time `t`, in order of time. */
function listPart(state: usize, team: usize, p: u32, t: f64): void {
  const part = partOf(state, p);
  const notes: usize = load<u32>(part, NOTES);
  const near = load<u32>(part, NEAR_COUNT);
  let count = load<u32>(team, LIST_COUNT);
  if (near > <u32>NEAR_ROOM || count + near > <u32>LIST_ROOM) {
    store<u32>(team, LIST_ROOM + 1, LIST_COUNT);
    return;
  }
  for (let i: u32 = 0; i < near; i++) {
    const time = load<f64>(notes + (i << 3), NEAR_TIME);
    if (time <= t) continue;
    let at = count;
    while (at > 0 && load<f64>(team + ((at - 1) << 3), LIST_TIME) > time) {
      copyEntry(team, at - 1, at);
      at -= 1;
    }
    store<f64>(team + (at << 3), time, LIST_TIME);
    store<f64>(team + (at << 3), load<f64>(notes + (i << 3), NEAR_MARGIN), LIST_MARGIN);
    store<u32>(team + (at << 2), p, LIST_PART);
    store<u32>(team + (at << 2), load<u32>(notes + (i << 2), NEAR_SET), LIST_SET);
    store<u32>(team + (at << 2), load<u32>(notes + (i << 2), NEAR_LANE), LIST_LANE);
    count += 1;
  }
  store<u32>(team, count, LIST_COUNT);
}

function copyEntry(team: usize, from: u32, to: u32): void {
  store<f64>(team + (to << 3), load<f64>(team + (from << 3), LIST_TIME), LIST_TIME);
  store<f64>(team + (to << 3), load<f64>(team + (from << 3), LIST_MARGIN), LIST_MARGIN);
  store<u32>(team + (to << 2), load<u32>(team + (from << 2), LIST_PART), LIST_PART);
  store<u32>(team + (to << 2), load<u32>(team + (from << 2), LIST_SET), LIST_SET);
  store<u32>(team + (to << 2), load<u32>(team + (from << 2), LIST_LANE), LIST_LANE);
}

/** What must hold of a window that is over: every decision is right. For the checked build; those that were reversed are taken as right. */
export function checkWindow(state: usize): void {
  for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
    const part = partOf(state, p);
    for (let set: u32 = 0; set < load<u32>(part, SETS_USED); set++) {
      for (
        let k = load<u32>(noteOf(part, set), NOTE_FROM);
        k < load<u32>(noteOf(part, set), NOTE_TO);
        k++
      ) {
        if (!isArrivalDecision(part, set, k)) continue;
        const t = timeOf(part, set, k);
        let s: u32 = 0;
        while (t > sliceEnd(state, s)) s += 1;
        assert(
          isRight(state, p, set, k, idleAt(state, s, t, false)),
          'a decision on a wrong number',
        );
      }
    }
  }
}
