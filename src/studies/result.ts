/** What a sweep gives. */
import type { Interval } from '../analysis/interval.js';
import type { FigureName } from '../figures/registry.js';
import type { RunSummary, SimulationResult } from '../run/result.js';
import type { ManyOptions } from './options.js';
import type { Point } from './points.js';
import type { Job } from './queue.js';

/**
 * One replication of a point: the figures of its run, without those that differ from one machine or day to the next.
 * `config`, run by itself, gives the same bits.
 */
export type Replication = { point: number; replication: number } & Omit<
  RunSummary,
  'engine' | 'status' | 'confidence' | 'confidenceRefused'
> & {
    /** what `measure` found in its trajectory */
    measured?: unknown;
  };

/** What is kept of a run. */
export function replicationOf(
  { point, replication, config }: Job,
  result: SimulationResult,
  measure: ManyOptions['measure'],
): Replication {
  const {
    engine: _engine,
    status: _status,
    confidence: _confidence,
    confidenceRefused: _refused,
    ...summary
  } = result;
  const measured = measure?.(result.trajectory, config);
  return { point, replication, ...summary, ...(measured !== undefined && { measured }) };
}

/** A point with the intervals of its figures. */
export interface PointResult extends Point {
  point: number;
  replications: number;
  /** mean over replications with its confidence interval (Student's t); `null` where a run has no such figure */
  figures: Record<FigureName, Interval | null>;
  /** if a precision was asked for: whether every headline figure has it, and which have not */
  precision?: { target: number; met: boolean; unmet: FigureName[] };
}

/** A replication that could not be run, and why. */
export interface Failure {
  point: number;
  replication: number;
  message: string;
}

export interface SweepResult {
  points: PointResult[];
  /** by point and replication */
  replications: Replication[];
  failures: Failure[];
  status: 'completed' | 'cancelled';
}
