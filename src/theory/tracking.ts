import type { SimulationConfig } from '../config/config.js';
import { type CostFunctions, upperRate } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { integrate } from '../numerics/integrate.js';
import { checkCount, checkPositive } from './arguments.js';
import { checkTimes } from './limit-trajectory.js';
import { optimum } from './optimal.js';

/** A load from its `time` until that of the next step, or, after the last one, to the end of the period. */
export interface LoadStep {
  time: number;
  /** λ, tasks that arrive per unit of time and per server */
  arrivalRate: number;
}

/** A load in steps, the first of which is at time 0; it repeats with the period, or its last step stays for good. */
export interface LoadSchedule {
  schedule: readonly LoadStep[];
  period?: number | undefined;
}

/** A load as a function of time, without jumps. */
export interface LoadFunction {
  arrivalRate: (time: number) => number;
  period?: number | undefined;
}

/** A load λ(t) that changes over time. */
export type Load = LoadSchedule | LoadFunction;

/** A load that repeats. */
export type PeriodicLoad = Load & { period: number };

/** The rate of all servers under a periodic load, once its start is forgotten. */
export interface PeriodicTracking {
  /** at the start of a period, tasks per unit of time */
  initialRate: number;
  /** time averages of the rate over equal parts of the period */
  meanRates: number[];
  /** time average of λ(t) g(μ(t)) + h(μ(t)), the objective (2.1) at every moment */
  meanCost: number;
}

/**
 * The rate of many servers that start at equal rates when the load changes over time. A cycle of a server takes 1/λ on
 * average, so E[I] + 1/μ = 1/λ as n → ∞ while servers keep up, and I = 0 while they do not (μ ≤ λ): by equation (2.2)
 * all rates follow the **tracking equation**
 *
 *   m dμ/dt = −[ g'(μ) + h'(μ) max(1/λ(t), 1/μ) ],
 *
 * solved to about 1e-9. It leaves out the backlog of an overload at servers with queues, and fluctuations of order
 * m^−½ (see `excessCost`) and n^−½.
 *
 * @param cost the two cost functions and their derivatives
 * @param load λ(t); rates from 1e-100 to 1e100
 * @param inverseStepSize inverse step size m of equation (2.2), from 1e-100 to 1e100
 * @param initialRate rate of every server at time 0, from 1e-100 to 1e100
 * @param times finite, at least 0, not decreasing
 * @returns the rate at every time
 * @throws {ConfigError} for arguments outside these ranges, or a cost without an optimal rate
 */
export function trackingTrajectory(
  cost: CostFunctions,
  load: Load,
  inverseStepSize: number,
  initialRate: number,
  times: readonly number[],
): number[] {
  checkLoad(load);
  checkPositive('inverseStepSize', inverseStepSize);
  checkPositive('initialRate', initialRate);
  checkTimes(times);
  return follow(new Drift(cost, inverseStepSize), load, initialRate, times).map(rateOf);
}

/**
 * The periodic solution of the tracking equation (see `trackingTrajectory`), to which all others converge: the fixed point
 * of the map from the rate at the start of a period to that at its end, by Newton's method.
 *
 * @param cost the two cost functions and their derivatives
 * @param load λ(t); rates from 1e-100 to 1e100
 * @param inverseStepSize inverse step size m of equation (2.2), from 1e-100 to 1e100
 * @param parts equal parts of the period whose mean rates are wanted: a whole number from 1; default 8
 * @throws {ConfigError} for arguments outside these ranges, a load without a period, or a cost without an optimal rate
 */
export function periodicTracking(
  cost: CostFunctions,
  load: PeriodicLoad,
  inverseStepSize: number,
  parts = 8,
): PeriodicTracking {
  checkLoad(load);
  checkPositive('period', load.period);
  checkPositive('inverseStepSize', inverseStepSize);
  checkCount('parts', parts, 1);
  const { period } = load;
  const drift = new Drift(cost, inverseStepSize);
  const ends = Array.from({ length: parts }, (_, k) => ((k + 1) / parts) * period);
  let initialRate = drift.equilibrium(startOf(load)).rate;
  for (let i = 0; i < MOST_ITERATIONS; i++) {
    const states = follow(drift, load, initialRate, ends);
    const last = states.at(-1) as Float64Array;
    const gap = rateOf(last) - initialRate;
    const contraction = -Math.expm1(last[SENSITIVITY] as number); // 1 − dμ(period)/dμ(0)
    const step = gap / contraction;
    if (Math.abs(step) <= 1e-9 * initialRate || Math.abs(gap) <= 1e-13 * initialRate) {
      const integrals = states.map((state) => state[RATE_INTEGRAL] as number);
      const meanRates = integrals.map((x, k) => ((x - (integrals[k - 1] ?? 0)) * parts) / period);
      return { initialRate, meanRates, meanCost: (last[COST_INTEGRAL] as number) / period };
    }
    // far from the solution a straight step may overshoot; no rate is negative
    initialRate = Math.max(initialRate + step, initialRate / 4);
  }
  throw new ConfigError('cost', 'has no periodic solution of the tracking equation at this load');
}

