import { Service } from './service';

/** Exponential work of mean 1: a single phase, which ends with hazard μ. */
@final
@unmanaged
export class ExponentialWork extends Service {
  touch(state: usize, lanes: usize, count: u32): void {}

  begin(state: usize, id: u32): void {}

  hazard(state: usize, id: u32, rate: f64): f64 {
    return rate;
  }

  largestHazard(state: usize, bound: f64): f64 {
    return bound;
  }

  completes(state: usize, id: u32): bool {
    return true;
  }
}
