/** ratescale: exact simulation of service systems whose servers set their own speed. */

export type { Interval } from './analysis/interval.js';
export type { CompleteConfig, InitialRates, SimulationConfig } from './config.js';
export { validateConfig } from './config.js';
export type {
  AnyFunction,
  Cost,
  CostChoice,
  CostFunctions,
  CustomFunction,
  PowerCost,
  SlownessCost,
} from './cost.js';
export { costFunctions, optimalRate, PAPER_COST, resolveCost, upperRate } from './cost.js';
export { CheckpointError, ConfigError, EngineError } from './errors.js';
export type { FigureName, Figures } from './figures.js';
export type { Axes, Point, SweepPlan, Values } from './many/plan.js';
export {
  type Failure,
  type ManyOptions,
  type PointResult,
  type ReplicateOptions,
  type Replication,
  replicate,
  type SweepProgress,
  type SweepResult,
  sweep,
} from './many/sweep.js';
export type { ParameterChange, RunSummary, SimulationResult } from './result.js';
export type { Confidence } from './sections.js';
export { type Progress, type SimulateOptions, simulate } from './simulate.js';
export { Simulation, type SimulationOptions } from './simulation.js';
export * from './theory/index.js';
export type { Trajectory, TrajectoryCopy } from './trajectory.js';
export { VERSION } from './version.js';
