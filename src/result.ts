import type { CompleteConfig } from './config.js';
import type { Trajectory } from './trajectory.js';

/** A parameter changed by hand during the run. */
export interface ParameterChange {
  time: number;
  arrivalRate?: number;
  inverseStepSize?: number | 'inf';
}

/**
 * The figures of a run, JSON-able. Unless said otherwise they are over [time.start, time.end], from the
 * warm-up on. **Exact** figures come from the events themselves, **grid** figures from the rates of all
 * servers at the times of the recording grid. `null`: nothing to tell (no time passed, no task left, no grid time).
 */
export interface RunSummary {
  /** complete: running it again gives this result */
  config: CompleteConfig;
  /** exact counts: tasks that came, were dropped and left; candidates of the thinning, rejected ones included */
  events: { arrivals: number; dropped: number; departures: number; candidates: number };
  /** grid: rates pooled over servers and time; quantiles from bins of relative width 2^−14, interpolated */
  serviceRate: {
    mean: number | null;
    sd: number | null;
    p05: number | null;
    p50: number | null;
    p95: number | null;
  };
  /** exact: time average of busy servers / n */
  busyFraction: number | null;
  /** exact: dropped / arrivals */
  blockingProbability: number | null;
  /** exact: departures per server per unit time */
  throughput: number | null;
  /** exact integrals, Little's law: meanQueueLength / throughput */
  meanSojournTime: number | null;
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
  /** exact: time average of tasks per server, waiting and in service */
  meanQueueLength: number | null;
  /** exact: most tasks ever at one server */
  maxQueueLength: number | null;
  /** exact: time and server average of I_v */
  meanIdleSignal: number | null;
  /** terms of (2.1): delay = λ g(1 / meanSojournTime), exact; power = time and server average of h(μ), grid */
  cost: { delay: number | null; power: number | null; total: number | null };
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
  };
  /** hash of the final state: equal for equal runs */
  stateHash: string;
  /** `cancelled`: stopped before the horizon */
  status: 'completed' | 'cancelled';
  /** parameters changed by hand during the run, if any: then `config` alone does not reproduce it */
  changes?: ParameterChange[];
}

export interface SimulationResult extends RunSummary {
  /** what was recorded; not part of the JSON */
  readonly trajectory: Trajectory;
}
