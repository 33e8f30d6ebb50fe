/** Which systems are run in partitions, which threads take on side by side, and how many. */
import type { CompleteConfig } from '../config/config.js';

export interface Partitioning {
  /** partitions */
  parts: number;
  /** arrivals and departures to be expected in a window of time, in all partitions together */
  events: number;
  /** blocks of candidates that a partition can take back: 2 … 16 */
  sets: number;
  /** standard deviations of its events, by which the number of idle servers hardly changes in a window */
  deviations: number;
}

/** From so many servers on a window is long beside what it costs that threads meet at its end; and so many leave room for partitions. */
const FEWEST = 2 ** 19;
const MOST = 128_000_000;

/**
 * The partitions of a configuration; null for a system that is run as a whole: one of other numbers of servers, with another rule of dispatch,
 * other work, classes of servers, or recorded sojourn times. It depends on what is simulated alone, never on
 * the machine, as the random numbers of a system in partitions are others than those of a whole one.
 */
export function partitioning(config: CompleteConfig): Partitioning | null {
  const { servers, dispatch, service, classes, record } = config;
  const fits = servers >= FEWEST && servers <= MOST;
  const plain = !dispatch && !service && (classes?.length ?? 1) === 1 && record.sojourns === 0;
  return fits && plain ? partsOf(servers) : null;
}

/**
 * Decisions that depend on other partitions grow like (events in a window)^1.5 / n, so windows may have events like n^(2/3); and
 * enough for each partition that starting it is cheap.
 */
function partsOf(servers: number): Partitioning {
  const scale = (servers / 1e6) ** (2 / 3);
  const parts = 2 ** Math.round(Math.log2(4 * scale));
  return {
    parts: Math.max(4, Math.min(128, parts)),
    events: Math.round(2000 * scale),
    sets: 16,
    deviations: 8,
  };
}