/** What becomes of a small change of the load: a first-order filter. */
export interface TrackingFilter {
  /** θ_c = g''(μ*) + h''(μ*)/λ: all rates together approach the optimum as exp(−θ_c t/m) */
  relaxation: number;
  /** the swing of the rates as a fraction of that of μ*(λ(t)), 1/√(1 + (ωm/θ_c)²) */
  gain: number;
  /** how much later it comes, arctan(ωm/θ_c)/ω, units of time */
  lag: number;
}

/**
 * How the rates of many servers follow a small sine of the load around λ: the tracking equation linearised at μ*. θ_c is not
 * the θ of `relaxationRate`: there one server deviates and the idle times stay, here all move and their idle times with them.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate λ, tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param inverseStepSize inverse step size m of equation (2.2), from 1e-100 to 1e100
 * @param frequency angular frequency ω = 2π/period of the load, per unit of time; from 1e-100 to 1e100
 * @throws {ConfigError} for arguments outside these ranges, or a cost without an optimal rate
 */
export function trackingFilter(
  cost: CostFunctions,
  arrivalRate: number,
  inverseStepSize: number,
  frequency: number,
): TrackingFilter {
  checkPositive('inverseStepSize', inverseStepSize);
  checkPositive('frequency', frequency);
  const { rate } = optimum(cost, arrivalRate);
  const relaxation = cost.ddg(rate) + cost.ddh(rate) / arrivalRate;
  const ratio = (frequency * inverseStepSize) / relaxation;
  return { relaxation, gain: 1 / Math.hypot(1, ratio), lag: Math.atan(ratio) / frequency };
}

/**
 * The load of a configuration; null if its schedule changes anything else. Of a load that repeats it is that of all periods but the
 * first, which begin with the last rate of the one before.
 */
export function loadOf({
  arrivalRate,
  schedule = [],
  period,
}: Pick<SimulationConfig, 'arrivalRate' | 'schedule' | 'period'>): LoadSchedule | null {
  const last = schedule.findLast((change) => change.arrivalRate !== undefined)?.arrivalRate;
  const first = period === undefined ? arrivalRate : (last ?? arrivalRate);
  const steps = new Map([[0, first]]); // of several changes at a time the last one counts
  for (const { time, arrivalRate, ...others } of schedule) {
    if (arrivalRate === undefined || Object.keys(others).length > 0) return null;
    steps.set(time, arrivalRate);
  }
  return { schedule: Array.from(steps, ([time, arrivalRate]) => ({ time, arrivalRate })), period };
}

/** The steps of one period, each with its duration. */
export function stepsOf({
  schedule,
  period,
}: LoadSchedule & { period: number }): (LoadStep & { duration: number })[] {
  return schedule.map((step, k) => ({
    ...step,
    duration: (schedule[k + 1]?.time ?? period) - step.time,
  }));
}

/** @throws {ConfigError} */
export function checkLoad(load: Load): void {
  const { period } = load;
  if (period !== undefined) checkPositive('period', period);
  if (!('schedule' in load)) return;
  const { schedule } = load;
  if (schedule.length === 0) {
    throw new ConfigError('schedule', 'is empty; must hold at least one step');
  }
  schedule.forEach(({ time, arrivalRate }, k) => {
    checkPositive(`schedule[${k}].arrivalRate`, arrivalRate);
    const previous = schedule[k - 1]?.time;
    if (previous === undefined ? time !== 0 : !(time > previous)) {
      throw new ConfigError(
        `schedule[${k}].time`,
        `got ${time}; must be ${previous === undefined ? 0 : `above the time before it, ${previous}`}`,
      );
    }
    if (!(time < (period ?? Number.POSITIVE_INFINITY))) {
      throw new ConfigError(`schedule[${k}].time`, `got ${time}; must be below the period`);
    }
  });
}

const MOST_ITERATIONS = 50;
/** Relative error of a step. */
const TOLERANCE = 1e-11;
/** So near its equilibrium, relatively, a rate is taken to be there. */
const SETTLED = 1e-10;
/** Relaxation times after which it is worth looking whether a rate has settled. */
const PATIENCE = 30;

// what is integrated: the rate; its integral and that of the cost; log of dμ(t)/dμ(0); the time
const RATE = 0;
const RATE_INTEGRAL = 1;
const COST_INTEGRAL = 2;
const SENSITIVITY = 3;
const TIME = 4;

function rateOf(state: Float64Array): number {
  return state[RATE] as number;
}

interface Equilibrium {
  rate: number;
  /** the cost per unit of time there */
  cost: number;
  /** how fast all rates approach it together, per unit of time */
  speed: number;
}

/** The right side of the tracking equation. */
class Drift {
  readonly #cost: CostFunctions;
  readonly #m: number;
  readonly #upper: number;
  readonly #equilibria = new Map<number, Equilibrium>();

  constructor(cost: CostFunctions, inverseStepSize: number) {
    this.#cost = cost;
    this.#m = inverseStepSize;
    this.#upper = upperRate(cost);
  }

