/** The system at t = 0, from the parameters and the initial rates and queues that the host wrote. */
import {
  BOUND,
  BUSY,
  CAPACITY,
  CLASS_BYTES,
  CLASS_COUNT,
  CLASS_END,
  CLASSES,
  FIRST_SLOT,
  FULL,
  ID,
  INITIAL_RATE_HIGH,
  INITIAL_RATE_LOW,
  INITIAL_RATES,
  INITIAL_TASKS,
  INITIAL_TASKS_EACH,
  QUEUE,
  RATE,
  RATES_EQUAL,
  RATES_UNIFORM,
  RECORDS,
  SERVERS,
  STARTED,
  TASKS,
  TASKS_EQUAL,
} from '../src/engine/layout';
import { Dispatch } from './dispatch/dispatch';
import { beginEpoch } from './epoch';
import { Accounts } from './observe/accounts';
import { the } from './policy';
import { buildZiggurat } from './random/exponential';
import { nextBits, toUnit } from './random/random';
import { RateEquation } from './rate-equation/rate-equation';
import { swapRecords } from './records';
import { Service } from './service/service';

/** Servers that are made at once. */
const PIECE: u32 = 4096;

export function initialiseWith<
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
  C extends Accounts,
>(state: usize): void {
  buildZiggurat(state);
  the<R>().prepare(state);
  createServers(state);
  orderServers(state);
  beginEpoch<R>(state, load<f64>(state, BOUND));
  the<D>().prepare(state);
  the<C>().begin(state);
  const records: usize = load<u32>(state, RECORDS);
  for (let slot: u32 = 0; slot < load<u32>(state, BUSY); slot++) {
    the<S>().begin(state, load<u32>(records + ((<usize>slot) << 5), ID));
  }
  store<u32>(state, 1, STARTED);
}

/** Writes the records of all classes; counts their tasks, and keeps the largest rate in place of the bound. */
export function createServers(state: usize): void {
  const n = load<u32>(state, SERVERS);
  // those of a partition, counted from its first server on
  const first = load<u32>(state, FIRST_SLOT);
  let from: u32 = 0;
  for (let own: usize = load<u32>(state, CLASSES); from < n; own += CLASS_BYTES) {
    // in pieces, as in hash.ts
    const end = min(n, load<u32>(own, CLASS_END) - first);
    for (; end - from > PIECE; from += PIECE) createSome(state, own, from, from + PIECE);
    createSome(state, own, from, end);
    from = end;
  }
}

/** Puts the records in order, full | room left | idle. */
export function orderServers(state: usize): void {
  const n = load<u32>(state, SERVERS);
  const records: usize = load<u32>(state, RECORDS);
  const capacity = load<u32>(state, CAPACITY);
  const first: usize = load<u32>(state, CLASSES);
  if (
    load<u32>(state, STARTED) == 0 &&
    load<u32>(state, CLASS_COUNT) == 1 &&
    load<u32>(first, INITIAL_TASKS) == TASKS_EQUAL
  ) {
    const each = load<u32>(first, INITIAL_TASKS_EACH);
    store<u32>(state, each > 0 ? n : 0, BUSY);
    store<u32>(state, each >= capacity ? n : 0, FULL);
  } else {
    const busy = gather(records, 0, n, 1);
    store<u32>(state, busy, BUSY);
    store<u32>(state, gather(records, 0, busy, capacity), FULL);
  }
}

/** Writes records `from` … `to` − 1, of class `own`. */
function createSome(state: usize, own: usize, from: u32, to: u32): void {
  const rates = load<u32>(own, INITIAL_RATES);
  const low = load<f64>(own, INITIAL_RATE_LOW);
  const width = load<f64>(own, INITIAL_RATE_HIGH) - low;
  const equalTasks = load<u32>(own, INITIAL_TASKS) == TASKS_EQUAL;
  const tasksEach = load<u32>(own, INITIAL_TASKS_EACH);
  let tasks = load<u64>(state, TASKS);
  let largest = load<f64>(state, BOUND);
  const first = load<u32>(state, FIRST_SLOT);
  let record: usize = <usize>load<u32>(state, RECORDS) + ((<usize>from) << 5);
  for (let v = from; v < to; v++) {
    store<u32>(record, first + v, ID);
    if (rates == RATES_UNIFORM) store<f64>(record, low + width * toUnit(nextBits(state)), RATE);
    else if (rates == RATES_EQUAL) store<f64>(record, low, RATE);
    if (equalTasks) store<u32>(record, tasksEach, QUEUE);
    tasks += load<u32>(record, QUEUE);
    largest = max(largest, load<f64>(record, RATE));
    record += 32;
  }
  store<u64>(state, tasks, TASKS);
  store<f64>(state, largest, BOUND);
}

/** Moves the records with at least `tasks` tasks to the front of [from, to); returns where they end. */
function gather(records: usize, from: u32, to: u32, tasks: u32): u32 {
  let border = from;
  for (let slot = from; slot < to; slot++) {
    const record = records + ((<usize>slot) << 5);
    if (load<u32>(record, QUEUE) < tasks) continue;
    if (slot != border) swapRecords(record, records + ((<usize>border) << 5));
    border += 1;
  }
  return border;
}
