/** Cumulative counts and integrals at a moment; the figures of a window come from the two at its ends. */
import {
  ARRIVALS,
  CANDIDATES,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  NOW_BUSY_TIME,
  NOW_SIGNAL_TIME,
  NOW_TASK_TIME,
  SAMPLE_CENTRE,
  SAMPLE_MEAN,
  SAMPLE_POWER,
  SAMPLE_ROWS,
  SAMPLE_SQUARE,
  WARM_ARRIVALS,
  WARM_BUSY_TIME,
  WARM_CANDIDATES,
  WARM_DEPARTURES,
  WARM_DROPPED,
  WARM_SIGNAL_TIME,
  WARM_TASK_TIME,
} from '../engine/layout.js';
import type { StateBlock } from '../engine/state.js';

export interface Tally {
  time: number;
  arrivals: number;
  dropped: number;
  departures: number;
  candidates: number;
  /** time integrals of busy servers, tasks and Σ I_v */
  busyTime: number;
  taskTime: number;
  signalTime: number;
  /** rows of the grid since the warm-up, and sums over them: of the row's mean rate less `centre`, of its
   * second moment about `centre`, and of its mean of h(μ) */
  rows: number;
  rateSum: number;
  squareSum: number;
  powerSum: number;
  centre: number;
}

/** At the present time; `summarise` of the kernel must have run. */
export function tallyNow(state: StateBlock): Tally {
  return {
    time: state.getF64(EPOCH_START) + state.getF64(CLOCK),
    arrivals: state.getCount(ARRIVALS),
    dropped: state.getCount(DROPPED),
    departures: state.getCount(DEPARTURES),
    candidates: state.getCount(CANDIDATES),
    busyTime: state.getF64(NOW_BUSY_TIME),
    taskTime: state.getF64(NOW_TASK_TIME),
    signalTime: state.getF64(NOW_SIGNAL_TIME),
    rows: state.getU32(SAMPLE_ROWS),
    rateSum: state.getF64(SAMPLE_MEAN),
    squareSum: state.getF64(SAMPLE_SQUARE),
    powerSum: state.getF64(SAMPLE_POWER),
    centre: state.getF64(SAMPLE_CENTRE),
  };
}

/** At the start of the statistics, which must have been reached. */
export function tallyAtWarmup(state: StateBlock, warmup: number): Tally {
  return {
    time: warmup,
    arrivals: state.getCount(WARM_ARRIVALS),
    dropped: state.getCount(WARM_DROPPED),
    departures: state.getCount(WARM_DEPARTURES),
    candidates: state.getCount(WARM_CANDIDATES),
    busyTime: state.getF64(WARM_BUSY_TIME),
    taskTime: state.getF64(WARM_TASK_TIME),
    signalTime: state.getF64(WARM_SIGNAL_TIME),
    rows: 0,
    rateSum: 0,
    squareSum: 0,
    powerSum: 0,
    centre: 0,
  };
}
