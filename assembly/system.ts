/** What the host asks of a system, whatever its policies. */
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

/** Hash of random numbers, clock, counts, pending candidates and servers. */
export function hashSystem(state: usize): u64 {
  const system = hashBytes(state + DYNAMICS, DYNAMICS_END - DYNAMICS, 0);
  return hashBytes(load<u32>(state, RECORDS), (<usize>load<u32>(state, SERVERS)) << 5, system);
}
