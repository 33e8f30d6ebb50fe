/** Figures of parts: of each class of servers, and of each phase of the period, from the warm-up on. */
import type { CompleteConfig } from '../config/config.js';
import {
  ARRIVALS,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CLASS_BUSY,
  CLASS_BUSY_AREA,
  CLASS_BUSY_TIME,
  CLASS_BYTES,
  CLASS_CENTRE,
  CLASS_DEPARTURES,
  CLASS_POWER_SUM,
  CLASS_RATE_SUM,
  CLASS_SAMPLES,
  CLASS_SQUARE_SUM,
  CLASS_TASK_AREA,
  CLASS_TASK_TIME,
  CLASS_TASKS,
  CLASS_WARM_BUSY_TIME,
  CLASS_WARM_DEPARTURES,
  CLASS_WARM_TASK_TIME,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  PERIOD_PHASE,
  PHASE_ARRIVALS,
  PHASE_BUSY_TIME,
  PHASE_DEPARTURES,
  PHASE_DROPPED,
  PHASE_SINCE,
  PHASE_TASK_TIME,
  TALLY_ARRIVALS,
  TALLY_BUSY_TIME,
  TALLY_BYTES,
  TALLY_DEPARTURES,
  TALLY_DROPPED,
  TALLY_POWER_SUM,
  TALLY_RATE_SUM,
  TALLY_ROWS,
  TALLY_TASK_TIME,
  TALLY_TIME,
  TASK_AREA,
  TASK_TIME,
  TASKS,
  WARM,
} from '../engine/layout.js';
import type { MemoryPlan } from '../engine/memory.js';
import { StateBlock } from '../engine/state.js';

/** Of one class of servers; `null`: nothing to tell. */
export interface ClassFigures {
  servers: number;
  /** grid: its rates pooled over servers and time */
  serviceRate: { mean: number | null; sd: number | null };
  /** exact: time average of its busy servers / its servers */
  busyFraction: number | null;
  /** exact: departures per server of it per unit time */
  throughput: number | null;
  /** exact integrals, Little's law */
  meanSojournTime: number | null;
  /** exact: time average of tasks per server of it */
  meanQueueLength: number | null;
  /** grid: time and server average of its own h(μ) */
  cost: { power: number | null };
}

/** Of one phase of the period, over all periods; `null`: nothing to tell. */
export interface PhaseFigures {
  /** where it begins and ends within the period */
  start: number;
  end: number;
  /** exact: tasks that came in it, per server per unit time */
  arrivalRate: number | null;
  /** grid */
  serviceRate: { mean: number | null };
  /** exact */
  busyFraction: number | null;
  blockingProbability: number | null;
  throughput: number | null;
  /** exact integrals: meanQueueLength / throughput. Little's law is about whole periods: where the load changes fast this is an estimate */
  meanSojournTime: number | null;
  meanQueueLength: number | null;
  /** delay = arrivalRate · g(1 / meanSojournTime); power: grid */
  cost: { delay: number | null; power: number | null; total: number | null };
}

/** @internal */
interface Place {
  config: CompleteConfig;
  plan: MemoryPlan;
  memory: WebAssembly.Memory;
}

