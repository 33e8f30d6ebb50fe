import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, optimalRate, resolveCost } from '../cost/cost.js';
import { type AssumptionCheck, checkAssumptions } from './assumptions.js';
import { type FixedPoint, fixedPoint } from './fixed-point.js';
import { fluctuationBand } from './fluctuation-band.js';
import { expectedIdleSignal } from './idle-signal.js';
import { optimalCost } from './optimal.js';
import { stationaryLaw } from './stationary-law.js';
import { relaxationRate, thresholds, timescaleRatio } from './thresholds.js';

/** Beyond so many servers the fixed point's bias, which is of order 1/n, is extrapolated from here. */
const MANY_SERVERS = 10_000;
/** The stationary law of unequal rates takes O(n²). */
const LAW_SERVERS = 10_000;
/** The slowest rate that the stationary law takes. */
const SLOWEST_RATE = 1e-100;

/** What theory says of a system; JSON-able. */
export interface Prediction {
  /** μ* and the cost λ g(μ*) + h(μ*) */
  optimalRate: number;
  optimalCost: number;
  /** [μ₋, μ₊]: rates end up between these */
  thresholds: { lower: number; upper: number };
  /** θ: deviations of the mean rate decay like e^{−θ t / m}; `null` if μ* ≤ λ, where clause (v) fails */
  relaxationRate: number | null;
  /** mλ/θ: predictions of the band need it large; `null` for frozen rates and if μ* ≤ λ */
  timescaleRatio: number | null;
  /** where the mean rate goes as m → ∞ at this n; its cost, and by how much that exceeds the optimal one */
  fixedPoint: { rate: number; cost: number; regret: number };
  /**
   * law of a server's rate at this m, linear-noise approximation around the fixed point, at the recorded levels strictly between 0 and 1; `null` for frozen rates and if μ* ≤ λ
   */
  band: {
    sd: number;
    levels: number[];
    values: number[];
    valid: boolean;
    reason: string | null;
  } | null;
  assumptions: AssumptionCheck[];
  /** at frozen, given rates and unit buffers, up to 10,000 servers: exact */
  stationaryLaw?: {
    busyFraction: number;
    busyProbability: number[];
    blockingProbability: number;
    throughput: number;
    meanSojournTime: number;
    cost: { delay: number; power: number; total: number };
  };
  expectedIdleSignal?: { values: number[]; exact: boolean };
}

/**
 * Everything that theory says of a configuration's system (horizon, warm-up and seed do not matter).
 * @throws {ConfigError} for a cost that cannot be used
 */
export async function predict(config: CompleteConfig): Promise<Prediction> {
  const { servers, arrivalRate, inverseStepSize, initialRates, buffer } = config;
  const cost = await resolveCost(config.cost);
  const frozen = inverseStepSize === 'inf';
  const optimum = optimalRate(cost, arrivalRate);
  const point = fixedPointOf(cost, arrivalRate, servers);
  // linear noise needs servers that are idle at times
  const stable = optimum > arrivalRate;

  let band: Prediction['band'] = null;
  if (!frozen && stable) {
    const levels = config.record.quantiles.filter((level) => level > 0 && level < 1);
    const { sd, mean, ...rest } = fluctuationBand(cost, arrivalRate, inverseStepSize, levels);
    // the band is computed around μ*; at finite n it lies around the fixed point
    band = { sd, ...rest, values: rest.values.map((value) => value - mean + point.rate) };
  }
  const prediction: Prediction = {
    optimalRate: optimum,
    optimalCost: optimalCost(cost, arrivalRate),
    thresholds: thresholds(cost, arrivalRate),
    relaxationRate: stable ? relaxationRate(cost, arrivalRate) : null,
    timescaleRatio: frozen || !stable ? null : timescaleRatio(cost, arrivalRate, inverseStepSize),
    fixedPoint: point,
    band,
    assumptions: checkAssumptions(cost, arrivalRate),
  };
  const lawful = frozen && buffer === 1 && servers <= LAW_SERVERS;
  const rates =
    lawful && typeof initialRates === 'number'
      ? new Array<number>(servers).fill(initialRates)
      : Array.isArray(initialRates)
        ? initialRates
        : null;
  if (lawful && rates?.every((rate) => rate >= SLOWEST_RATE)) {
    const law = stationaryLaw(rates, arrivalRate);
    const delay = arrivalRate * cost.g(1 / law.meanSojournTime);
    const power = rates.reduce((sum, rate) => sum + cost.h(rate), 0) / servers;
    prediction.stationaryLaw = {
      busyFraction: law.busyFraction,
      busyProbability: law.busyProbability,
      blockingProbability: law.blockingProbability,
      throughput: law.throughput,
      meanSojournTime: law.meanSojournTime,
      cost: { delay, power, total: delay + power },
    };
    prediction.expectedIdleSignal = expectedIdleSignal(rates, arrivalRate);
  }
  return prediction;
}

/** The fixed point at n servers; its distance from the limit falls like 1/n, up to terms of order 1/n². */
export function fixedPointOf(cost: CostFunctions, lambda: number, servers: number): FixedPoint {
  if (servers <= MANY_SERVERS) return fixedPoint(cost, lambda, servers);
  const many = fixedPoint(cost, lambda, MANY_SERVERS);
  const limit = fixedPoint(cost, lambda, Number.POSITIVE_INFINITY);
  const rate = limit.rate + (many.rate - limit.rate) * (MANY_SERVERS / servers);
  const total = lambda * cost.g(rate) + cost.h(rate);
  return { rate, cost: total, regret: Math.max(0, total - limit.cost) };
}
