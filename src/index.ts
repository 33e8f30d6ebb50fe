/**
 * Exact simulation of service systems whose servers set their own speed.
 * @module ratescale
 */

export type { Confidence } from './analysis/confidence.js';
export type { Interval } from './analysis/interval.js';
export type {
  Change,
  CompleteConfig,
  Dispatch,
  InitialRates,
  ServerClass,
  SimulationConfig,
  Update,
} from './config/config.js';
export { validateConfig } from './config/config.js';
export type {
  AnyFunction,
  Cost,
  CostChoice,
  CostFunctions,
  CustomFunction,
  PowerCost,
  SlownessCost,
} from './cost/cost.js';
export { costFunctions, optimalRate, PAPER_COST, resolveCost, upperRate } from './cost/cost.js';
export { CheckpointError, ConfigError, EngineError } from './errors.js';
export type { Figures } from './figures/figures.js';
export type { ClassFigures, PhaseFigures } from './figures/parts.js';
export type { FigureName } from './figures/registry.js';
export type { RunSummary, SimulationResult } from './run/result.js';
export { type Progress, type SimulateOptions, simulate } from './run/simulate.js';
export { Simulation, type SimulationOptions } from './run/simulation.js';
export type { Trajectory, TrajectoryCopy } from './run/trajectory.js';
export { type PhaseType, type Service, type ServiceLaw, serviceLaw } from './service/law.js';
export type { Signal, WorkerLike } from './threads/foreign.js';
export { VERSION } from './version.js';
