/** What a sweep gives. */
import type { Interval } from '../analysis/interval.js';
import type { FigureName } from '../figures/registry.js';
import type { RunSummary } from '../run/result.js';
import type { Point } from './plan.js';

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
