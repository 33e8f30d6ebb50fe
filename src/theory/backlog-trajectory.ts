import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { checkPositive, checkRatesOrZero } from './arguments.js';
import { checkTimes, type LimitPoint, smallStart } from './limit-trajectory.js';
import { idleFractionOf } from './mean-field.js';

/** Rates and queues of all servers at one instant of a limit trajectory with a backlog. */
export interface BacklogPoint extends LimitPoint {
  /** Tasks at every server, in units of m. */
  tasks: number[];
}

/** Longest step, in units of m. */
const STEP = 1e-3;
/** A queue of so few tasks, in units of m, is empty. */
const EMPTY = 1e-8;

/**
 * The limit of `limitTrajectory` with unbounded buffers and a backlog of order m at the servers (beyond the paper, which
 * shows it in Figure 5 only): the fluid limit of queues and rates together.
 *
 * A server with a backlog never idles: I_v = 0, and its queue Q_v, in units of m, changes at rate s − μ_v, with s what
 * reaches each server from arrivals that found none idle. The servers without one take all they can. If together
 * they are faster than λn, s = 0, and their idle fraction x, of all servers, solves
 * Σ_v μ_v/(λ + μ_v x) = n, with idle signal x/λ (Theorem 2.9). If not, they are always busy, too, and
 * s = (λn − Σ μ_v)/(their number less than n), the sum over those at least as fast as s; slower ones get a backlog.
 *
 * Solved by the explicit midpoint rule with steps of at most 0.001, to about 1e-5, or 1e-4 where queues run
 * empty.
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param initialRates rate of every server at time 0; each 0 or from 1e-100 to 1e100
 * @param initialTasks tasks at every server at time 0 in units of m, finite and at least 0
 * @param times in units of m; finite, at least 0, not decreasing
 * @returns one point per time
 * @throws {ConfigError} for arguments outside these ranges
 */
export function backlogTrajectory(
  cost: CostFunctions,
  arrivalRate: number,
  initialRates: readonly number[],
  initialTasks: readonly number[],
  times: readonly number[],
): BacklogPoint[] {
  checkPositive('arrivalRate', arrivalRate);
  checkRatesOrZero('initialRates', initialRates);
  checkTimes(times);
  const n = initialRates.length;
  initialTasks.forEach((tasks, v) => {
    if (!(tasks >= 0 && tasks < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(`initialTasks[${v}]`, `got ${tasks}; must be finite and at least 0`);
    }
  });
  if (initialTasks.length !== n) {
    throw new ConfigError(
      'initialTasks',
      `has ${initialTasks.length} values; must have one for each of the ${n} servers`,
    );
  }
  const { dg, dh } = cost;
  const lowest = smallStart(cost, arrivalRate);
  const rates = Float64Array.from(initialRates, (rate) => Math.max(rate, lowest));
  const tasks = Float64Array.from(initialTasks);
  const rateSlopes = new Float64Array(n);
  const taskSlopes = new Float64Array(n);
  const middleRates = new Float64Array(n);
  const middleTasks = new Float64Array(n);
  const isFree = new Float64Array(n); // 1 without a backlog, else 0

  function slopes(rates: Float64Array, tasks: Float64Array): void {
    const overflow = divide(rates, tasks, arrivalRate, isFree);
    const idleSignal =
      overflow > 0 ? 0 : idleFractionOf(rates, isFree, n, arrivalRate) / arrivalRate;
    for (let v = 0; v < n; v++) {
      const rate = rates[v] as number;
      const free = isFree[v] === 1;
      rateSlopes[v] = -(dg(rate) + dh(rate) * ((free ? idleSignal : 0) + 1 / rate));
      taskSlopes[v] = free ? 0 : overflow - rate;
    }
  }

  let time = 0;
  return times.map((end) => {
    while (time < end) {
      slopes(rates, tasks);
      let step = Math.min(STEP, end - time);
      for (let v = 0; v < n; v++) {
        // the fast rise from a rate near 0 is followed in steps that do not overshoot it
        const slope = rateSlopes[v] as number;
        if (slope !== 0) step = Math.min(step, (0.01 * (rates[v] as number)) / Math.abs(slope));
        // a step ends where a queue runs empty, as slopes jump there
        const drain = -(taskSlopes[v] as number);
        if (drain > 0) step = Math.min(step, (tasks[v] as number) / drain);
      }
      if (time + step === time) step = end - time;
      advance(middleRates, middleTasks, step / 2);
      slopes(middleRates, middleTasks);
      advance(rates, tasks, step);
      time = end - time <= step ? end : time + step;
    }
    const shown = end === 0 ? [...initialRates] : [...rates];
    const mean = shown.reduce((sum, rate) => sum + rate, 0) / n;
    return { time, mean, rates: shown, tasks: [...tasks] };
  });

  function advance(nextRates: Float64Array, nextTasks: Float64Array, step: number): void {
    for (let v = 0; v < n; v++) {
      nextRates[v] = (rates[v] as number) + step * (rateSlopes[v] as number);
      const queue = (tasks[v] as number) + step * (taskSlopes[v] as number);
      nextTasks[v] = queue > EMPTY ? queue : 0;
    }
  }
}

/**
 * Marks the servers that stay without a backlog, and returns s, what reaches each server from arrivals that found
 * none idle. The fastest come first: each lowers s if it is faster than s is, so those marked are faster than
 * s in the end, too, and those not marked are slower.
 */
function divide(
  rates: Float64Array,
  tasks: Float64Array,
  arrivalRate: number,
  isFree: Float64Array,
): number {
  const n = rates.length;
  const empty = [...rates.keys()].filter((v) => tasks[v] === 0);
  isFree.fill(0);
  const capacity = empty.reduce((sum, v) => sum + (rates[v] as number), 0);
  if (capacity >= arrivalRate * n) {
    for (const v of empty) isFree[v] = 1;
    return 0;
  }
  empty.sort((v, w) => (rates[w] as number) - (rates[v] as number));
  let rest = arrivalRate * n;
  let others = n;
  for (const v of empty) {
    const rate = rates[v] as number;
    if (rate < rest / others) break;
    isFree[v] = 1;
    rest -= rate;
    others -= 1;
  }
  return rest / others;
}
