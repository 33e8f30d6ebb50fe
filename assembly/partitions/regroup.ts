/** Servers come to the partitions, and go back to the whole system: at t = 0, and when too few of them are idle, or enough again. */
import {
  ARRIVALS,
  BOUND,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CANDIDATES,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  IDLE_FLOOR,
  LANE,
  LANE_COUNT,
  PARTED,
  PARTS,
  QUEUE,
  RECORDS,
  RNG,
  SIGNAL_AREA,
  SIGNAL_TIME,
  STARTED,
  TASK_AREA,
  TASK_TIME,
  TASKS,
} from '../../src/engine/layout';
import { beginEpoch } from '../epoch';
import { createServers, orderServers } from '../initialise';
import { jump } from '../random/jump';
import { IdleSignalControl } from '../rate-equation/idle-signal-control';
import { partOf } from './partition';

/** Every partition has random numbers of its own: 2^128 further on than those of the one before. */
export function seedPartitions(state: usize): void {
  let before = state;
  for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
    const part = partOf(state, p);
    for (let i: usize = 0; i < 32; i += 8) store<u64>(part + i, load<u64>(before + i, RNG), RNG);
    jump(part);
    before = part;
  }
}

/** A partition makes its servers, at t = 0. */
export function makeServers(part: usize): void {
  createServers(part);
  orderServers(part);
  store<u32>(part, 1, STARTED);
  beginEpoch<IdleSignalControl>(part, load<f64>(part, BOUND));
}

/** The partitions take over from the whole system, at the start of an epoch: `takeServers` follows for each. */
export function takeOver(state: usize): void {
  const parts = load<u32>(state, PARTS);
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    const first = p == 0;
    store<f64>(part, load<f64>(state, EPOCH_START), EPOCH_START);
    store<f64>(part, 0, CLOCK);
    store<f64>(part, load<f64>(state, BOUND), BOUND);
    store<u32>(part, 0, LANE);
    store<u32>(part, 0, LANE_COUNT);
    // what has been counted so far goes on in the first
    handOver(state, part, ARRIVALS, first);
    handOver(state, part, DROPPED, first);
    handOver(state, part, DEPARTURES, first);
    handOver(state, part, CANDIDATES, first);
    handOver(state, part, BUSY_TIME, first);
    handOver(state, part, TASK_TIME, first);
    handOver(state, part, SIGNAL_TIME, first);
    handOver(state, part, BUSY_AREA, first);
    handOver(state, part, TASK_AREA, first);
    handOver(state, part, SIGNAL_AREA, first);
  }
  store<u32>(state, 1, PARTED);
  store<f64>(state, 0, IDLE_FLOOR);
}

function handOver(state: usize, part: usize, field: usize, all: bool): void {
  store<u64>(part + field, all ? load<u64>(state + field) : 0);
}

/** A partition takes its servers over, in whatever order they are. */
export function takeServers(part: usize): void {
  orderServers(part);
  const busy = load<u32>(part, BUSY);
  let record: usize = load<u32>(part, RECORDS);
  let tasks: u64 = 0;
  for (let slot: u32 = 0; slot < busy; slot++) {
    tasks += load<u32>(record, QUEUE);
    record += 32;
  }
  store<u64>(part, tasks, TASKS);
}

/** The whole system takes over from its partitions, at the start of an epoch, their counts being gathered. */
export function giveBack(state: usize): void {
  const parts = load<u32>(state, PARTS);
  let bound: f64 = 0;
  for (let p: u32 = 0; p < parts; p++) bound = max(bound, load<f64>(partOf(state, p), BOUND));
  store<f64>(state, bound, BOUND);
  orderServers(state);
  store<u32>(state, 0, LANE);
  store<u32>(state, 0, LANE_COUNT);
  store<u32>(state, 0, PARTED);
  store<f64>(state, 0, IDLE_FLOOR);
}
