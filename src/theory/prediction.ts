import type { CompleteConfig } from '../config.js';
import { optimalRate, resolveCost } from '../cost.js';
import { type AssumptionCheck, checkAssumptions } from './assumptions.js';
import { fixedPoint } from './fixed-point.js';
import { fluctuationBand } from './fluctuation-band.js';
import { expectedIdleSignal } from './idle-signal.js';
import { optimalCost } from './optimal.js';
import { stationaryLaw } from './stationary-law.js';
import { relaxationRate, thresholds, timescaleRatio } from './thresholds.js';

/** From so many servers on the fixed point is that of infinitely many, to nine digits. */
const MANY_SERVERS = 100_000;
/** The stationary law of unequal rates takes O(n²). */
const LAW_SERVERS = 10_000;

/** What theory says of a system; JSON-able. */
export interface Prediction {
  /** μ* and the cost λ g(μ*) + h(μ*) */
  optimalRate: number;
  optimalCost: number;
  /** [μ₋, μ₊]: rates end up between these */
  thresholds: { lower: number; upper: number };
  /** θ: deviations of the mean rate decay like e^{−θ t / m} */
  relaxationRate: number;
  /** mλ/θ: predictions of the band need it large; `null` for frozen rates */
  timescaleRatio: number | null;
  /** where the mean rate goes as m → ∞ at this n; its cost, and by how much that exceeds the optimal one */
  fixedPoint: { rate: number; cost: number; regret: number };
  /** law of a server's rate at this m, linear-noise approximation around the fixed point; `null` if frozen */
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
  const point = fixedPoint(cost, arrivalRate, servers < MANY_SERVERS ? servers : Infinity);

  let band: Prediction['band'] = null;
  if (!frozen) {
    const { quantiles } = config.record;
    const { sd, mean, ...rest } = fluctuationBand(cost, arrivalRate, inverseStepSize, quantiles);
    // the band is computed around μ*; at finite n it lies around the fixed point
    band = { sd, ...rest, values: rest.values.map((value) => value - mean + point.rate) };
  }
  const prediction: Prediction = {
    optimalRate: optimalRate(cost, arrivalRate),
    optimalCost: optimalCost(cost, arrivalRate),
    thresholds: thresholds(cost, arrivalRate),
    relaxationRate: relaxationRate(cost, arrivalRate),
    timescaleRatio: frozen ? null : timescaleRatio(cost, arrivalRate, inverseStepSize),
    fixedPoint: point,
    band,
    assumptions: checkAssumptions(cost, arrivalRate),
  };
  const rates =
    typeof initialRates === 'number'
      ? new Array<number>(servers).fill(initialRates)
      : Array.isArray(initialRates)
        ? initialRates
        : null;
  if (frozen && buffer === 1 && rates && servers <= LAW_SERVERS && Math.min(...rates) > 0) {
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
