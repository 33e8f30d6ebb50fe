/** Where the rates of servers settle whose costs differ, and where they had better be. */
import type { CostFunctions } from '../cost/cost.js';
import { minimum } from '../numerics/minimum.js';
import { rootBetween, smoothRootBetween } from '../numerics/root.js';
import { restPoint } from './fixed-point.js';
import { expectedIdleSignal } from './idle-signal.js';
import { acceptedPerServer, takenPerIdle } from './mean-field.js';
import { stationaryLaw } from './stationary-law.js';

/** Servers that are steered by the same cost. */
export interface CostClass {
  servers: number;
  cost: CostFunctions;
}

/** The common rate of each class. */
export interface ClassFixedPoint {
  rates: number[];
  /** E[I] of a server of each class, units of time. */
  idleSignals: number[];
  /** Mean time of an accepted task in the system. */
  meanSojournTime: number;
  /** Fraction of the tasks that see no idle server. */
  blockingProbability: number;
  /** Whether all this is exact for this number of servers, or in the limit of many. */
  exact: boolean;
}

/** Largest chain of busy servers by class that is solved, again and again, in a second or so. */
const MOST_STATES = 4000;
const MOST_STEPS = 200;

/**
 * The fixed point of the averaged dynamics (2.3) of classes of servers with unit buffers: for every class k
 *
 *   g_k'(μ_k) + h_k'(μ_k)(E[I_k] + 1/μ_k) = 0 .
 *
 * In the limit of many servers (Theorem 2.9, `meanField`) a fraction c of them is busy, all signals are 1/ν, ν = λ(1 − c^d)/(1 − c),
 * which is λ/(1 − c) under Join-Idle-Queue, and what comes leaves again: λ(1 − c^d) = mean_v[μ_v/(1 + μ_v/ν)]. The more are busy,
 * the shorter are the signals, and the faster the rates, so that there is one solution. With n servers this is the start for the
 * exact signals of `expectedIdleSignal`: signals give rates, and those signals again, until both stay.
 *
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 * @param choices servers that an arriving task looks at for an idle one (`stationaryLaw`); all n for Join-Idle-Queue
 * @throws {ConfigError} if a cost has no thresholds or no fixed point
 */
export function classFixedPoint(
  classes: readonly CostClass[],
  arrivalRate: number,
  choices: number,
): ClassFixedPoint {
  const n = classes.reduce((sum, { servers }) => sum + servers, 0);
  const restAt = (signals: readonly number[]) =>
    classes.map(({ cost }, k) => restPoint(cost, arrivalRate, () => signals[k] as number));
  const limit = classLimit(
    classes,
    arrivalRate,
    choices === n ? Number.POSITIVE_INFINITY : choices,
  );
  const states = classes.reduce((product, { servers }) => product * (servers + 1), 1);
  if (states > MOST_STATES) return limit;

  const firsts = classes.map((_, k) =>
    classes.slice(0, k).reduce((sum, { servers }) => sum + servers, 0),
  );
  const ofAll = (rates: readonly number[]) =>
    classes.flatMap(({ servers }, k) => new Array<number>(servers).fill(rates[k] as number));
  let { rates, idleSignals } = limit;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { values } = expectedIdleSignal(ofAll(rates), arrivalRate, choices);
    const next = firsts.map((v) => values[v] as number);
    const change = next.map((signal, k) => Math.abs(signal - (idleSignals[k] as number)) / signal);
    idleSignals = next;
    rates = restAt(idleSignals);
    if (Math.max(...change) <= 1e-11) {
      const law = stationaryLaw(ofAll(rates), arrivalRate, choices);
      const { meanSojournTime, blockingProbability } = law;
      return { rates, idleSignals, meanSojournTime, blockingProbability, exact: true };
    }
  }
  throw new RangeError(
    'the fixed point of the classes was not found: its iteration does not settle',
  );
}

/** `classFixedPoint` for n → ∞; d = Infinity is Join-Idle-Queue. */
function classLimit(
  classes: readonly CostClass[],
  arrivalRate: number,
  choices: number,
): ClassFixedPoint {
  const mean = meanOver(classes);
  const at = (busy: number) => {
    const signal = 1 / takenPerIdle(busy, arrivalRate, choices);
    const rates = classes.map(({ cost }) => restPoint(cost, arrivalRate, () => signal));
    const completed = mean((k) => (rates[k] as number) / (1 + (rates[k] as number) * signal));
    return { signal, rates, completed };
  };
  const taken = (busy: number) => acceptedPerServer(busy, arrivalRate, choices);
  const busy = rootBetween(1e-300, 1, (c) => at(c).completed - taken(c)) ?? 1;
  const { signal, rates, completed } = at(busy);
  return {
    rates,
    idleSignals: classes.map(() => signal),
    meanSojournTime: busy / completed,
    blockingProbability: Math.max(0, 1 - completed / arrivalRate),
    exact: false,
  };
}

