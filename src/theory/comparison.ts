import { batchMeans } from '../analysis/batch-means.js';
import type { SimulationResult } from '../run/result.js';
import type { Prediction } from './prediction.js';

/** A simulated mean rate beside the predicted one. */
export interface Comparison {
  predicted: number;
  simulated: number;
  /** standard error of the simulated mean, from batch means */
  standardError: number;
  /** (simulated − predicted) / standardError; |z| ≤ 2 is agreement, where the prediction is valid */
  z: number;
  batches: number;
}

/** Batches must be many relaxation times long to be independent, and some must there be. */
const RELAXATIONS_PER_BATCH = 5;
const FEWEST_BATCHES = 5;
const MOST_BATCHES = 30;

/**
 * Compares the simulated mean rate with the fixed point. Batch means over the recording grid from the
 * warm-up on; each batch is at least five relaxation times m/θ long.
 * @returns null for frozen rates, or where the run is too short to tell
 */
export function compareMeanRate(
  result: SimulationResult,
  { fixedPoint, relaxationRate }: Prediction,
): Comparison | null {
  const { inverseStepSize, record } = result.config;
  const simulated = result.serviceRate.mean;
  if (inverseStepSize === 'inf' || relaxationRate === null || simulated === null) return null;
  const { time, mean } = result.trajectory;
  const first = time.findIndex((t) => t >= result.time.start);
  const samples = first < 0 ? mean.subarray(0, 0) : mean.subarray(first);
  const relaxation = inverseStepSize / relaxationRate;
  const perBatch = Math.ceil(
    Math.max(
      (RELAXATIONS_PER_BATCH * relaxation) / record.interval,
      samples.length / MOST_BATCHES,
      1,
    ),
  );
  const batches = Math.floor(samples.length / perBatch);
  if (batches < FEWEST_BATCHES) return null;
  const { standardError } = batchMeans(samples.subarray(0, batches * perBatch), perBatch);
  if (!(standardError > 0)) return null;
  return {
    predicted: fixedPoint.rate,
    simulated,
    standardError,
    z: (simulated - fixedPoint.rate) / standardError,
    batches,
  };
}
