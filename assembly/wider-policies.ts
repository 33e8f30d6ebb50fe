/**
 * The policies of the wider kernel, and what depends on them. A run of the paper's system under a schedule has the paper's own
 * policies, so that it has the bits of one that is steered by hand.
 */
import {
  BUSY,
  CLOCK,
  DISPATCH,
  DISPATCH_JIQ,
  DISPATCH_LONGEST_IDLE,
  ID,
  IDLE_QUEUE,
  RATE,
  SERVERS,
  SIGNAL,
  SINCE,
  WIDER_DYNAMICS,
  WIDER_DYNAMICS_END,
  WORK_PHASE_OF,
  WORK_PHASES,
} from '../src/engine/layout';
import { ScheduledArrivals } from './arrivals/scheduled';
import { hasClasses } from './classes';
import { AnyRule } from './dispatch/any-rule';
import { JoinIdleQueue } from './dispatch/join-idle-queue';
import { hashBytes } from './hash';
import { initialiseWith } from './initialise';
import { Whole } from './motion';
import { AllAccounts, PeriodAccounts } from './observe/wider-accounts';
import { the } from './policy';
import { ClassControl } from './rate-equation/class-control';
import { IdleSignalControl } from './rate-equation/idle-signal-control';
import { recordOf } from './records';
import { runWith } from './run';
import { ExponentialWork } from './service/exponential';
import { PhaseTypeWork } from './service/phase-type';
import { hashSystem } from './system';

/** Whether all but the schedule is as in the paper. */
function isPlain(state: usize): bool {
  const jiq = load<u32>(state, DISPATCH) == DISPATCH_JIQ;
  return jiq && load<u32>(state, WORK_PHASES) == 0 && !hasClasses(state);
}

/** The system at t = 0. */
export function initialise(state: usize): void {
  initialiseWith<AnyRule, PhaseTypeWork, ClassControl, AllAccounts>(state);
}

type Plain = Whole<
  ScheduledArrivals,
  JoinIdleQueue,
  ExponentialWork,
  IdleSignalControl,
  PeriodAccounts
>;
type Ruled = Whole<ScheduledArrivals, AnyRule, ExponentialWork, IdleSignalControl, PeriodAccounts>;
type Phased = Whole<ScheduledArrivals, AnyRule, PhaseTypeWork, IdleSignalControl, PeriodAccounts>;
type Classed = Whole<ScheduledArrivals, AnyRule, PhaseTypeWork, ClassControl, AllAccounts>;

/** Runs to absolute time `until`, as `runWith` says: by the event loop that does no more than the run needs. */
export function run(state: usize, until: f64, maxBlocks: u32): i32 {
  if (isPlain(state)) {
    return runWith<ScheduledArrivals, PeriodAccounts, Plain>(state, until, maxBlocks);
  }
  if (hasClasses(state)) {
    return runWith<ScheduledArrivals, AllAccounts, Classed>(state, until, maxBlocks);
  }
  return load<u32>(state, WORK_PHASES) > 0
    ? runWith<ScheduledArrivals, PeriodAccounts, Phased>(state, until, maxBlocks)
    : runWith<ScheduledArrivals, PeriodAccounts, Ruled>(state, until, maxBlocks);
}

/** Brings every server up to the present absolute time `now`: parameters may change. */
export function settle(state: usize, now: f64): void {
  the<Classed>().settle(state, now);
}

/** Makes a change of parameters take effect; nothing has happened since `settle`. */
export function changeParameters(state: usize): void {
  the<Classed>().changeParameters(state);
}

/** The rate `dt` after it was `rate`, the idle signal being `signal` then and growing with `slope`; of server 0. */
export function advanceRate(state: usize, rate: f64, signal: f64, slope: f64, dt: f64): f64 {
  return the<ClassControl>().advance(state, 0, rate, signal, slope, dt);
}

/** Rate, now, of the server in `slot`. */
export function rateOf(state: usize, slot: u32): f64 {
  const record = recordOf(state, slot);
  return the<ClassControl>().advance(
    state,
    load<u32>(record, ID),
    load<f64>(record, RATE),
    load<f64>(record, SIGNAL),
    slot < load<u32>(state, BUSY) ? 0 : 1,
    load<f64>(state, CLOCK) - load<f64>(record, SINCE),
  );
}

/**
 * Hash of all that decides the future; of the paper's system under a schedule as of that system. Where the schedule stands follows
 * from the time.
 */
export function hashState(state: usize): u64 {
  const system = hashSystem(state);
  if (isPlain(state)) return system;
  const n = load<u32>(state, SERVERS);
  let hash = hashBytes(state + WIDER_DYNAMICS, WIDER_DYNAMICS_END - WIDER_DYNAMICS, system);
  if (load<u32>(state, WORK_PHASES) > 0) hash = hashBytes(load<u32>(state, WORK_PHASE_OF), n, hash);
  if (load<u32>(state, DISPATCH) == DISPATCH_LONGEST_IDLE) {
    hash = hashBytes(load<u32>(state, IDLE_QUEUE), (<usize>n) << 2, hash);
  }
  return hash;
}
