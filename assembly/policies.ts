/**
 * The policies of a kernel: the one place that names them. With several of a kind, a run's parameters decide here which it
 * has; the event loop is compiled for each.
 */
import { BUSY, CLOCK, ID, RATE, SIGNAL, SINCE } from '../src/engine/layout';
import { PoissonArrivals } from './arrivals/poisson';
import { JoinIdleQueue } from './dispatch/join-idle-queue';
import { initialiseWith } from './initialise';
import { the } from './policy';
import { IdleSignalControl } from './rate-equation/idle-signal-control';
import { recordOf } from './records';
import { changeParametersWith, runWith } from './run';
import { ExponentialWork } from './service/exponential';

/** The system at t = 0. */
export function initialise(state: usize): void {
  initialiseWith<JoinIdleQueue, ExponentialWork, IdleSignalControl>(state);
}

/** Runs to absolute time `until`, as `runWith` says. */
export function run(state: usize, until: f64, maxBlocks: u32): i32 {
  return runWith<PoissonArrivals, JoinIdleQueue, ExponentialWork, IdleSignalControl>(
    state,
    until,
    maxBlocks,
  );
}

/** Makes a change of λ or m take effect at the present time. */
export function changeParameters(state: usize): void {
  changeParametersWith<IdleSignalControl>(state);
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
