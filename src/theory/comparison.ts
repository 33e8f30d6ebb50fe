import type { RunSummary } from '../run/result.js';
import type { Prediction } from './prediction.js';

/** A simulated mean rate beside the predicted one. */
export interface Comparison {
  predicted: number;
  simulated: number;
  /** standard error of the simulated mean: that of its confidence interval */
  standardError: number;
  /** (simulated − predicted) / standardError; |z| ≤ 2 is agreement, where the prediction is valid */
  z: number;
  /** batches behind that standard error */
  batches: number;
}

/**
 * Compares the simulated mean rate with the fixed point, or with the mean at this m where that is known, by the run's own confidence.
 * @returns null for frozen rates, where the run has no interval of the mean rate, where the fixed point is an approximation, and
 *   where m is too small for it: the band is not valid, or mλ/θ is below 10 where there is none
 */
export function compareMeanRate(
  { confidence, serviceRate, config }: RunSummary,
  { fixedPoint, band, timescaleRatio }: Prediction,
): Comparison | null {
  if (!fixedPoint || fixedPoint.approximation !== null) return null;
  if (!(band ? band.valid : (timescaleRatio ?? 0) >= 10)) return null;
  const halfWidth = confidence?.halfWidths['serviceRate.mean'] ?? null;
  const simulated = serviceRate.mean;
  if (!confidence || simulated === null || config.inverseStepSize === 'inf') return null;
  if (halfWidth === null || halfWidth === 0) return null;
  const standardError = halfWidth / confidence.tFactor;
  const predicted = fixedPoint.mean ?? fixedPoint.rate;
  return {
    predicted,
    simulated,
    standardError,
    z: (simulated - predicted) / standardError,
    batches: confidence.batches,
  };
}
