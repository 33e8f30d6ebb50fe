/** What a run costs under a load that repeats, from what was recorded of it. */
import type { CostFunctions } from '../cost/cost.js';
import type { Trajectory } from '../run/trajectory.js';
import type { PeriodicSchedule } from '../theory/excess-cost.js';
import { stepsOf } from '../theory/tracking.js';

/** A run's recording: so many rows a period, so many rows left out, and so many periods counted after them. */
export interface Recording {
  rows: number;
  warmup: number;
  periods: number;
}

/**
 * Times of a run, as fields of its configuration. Its statistics begin and end half a row after one, so that every row of a
 * period is in them as often as there are periods.
 */
export function timesOf({ rows, warmup, periods }: Recording, period: number) {
  const interval = period / rows;
  const start = (warmup + 0.5) * interval;
  return { warmup: start, horizon: start + periods * period, interval };
}

/** JSON-able. */
export interface Realised {
  /** time average of λ(t) g(1/E S(t)) over the periods */
  delay: number;
  /** mean rate of all servers at each row of a period */
  meanRates: number[];
}

const FEWEST_ROWS = 64;

/**
 * Rows a period, two or more in the shortest time within which rates change, and such that every change of the load falls on
 * one if its steps are equal and not too many. So many keep the error of sums over rows below 1e-5 of the cost in all examples.
 * @param shortest the relaxation time of the rates
 */
export function rowsPerPeriod(load: PeriodicSchedule, shortest: number): number {
  const steps = stepsOf(load);
  const length = load.period / steps.length;
  const equal = steps.every(({ duration }) => Math.abs(duration - length) <= 1e-6 * length);
  const wanted = Math.max(FEWEST_ROWS, Math.ceil((2 * load.period) / shortest));
  return equal && steps.length <= 4 * wanted
    ? steps.length * Math.ceil(wanted / steps.length)
    : 4 * wanted;
}

/**
 * The load at each row of a period: its mean from the row before to the row after. With it sums over rows of λ times
 * something smooth are integrals by the trapezoidal rule, wherever the load jumps.
 */
export function loadsAtRows(load: PeriodicSchedule, rows: number): number[] {
  const tasks = new Float64Array(rows); // that arrive from row to row
  const interval = load.period / rows;
  for (const { time, duration, arrivalRate } of stepsOf(load)) {
    const [from, until] = [time, time + duration];
    const end = Math.min(rows, Math.ceil(until / interval));
    for (let row = Math.floor(from / interval); row < end; row++) {
      const overlap = Math.min(until, (row + 1) * interval) - Math.max(from, row * interval);
      if (overlap > 0) tasks[row] = (tasks[row] as number) + arrivalRate * overlap;
    }
  }
  return Array.from(
    tasks,
    (after, row) => ((tasks.at(row - 1) as number) + after) / (2 * interval),
  );
}

/** The mean of λ(t) over a period. */
export function meanLoad(load: PeriodicSchedule): number {
  const tasks = stepsOf(load).reduce((sum, step) => sum + step.arrivalRate * step.duration, 0);
  return tasks / load.period;
}

/**
 * Measures the delay part of the realised cost, the time average of λ(t) g(1/E S(t)), by the law of large numbers over
 * servers and periods at every row of a period:
 *
 *   1/E S(t) = (sum of the rates of busy servers at t) / (tasks in the system at t) ,
 *
 * Little's law with the rate at which tasks leave, given the rates, in place of the tasks that left. Counting those would
 * estimate the same with ten to a hundred times the variance, which comes from service times, not from rates.
 */
export function measureDelay(
  { g }: CostFunctions,
  load: PeriodicSchedule,
  { rows, warmup, periods }: Recording,
): (trajectory: Trajectory, config: { servers: number }) => Realised {
  const loads = loadsAtRows(load, rows);
  // the rows of the window (see `timesOf`)
  const [first, end] = [warmup + 1, warmup + 1 + periods * rows];
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
    const meanRates: number[] = Array(rows).fill(0);
    for (let i = first; i < end; i++) {
      meanRates[i % rows] = (meanRates[i % rows] as number) + (means[i] as number) / periods;
    }
    const delay = loads.reduce((sum, arrivalRate, row) => {
      const count = tasks[row] as number;
      // a task that finds all idle is served at the rate of any of them
      const speed = count > 0 ? (leaving[row] as number) / count : (meanRates[row] as number);
      return sum + arrivalRate * g(speed);
    }, 0);
    return { delay: delay / rows, meanRates };
  };
}
