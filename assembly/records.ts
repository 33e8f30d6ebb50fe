/** Servers' records: [0, FULL) have a full buffer, [FULL, BUSY) are busy with room left, [BUSY, n) are idle. */
import { FULL, ID, QUEUE, RATE, RECORDS, SIGNAL, SINCE } from '../src/engine/layout';

export function moveRecord(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

export function writeRecord(
  record: usize,
  rate: f64,
  since: f64,
  signal: f64,
  id: u32,
  queue: u32,
): void {
  store<f64>(record, rate, RATE);
  store<f64>(record, since, SINCE);
  store<f64>(record, signal, SIGNAL);
  store<u32>(record, id, ID);
  store<u32>(record, queue, QUEUE);
}

export function swapRecords(a: usize, b: usize): void {
  const low = v128.load(a);
  const high = v128.load(a, 16);
  moveRecord(b, a);
  v128.store(b, low);
  v128.store(b, high, 16);
}

export function recordOf(state: usize, slot: u32): usize {
  return <usize>load<u32>(state, RECORDS) + ((<usize>slot) << 5);
}
