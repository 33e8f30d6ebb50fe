import { type CompleteConfig, type SimulationConfig, validateConfig } from '../config/config.js';
import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { type AssumptionCheck, checkAssumptions } from './assumptions.js';
import { bestRates } from './best-rates.js';
import { meanOver } from './class-rates.js';
import { fluctuationBand, normalBand } from './fluctuation-band.js';
import { frozenLaw } from './frozen-law.js';
import { givenRates } from './given-rates.js';
import { ownRelaxation } from './own-relaxation.js';
import { poissonNoise } from './poisson-noise.js';
import { type Settled, settle } from './settling.js';
import { type System, systemOf } from './system.js';
import { thresholds } from './thresholds.js';

/** The stationary law of unequal rates takes O(n²). */
const LAW_SERVERS = 10_000;
/** The slowest rate that the stationary law takes. */
const SLOWEST_RATE = 1e-100;

/** What theory says of a system; JSON-able. A part is `null` where theory has nothing to say; `reasons` says why. */
export interface Prediction {
  /**
   * the best common rate, tasks per unit of time, and its cost: μ* and λ g(μ*) + h(μ*) where no task waits, else by the sojourn
   * times under the dispatch rule; with classes, the mean over servers
   */
  optimalRate: number | null;
  optimalCost: number | null;
  /** μ₋ and μ₊: rates end up between these */
  thresholds: { lower: number; upper: number } | null;
  /** θ: deviations of a rate decay like e^{−θ t / m} */
  relaxationRate: number | null;
  /** mλ/θ: predictions of the band need it large */
  timescaleRatio: number | null;
  /** where the mean rate goes as m → ∞ at this n; its cost, and by how much that exceeds the optimal one */
  fixedPoint: {
    rate: number;
    /** cost and regret; `null` with queues whose sojourn time is not known */
    cost: number | null;
    regret: number | null;
    /** the mean rate at this m, to first order in 1/m; `null` where that is not known */
    mean: number | null;
    /** what it is if it is not exact, such as `'in the limit of many servers'` */
    approximation: string | null;
  } | null;
  /**
   * law of a server's rate at this m, linear-noise approximation around the fixed point, at the recorded levels strictly
   * between 0 and 1
   */
  band: {
    sd: number;
    /** `null` where it is not known */
    skewness: number | null;
    levels: number[];
    values: number[];
    valid: boolean;
    /** why it is not valid */
    reason: string | null;
  } | null;
  /** only with classes whose costs differ: in their order, the fixed point and the best rate of each */
  classes?: { servers: number; rate: number | null; optimalRate: number | null }[];
  /** Assumption 2.1, clause by clause; with classes it holds if it holds for each */
  assumptions: AssumptionCheck[];
  /** at frozen, given rates, up to 10,000 servers */
  stationaryLaw: {
    busyFraction: number;
    busyProbability: number[];
    /** tasks at a server, the one in service included */
    meanTasks: number;
    blockingProbability: number;
    throughput: number;
    meanSojournTime: number;
    cost: { delay: number; power: number; total: number };
    /** what it is if it is not exact */
    approximation: string | null;
  } | null;
  expectedIdleSignal: { values: number[]; exact: boolean; approximation: string | null } | null;
  /** why parts are `null`, by their names */
  reasons: Partial<Record<PredictedPart, string>>;
}

/** A part of a prediction that may be missing. */
export type PredictedPart = Exclude<keyof Prediction, 'assumptions' | 'classes' | 'reasons'>;

/**
 * Everything that theory says of a configuration's system (horizon, warm-up and seed do not matter). A part that cannot be
 * computed is `null` and has its reason in `reasons`.
 *
 * @param config as `simulate` takes it
 * @throws {ConfigError} for a configuration or a cost that `simulate` refuses, too; for no other cause
 */
export async function predict(config: SimulationConfig): Promise<Prediction> {
  const complete = validateConfig(config);
  const system = await systemOf(complete);
  if (complete.schedule) return unknown('the load changes over time');
  const { inverseStepSize } = complete;
  const costs = system.classes?.map(({ cost }) => cost) ?? [system.cost];
  const { arrivalRate } = system;
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
  const best = part('optimalRate', () => bestRates(system));
  if (!best) reasons.optimalCost = reasons.optimalRate as string;
  const settled = part('fixedPoint', () => settle(system));
  const settledOrReason = (): Settled => {
    if (!settled) throw new Error(reasons.fixedPoint);
    return settled;
  };
  const needsMovingRates = (): number => {
    if (inverseStepSize === 'inf') throw new Error('rates are frozen');
    return inverseStepSize;
  };
  const relaxation = part('relaxationRate', () => ownRelaxation(system, settledOrReason));
  const frozen = part('stationaryLaw', () => lawOf(complete, system));

  return {
    optimalRate: best && meanRate(system, best.rates),
    optimalCost: best?.cost ?? null,
    thresholds: part('thresholds', () => thresholdsOf(system, costs)),
    relaxationRate: relaxation,
    timescaleRatio: part('timescaleRatio', () => {
      const m = needsMovingRates();
      if (relaxation === null) throw new Error(reasons.relaxationRate);
      return (m * arrivalRate) / relaxation;
    }),
    fixedPoint: settled && {
      rate: meanRate(system, settled.rates),
      cost: settled.cost,
      regret: settled.cost !== null && best ? Math.max(0, settled.cost - best.cost) : null,
      mean: meanAt(system, inverseStepSize, settled),
      approximation: settled.approximation,
    },
    band: part('band', () => bandOf(complete, system, needsMovingRates(), settled)),
    ...(system.classes && {
      classes: system.groups.map(({ servers, kind }) => ({
        servers,
        rate: settled?.rates[kind] ?? null,
        optimalRate: best?.rates[kind] ?? null,
      })),
    }),
    assumptions: assumptionsOf(system, costs),
    stationaryLaw: frozen?.law ?? null,
    expectedIdleSignal: part('expectedIdleSignal', () => {
      if (!frozen) throw new Error(reasons.stationaryLaw);
      if ('reason' in frozen.idleSignal) throw new Error(frozen.idleSignal.reason);
      const { values, approximation } = frozen.idleSignal;
      return { values, exact: approximation === null, approximation };
    }),
    reasons,
  };
}

