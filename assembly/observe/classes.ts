/** Books of the classes of servers. Time integrals are kept as those of the whole system: see commit.ts. */
import {
  CLASS_BUSY,
  CLASS_BUSY_AREA,
  CLASS_BUSY_TIME,
  CLASS_BYTES,
  CLASS_CENTRE,
  CLASS_COUNT,
  CLASS_DEPARTURES,
  CLASS_POWER_SUM,
  CLASS_RATE_SUM,
  CLASS_SAMPLES,
  CLASS_SQUARE_SUM,
  CLASS_TABLE,
  CLASS_TASK_AREA,
  CLASS_TASK_TIME,
  CLASS_TASKS,
  CLASS_WARM_BUSY_TIME,
  CLASS_WARM_DEPARTURES,
  CLASS_WARM_TASK_TIME,
  CLASSES,
  CLOCK,
  ID,
  LANE_RATE,
  QUEUE,
  SERVERS,
} from '../../src/engine/layout';
import { classOf } from '../classes';
import { tabulatedPower } from '../rate-equation/cost-table';
import { recordOf } from '../records';

/** Counts what is there at the start. */
export function countClasses(state: usize): void {
  const n = load<u32>(state, SERVERS);
  for (let slot: u32 = 0; slot < n; slot++) {
    const record = recordOf(state, slot);
    const queue = load<u32>(record, QUEUE);
    const own = classOf(state, load<u32>(record, ID));
    store<u32>(own, load<u32>(own, CLASS_BUSY) + u32(queue > 0), CLASS_BUSY);
    store<u64>(own, load<u64>(own, CLASS_TASKS) + queue, CLASS_TASKS);
  }
}

/** As `Accounts.changed`. */
export function classChanged(state: usize, id: u32, tasks: i32, busy: i32, t: f64): void {
  const own = classOf(state, id);
  store<u64>(own, load<u64>(own, CLASS_TASKS) + <i64>tasks, CLASS_TASKS);
  store<f64>(own, load<f64>(own, CLASS_TASK_AREA) - <f64>tasks * t, CLASS_TASK_AREA);
  store<u64>(own, load<u64>(own, CLASS_DEPARTURES) + u64(tasks < 0), CLASS_DEPARTURES);
  store<u32>(own, load<u32>(own, CLASS_BUSY) + busy, CLASS_BUSY);
  store<f64>(own, load<f64>(own, CLASS_BUSY_AREA) - <f64>busy * t, CLASS_BUSY_AREA);
}

/** Closes the open integrals at time `now` of an epoch, which ends then. */
export function closeAreas(state: usize, now: f64): void {
  for (let own = firstClass(state); own < behindClasses(state); own += CLASS_BYTES) {
    store<f64>(own, busyTimeOf(own, now), CLASS_BUSY_TIME);
    store<f64>(own, taskTimeOf(own, now), CLASS_TASK_TIME);
    store<f64>(own, 0, CLASS_BUSY_AREA);
    store<f64>(own, 0, CLASS_TASK_AREA);
  }
}

/** Notes the values at the start of the statistics. */
export function startClasses(state: usize): void {
  const now = load<f64>(state, CLOCK);
  for (let own = firstClass(state); own < behindClasses(state); own += CLASS_BYTES) {
    store<u64>(own, load<u64>(own, CLASS_DEPARTURES), CLASS_WARM_DEPARTURES);
    store<f64>(own, busyTimeOf(own, now), CLASS_WARM_BUSY_TIME);
    store<f64>(own, taskTimeOf(own, now), CLASS_WARM_TASK_TIME);
  }
}

/** As `Accounts.rates`. */
export function countClassRates(state: usize, lanes: usize, from: u32, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const own = classOf(state, load<u32>(recordOf(state, from + k), ID));
    const rate = load<f64>(lanes + (k << 3), LANE_RATE);
    const samples = load<f64>(own, CLASS_SAMPLES);
    if (samples == 0) store<f64>(own, rate, CLASS_CENTRE);
    const offset = rate - load<f64>(own, CLASS_CENTRE);
    const power = tabulatedPower(load<u32>(own, CLASS_TABLE), rate);
    store<f64>(own, samples + 1, CLASS_SAMPLES);
    store<f64>(own, load<f64>(own, CLASS_RATE_SUM) + offset, CLASS_RATE_SUM);
    store<f64>(own, load<f64>(own, CLASS_SQUARE_SUM) + offset * offset, CLASS_SQUARE_SUM);
    store<f64>(own, load<f64>(own, CLASS_POWER_SUM) + power, CLASS_POWER_SUM);
  }
}

function firstClass(state: usize): usize {
  return load<u32>(state, CLASSES);
}

function behindClasses(state: usize): usize {
  return firstClass(state) + <usize>load<u32>(state, CLASS_COUNT) * CLASS_BYTES;
}

function busyTimeOf(own: usize, now: f64): f64 {
  const open = <f64>load<u32>(own, CLASS_BUSY) * now + load<f64>(own, CLASS_BUSY_AREA);
  return load<f64>(own, CLASS_BUSY_TIME) + open;
}

function taskTimeOf(own: usize, now: f64): f64 {
  const open = <f64>load<u64>(own, CLASS_TASKS) * now + load<f64>(own, CLASS_TASK_AREA);
  return load<f64>(own, CLASS_TASK_TIME) + open;
}
