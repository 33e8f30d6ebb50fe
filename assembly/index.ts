/**
 * The kernel's exports. Every call is handed the address of the state block; the module itself keeps
 * nothing between calls.
 */
import {
  BUSY,
  CLOCK,
  DYNAMICS,
  DYNAMICS_END,
  RECORDS,
  SERVERS,
  SIGNAL,
  SINCE,
} from '../src/engine/layout';
import { hashBytes } from './hash';
import { recordOf } from './records';

export { hashBytes } from './hash';
export { summarise } from './observe/observe';
export { advanceRate, changeParameters, initialise, rateOf, run } from './policies';
export { nextExponential } from './random/exponential';
export { fillBits, nextBits } from './random/random';

/** First byte that the host may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Zeroes bytes: of shared memory several times as fast as the host can. */
export function clear(start: usize, length: usize): void {
  memory.fill(start, 0, length);
}

/** Idle signal I_v, now, of the server in `slot`. */
export function signalOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  const signal = load<f64>(record, SIGNAL);
  if (slot < load<u32>(state, BUSY)) return signal;
  return signal + load<f64>(state, CLOCK) - load<f64>(record, SINCE);
}

/** Hash of all that decides the future: random numbers, clock, counts, pending candidates, servers. */
export function hashState(state: usize): u64 {
  const system = hashBytes(state + DYNAMICS, DYNAMICS_END - DYNAMICS, 0);
  return hashBytes(load<u32>(state, RECORDS), (<usize>load<u32>(state, SERVERS)) << 5, system);
}