const PARTS = [
  'optimalRate',
  'optimalCost',
  'thresholds',
  'relaxationRate',
  'timescaleRatio',
  'fixedPoint',
  'band',
  'stationaryLaw',
  'expectedIdleSignal',
] as const satisfies PredictedPart[];

/** Nothing at all, for one reason. */
function unknown(reason: string): Prediction {
  const each = <T>(value: T) =>
    Object.fromEntries(PARTS.map((name) => [name, value])) as Record<PredictedPart, T>;
  return { ...each(null), assumptions: [], reasons: each(reason) };
}

/** The mean over servers of the rates of classes, or the rate of all. */
function meanRate({ classes }: System, rates: readonly number[]): number {
  return classes ? meanOver(classes)((k) => rates[k] as number) : (rates[0] as number);
}

/** Between the lowest and the highest threshold of any class. */
function thresholdsOf({ dispatch, arrivalRate }: System, costs: readonly CostFunctions[]) {
  if (dispatch === 'shortest-idle') {
    throw new Error('under shortest-idle a server may stay idle for longer than 1/λ on average');
  }
  const each = costs.map((cost) => thresholds(cost, arrivalRate));
  return {
    lower: Math.min(...each.map(({ lower }) => lower)),
    upper: Math.max(...each.map(({ upper }) => upper)),
  };
}

/** The mean rate at finite m, where servers have Poisson arrivals of their own. */
function meanAt(system: System, m: number | 'inf', { rates }: Settled): number | null {
  const [rate = Number.NaN] = rates;
  const noise = m === 'inf' || system.classes ? null : noiseOf(system, rate);
  return noise && rate + noise.shift / (m as number);
}

function noiseOf({ cost, arrivalRate, room, choices, work }: System, rate: number) {
  if (choices !== 1 || work.mean !== 1) return null;
  if (room !== 1 && (room < Number.POSITIVE_INFINITY || rate <= arrivalRate)) return null;
  const noise = poissonNoise(cost, arrivalRate, rate, room === 1 ? 1 : room, work.scv);
  return noise.relaxation > 0 && allFinite(noise) ? noise : null;
}

function bandOf(
  { record }: CompleteConfig,
  system: System,
  m: number,
  settled: Settled | null,
): Prediction['band'] {
  const { classes, cost, arrivalRate, servers, choices, work } = system;
  if (classes) throw new Error('the band is known for equal servers only');
  if (choices === null) throw new Error('the band is not known under this dispatch rule');
  if (work.mean !== 1) throw new Error('the band is known for work of mean 1 only');
  const levels = record.quantiles.filter((level) => level > 0 && level < 1);
  if (!settled?.unit) {
    const [rate = Number.NaN] = settled?.rates ?? [];
    const noise = settled && noiseOf(system, rate);
    if (!noise) {
      throw new Error(
        'the band with queues is known under random dispatch with unbounded buffers only, or where queues are negligible',
      );
    }
    const sd = Math.sqrt(noise.variance / m);
    const { mean: _, ...band } = normalBand(
      rate,
      sd,
      null,
      (m * arrivalRate) / noise.relaxation,
      levels,
    );
    return band;
  }
  const { mean: _, ...band } = fluctuationBand(
    cost,
    arrivalRate,
    m,
    levels,
    servers,
    choices,
    work.scv,
  );
  return band;
}

function assumptionsOf(
  { arrivalRate }: System,
  costs: readonly CostFunctions[],
): AssumptionCheck[] {
  try {
    const [first = [], ...others] = costs.map((cost) => checkAssumptions(cost, arrivalRate));
    return first.map((check, i) => {
      const all = [check, ...others.map((checks) => checks[i] as AssumptionCheck)];
      return all.find(({ holds }) => !holds) ?? check;
    });
  } catch {
    return []; // a cost given as code may throw: then nothing is known of the clauses
  }
}

/** The law at frozen rates, with the cost of running. */
function lawOf(config: CompleteConfig, system: System) {
  const { cost, servers, arrivalRate } = system;
  if (config.inverseStepSize !== 'inf') throw new Error('rates are not frozen');
  if (servers > LAW_SERVERS) {
    throw new Error(`it takes too long for more than ${LAW_SERVERS} servers`);
  }
  const rates = givenRates(config);
  if (!rates) throw new Error('the rates are random; give one number, or one for each server');
  if (!rates.every((rate) => rate >= SLOWEST_RATE)) throw new Error('a server stands still');
  const { idleSignal, ...law } = frozenLaw(system, rates);
  const delay = arrivalRate * cost.g(1 / law.meanSojournTime);
  const h = hOfEach(system);
  const power = rates.reduce((sum, rate, v) => sum + (h[v] ?? cost.h)(rate), 0) / servers;
  return { law: { ...law, cost: { delay, power, total: delay + power } }, idleSignal };
}

/** h of every server, by id; none where all have the system's. */
function hOfEach({ groups, classes }: System): CostFunctions['h'][] {
  if (!classes) return [];
  return groups.flatMap(({ servers, kind }) =>
    new Array<CostFunctions['h']>(servers).fill((classes[kind] as { cost: CostFunctions }).cost.h),
  );
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