/** @internal @param duration from the warm-up on */
export function classFigures({ config, plan, memory }: Place, duration: number): ClassFigures[] {
  const clock = new StateBlock(memory, plan.state).getF64(CLOCK);
  return (config.classes ?? []).map(({ servers }, k) => {
    const own = new StateBlock(memory, plan.classes + k * CLASS_BYTES);
    const now = (time: number, area: number, count: number) =>
      own.getF64(time) + count * clock + own.getF64(area);
    const busyTime = now(CLASS_BUSY_TIME, CLASS_BUSY_AREA, own.getU32(CLASS_BUSY));
    const taskTime = now(CLASS_TASK_TIME, CLASS_TASK_AREA, own.getCount(CLASS_TASKS));
    const tasks = taskTime - own.getF64(CLASS_WARM_TASK_TIME);
    const left = own.getCount(CLASS_DEPARTURES) - own.getCount(CLASS_WARM_DEPARTURES);
    const serverTime = servers * duration;
    const samples = own.getF64(CLASS_SAMPLES);
    const offset = ratio(own.getF64(CLASS_RATE_SUM), samples);
    const square = ratio(own.getF64(CLASS_SQUARE_SUM), samples);
    return {
      servers,
      serviceRate: {
        mean: offset === null ? null : own.getF64(CLASS_CENTRE) + offset,
        sd:
          offset === null || square === null
            ? null
            : Math.sqrt(Math.max(0, square - offset * offset)),
      },
      busyFraction: ratio(busyTime - own.getF64(CLASS_WARM_BUSY_TIME), serverTime),
      throughput: ratio(left, serverTime),
      meanSojournTime: ratio(tasks, left),
      meanQueueLength: ratio(tasks, serverTime),
      cost: { power: ratio(own.getF64(CLASS_POWER_SUM), samples) },
    };
  });
}

/** @internal @param g of the objective */
export function phaseFigures(
  { config, plan, memory }: Place,
  g: (x: number) => number,
): PhaseFigures[] {
  const { servers, period = 0, record } = config;
  const { phases = 0 } = record;
  const state = new StateBlock(memory, plan.state);
  const clock = state.getF64(CLOCK);
  const present = state.getU32(WARM) === 1 ? state.getF64(PERIOD_PHASE) % phases : -1;
  return Array.from({ length: phases }, (_, k) => {
    const tally = new StateBlock(memory, plan.phaseTallies + k * TALLY_BYTES);
    // what has happened in the present phase is not in its tally yet
    const total = (field: number, open: () => number) =>
      tally.getF64(field) + (k === present ? open() : 0);
    const since = (count: number, start: number) => () =>
      state.getCount(count) - state.getCount(start);
    const integral = (time: number, area: number, count: number, start: number) => () =>
      state.getF64(time) + count * clock + state.getF64(area) - state.getF64(start);
    const duration = total(
      TALLY_TIME,
      () => state.getF64(EPOCH_START) + clock - state.getF64(PHASE_SINCE),
    );
    const came = total(TALLY_ARRIVALS, since(ARRIVALS, PHASE_ARRIVALS));
    const dropped = total(TALLY_DROPPED, since(DROPPED, PHASE_DROPPED));
    const left = total(TALLY_DEPARTURES, since(DEPARTURES, PHASE_DEPARTURES));
    const busyTime = total(
      TALLY_BUSY_TIME,
      integral(BUSY_TIME, BUSY_AREA, state.getU32(BUSY), PHASE_BUSY_TIME),
    );
    const taskTime = total(
      TALLY_TASK_TIME,
      integral(TASK_TIME, TASK_AREA, state.getCount(TASKS), PHASE_TASK_TIME),
    );
    const rows = tally.getF64(TALLY_ROWS);
    const serverTime = servers * duration;
    const arrivalRate = ratio(came, serverTime);
    const sojourn = ratio(taskTime, left);
    const delay = arrivalRate === null || sojourn === null ? null : arrivalRate * g(1 / sojourn);
    const power = ratio(tally.getF64(TALLY_POWER_SUM), rows);
    return {
      start: (k / phases) * period,
      end: ((k + 1) / phases) * period,
      arrivalRate,
      serviceRate: { mean: ratio(tally.getF64(TALLY_RATE_SUM), rows) },
      busyFraction: ratio(busyTime, serverTime),
      blockingProbability: ratio(dropped, came),
      throughput: ratio(left, serverTime),
      meanSojournTime: sojourn,
      meanQueueLength: ratio(taskTime, serverTime),
      cost: { delay, power, total: delay === null || power === null ? null : delay + power },
    };
  });
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}
