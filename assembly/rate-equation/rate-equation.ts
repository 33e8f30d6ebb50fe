/**
 * How a server's rate moves between two of its events. Nothing else in the system enters, so it is asked for lazily, when the
 * server is next looked at. The idle signal is `signal` at first and grows with slope 1 while the server is idle, 0 while it
 * is busy.
 */
@unmanaged
export abstract class RateEquation {
  /** Derives what the others need, and the length of an epoch, from the parameters; also after these change. */
  abstract prepare(state: usize): void;

  /** The rate of server `id`, `dt` after it was `rate`. */
  abstract advance(state: usize, id: u32, rate: f64, signal: f64, slope: f64, dt: f64): f64;

  /** LANE_RATE of `count` lanes from their other fields. Rounded up to even; at most MAX_BLOCK. */
  abstract advanceLanes(state: usize, lanes: usize, count: u32): void;

  /** h(μ) of the server of a lane at LANE_RATE. `i` is the address of its u32 fields. */
  abstract power(state: usize, lane: usize, i: usize): f64;

  /** Whether h(μ) is H_SCALE · μ² at all servers. */
  abstract powerIsQuadratic(state: usize): bool;

  /** Whether `advanceLanes` or `power` reads LANE_ID. */
  abstract get dependsOnServer(): bool;

  /** What no rate exceeds within `dt` from now on, `largest` being the largest rate now. */
  abstract bound(state: usize, largest: f64, dt: f64): f64;
}
