/** How long a system remembers, and so how long batches and warm-ups must be. */
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, optimalRate } from '../cost/cost.js';
import type { RunCosts } from '../engine/costs.js';
import { largestRate } from '../engine/rates.js';
import { meanArrivalRate } from '../run/load.js';
import { serviceLaw } from '../service/law.js';
import { relaxationRate } from '../theory/thresholds.js';

/** Relaxation times in units of time; 0 for what a system does not have. */
export interface RelaxationTimes {
  /** of adaptive rates: m/θ */
  rates: number;
  /** a server becomes busy once and idle again: 1/λ + 1/μ with the mean rate, or the smallest where rates are frozen */
  cycle: number;
  /** of the queues */
  queues: number;
}

/**
 * The relaxation times of a system.
 *
 * Queues (buffers above 1) relax as those of one server with all the rates together: the spectral gap of M/M/1/K is
 * λ + μ − 2√(λμ) cos(π/(K + 1)), which is (√μ − √λ)² for unbounded buffers (Morse, Queues, Inventories and
 * Maintenance, 1958). Autocorrelations of simulated queues under Join-Idle-Queue with 2, 5 and 20 equal servers
 * decay at that rate, too.
 *
 * Under other rules of dispatch queues are taken for those of servers by themselves, which is the longest that they can remember, and
 * rates for half as fast again in forgetting as under Join-Idle-Queue; with other laws of work cycles and queues last longer as
 * their variation is larger. These are estimates: whether batches are alike and uncorrelated is tested on top.
 *
 * @param rates mean and smallest service rate: measured ones, or what they are expected to be
 * @returns why they are not known, in words, where they are not
 */
export function relaxationTimes(
  { config, costs }: { config: CompleteConfig; costs: RunCosts },
  { mean, smallest }: { mean: number; smallest: number },
): RelaxationTimes | string {
  const { servers, inverseStepSize, buffer, dispatch, service, schedule, period } = config;
  if (schedule && period === undefined) {
    return 'the schedule changes the system during the run, which does not settle; replications tell how certain its figures are';
  }
  const arrivalRate = meanArrivalRate(config, 0, period ?? 1);
  const frozen = inverseStepSize === 'inf';
  let relaxation = 0;
  if (frozen) {
    if (smallest === 0) return 'a server with rate 0 never finishes a task';
  } else if (dispatch === 'shortest-idle') {
    return 'under shortest-idle servers differ for as long as the run lasts, and how long rates remember is not known; replications tell how certain the figures are';
  } else {
    const slowness = dispatch === undefined ? 1 : SLOWER;
    for (const { functions } of costs.classes) {
      const slowest = slowestRelaxation(functions, arrivalRate, inverseStepSize);
      if (typeof slowest === 'string') return slowest;
      relaxation = Math.max(relaxation, slowness * slowest);
    }
  }
  if (buffer === 'inf' && mean <= arrivalRate) {
    return `the mean rate, ${Number(mean.toPrecision(5))}, is not above λ = ${arrivalRate}: without bounds the queues grow for as long as the run lasts`;
  }
  const variation = service === undefined ? 1 : Math.max(1, serviceLaw(service).scv);
  const pooled = dispatch === undefined ? servers : 1;
  const room = buffer === 'inf' ? Number.POSITIVE_INFINITY : pooled * buffer;
  const gap =
    pooled *
    (arrivalRate + mean - 2 * Math.sqrt(arrivalRate * mean) * Math.cos(Math.PI / (room + 1)));
  return {
    rates: relaxation,
    cycle: variation * (1 / arrivalRate + 1 / (frozen ? smallest : mean)),
    queues: buffer === 1 ? 0 : variation / gap,
  };
}

/** What other rules of dispatch make the relaxation of rates slower by, at most. */
const SLOWER = 1.5;

/** m/θ, or why it is not known. */
function slowestRelaxation(cost: CostFunctions, arrivalRate: number, m: number): number | string {
  const best = optimalRate(cost, arrivalRate);
  const theta = best > arrivalRate ? relaxationRate(cost, arrivalRate) : Number.NaN;
  if (Number.isNaN(best)) {
    return 'this cost has no optimal rate here, so how long rates remember is not known';
  }
  if (!(theta > 0)) {
    return `λ = ${arrivalRate} is not below the optimal rate, ${Number(best.toPrecision(5))}, and how long rates then remember is not known`;
  }
  return m / theta;
}

