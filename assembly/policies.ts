/** The policies of the paper's kernel, and what depends on them. */
import { BUSY, CLOCK, ID, RATE, SIGNAL, SINCE } from '../src/engine/layout';
import { PoissonArrivals } from './arrivals/poisson';
import { JoinIdleQueue } from './dispatch/join-idle-queue';
import { initialiseWith } from './initialise';
import { Whole } from './motion';
import { NoAccounts } from './observe/accounts';
import { the } from './policy';
import { IdleSignalControl } from './rate-equation/idle-signal-control';
import { recordOf } from './records';
import { runWith } from './run';
import { ExponentialWork } from './service/exponential';
import { hashSystem } from './system';

type Paper = Whole<PoissonArrivals, JoinIdleQueue, ExponentialWork, IdleSignalControl, NoAccounts>;

/** The system at t = 0. */
export function initialise(state: usize): void {
  initialiseWith<JoinIdleQueue, ExponentialWork, IdleSignalControl, NoAccounts>(state);
}

/** Runs to absolute time `until`, as `runWith` says. */
export function run(state: usize, until: f64, maxBlocks: u32): i32 {
  return runWith<PoissonArrivals, NoAccounts, Paper>(state, until, maxBlocks);
}

/** Brings every server up to the present absolute time `now`: parameters may change. */
export function settle(state: usize, now: f64): void {
  the<Paper>().settle(state, now);
}

/** Makes a change of parameters take effect; nothing has happened since `settle`. */
export function changeParameters(state: usize): void {
  the<Paper>().changeParameters(state);
}

/** The rate `dt` after it was `rate`, the idle signal being `signal` then and growing with `slope`. */
export function advanceRate(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  return the<IdleSignalControl>().advance(state, 0, rate, signal, slope, dt);
}

/** Rate, now, of the server in `slot`. */
export function rateOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  return the<IdleSignalControl>().advance(
    state,
    load<u32>(record, ID),
    load<f64>(record, RATE),
    load<f64>(record, SIGNAL),
    slot < load<u32>(state, BUSY) ? 0 : 1,
    load<f64>(state, CLOCK) - load<f64>(record, SINCE),
  );
}

/** Hash of all that decides the future: random numbers, clock, counts, pending candidates, servers. */
export function hashState(state: usize): u64 {
  return hashSystem(state);
}
