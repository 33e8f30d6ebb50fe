import type { Confidence } from '../analysis/confidence.js';
import type { CompleteConfig } from '../config/config.js';
import type { Figures } from '../figures/figures.js';
import type { ClassFigures, PhaseFigures } from '../figures/parts.js';
import type { FigureName } from '../figures/registry.js';
import type { Trajectory } from './trajectory.js';

/** The figures of a run over [time.start, time.end], from the warm-up on; JSON-able. */
export interface RunSummary extends Figures {
  /** complete: running it again gives this result; what was changed by hand is in its schedule */
  config: CompleteConfig;
  /**
   * exact, of tagged tasks (`record.sojourns`; absent without): how many were followed and have left, and
   * the law of their sojourn times. Tasks still there (tagged − finished) are not in it.
   */
  sojournTime?: {
    tagged: number;
    finished: number;
    mean: number | null;
    sd: number | null;
    p50: number | null;
    p95: number | null;
    p99: number | null;
  };
  /** of each class of servers, where there are several; not with `warmup: 'auto'` */
  classes?: ClassFigures[];
  /** of each phase of the period, where the schedule has one */
  phases?: PhaseFigures[];
  /** exact: most tasks ever at one server; with `warmup: 'auto'` since t = 0 */
  maxQueueLength: number | null;
  /** start and end of the statistics */
  time: { start: number; end: number };
  engine: {
    version: string;
    /** SHA-256 of the kernel */
    kernelHash: string;
    /** seconds inside the kernel, and accepted arrivals plus departures of the whole run per such second */
    wallSeconds: number;
    eventsPerSecond: number;
    memoryBytes: number;
    /** of the server records alone */
    bytesPerServer: number;
    /** threads that ran it side by side */
    threads: number;
    /**
     * for very many servers, which threads share in partitions; `null` for a system that is run as a whole: how many there are, windows of time
     * at whose ends the threads met, decisions per event that had to be reversed, and for how much time the system was run
     * as a whole because hardly any server was idle
     */
    partitions: { count: number; windows: number; reversed: number; timeWhole: number } | null;
  };
  /**
   * how certain the figures are, from batches of this one run; `null` where the run does not tell, and then
   * `confidenceRefused` says why. Both are absent from what a `Simulation` or a sweep gives, which have no batches
   */
  confidence?: Confidence | null;
  /** why there are no intervals, in words: the run is too short, its start not forgotten, or it does not settle */
  confidenceRefused?: string;
  /** if a precision was asked for: whether every headline figure has it, and which have not */
  precision?: { target: number; met: boolean; unmet: FigureName[] };
  /** what to know before trusting the figures */
  warnings?: string[];
  /** hash of the final state: equal for equal runs */
  stateHash: string;
  /** `cancelled`: stopped before the horizon */
  status: 'completed' | 'cancelled';
}

export interface SimulationResult extends RunSummary {
  /** what was recorded; not part of the JSON */
  readonly trajectory: Trajectory;
}
