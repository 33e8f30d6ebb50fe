/**
 * Books beside those of the whole system: of parts of it, or of parts of time. Like all observation they change no event; what
 * a kernel does not keep leaves no instruction behind.
 */
@unmanaged
export abstract class Accounts {
  /** The system is made. */
  abstract begin(state: usize): void;

  /** At time `t` of the epoch server `id` has `tasks` more tasks, and `busy` more busy servers (−1, 0 or 1). */
  abstract changed(state: usize, id: u32, tasks: i32, busy: i32, t: f64): void;

  /** The epoch ends at time `now`, and the clock restarts. */
  abstract epochEnds(state: usize, now: f64): void;

  /** The statistics start at the present time. */
  abstract start(state: usize): void;

  /** Absolute time at which something is to be closed, later than now; Infinity for never. */
  abstract nextClosing(state: usize): f64;

  /** It is closed: that time has come. */
  abstract close(state: usize): void;

  /** The rates of `count` servers, in lanes, at a row of the grid that counts; lane 0 is that of slot `from`. */
  abstract rates(state: usize, lanes: usize, from: u32, count: u32): void;

  /** A row of the grid that counts has this mean rate and mean h(μ). */
  abstract row(state: usize, mean: f64, power: f64): void;
}

/** None. */
@final
@unmanaged
export class NoAccounts extends Accounts {
  begin(state: usize): void {}

  changed(state: usize, id: u32, tasks: i32, busy: i32, t: f64): void {}

  epochEnds(state: usize, now: f64): void {}

  start(state: usize): void {}

  nextClosing(state: usize): f64 {
    return Infinity;
  }

  close(state: usize): void {}

  rates(state: usize, lanes: usize, from: u32, count: u32): void {}

  row(state: usize, mean: f64, power: f64): void {}
}
