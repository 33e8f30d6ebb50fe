/**
 * Which candidates for arrivals are some.
 *
 * In a system with I idle servers each of them sees arrivals at rate λn / I, as a uniformly random idle server takes the task. A
 * partition draws candidates at rate λn / F for each of its idle servers, F = IDLE_FLOOR ≤ I, which needs no knowledge of the
 * others, and a candidate is an arrival with probability F / I: if u · I < F, u being uniform. Only this asks about the others.
 */

/** `a` for an arrival (1), `b` for a completion (0), without a branch. */
export function choose(arrival: u32, a: f64, b: f64): f64 {
  const bits = reinterpret<u64>(b);
  return reinterpret<f64>(bits ^ ((bits ^ reinterpret<u64>(a)) & (0 - <u64>arrival)));
}

/** Whether a candidate is no arrival while `idle` servers are idle. */
export function isRejected(accept: f64, idle: f64, floor: f64): bool {
  return accept * idle >= floor;
}