/** Upper estimates of the rates before a run: what they make too short is too short. */
export function fastestRates({ config, costs }: { config: CompleteConfig; costs: RunCosts }): {
  mean: number;
  smallest: number;
} {
  const { inverseStepSize, initialRates, classes, schedule, period } = config;
  if (inverseStepSize !== 'inf') {
    const arrivalRate = meanArrivalRate(config, 0, period ?? 1);
    const best = Math.max(
      ...costs.classes.map(({ functions }) => optimalRate(functions, arrivalRate)),
    );
    return { mean: best, smallest: best };
  }
  if (classes || schedule) {
    const largest = largestRate(config, costs);
    return { mean: largest, smallest: largest };
  }
  if (typeof initialRates === 'number') return { mean: initialRates, smallest: initialRates };
  if ('uniform' in initialRates) {
    const largest = initialRates.uniform[1];
    return { mean: largest, smallest: largest };
  }
  return {
    mean: initialRates.reduce((sum, rate) => sum + rate, 0) / initialRates.length,
    smallest: initialRates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY),
  };
}

/**
 * How many of each relaxation time a batch lasts at least. The means of rates are nearly normal, so that five are enough
 * with the correction below; a cycle gives a batch one task of an idle server; queues are so skewed
 * that ten batches need 160 relaxation times, and then the correction below.
 */
const PER_BATCH: readonly [kind: keyof RelaxationTimes, count: number, name: string][] = [
  ['rates', 5, 'relaxation times of the rates'],
  ['cycle', 20, 'times in which a server becomes busy and idle again'],
  ['queues', 16, 'relaxation times of the queues'],
];

/** The shortest batch of use, and which memory asks for it: `'5 relaxation times of the rates'`. */
export function shortestBatch(times: RelaxationTimes): { length: number; reason: string } {
  const candidates = PER_BATCH.map(([kind, count, name]) => ({
    length: count * times[kind],
    reason: `${count} ${name}`,
  }));
  return candidates.reduce((longest, next) => (next.length > longest.length ? next : longest));
}

/** After so many relaxation times a start is forgotten. */
const FORGOTTEN = 5;

/** How long a start is remembered, at least: five times the longest relaxation time. */
export function forgottenAfter({ rates, cycle, queues }: RelaxationTimes): number {
  return FORGOTTEN * Math.max(rates, cycle, queues);
}

/**
 * What the half-width of a mean of rates is multiplied by because neighbouring batches of x relaxation times are
 * correlated. A rate near its mean is an Ornstein–Uhlenbeck process, whose means over neighbouring batches have
 * correlation r = (1 − e^−x)² / (2 (x − 1 + e^−x)). So the mean of b batches has 1 + 2r(1 − 1/b) times
 * the variance that it would have if they were independent, of which they show 1 − 2r/b.
 */
export function memoryFactor(relaxations: number, batches: number): number {
  const decay = Math.exp(-relaxations);
  const r = (1 - decay) ** 2 / (2 * (relaxations - 1 + decay));
  return Math.sqrt((1 + 2 * r * (1 - 1 / batches)) / (1 - (2 * r) / batches));
}

/**
 * What the half-width of a figure of queues is multiplied by because its law is skewed and its error goes with its
 * value. For an estimate of skewness γ an interval of normal quantile z covers its level if it is widened by
 * (z⁴ + 2z² − 3) γ²/18 (Hall, The Bootstrap and Edgeworth Expansion, 1992, section 2.6; about γ² at 95 %); over T relaxation
 * times the mean queue of M/M/1 has γ² between 40 and 60, over T, measured at loads from 0.5 to 0.95. Less of that is
 * needed where Student's t is wide already: 40/T gives coverages from 94 % to 96.5 % for 10 to 32 batches, T from 160 on.
 */
export function skewnessFactor(relaxations: number): number {
  return 1 + 40 / relaxations;
}
