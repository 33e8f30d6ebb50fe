/**
 * The threads of a run. One leads: it says what is to be done with every partition, helps, and goes on when all are done. The
 * others look for that in `assist`. Which thread does which partition depends on who comes first, and changes nothing in the result. Threads
 * may come and go between tasks, and one that is late finds nothing left to do.
 */
import {
  MOST_MEMBERS,
  PARTS,
  SLICES,
  TEAM,
  TEAM_DONE,
  TEAM_IDLE,
  TEAM_LANES,
  TEAM_MEMBERS,
  TEAM_OPEN,
  TEAM_SLEEPING,
  TEAM_TASK,
  TEAM_TICKET,
  TEAM_TIME,
  TEAM_WHAT,
} from '../../src/engine/layout';
import { perform } from './tasks';

/** TEAM_WHAT of a task that is none: threads leave. */
const LEAVE: u32 = 0;
/** Number of the thread that leads. */
export const LEADER: u32 = 0;
/** Looks for another task before a thread goes to sleep: about a millisecond. */
const PATIENCE = 1000000;
/** What `assist` returns to a thread that is no longer needed. */
const DISMISSED = -1;
const NONE: u32 = 0xffffffff;

/** Has `what` done for every partition. */
export function together(state: usize, what: u32, time: f64): void {
  const team: usize = load<u32>(state, TEAM);
  const task = announce(team, what, time);
  work(state, team, task, LEADER);
  const parts = load<u32>(state, PARTS);
  while (atomic.load<u32>(team, TEAM_DONE) < parts) {}
}

/**
 * Another thread does its part of every task after task `seen`. `member` is its number, from 1 on. Returns the number of the last one
 * when there has been none for a while: then the thread may sleep at the address of TEAM_TASK until there is; or DISMISSED.
 */
export function assist(state: usize, member: u32, seen: i32): i32 {
  const team: usize = load<u32>(state, TEAM);
  let last = seen;
  join(team, member);
  while (true) {
    let task = atomic.load<i32>(team, TEAM_TASK);
    for (let looks = 0; task == last && looks < PATIENCE; looks++) {
      task = atomic.load<i32>(team, TEAM_TASK);
    }
    if (task == last) return last;
    last = task;
    if (load<u32>(team, TEAM_WHAT) == LEAVE) return DISMISSED;
    work(state, team, task, member);
  }
}

/** Sends the other threads away. */
export function dismiss(state: usize): void {
  const team: usize = load<u32>(state, TEAM);
  atomic.store<i32>(team, 0, TEAM_OPEN);
  announce(team, LEAVE, 0);
}

/** Threads that may have a row of counts. */
export function members(team: usize): u32 {
  return atomic.load<u32>(team, TEAM_MEMBERS) + 1;
}

/** The count of slice `s` that member `m` keeps of the partitions that it did. */
export function rowOf(team: usize, m: u32, s: u32): usize {
  return team + <usize>(((m * SLICES + s) as u32) << 2);
}

function join(team: usize, member: u32): void {
  assert(member < <u32>MOST_MEMBERS);
  while (true) {
    const known = atomic.load<u32>(team, TEAM_MEMBERS);
    if (known >= member) return;
    if (atomic.cmpxchg<u32>(team, known, member, TEAM_MEMBERS) == known) return;
  }
}

/** All that a task needs is written before its number is. */
function announce(team: usize, what: u32, time: f64): i32 {
  const task = (load<i32>(team, TEAM_TASK) + 1) & 0x7fffffff;
  for (let m: u32 = 0; m < members(team); m++) {
    memory.fill(rowOf(team, m, 0) + TEAM_IDLE, 0, 4 * SLICES);
    memory.fill(rowOf(team, m, 0) + TEAM_LANES, 0, 4 * SLICES);
  }
  store<u32>(team, what, TEAM_WHAT);
  store<f64>(team, time, TEAM_TIME);
  atomic.store<u32>(team, 0, TEAM_DONE);
  atomic.store<u64>(team, (<u64>(<u32>task)) << 32, TEAM_TICKET);
  atomic.store<i32>(team, task, TEAM_TASK);
  if (atomic.load<i32>(team, TEAM_SLEEPING) > 0) atomic.notify(team, -1);
  return task;
}

function work(state: usize, team: usize, task: i32, member: u32): void {
  const parts = load<u32>(state, PARTS);
  while (true) {
    const p = nextPart(team, task, parts);
    if (p == NONE) return;
    perform(state, team, load<u32>(team, TEAM_WHAT), p, member, load<f64>(team, TEAM_TIME));
    atomic.add<u32>(team, 1, TEAM_DONE);
  }
}

/** A partition that nobody has done yet; NONE if there is none, or the task is over. */
function nextPart(team: usize, task: i32, parts: u32): u32 {
  while (true) {
    const ticket = atomic.load<u64>(team, TEAM_TICKET);
    const p = <u32>ticket;
    if (<u32>(ticket >> 32) != <u32>task || p >= parts) return NONE;
    if (atomic.cmpxchg<u64>(team, ticket, ticket + 1, TEAM_TICKET) == ticket) return p;
  }
}
