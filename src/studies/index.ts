/** Many runs: replications, sweeps, comparisons, and the paper's experiments. */
export type { Interval } from '../analysis/interval.js';
export {
  type Claim,
  type Conclusion,
  type Experiment,
  type ExperimentOptions,
  Results,
} from '../experiments/experiment.js';
export { EXPERIMENTS } from '../experiments/index.js';
export { type WorkDone, type WorkOptions, work } from '../fleet/work.js';
export type { Baseline } from './baselines.js';
export { compare } from './compare.js';
export type { ComparedFigure, SojournQuantile } from './compared-figures.js';
export type { ComparisonPlan } from './comparison-plan.js';
export type {
  ComparisonResult,
  Difference,
  Family,
  VariantResult,
} from './comparison-result.js';
export type { Differences, Rank } from './differences.js';
export type { ManyOptions, SweepProgress } from './options.js';
export type { Axes, SweepPlan, Values } from './plan.js';
export type { Point } from './points.js';
export type { Failure, PointResult, Replication, SweepResult } from './result.js';
export { type ReplicateOptions, replicate, sweep } from './sweep.js';
export {
  sineLoad,
  type TunedPoint,
  type TuneOptions,
  type TuneResult,
  type TuneSystem,
  tune,
} from './tune.js';
