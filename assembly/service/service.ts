/**
 * How much work a task is, by phases: at a server of rate μ the present phase ends with a hazard proportional to μ, as work
 * is done at rate μ. A law of phase type has several; what phase each server is in is the policy's to keep.
 */
@unmanaged
export abstract class Service {
  /** Loads what it keeps of the servers in `count` lanes into the nearest cache. */
  abstract touch(state: usize, lanes: usize, count: u32): void;

  /** The task first in the queue of server `id` goes into service. */
  abstract begin(state: usize, id: u32): void;

  /** The hazard with which the phase at server `id` ends, its rate being `rate`. */
  abstract hazard(state: usize, id: u32, rate: f64): f64;

  /** What no hazard exceeds while no rate exceeds `bound`. */
  abstract largestHazard(state: usize, bound: f64): f64;

  /** The phase at server `id` has ended: whether the task is done, or goes on in another phase. */
  abstract completes(state: usize, id: u32): bool;
}
