import type { FigureName } from '../figures/registry.js';

/** How certain the figures of one run are, from the means of its batches. */
export interface Confidence {
  /** probability that an interval covers the true value, if batches are independent */
  level: number;
  batches: number;
  /** units of time */
  batchLength: number;
  /** half-width of an interval / standard error of the figure: Student's t for the level and the batches */
  tFactor: number;
  /** lag-1 autocorrelation of the batches' mean rates (for frozen rates, of their busy fractions); clearly
   * positive if batches are too short */
  lag1: number;
  /** independent rows of the grid that would give this certainty of the mean rate; `null` for frozen rates */
  effectiveSampleSize: number | null;
  /**
   * half-width of each figure's interval; `null` where a batch has no such figure, and for the blocking probability
   * where fewer than 200 tasks were dropped; 0 for what is known exactly, the rates if they are frozen
   */
  halfWidths: Record<FigureName, number | null>;
}
