/** Books of the phases of a period: PERIOD_PHASES equal ones, whose tallies count from the warm-up on. */
import {
  ARRIVALS,
  BUSY,
  BUSY_AREA,
  BUSY_TIME,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  PERIOD,
  PERIOD_PHASE,
  PERIOD_PHASES,
  PHASE_ARRIVALS,
  PHASE_BUSY_TIME,
  PHASE_DEPARTURES,
  PHASE_DROPPED,
  PHASE_SINCE,
  PHASE_TALLIES,
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
} from '../../src/engine/layout';

/** Absolute time at which the present phase ends; Infinity without a period. */
export function phaseEnd(state: usize): f64 {
  const phases = load<u32>(state, PERIOD_PHASES);
  if (phases == 0) return Infinity;
  const next = load<f64>(state, PERIOD_PHASE) + 1;
  const cycle = Math.floor(next / <f64>phases);
  const period = load<f64>(state, PERIOD);
  return cycle * period + ((next - cycle * <f64>phases) / <f64>phases) * period;
}

/** The present phase ends now, and the next begins. */
export function closePhase(state: usize): void {
  if (load<u32>(state, WARM)) tallyPhase(state);
  openPhase(state);
  store<f64>(state, load<f64>(state, PERIOD_PHASE) + 1, PERIOD_PHASE);
}

/** Notes the counts and integrals that the tally of a phase starts from. */
export function openPhase(state: usize): void {
  store<f64>(state, load<f64>(state, EPOCH_START) + load<f64>(state, CLOCK), PHASE_SINCE);
  store<u64>(state, load<u64>(state, ARRIVALS), PHASE_ARRIVALS);
  store<u64>(state, load<u64>(state, DROPPED), PHASE_DROPPED);
  store<u64>(state, load<u64>(state, DEPARTURES), PHASE_DEPARTURES);
  store<f64>(state, busyTime(state), PHASE_BUSY_TIME);
  store<f64>(state, taskTime(state), PHASE_TASK_TIME);
}

/** Adds what has happened since to the tally of the present phase, and notes the present anew. */
export function tallyPhase(state: usize): void {
  const tally = presentTally(state);
  const now = load<f64>(state, EPOCH_START) + load<f64>(state, CLOCK);
  add(tally, TALLY_TIME, now - load<f64>(state, PHASE_SINCE));
  add(tally, TALLY_ARRIVALS, since(state, ARRIVALS, PHASE_ARRIVALS));
  add(tally, TALLY_DROPPED, since(state, DROPPED, PHASE_DROPPED));
  add(tally, TALLY_DEPARTURES, since(state, DEPARTURES, PHASE_DEPARTURES));
  add(tally, TALLY_BUSY_TIME, busyTime(state) - load<f64>(state, PHASE_BUSY_TIME));
  add(tally, TALLY_TASK_TIME, taskTime(state) - load<f64>(state, PHASE_TASK_TIME));
  openPhase(state);
}

/** A row of the grid, with this mean rate and mean h(μ), lies in the present phase. */
export function countRow(state: usize, mean: f64, power: f64): void {
  const tally = presentTally(state);
  add(tally, TALLY_ROWS, 1);
  add(tally, TALLY_RATE_SUM, mean);
  add(tally, TALLY_POWER_SUM, power);
}

function presentTally(state: usize): usize {
  const phases = <f64>load<u32>(state, PERIOD_PHASES);
  const phase = load<f64>(state, PERIOD_PHASE);
  const index = <usize>(phase - Math.floor(phase / phases) * phases);
  return <usize>load<u32>(state, PHASE_TALLIES) + index * TALLY_BYTES;
}

function add(tally: usize, field: usize, amount: f64): void {
  store<f64>(tally + field, load<f64>(tally + field) + amount);
}

function since(state: usize, count: usize, start: usize): f64 {
  return <f64>(load<u64>(state + count) - load<u64>(state + start));
}

/** ∫ of busy servers up to now. */
function busyTime(state: usize): f64 {
  const open = <f64>load<u32>(state, BUSY) * load<f64>(state, CLOCK) + load<f64>(state, BUSY_AREA);
  return load<f64>(state, BUSY_TIME) + open;
}

/** ∫ of tasks up to now. */
function taskTime(state: usize): f64 {
  const open = <f64>load<u64>(state, TASKS) * load<f64>(state, CLOCK) + load<f64>(state, TASK_AREA);
  return load<f64>(state, TASK_TIME) + open;
}
