import { type SimulationConfig, validateConfig } from '../config/config.js';
import { resolveCost } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { type AssumptionCheck, checkAssumptions } from './assumptions.js';
import { fixedPoint } from './fixed-point.js';
import { fluctuationBand } from './fluctuation-band.js';
import { expectedIdleSignal } from './idle-signal.js';
import { optimum } from './optimal.js';
import { queueingFixedPoint } from './queueing.js';
import { stationaryLaw } from './stationary-law.js';
import { relaxationRate, thresholds, timescaleRatio } from './thresholds.js';

/** The stationary law of unequal rates takes O(n²). */
const LAW_SERVERS = 10_000;
/** The slowest rate that the stationary law takes. */
const SLOWEST_RATE = 1e-100;

/** What theory says of a system; JSON-able. A part is `null` where theory has nothing to say; `reasons` says why. */
export interface Prediction {
  /** μ*, tasks per unit of time, and the cost λ g(μ*) + h(μ*) */
  optimalRate: number | null;
  optimalCost: number | null;
  /** [μ₋, μ₊]: rates end up between these */
  thresholds: { lower: number; upper: number } | null;
  /** θ: deviations of a rate decay like e^{−θ t / m} */
  relaxationRate: number | null;
  /** mλ/θ: predictions of the band need it large */
  timescaleRatio: number | null;
  /** where the mean rate goes as m → ∞ at this n; its cost, and by how much that exceeds the optimal one */
  fixedPoint: {
    rate: number;
    /** cost and regret; `null` with queues, whose sojourn time is not known */
    cost: number | null;
    regret: number | null;
  } | null;
  /**
   * law of a server's rate at this m, linear-noise approximation around the fixed point, at the recorded levels strictly
   * between 0 and 1
   */
  band: {
    sd: number;
    skewness: number;
    levels: number[];
    values: number[];
    valid: boolean;
    /** why it is not valid */
    reason: string | null;
  } | null;
  /** Assumption 2.1, clause by clause */
  assumptions: AssumptionCheck[];
  /** at frozen, given rates and unit buffers, up to 10,000 servers: exact */
  stationaryLaw: {
    busyFraction: number;
    busyProbability: number[];
    blockingProbability: number;
    throughput: number;
    meanSojournTime: number;
    cost: { delay: number; power: number; total: number };
  } | null;
  expectedIdleSignal: { values: number[]; exact: boolean } | null;
  /** why parts are `null`, by their names */
  reasons: Partial<Record<PredictedPart, string>>;
}

/** A part of a prediction that may be missing. */
export type PredictedPart = Exclude<keyof Prediction, 'assumptions' | 'reasons'>;

/**
 * Everything that theory says of a configuration's system (horizon, warm-up and seed do not matter). A part that cannot be
 * computed is `null` and has its reason in `reasons`.
 *
 * @param config as `simulate` takes it
 * @throws {ConfigError} for a configuration or a cost that `simulate` refuses, too; for no other cause
 */
export async function predict(config: SimulationConfig): Promise<Prediction> {
  const complete = validateConfig(config);
  const { servers, arrivalRate, inverseStepSize, initialRates, buffer } = complete;
  const cost = await resolveCost(complete.cost);
  const frozen = inverseStepSize === 'inf';
  const reasons: Prediction['reasons'] = {};

  /** The part, or null with its reason if it throws or a number of it is not finite. */
  function part<T>(name: PredictedPart, compute: () => T): T | null {
    try {
      const value = compute();
      if (allFinite(value)) return value;
      reasons[name] = 'a number of it is not finite for this cost and arrival rate';
    } catch (error) {
      reasons[name] = reasonOf(error);
    }
    return null;
  }
  const needsMovingRates = (): number => {
    if (frozen) throw new Error('rates are frozen');
    return inverseStepSize;
  };

  const queues = buffer !== 1;
  const room = buffer === 'inf' ? Number.POSITIVE_INFINITY : buffer;
  const settled = part('fixedPoint', () =>
    queues ? queueingFixedPoint(cost, arrivalRate, servers, room) : null,
  );

  const best = part('optimalRate', () => optimum(cost, arrivalRate));
  if (!best) reasons.optimalCost = reasons.optimalRate as string;
  const prediction: Prediction = {
    optimalRate: best?.rate ?? null,
    optimalCost: best?.cost ?? null,
    thresholds: part('thresholds', () => thresholds(cost, arrivalRate)),
    relaxationRate: part('relaxationRate', () => relaxationRate(cost, arrivalRate)),
    timescaleRatio: part('timescaleRatio', () =>
      timescaleRatio(cost, arrivalRate, needsMovingRates()),
    ),
    fixedPoint: part('fixedPoint', () => {
      if (!queues) return fixedPoint(cost, arrivalRate, servers);
      if (!settled) throw new Error(reasons.fixedPoint);
      if (settled.neglected === null) return { rate: settled.rate, cost: null, regret: null };
      return fixedPoint(cost, arrivalRate, servers);
    }),
    band: part('band', () => {
      const m = needsMovingRates();
      if (queues && (settled?.neglected ?? null) === null) {
        throw new Error('the band is known without queues only, or where they are negligible');
      }
      const levels = complete.record.quantiles.filter((level) => level > 0 && level < 1);
      const { mean: _, ...band } = fluctuationBand(cost, arrivalRate, m, levels, servers);
      return band;
    }),
    assumptions: [],
    stationaryLaw: null,
    expectedIdleSignal: null,
    reasons,
  };
  if (!frozen) {
    reasons.stationaryLaw = 'rates are not frozen';
  } else if (queues) {
    reasons.stationaryLaw = 'it is known for unit buffers only';
  } else if (servers > LAW_SERVERS) {
    reasons.stationaryLaw = `it takes too long for more than ${LAW_SERVERS} servers`;
  } else {
    const rates =
      typeof initialRates === 'number'
        ? new Array<number>(servers).fill(initialRates)
        : Array.isArray(initialRates)
          ? initialRates
          : null;
    if (!rates) {
      reasons.stationaryLaw = 'the rates are random; give one number, or one for each server';
    } else if (!rates.every((rate) => rate >= SLOWEST_RATE)) {
      reasons.stationaryLaw = 'a server stands still';
    } else {
      prediction.stationaryLaw = part('stationaryLaw', () => {
        const law = stationaryLaw(rates, arrivalRate);
        const delay = arrivalRate * cost.g(1 / law.meanSojournTime);
        const power = rates.reduce((sum, rate) => sum + cost.h(rate), 0) / servers;
        return {
          busyFraction: law.busyFraction,
          busyProbability: law.busyProbability,
          blockingProbability: law.blockingProbability,
          throughput: law.throughput,
          meanSojournTime: law.meanSojournTime,
          cost: { delay, power, total: delay + power },
        };
      });
      prediction.expectedIdleSignal = part('expectedIdleSignal', () =>
        expectedIdleSignal(rates, arrivalRate),
      );
    }
  }
  if (!prediction.stationaryLaw && !prediction.expectedIdleSignal) {
    reasons.expectedIdleSignal ??= reasons.stationaryLaw as string;
  }
  try {
    prediction.assumptions = checkAssumptions(cost, arrivalRate);
  } catch {
    // a cost given as code may throw: then nothing is known of the clauses
  }
  return prediction;
}

/** Whether every number in a value is finite. */
function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(allFinite);
}

/** Why a part is missing, as the end of a sentence. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigError && error.field === 'cost') {
    return `this cost ${error.message.slice('cost: '.length)}`;
  }
  return error instanceof Error ? error.message : String(error);
}