/** The best rates of classes: what `classOptimum` finds. */
export interface ClassOptimum {
  rates: number[];
  meanSojournTime: number;
  /** Objective (2.1), with the h of each server. */
  cost: number;
}

/** How tasks see servers: what `cheapestRates` needs of a model, for servers of rate μ. */
interface Share {
  /** decreasing and convex in μ */
  value: (rate: number) => number;
  /** its derivative */
  slope: (rate: number) => number;
}

/**
 * The rates μ_k of classes with unit buffers that minimise λ g(1/E[S]) + mean_v h_v(μ_v), in the limit of many servers.
 *
 * With a fraction c busy, E[S] = c/(λ(1 − c^d)) by Little's law, whatever the rates. So for every c the power is minimised under
 * mean_v[ν/(ν + μ_v)] = c, a convex problem, and then c is chosen. Unequal h_k make this another point than `classFixedPoint`:
 * there a server weighs h_k' by the idle time that all see alike, here by what its speed-up spares the others.
 *
 * @param g cost of slowness of the system
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 * @param choices servers that an arriving task looks at for an idle one; Infinity for Join-Idle-Queue
 * @throws {RangeError} if there is no such point
 */
export function classOptimum(
  classes: readonly CostClass[],
  g: (x: number) => number,
  arrivalRate: number,
  choices: number,
): ClassOptimum {
  return best(classes, g, arrivalRate, (odds) => {
    const busy = odds / (1 + odds);
    const taken = takenPerIdle(busy, arrivalRate, choices);
    return {
      meanSojournTime: busy / acceptedPerServer(busy, arrivalRate, choices),
      total: busy,
      share: {
        value: (rate) => taken / (taken + rate),
        slope: (rate) => -taken / (taken + rate) ** 2,
      },
    };
  });
}

/**
 * As `classOptimum`, for unbounded buffers and random dispatch, where every server is M/G/1 (`poissonServer`); exact for every n.
 *
 * @param scv squared coefficient of variation of the work of a task
 */
export function independentOptimum(
  classes: readonly CostClass[],
  g: (x: number) => number,
  arrivalRate: number,
  scv: number,
): ClassOptimum {
  const extra = ((1 + scv) / 2) * arrivalRate;
  return best(classes, g, arrivalRate, (sojourn) => ({
    meanSojournTime: sojourn,
    total: sojourn,
    share: {
      value: (rate) =>
        rate > arrivalRate
          ? 1 / rate + extra / rate / (rate - arrivalRate)
          : Number.POSITIVE_INFINITY,
      slope: (rate) =>
        rate > arrivalRate
          ? -1 / rate ** 2 - (extra * (2 * rate - arrivalRate)) / (rate * (rate - arrivalRate)) ** 2
          : Number.NEGATIVE_INFINITY,
    },
  }));
}

/** The least cost over all values of one parameter, given which E[S] is fixed and the mean of some share must be `total`. */
function best(
  classes: readonly CostClass[],
  g: (x: number) => number,
  arrivalRate: number,
  at: (parameter: number) => { meanSojournTime: number; total: number; share: Share },
): ClassOptimum {
  const mean = meanOver(classes);
  const point = (parameter: number): ClassOptimum => {
    const { meanSojournTime, total, share } = at(parameter);
    const rates = cheapestRates(classes, share, total);
    const power = mean((k) => classes[k]?.cost.h(rates[k] as number) as number);
    return { rates, meanSojournTime, cost: arrivalRate * g(1 / meanSojournTime) + power };
  };
  const parameter = minimum((x) => point(x).cost);
  if (parameter === undefined) {
    throw new RangeError('no rates of the classes are best: the cost has no least value');
  }
  return point(parameter);
}

/**
 * The rates of least mean h for which the mean of a share is `total`: h_k'(μ_k) = −η share'(μ_k) with one η for all (Lagrange). Rates
 * grow with η.
 */
function cheapestRates(
  classes: readonly CostClass[],
  { value, slope }: Share,
  total: number,
): number[] {
  const mean = meanOver(classes);
  const ratesAt = (eta: number) =>
    classes.map(({ cost }) => {
      const pull = (rate: number) => cost.dh(rate) + eta * slope(rate);
      if (pull(SLOWEST) >= 0) return SLOWEST;
      return smoothRootBetween(SLOWEST, FASTEST, pull) ?? FASTEST;
    });
  const eta = smoothRootBetween(SLOWEST, FASTEST, (x) => {
    const rates = ratesAt(x);
    return total - mean((k) => value(rates[k] as number));
  });
  return eta === undefined ? classes.map(() => Number.NaN) : ratesAt(eta);
}

/** The rates that are tried. */
const SLOWEST = 2 ** -144;
const FASTEST = 2 ** 144;

/** Mean over servers of something that each class has. */
export function meanOver(classes: readonly { servers: number }[]) {
  const n = classes.reduce((sum, { servers }) => sum + servers, 0);
  return (of: (k: number) => number) =>
    classes.reduce((sum, { servers }, k) => sum + servers * of(k), 0) / n;
}
