import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { fluctuationBand } from './fluctuation-band.js';
import { optimum } from './optimal.js';
import { checkLoad, type LoadSchedule, periodicTracking, stepsOf } from './tracking.js';

/** A load in steps that repeats. */
export type PeriodicSchedule = LoadSchedule & { period: number };

/** What adaptive rates cost more than the best rate at every moment, per server and unit of time. */
export interface ExcessCost {
  /** m */
  inverseStepSize: number;
  /** because rates lag behind the load; grows with m */
  tracking: number;
  /** because rates fluctuate; falls as 1/m */
  noise: number;
  /** the sum of both */
  total: number;
  /** Whether the noise can be relied on, at the smallest and the largest load; see `fluctuationBand`. */
  valid: boolean;
  /** Why not; null if valid. */
  reason: string | null;
}

/** The best m, and what it is measured against. */
export interface BestStepSize {
  /** at the m with the smallest total; null if rates frozen for good would be better than any m */
  best: ExcessCost | null;
  /** the average of λ(t) g(μ) + h(μ) at μ = μ*(λ(t)), the least that rates cost at every moment */
  clairvoyantCost: number;
  constant: BestConstant;
}

/** The best rate that never changes, which is the optimum at the mean load. */
export interface BestConstant {
  rate: number;
  /** time average of λ(t) g + h at it */
  cost: number;
  /** what that is more than `clairvoyant` */
  excess: number;
}

/**
 * The excess cost over `clairvoyant`, who runs all servers at μ*(λ(t)) at every moment, as a function of m: the sum of two
 * parts that pull m in opposite directions. Both are of the limit of many servers.
 *
 * _Tracking_ is the time average of λ(t) g(μ(t)) + h(μ(t)) along the periodic solution of the tracking equation, less the
 * same at μ*(λ(t)). _Noise_ is what the spread of the rates costs: with the variance σ² = O(1/m) that the rates of the
 * servers have at a constant load λ (`fluctuationBand`), slower servers do more than their share of the tasks, which lowers
 * 1/E[S] by σ²(1 − λ/μ)/μ, and convexity raises the mean of h by σ²h''/2; as λg' = −h' at μ*,
 *
 *   noise = time average of σ² [ h'(1 − λ/μ)/μ + h''/2 ] at μ*(λ(t)), to first order in 1/m.
 *
 * Near the best m noise is often at the limit of its validity: confirm it by simulation (`tune`).
 */
export class ExcessCosts {
  readonly clairvoyantCost: number;
  readonly constant: BestConstant;
  /** Mean over time of the relaxation rate θ_c of all rates together (see `trackingFilter`). */
  readonly relaxation: number;
  readonly #cost: CostFunctions;
  readonly #load: PeriodicSchedule;
  /** the smallest and the largest */
  readonly #extremes: readonly number[];
  /** m times the noise */
  readonly #noise: number;

  /**
   * @param cost the two cost functions and their derivatives
   * @param load λ(t) over a period; every rate must be below the optimal rate at it
   * @throws {ConfigError} for a load that is not in order or that servers cannot keep up with, or a cost without an optimal rate
   */
  constructor(cost: CostFunctions, load: PeriodicSchedule) {
    checkLoad(load);
    this.#cost = cost;
    this.#load = load;
    const steps = stepsOf(load);
    const average = (f: (arrivalRate: number) => number) =>
      steps.reduce((sum, step) => sum + f(step.arrivalRate) * step.duration, 0) / load.period;
    const loads = [...new Set(steps.map(({ arrivalRate }) => arrivalRate))].sort((a, b) => a - b);
    this.#extremes = [loads[0] as number, loads.at(-1) as number];
    const local = new Map(loads.map((arrivalRate) => [arrivalRate, at(cost, arrivalRate)]));
    const of = (arrivalRate: number) => local.get(arrivalRate) as Local;
    this.clairvoyantCost = average((arrivalRate) => of(arrivalRate).cost);
    this.#noise = average((arrivalRate) => of(arrivalRate).noise);
    this.relaxation = average((arrivalRate) => of(arrivalRate).relaxation);
    // the average of λ(t) g(μ) + h(μ) is the objective at the mean load
    const constant = optimum(
      cost,
      average((arrivalRate) => arrivalRate),
    );
    this.constant = { ...constant, excess: constant.cost - this.clairvoyantCost };
  }

