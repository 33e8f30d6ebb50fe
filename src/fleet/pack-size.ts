import type { CompleteConfig } from '../config/config.js';
import { meanArrivalRate } from '../run/load.js';

/** Seconds that a pack should take: long enough that its way does not count, short enough that little is lost with a worker. */
const TARGET = 2;
const SHORTEST = 0.02;

/** What a run and an event cost at first sight, in seconds; measurements correct both by one factor. */
const PER_RUN = 4e-4;
const PER_EVENT = 5e-8;
/** Weight of a new measurement. */
const GAIN = 0.3;

/** Knows how long runs take, and how many go into a pack. */
export class PackSize {
  /** how much longer runs take than was thought at first */
  #factor = 1;

  /** Seconds that a run will take. */
  seconds(config: CompleteConfig): number {
    return this.#factor * guess(config);
  }

  /** Takes in how long the runs of a pack have taken. */
  learn(configs: Iterable<CompleteConfig>, seconds: number): void {
    let guessed = 0;
    for (const config of configs) guessed += guess(config);
    if (guessed > 0 && seconds > 0) {
      this.#factor *= (seconds / guessed / this.#factor) ** GAIN;
    }
  }

  /**
   * Seconds that the next pack should take. Towards the end packs get smaller, so that all threads end together.
   * @param left runs that are not handed out yet
   * @param each seconds that one of them takes
   */
  target(left: number, each: number, threads: number): number {
    return Math.min(TARGET, Math.max(SHORTEST, (left * each) / (3 * Math.max(1, threads))));
  }
}

/** An arrival and a departure for every task. */
function guess(config: CompleteConfig): number {
  const { servers, horizon } = config;
  const events = 2 * meanArrivalRate(config, 0, horizon) * servers * horizon;
  return PER_RUN + PER_EVENT * events;
}
