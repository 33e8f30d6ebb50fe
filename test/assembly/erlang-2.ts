import { Service } from './service';

/** Servers that are in their task's second phase, a bit each. For tests: up to 64 servers, and one simulation at a time. */
const SECOND: usize = memory.data(8, 8);

/** Work of two exponential phases of mean 1/2 each. */
@final
@unmanaged
export class Erlang2Work extends Service {
  touch(state: usize, lanes: usize, count: u32): void {}

  begin(state: usize, id: u32): void {
    store<u64>(SECOND, load<u64>(SECOND) & ~((<u64>1) << id));
  }

  hazard(state: usize, id: u32, rate: f64): f64 {
    return 2 * rate;
  }

  largestHazard(state: usize, bound: f64): f64 {
    return 2 * bound;
  }

  completes(state: usize, id: u32): bool {
    const bit = (<u64>1) << id;
    const second = load<u64>(SECOND);
    store<u64>(SECOND, second ^ bit);
    return (second & bit) != 0;
  }
}
