/**
 * What can be computed of a system without simulating it.
 * @module ratescale/theory
 */
export { type AssumptionCheck, checkAssumptions } from './assumptions.js';
export { type BacklogPoint, backlogTrajectory } from './backlog-trajectory.js';
export {
  auxiliaryBusyBounds,
  busyFractionLowerTail,
  busyFractionUpperTail,
  overloadedIdleSignalBound,
} from './bounds.js';
export { choicesLimit } from './choices-limit.js';
export {
  type ClassFixedPoint,
  type ClassOptimum,
  type CostClass,
  classFixedPoint,
  classOptimum,
  independentOptimum,
} from './class-rates.js';
export { type Comparison, compareMeanRate } from './comparison.js';
export {
  type BestConstant,
  type BestStepSize,
  type ExcessCost,
  ExcessCosts,
  type PeriodicSchedule,
} from './excess-cost.js';
export { type FixedPoint, fixedPoint } from './fixed-point.js';
export { type FluctuationBand, fluctuationBand } from './fluctuation-band.js';
export {
  EXACT_STATE_LIMIT,
  expectedIdleSignal,
  homogeneousIdleSignal,
  type IdleSignal,
} from './idle-signal.js';
export { averagedTrajectory, type LimitPoint, limitTrajectory } from './limit-trajectory.js';
export { type LinearNoise, linearNoise } from './linear-noise.js';
export { loadWarning } from './load.js';
export { type LoadPrediction, predictLoad } from './load-prediction.js';
export { longestIdleSignal } from './longest-idle.js';
export { type MeanField, meanField } from './mean-field.js';
export { type Optimum, optimalCost, optimum } from './optimal.js';
export { type PoissonNoise, poissonNoise } from './poisson-noise.js';
export { type PredictedPart, type Prediction, predict } from './prediction.js';
export { type QueueingFixedPoint, queueingFixedPoint } from './queueing.js';
export { cyclicServer, poissonServer, type ServerLaw } from './server-law.js';
export { type StationaryLaw, stationaryLaw } from './stationary-law.js';
export { relaxationRate, type Thresholds, thresholds, timescaleRatio } from './thresholds.js';
export {
  type Load,
  type LoadFunction,
  type LoadSchedule,
  type LoadStep,
  loadOf,
  type PeriodicLoad,
  type PeriodicTracking,
  periodicTracking,
  type TrackingFilter,
  trackingFilter,
  trackingTrajectory,
} from './tracking.js';
