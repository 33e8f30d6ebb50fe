/** What a run costs under a load that repeats, from what was recorded of it. */
import type { CostFunctions } from '../cost/cost.js';
import type { Trajectory } from '../run/trajectory.js';
import type { PeriodicSchedule } from '../theory/excess-cost.js';
import { stepsOf } from '../theory/tracking.js';

/** A run's recording: so many rows a period, so many periods left out, and counted after them. */
export interface Recording {
  rows: number;
  warmup: number;
  periods: number;
}

/** JSON-able. */
export interface Realised {
  /** time average of λ(t) g(1/E S(t)) over the periods */
  delay: number;
  /** mean rate of all servers at each row of a period */
  meanRates: number[];
}

/** Fewer rows would miss what happens between them: the rates of a sine then cost 1e-5 less than they do. */
const FEWEST_ROWS = 64;
const MOST_ROWS = 512;

/** Rows a period, such that every change of the load falls on one if its steps are equal, and not too many. */
export function rowsPerPeriod(load: PeriodicSchedule): number {
  const steps = stepsOf(load);
  const length = load.period / steps.length;
  const equal = steps.every(({ duration }) => Math.abs(duration - length) <= 1e-6 * length);
  if (!equal || steps.length > MOST_ROWS) return MOST_ROWS / 2;
  return steps.length * Math.ceil(FEWEST_ROWS / steps.length);
}

/**
 * The load at each row of a period: its mean from the row before to the row after. With it sums over rows of λ times
 * something smooth are integrals by the trapezoidal rule, wherever the load jumps.
 */
export function loadsAtRows(load: PeriodicSchedule, rows: number): number[] {
  const gap = load.period / rows;
  const between = Array.from({ length: rows }, (_, r) => meanLoad(load, r * gap, (r + 1) * gap));
  return between.map((after, r) => ((between.at(r - 1) as number) + after) / 2);
}

/** The mean of λ(t) over part of a period. */
export function meanLoad(load: PeriodicSchedule, from = 0, until = load.period): number {
  let tasks = 0;
  for (const { time, duration, arrivalRate } of stepsOf(load)) {
    const overlap = Math.min(until, time + duration) - Math.max(from, time);
    if (overlap > 0) tasks += arrivalRate * overlap;
  }
  return tasks / (until - from);
}

/**
 * Measures the delay part of the realised cost, the time average of λ(t) g(1/E S(t)), by the law of large numbers over
 * servers and periods at every row of a period:
 *
 *   1/E S(t) = (sum of the rates of busy servers at t) / (tasks in the system at t) ,
 *
 * Little's law with the rate at which tasks leave, given the rates, in place of the tasks that left. Counting those would
 * estimate the same with a hundred times the variance, which comes from service times, not from rates.
 */
export function measureDelay(
  { g }: CostFunctions,
  load: PeriodicSchedule,
  { rows, warmup, periods }: Recording,
): (trajectory: Trajectory, config: { servers: number }) => Realised {
  const loads = loadsAtRows(load, rows);
  const [first, end] = [warmup * rows, (warmup + periods) * rows];
  return (trajectory, { servers }) => {
    const tasks = new Float64Array(rows);
    const leaving = new Float64Array(rows);
    for (let v = 0; v < servers; v++) {
      const rates = trajectory.serverRates(v);
      const queues = trajectory.serverQueues(v);
      for (let i = first; i < end; i++) {
        const queue = queues[i] as number;
        if (queue === 0) continue;
        const row = i % rows;
        tasks[row] = (tasks[row] as number) + queue;
        leaving[row] = (leaving[row] as number) + (rates[i] as number);
      }
    }
    const means = trajectory.mean;
    const meanRates = Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let i = first + row; i < end; i += rows) sum += means[i] as number;
      return sum / periods;
    });
    const delay = loads.reduce((sum, arrivalRate, row) => {
      const count = tasks[row] as number;
      // a task that finds all idle is served at the rate of any of them
      const speed = count > 0 ? (leaving[row] as number) / count : (meanRates[row] as number);
      return sum + arrivalRate * g(speed);
    }, 0);
    return { delay: delay / rows, meanRates };
  };
}
