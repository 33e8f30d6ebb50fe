/** The rules of dispatch of the wider model: one more is a class of its own, a number in the memory map, and a line here in each method. */
import {
  DISPATCH,
  DISPATCH_LONGEST_IDLE,
  DISPATCH_RANDOM,
  DISPATCH_ROUND_ROBIN,
  DISPATCH_SAMPLED,
  DISPATCH_SHORTEST_IDLE,
  DISPATCH_SORTED,
} from '../../src/engine/layout';
import { the } from '../policy';
import { Dispatch } from './dispatch';
import { LongestIdle, ShortestIdle } from './idle-order';
import { JoinIdleQueue } from './join-idle-queue';
import { RandomServer } from './random-server';
import { RoundRobin } from './round-robin';
import { SampledQueues } from './sampled-queues';
import { SortedQueues } from './sorted-queues';

/** The rule that the run has. */
@final
@unmanaged
export class AnyRule extends Dispatch {
  prepare(state: usize): void {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_ROUND_ROBIN) the<RoundRobin>().prepare(state);
    else if (rule == DISPATCH_SORTED) the<SortedQueues>().prepare(state);
    else if (rule == DISPATCH_LONGEST_IDLE) the<LongestIdle>().prepare(state);
  }

  reach(state: usize, busy: u32, slack: u32): u32 {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_RANDOM) return the<RandomServer>().reach(state, busy, slack);
    if (rule == DISPATCH_ROUND_ROBIN) return the<RoundRobin>().reach(state, busy, slack);
    if (rule == DISPATCH_SAMPLED) return the<SampledQueues>().reach(state, busy, slack);
    if (rule == DISPATCH_SORTED) return the<SortedQueues>().reach(state, busy, slack);
    if (rule == DISPATCH_LONGEST_IDLE) return the<LongestIdle>().reach(state, busy, slack);
    if (rule == DISPATCH_SHORTEST_IDLE) return the<ShortestIdle>().reach(state, busy, slack);
    return the<JoinIdleQueue>().reach(state, busy, slack);
  }

  keepsIdleDraw(state: usize): bool {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_RANDOM) return the<RandomServer>().keepsIdleDraw(state);
    if (rule == DISPATCH_ROUND_ROBIN) return the<RoundRobin>().keepsIdleDraw(state);
    if (rule == DISPATCH_SAMPLED) return the<SampledQueues>().keepsIdleDraw(state);
    if (rule == DISPATCH_SORTED) return the<SortedQueues>().keepsIdleDraw(state);
    if (rule == DISPATCH_LONGEST_IDLE) return the<LongestIdle>().keepsIdleDraw(state);
    if (rule == DISPATCH_SHORTEST_IDLE) return the<ShortestIdle>().keepsIdleDraw(state);
    return the<JoinIdleQueue>().keepsIdleDraw(state);
  }

  foresees(state: usize): bool {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_ROUND_ROBIN) return the<RoundRobin>().foresees(state);
    if (rule == DISPATCH_SAMPLED) return the<SampledQueues>().foresees(state);
    if (rule == DISPATCH_LONGEST_IDLE) return the<LongestIdle>().foresees(state);
    if (rule == DISPATCH_SHORTEST_IDLE) return the<ShortestIdle>().foresees(state);
    return false;
  }

  foresee(state: usize, k: u32, drawn: u32, i: usize): u32 {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_ROUND_ROBIN) return the<RoundRobin>().foresee(state, k, drawn, i);
    if (rule == DISPATCH_SAMPLED) return the<SampledQueues>().foresee(state, k, drawn, i);
    if (rule == DISPATCH_LONGEST_IDLE) return the<LongestIdle>().foresee(state, k, drawn, i);
    return the<ShortestIdle>().foresee(state, k, drawn, i);
  }

  choose(state: usize, drawn: u32, busy: u32, i: usize): u32 {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_RANDOM) return the<RandomServer>().choose(state, drawn, busy, i);
    if (rule == DISPATCH_ROUND_ROBIN) return the<RoundRobin>().choose(state, drawn, busy, i);
    if (rule == DISPATCH_SAMPLED) return the<SampledQueues>().choose(state, drawn, busy, i);
    if (rule == DISPATCH_SORTED) return the<SortedQueues>().choose(state, drawn, busy, i);
    if (rule == DISPATCH_LONGEST_IDLE) return the<LongestIdle>().choose(state, drawn, busy, i);
    if (rule == DISPATCH_SHORTEST_IDLE) return the<ShortestIdle>().choose(state, drawn, busy, i);
    return the<JoinIdleQueue>().choose(state, drawn, busy, i);
  }

  placed(state: usize, record: usize): void {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_ROUND_ROBIN) the<RoundRobin>().placed(state, record);
    else if (rule == DISPATCH_LONGEST_IDLE) the<LongestIdle>().placed(state, record);
  }

  queueChanged(state: usize, record: usize): void {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_SORTED) the<SortedQueues>().queueChanged(state, record);
  }

  idled(state: usize, id: u32): void {
    const rule = load<u32>(state, DISPATCH);
    if (rule == DISPATCH_LONGEST_IDLE) the<LongestIdle>().idled(state, id);
  }
}
