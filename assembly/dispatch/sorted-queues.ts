/**
 * Join the shortest of many queues. Records are kept sorted by queue length, longest first, which is the order full | room left | idle
 * and more. A queue that grows or shrinks by one changes places with the first or last of its length, found by
 * bisection; moves across the borders of idle and full servers keep the order by themselves.
 */
import { BUSY, CAPACITY, FULL, QUEUE, RECORDS, SAMPLE, SERVERS } from '../../src/engine/layout';
import { the } from '../policy';
import { nextBits, nextIndex, toUnit } from '../random/random';
import { recordOf, swapRecords } from '../records';
import { Dispatch, NOWHERE } from './dispatch';
import { JoinIdleQueue } from './join-idle-queue';

/** The shortest queue among SAMPLE different servers drawn uniformly, ties uniform. */
@final
@unmanaged
export class SortedQueues extends Dispatch {
  prepare(state: usize): void {
    sortRecords(state, load<u32>(state, FULL), load<u32>(state, BUSY));
  }

  reach(state: usize, busy: u32, slack: u32): u32 {
    return the<JoinIdleQueue>().reach(state, busy, slack);
  }

  /** In a sample of all servers there is an idle one, if there is any. */
  keepsIdleDraw(state: usize): bool {
    return load<u32>(state, SAMPLE) == load<u32>(state, SERVERS);
  }

  foresees(state: usize): bool {
    return false;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    return 0;
  }

  /**
   * From the shortest queues on: whether the sample has a server among those of a length, given that it has none among
   * shorter ones, is decided by one random number, and which one is uniform: of idle ones the draw, if it is idle.
   */
  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const sample = load<u32>(state, SAMPLE);
    let rest = load<u32>(state, SERVERS);
    while (true) {
      const queue = queueAt(state, rest - 1);
      const first = queue == 0 ? busy : firstBelow(state, queue + 1, rest);
      if (isSampled(state, sample, rest, rest - first)) {
        if (queue == load<u32>(state, CAPACITY)) return NOWHERE;
        if (queue == 0 && drawn >= busy) return drawn;
        return first + nextIndex(state, rest - first);
      }
      rest = first;
    }
  }

  placed(state: usize, record: usize): void {}

  queueChanged(state: usize, record: usize): void {
    const slot = <u32>((record - load<u32>(state, RECORDS)) >> 5);
    const queue = load<u32>(record, QUEUE);
    if (slot > 0 && queueAt(state, slot - 1) < queue) {
      swapRecords(record, recordOf(state, firstBelow(state, queue, slot)));
    } else if (slot + 1 < load<u32>(state, SERVERS) && queueAt(state, slot + 1) > queue) {
      swapRecords(record, recordOf(state, lastAbove(state, queue, slot)));
    }
  }

  idled(state: usize, id: u32): void {}
}

/** Whether a sample of that size from `servers` has any of `few` of them. */
function isSampled(state: usize, sample: u32, servers: u32, few: u32): bool {
  if (few == servers) return true;
  const level = toUnit(nextBits(state));
  let none: f64 = 1;
  for (let k: u32 = 0; k < sample && none > level; k++) {
    if (servers - k <= few) return true;
    none *= <f64>(servers - few - k) / <f64>(servers - k);
  }
  return none <= level;
}

function queueAt(state: usize, slot: u32): u32 {
  return load<u32>(recordOf(state, slot), QUEUE);
}

/** The first slot before `end` whose queue is shorter than `queue`; `end` if none is. */
function firstBelow(state: usize, queue: u32, end: u32): u32 {
  let low: u32 = 0;
  let high = end;
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    if (queueAt(state, middle) < queue) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The last slot behind `slot` whose queue is longer than `queue`; there is one. */
function lastAbove(state: usize, queue: u32, slot: u32): u32 {
  let low = slot + 1;
  let high = load<u32>(state, SERVERS) - 1;
  while (low < high) {
    const middle = high - ((high - low) >> 1);
    if (queueAt(state, middle) > queue) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Sorts the records of slots `from` … `to` − 1, longest queue first, by a heap whose top is the shortest. */
function sortRecords(state: usize, from: u32, to: u32): void {
  const count = to - from;
  for (let k = count >> 1; k > 0; k--) sift(state, from, k - 1, count);
  for (let end = count; end > 1; end--) {
    swapRecords(recordOf(state, from), recordOf(state, from + end - 1));
    sift(state, from, 0, end - 1);
  }
}

/** Lets item k of a heap of `count` sink to its place. */
function sift(state: usize, from: u32, k: u32, count: u32): void {
  let parent: u32 = k;
  while (parent * 2 + 1 < count) {
    let child: u32 = parent * 2 + 1;
    if (child + 1 < count && queueAt(state, from + child + 1) < queueAt(state, from + child)) {
      child += 1;
    }
    if (queueAt(state, from + child) >= queueAt(state, from + parent)) return;
    swapRecords(recordOf(state, from + child), recordOf(state, from + parent));
    parent = child;
  }
}
