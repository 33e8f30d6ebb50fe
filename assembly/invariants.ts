/** What must hold between any two events; the checked build asserts it at every epoch, O(n). */
import {
  BOUND,
  BUSY,
  CAPACITY,
  FULL,
  QUEUE,
  RATE,
  RECORDS,
  SERVERS,
  SIGNAL,
  TASKS,
} from '../src/engine/layout';

export function checkInvariants(state: usize): void {
  const n = load<u32>(state, SERVERS);
  const busy = load<u32>(state, BUSY);
  const full = load<u32>(state, FULL);
  const capacity = load<u32>(state, CAPACITY);
  const bound = load<f64>(state, BOUND);
  let record: usize = load<u32>(state, RECORDS);
  let tasks: u64 = 0;
  assert(full <= busy && busy <= n, 'borders out of order');
  for (let slot: u32 = 0; slot < n; slot++) {
    const queue = load<u32>(record, QUEUE);
    const rate = load<f64>(record, RATE);
    assert(rate >= 0 && rate <= bound, 'rate outside of [0, M]');
    assert(load<f64>(record, SIGNAL) >= 0, 'negative idle signal');
    assert(queue <= capacity, 'queue above capacity');
    assert(queue > 0 == slot < busy, 'idle server among the busy ones, or the reverse');
    assert((queue == capacity) == slot < full, 'full server in the wrong place');
    tasks += queue;
    record += 32;
  }
  assert(tasks == load<u64>(state, TASKS), 'tasks lost or invented');
}
