/** What the host asks of a system in partitions. */
import {
  BUSY,
  CLOCK,
  ID,
  PART_HASH,
  PART_SERVERS,
  PARTED,
  PARTED_DYNAMICS,
  PARTED_DYNAMICS_END,
  PARTS,
  RATE,
  SIGNAL,
  SINCE,
  STARTED,
} from '../src/engine/layout';
import { ScheduledArrivals } from './arrivals/scheduled';
import { hashBytes } from './hash';
import { PeriodAccounts } from './observe/wider-accounts';
import { areEnough, Parted, prepareWindows } from './partitions/motion';
import { gatherCounts, partOf, spreadParameters } from './partitions/partition';
import { giveBack, seedPartitions } from './partitions/regroup';
import { HASH, MAKE } from './partitions/tasks';
import { together } from './partitions/team';
import { the } from './policy';
import { buildZiggurat } from './random/exponential';
import { IdleSignalControl } from './rate-equation/idle-signal-control';
import { recordOf } from './records';
import { runWith } from './run';
import { hashSystem, signalOf as signalIn } from './system';

/** The system at t = 0. */
export function initialise(state: usize): void {
  buildZiggurat(state);
  prepareWindows(state);
  spreadParameters(state);
  seedPartitions(state);
  together(state, MAKE, 0);
  gatherCounts(state);
  store<u32>(state, 1, PARTED);
  store<u32>(state, 1, STARTED);
  if (!areEnough(state, 0)) giveBack(state);
}

/** Runs to absolute time `until`, as `runWith` says. */
export function run(state: usize, until: f64, maxBlocks: u32): i32 {
  spreadParameters(state); // regions may have moved
  return runWith<ScheduledArrivals, PeriodAccounts, Parted>(state, until, maxBlocks);
}

/** Brings every server up to the present absolute time `now`: parameters may change. */
export function settle(state: usize, now: f64): void {
  the<Parted>().settle(state, now);
}

/** Makes a change of parameters take effect; nothing has happened since `settle`. */
export function changeParameters(state: usize): void {
  the<Parted>().changeParameters(state);
}

/** The rate `dt` after it was `rate`, the idle signal being `signal` then and growing with `slope`. */
export function advanceRate(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  return the<IdleSignalControl>().advance(state, 0, rate, signal, slope, dt);
}

/** The state block that says whether the server in `slot` is busy: of its partition, or of the whole system. */
function blockOf(state: usize, slot: u32): usize {
  return load<u32>(state, PARTED) ? partOf(state, slot / load<u32>(state, PART_SERVERS)) : state;
}

/** A slot of the whole system, as its block counts it. */
function slotIn(state: usize, slot: u32): u32 {
  return load<u32>(state, PARTED) ? slot % load<u32>(state, PART_SERVERS) : slot;
}

/** Rate, now, of the server in `slot`. */
export function rateOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  const block = blockOf(state, slot);
  return the<IdleSignalControl>().advance(
    state,
    load<u32>(record, ID),
    load<f64>(record, RATE),
    load<f64>(record, SIGNAL),
    slotIn(state, slot) < load<u32>(block, BUSY) ? 0 : 1,
    load<f64>(state, CLOCK) - load<f64>(record, SINCE),
  );
}

/** Idle signal I_v, now, of the server in `slot`. */
export function signalOf(state: usize, slot: u32): f64 {
  return signalIn(blockOf(state, slot), slotIn(state, slot));
}

/** Hash of all that decides the future: of each partition its random numbers, clock, counts, pending candidates and servers. */
export function hashState(state: usize): u64 {
  const bytes = PARTED_DYNAMICS_END - PARTED_DYNAMICS;
  const own = hashBytes(state + PARTED_DYNAMICS, bytes, 0);
  if (!load<u32>(state, PARTED)) return own ^ hashSystem(state);
  together(state, HASH, 0);
  let hash = own;
  for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
    hash = hashBytes(partOf(state, p) + PART_HASH, 8, hash);
  }
  return hash;
}
