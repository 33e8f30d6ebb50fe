import { PERIOD_PHASES } from '../../src/engine/layout';
import { hasClasses } from '../classes';
import { Accounts } from './accounts';
import { classChanged, closeAreas, countClasses, countClassRates, startClasses } from './classes';
import { closePhase, countRow, openPhase, phaseEnd } from './period';

/** Of the phases of the period, if there is one. */
@final
@unmanaged
export class PeriodAccounts extends Accounts {
  begin(state: usize): void {}

  changed(state: usize, id: u32, tasks: i32, busy: i32, t: f64): void {}

  epochEnds(state: usize, now: f64): void {}

  start(state: usize): void {
    openPhase(state);
  }

  nextClosing(state: usize): f64 {
    return phaseEnd(state);
  }

  close(state: usize): void {
    closePhase(state);
  }

  rates(state: usize, lanes: usize, from: u32, count: u32): void {}

  row(state: usize, mean: f64, power: f64): void {
    if (load<u32>(state, PERIOD_PHASES) > 0) countRow(state, mean, power);
  }
}

/** Of both: classes of servers, if there are several, and phases of the period. */
@final
@unmanaged
export class AllAccounts extends Accounts {
  begin(state: usize): void {
    if (hasClasses(state)) countClasses(state);
  }

  changed(state: usize, id: u32, tasks: i32, busy: i32, t: f64): void {
    if (hasClasses(state)) classChanged(state, id, tasks, busy, t);
  }

  epochEnds(state: usize, now: f64): void {
    if (hasClasses(state)) closeAreas(state, now);
  }

  start(state: usize): void {
    openPhase(state);
    if (hasClasses(state)) startClasses(state);
  }

  nextClosing(state: usize): f64 {
    return phaseEnd(state);
  }

  close(state: usize): void {
    closePhase(state);
  }

  rates(state: usize, lanes: usize, from: u32, count: u32): void {
    if (hasClasses(state)) countClassRates(state, lanes, from, count);
  }

  row(state: usize, mean: f64, power: f64): void {
    if (load<u32>(state, PERIOD_PHASES) > 0) countRow(state, mean, power);
  }
}