  /**
   * The state after some time with λ(t). Time is integrated in units of that duration, as the integrator begins with a step
   * of one unit at most: most pieces of a load need no more.
   */
  solve(from: Float64Array, duration: number, arrivalRate: (time: number) => number): Float64Array {
    const { g, dg, h, dh } = this.#cost;
    const derivative = (state: Float64Array, out: Float64Array) => {
      const rate = rateOf(state);
      const lambda = arrivalRate(state[TIME] as number);
      const speed = -(dg(rate) + dh(rate) * Math.max(1 / lambda, 1 / rate)) / this.#m;
      out[RATE] = rate > 0 ? duration * speed : Number.NaN; // a trial step that is refused
      out[RATE_INTEGRAL] = duration * rate;
      out[COST_INTEGRAL] = duration * (lambda * g(rate) + h(rate));
      out[SENSITIVITY] = duration * this.#slope(rate, lambda);
      out[TIME] = duration;
    };
    return integrate(derivative, from, [1], TOLERANCE)[0] as Float64Array;
  }

  /** Where rates settle at a constant load: μ*, or μ₊ if servers cannot keep up with it. */
  equilibrium(arrivalRate: number): Equilibrium {
    const known = this.#equilibria.get(arrivalRate);
    if (known) return known;
    const { g, h } = this.#cost;
    const rate = arrivalRate < this.#upper ? optimum(this.#cost, arrivalRate).rate : this.#upper;
    const equilibrium = {
      rate,
      cost: arrivalRate * g(rate) + h(rate),
      speed: -this.#slope(rate, arrivalRate),
    };
    this.#equilibria.set(arrivalRate, equilibrium);
    return equilibrium;
  }

  /** d(dμ/dt)/dμ */
  #slope(rate: number, lambda: number): number {
    const { ddg, dh, ddh } = this.#cost;
    const pull =
      rate > lambda
        ? ddg(rate) + ddh(rate) / lambda
        : ddg(rate) + ddh(rate) / rate - dh(rate) / rate ** 2;
    return -pull / this.#m;
  }
}

/** The state at the given times. */
function follow(
  drift: Drift,
  load: Load,
  initialRate: number,
  times: readonly number[],
): Float64Array[] {
  let state: Float64Array = Float64Array.of(initialRate, 0, 0, 0, 0);
  const states: Float64Array[] = [];
  const end = times.at(-1) ?? 0;
  let next = 0;
  const collect = () => {
    while (next < times.length && (times[next] as number) <= (state[TIME] as number)) {
      states.push(state);
      next++;
    }
  };
  collect();
  for (const { until, arrivalRate } of piecesOf(load, end)) {
    while ((state[TIME] as number) < until) {
      const target = Math.min(until, times[next] as number);
      state = advance(drift, state, target, arrivalRate);
      collect();
    }
  }
  return states;
}

/** The stretches of time up to `end` over which the load is constant, or has no jump. */
function* piecesOf(
  load: Load,
  end: number,
): Generator<{ until: number; arrivalRate: number | ((time: number) => number) }> {
  if (!('schedule' in load)) {
    yield { until: end, arrivalRate: load.arrivalRate };
    return;
  }
  const { schedule, period = Number.POSITIVE_INFINITY } = load;
  for (let repeat = 0; ; repeat++) {
    for (const [k, { arrivalRate }] of schedule.entries()) {
      const following = schedule[k + 1];
      const until = following ? repeat * period + following.time : (repeat + 1) * period;
      yield { until: Math.min(until, end), arrivalRate };
      if (until >= end) return;
    }
  }
}

/** The state at time `until`, before which there is no jump. */
function advance(
  drift: Drift,
  from: Float64Array,
  until: number,
  arrivalRate: number | ((time: number) => number),
): Float64Array {
  const duration = until - (from[TIME] as number);
  const state =
    typeof arrivalRate === 'function'
      ? drift.solve(from, duration, arrivalRate)
      : settle(drift, from, duration, arrivalRate);
  state[TIME] = until; // exactly
  return state;
}

/** Under a constant load; once at its equilibrium a rate needs no steps to stay there. */
function settle(
  drift: Drift,
  from: Float64Array,
  duration: number,
  arrivalRate: number,
): Float64Array {
  const constantly = () => arrivalRate;
  const { rate, cost, speed } = drift.equilibrium(arrivalRate);
  const leg = PATIENCE / speed;
  let state = from;
  let left = duration;
  while (Math.abs(rateOf(state) - rate) > SETTLED * rate) {
    if (left <= leg) return drift.solve(state, left, constantly);
    state = drift.solve(state, leg, constantly);
    left -= leg;
  }
  const [, rateIntegral = 0, costIntegral = 0, sensitivity = 0] = state;
  return Float64Array.of(
    rate,
    rateIntegral + rate * left,
    costIntegral + cost * left,
    sensitivity - speed * left,
    0,
  );
}

function startOf(load: Load): number {
  return 'schedule' in load ? (load.schedule[0] as LoadStep).arrivalRate : load.arrivalRate(0);
}
