/** When tasks arrive. Between two changes arrivals are a Poisson process. */
@unmanaged
export abstract class Arrivals {
  /** Arrivals per unit of time at all servers together, or at IDLE_CAP slots if they are thinned. */
  abstract rate(state: usize): f64;

  /**
   * Whether there are candidates for arrivals that are none: those that hit a slot without an idle server, and a part of the
   * others. Only partitions have them.
   */
  abstract get areThinned(): bool;

  /** Absolute time of the next change, not before now; Infinity for none. */
  abstract nextChange(state: usize): f64;

  /** Makes the change that is due now, of ARRIVAL_RATE or other parameters or of rates; every server is up to date. */
  abstract change(state: usize): void;
}