  /** The m beyond which rates hardly follow a swing as slow as the period: there ωm = θ_c, and half of its power is lost. */
  get corner(): number {
    return (this.relaxation * this.#load.period) / (2 * Math.PI);
  }

  /**
   * @param inverseStepSize m, from 1e-100 to 1e100
   * @throws {ConfigError} for another m
   */
  of(inverseStepSize: number): ExcessCost {
    const { tracking, noise } = this.#parts(inverseStepSize);
    const [reason = null] = this.#extremes.flatMap((arrivalRate) => {
      const band = fluctuationBand(this.#cost, arrivalRate, inverseStepSize, []);
      return band.valid ? [] : [`at λ = ${Number(arrivalRate.toPrecision(3))}: ${band.reason}`];
    });
    const total = tracking + noise;
    return { inverseStepSize, tracking, noise, total, valid: reason === null, reason };
  }

  #parts(inverseStepSize: number): Pick<ExcessCost, 'tracking' | 'noise'> {
    const { meanCost } = periodicTracking(this.#cost, this.#load, inverseStepSize, 1);
    return { tracking: meanCost - this.clairvoyantCost, noise: this.#noise / inverseStepSize };
  }

  /**
   * The m with the smallest total. It is looked for among powers of 2, from well above the corner down to where noise alone
   * is more than the smallest total, and then by golden section between the neighbours of the best of them.
   */
  best(): BestStepSize {
    const { clairvoyantCost, constant } = this;
    const total = (log: number) => {
      const { tracking, noise } = this.#parts(2 ** log);
      return tracking + noise;
    };
    let log = Math.round(Math.log2(this.corner)) + 3;
    let smallest = { log: Number.NaN, total: Number.POSITIVE_INFINITY };
    for (; this.#noise / 2 ** log < smallest.total; log--) {
      const here = total(log);
      if (here < smallest.total) smallest = { log, total: here };
    }
    const slow = total(Math.log2(1000 * this.corner)); // as good as frozen
    return {
      best:
        slow < smallest.total
          ? null
          : this.of(2 ** minimum(smallest.log - 1, smallest.log + 1, total)),
      clairvoyantCost,
      constant,
    };
  }
}

/** What a load asks for if it stays. */
interface Local {
  cost: number;
  /** m times the cost of the spread of the rates */
  noise: number;
  relaxation: number;
}

function at(cost: CostFunctions, arrivalRate: number): Local {
  const { rate, cost: optimal } = optimum(cost, arrivalRate);
  if (!(rate > arrivalRate)) {
    throw new ConfigError(
      'schedule',
      `has the arrival rate ${arrivalRate}, at which servers cannot keep up; every one must be below the optimal rate at it, ${rate} for this cost`,
    );
  }
  const { sd } = fluctuationBand(cost, arrivalRate, 1, []);
  const weight = (cost.dh(rate) * (1 - arrivalRate / rate)) / rate + cost.ddh(rate) / 2;
  const relaxation = cost.ddg(rate) + cost.ddh(rate) / arrivalRate;
  return { cost: optimal, noise: sd ** 2 * weight, relaxation };
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Of log2 m: m to a few hundredths, within which the total changes by less than a thousandth. */
const RESOLUTION = 0.05;

/** Where a function with a single minimum between two points has it (Kiefer 1953). */
function minimum(from: number, to: number, f: (x: number) => number): number {
  let [low, high] = [from, to];
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let [atLeft, atRight] = [f(left), f(right)];
  while (high - low > RESOLUTION) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}
