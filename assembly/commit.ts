/**
 * The event loop: takes the candidates of a block in order of time, thins them, and changes the system.
 *
 * Invariants. Records are in the order that records.ts states. A record is written only by a candidate of its own server, by a move across those borders and by
 * the renewal of the epoch. Observation writes none, so nothing observed can change an event.
 *
 * Time integrals are kept by partial summation: ∫₀ᵗ B ds = B(t) t − Σ (jump × its time), one addition
 * per event, exact up to rounding; `epoch.ts` closes the sums at the end of each epoch.
 */
import {
  ARRIVAL,
  ARRIVALS,
  BOUND,
  BUSY,
  BUSY_AREA,
  BUSY_CAP,
  CANDIDATES,
  CAPACITY,
  CLOCK,
  COMMITTED,
  DEPARTURES,
  DROPPED,
  EPOCH_LENGTH,
  ERROR,
  ERROR_RATE,
  ERROR_RATE_ABOVE_BOUND,
  ERROR_SERVER,
  FULL,
  GUESS,
  GUESS_BAND,
  GUESS_SLOPE,
  ID,
  IDLE_CAP,
  IDLE_FLOOR,
  LANE,
  LANE_ACCEPT,
  LANE_COUNT,
  LANE_ID,
  LANE_PICK,
  LANE_RATE,
  LANE_SINCE,
  LANE_SLOPE,
  LANE_TIME,
  LANES,
  MAX_TASKS,
  QUEUE,
  RATE,
  RECORDS,
  SERVERS,
  SIGNAL,
  SIGNAL_AREA,
  SINCE,
  TASK_AREA,
  TASKS,
  WHOLE,
} from '../src/engine/layout';
import { Dispatch, NOWHERE } from './dispatch/dispatch';
import { Accounts } from './observe/accounts';
import { tagArrival, tagDeparture } from './observe/tags';
import {
  keepStale,
  LEFT_FULL,
  logLane,
  MISSED,
  MOVED,
  REJECTED,
  SHORTENED,
  STALE,
} from './partitions/log';
import { noteNear } from './partitions/near';
import { choose } from './partitions/thinning';
import { the } from './policy';
import { RateEquation } from './rate-equation/rate-equation';
import { moveRecord, swapRecords, writeRecord } from './records';
import { Service } from './service/service';

/** Why `commitBlock` came back. */
export const BLOCK_DONE = 0;
export const STOP_REACHED = 1;
export const EPOCH_ENDED = 2;
export const FAILED = 3;

/**
 * Commits the drawn candidates up to time `stop` or the end of the epoch (times since its start). A
 * candidate beyond `stop` stays pending: stopping is observation. One beyond the epoch is forgotten, as
 * the bound it was drawn with has expired; lack of memory makes the redrawn one as good.
 *
 * Compiled for each choice of policies, and each of those with and without tagged tasks (a reference type for `Tags`,
 * or not) and for a whole system or a partition (a reference type for `Part`), so that what a run does not use costs nothing.
 */
export function commitBlock<
  D extends Dispatch,
  S extends Service,
  R extends RateEquation,
  C extends Accounts,
  Tags,
  Part,
>(state: usize, stop: f64): i32 {
  const lanes: usize = load<u32>(state, LANES);
  const records: usize = load<u32>(state, RECORDS);
  const n = load<u32>(state, SERVERS);
  const capacity = load<u32>(state, CAPACITY);
  const bound = load<f64>(state, BOUND);
  const largestHazard = the<S>().largestHazard(state, bound);
  const busyCap = load<u32>(state, BUSY_CAP);
  const idleCap = load<u32>(state, IDLE_CAP);
  const epochEnd = load<f64>(state, EPOCH_LENGTH);
  const limit = min(stop, epochEnd);
  const first = load<u32>(state, LANE);
  const count = load<u32>(state, LANE_COUNT);

  let busy = load<u32>(state, BUSY);
  let departures: u32 = 0;
  let arrivals: u32 = 0;
  let busyArea = load<f64>(state, BUSY_AREA);
  let taskArea = load<f64>(state, TASK_AREA);
  let signalArea = load<f64>(state, SIGNAL_AREA);
  let tasks = load<u64>(state, TASKS);
  let reason = BLOCK_DONE;
  let time = load<f64>(state, CLOCK);
  // of a partition: what decides on arrivals
  const whole: usize = isReference<Part>() ? load<u32>(state, WHOLE) : state;
  const floor = isReference<Part>() ? load<f64>(whole, IDLE_FLOOR) : 0;
  const guess = isReference<Part>() ? load<f64>(whole, GUESS) : 0;
  const guessSlope = isReference<Part>() ? load<f64>(whole, GUESS_SLOPE) : 0;
  const band = isReference<Part>() ? load<f64>(whole, GUESS_BAND) : 0;

  let k: u32 = first;
  for (; k < count; k++) {
    const f = lanes + (k << 3);
    const t = load<f64>(f, LANE_TIME);
    if (t > limit) {
      reason = stop <= epochEnd ? STOP_REACHED : EPOCH_ENDED;
      break;
    }
    time = t;
    const pick = load<u32>(lanes + (k << 2), LANE_PICK);
    const arrival = pick >> 31;
    if (!isReference<Part>()) arrivals += arrival;
    let slot = pick & ~ARRIVAL;
    let drawn = true;
    if (slot < busy == <bool>arrival || (!the<D>().keepsIdleDraw(state) && arrival)) {
      // the pick missed the busy servers, or the arrival's is not the choice
      if (isReference<Part>()) {
        logLane(lanes, k, busy, MISSED);
        continue;
      }
      if (!arrival) continue;
      const picked = slot;
      slot = the<D>().choose(state, slot, busy, lanes + (k << 2));
      if (slot == NOWHERE) {
        store<u64>(state, load<u64>(state, DROPPED) + 1, DROPPED);
        continue;
      }
      if (slot < busy) {
        joinQueue<D, C, Tags>(state, records, slot, capacity, t);
        taskArea -= t;
        tasks += 1;
        continue;
      }
      drawn = slot == picked;
    }

    const record = records + ((<usize>slot) << 5);
    const since = load<f64>(record, SINCE);
    const signal = load<f64>(record, SIGNAL);
    const id = load<u32>(record, ID);
    const gap = t - since;
    const slope = load<f64>(f, LANE_SLOPE);
    // The lane's rate, unless the slot holds another server by now or the server has had an event since the
    // block was drawn.
    let rate = load<f64>(f, LANE_RATE);
    const fresh =
      drawn && since == load<f64>(f, LANE_SINCE) && id == load<u32>(lanes + (k << 2), LANE_ID);
    if (!fresh) rate = the<R>().advance(state, id, load<f64>(record, RATE), signal, slope, gap);
    if (rate > bound) return fail(state, record, rate);
    signalArea += gap * (signal + slope * (0.5 * gap));
    let least = the<S>().hazard(state, id, rate);
    let level = load<f64>(f, LANE_ACCEPT);
    if (isReference<Part>()) {
      // one path for arrivals and completions: which of them it is cannot be predicted
      level *= choose(arrival, guess + guessSlope * t, largestHazard);
      least = choose(arrival, floor, least);
      if (Math.abs(level - least) <= band * slope) noteNear(state, t, level - least, k);
      if (!fresh) keepStale(lanes, k, record);
    } else {
      level *= largestHazard;
    }
    if (level >= least || (!arrival && !the<S>().completes(state, id))) {
      // Rejected, or one phase of several: keep the rate all the same, so that a slow server's next gap is short to
      // solve.
      store<f64>(record, rate, RATE);
      store<f64>(record, t, SINCE);
      if (isReference<Part>()) {
        store<f64>(record, signal + slope * gap, SIGNAL);
        logLane(lanes, k, busy, fresh ? REJECTED : REJECTED | STALE);
      }
      continue;
    }
    if (isReference<Part>()) arrivals += arrival;
    if (isReference<Tags>()) {
      if (arrival) tagArrival(state, id, 0, t);
      else tagDeparture(state, id, t);
    }
    const queue = load<u32>(record, QUEUE);
    if (queue > 1) {
      // the next task starts at once: an idle period of length 0 (Remark 2.4)
      departures += 1;
      taskArea += t;
      tasks -= 1;
      writeRecord(record, rate, t, 0, id, queue - 1);
      the<C>().changed(state, id, -1, 0, t);
      the<S>().begin(state, id);
      if (queue == capacity) leaveFull<D>(state, records, record);
      else the<D>().queueChanged(state, record);
      if (isReference<Part>()) {
        const kind = queue == capacity ? LEFT_FULL : SHORTENED;
        logLane(lanes, k, busy, fresh ? kind : kind | STALE);
      }
      continue;
    }
    // The server becomes busy or idle: it changes places with the one at the border. Both are one path, as
    // which of them comes next cannot be predicted.
    const jump = 1 - 2 * slope;
    busyArea += jump * t;
    taskArea += jump * t;
    departures += 1 - arrival;
    tasks += <i64>(<i32>(2 * arrival - 1));
    const border = records + ((<usize>(busy - 1 + arrival)) << 5);
    moveRecord(border, record);
    writeRecord(border, rate, t, slope * (signal + gap), id, arrival);
    busy += 2 * arrival - 1;
    if (isReference<Part>()) logLane(lanes, k, busy, fresh ? MOVED : MOVED | STALE);
    if (capacity == 1) store<u32>(state, busy, FULL);
    the<C>().changed(state, id, 2 * <i32>arrival - 1, 2 * <i32>arrival - 1, t);
    if (arrival) the<S>().begin(state, id);
    else the<D>().idled(state, id);
    the<D>().placed(state, record);
    the<D>().placed(state, border);
    if (busy > busyCap || n - busy > idleCap) {
      k += 1;
      break;
    }
  }

  if (isReference<Part>()) store<u32>(state, k, COMMITTED);
  // Leaving the loop early with candidates left means that a cap was exceeded: they are forgotten.
  const pending = reason == STOP_REACHED;
  store<u32>(state, pending ? k : 0, LANE);
  if (!pending) store<u32>(state, 0, LANE_COUNT);
  store<f64>(state, reason == BLOCK_DONE ? time : limit, CLOCK);
  store<u32>(state, busy, BUSY);
  store<u64>(state, tasks, TASKS);
  store<f64>(state, busyArea, BUSY_AREA);
  store<f64>(state, taskArea, TASK_AREA);
  store<f64>(state, signalArea, SIGNAL_AREA);
  store<u64>(state, load<u64>(state, ARRIVALS) + arrivals, ARRIVALS);
  store<u64>(state, load<u64>(state, DEPARTURES) + departures, DEPARTURES);
  store<u64>(state, load<u64>(state, CANDIDATES) + (k - first), CANDIDATES);
  return reason;
}

/** A task joins the queue in `slot`, a server with room; a server that it fills joins the full ones. */
function joinQueue<D extends Dispatch, C extends Accounts, Tags>(
  state: usize,
  records: usize,
  slot: u32,
  capacity: u32,
  t: f64,
): void {
  const record = records + ((<usize>slot) << 5);
  const ahead = load<u32>(record, QUEUE);
  if (isReference<Tags>()) tagArrival(state, load<u32>(record, ID), ahead, t);
  the<C>().changed(state, load<u32>(record, ID), 1, 0, t);
  const queue = ahead + 1;
  store<u32>(record, queue, QUEUE);
  if (queue > load<u32>(state, MAX_TASKS)) store<u32>(state, queue, MAX_TASKS);
  if (queue == capacity) {
    const full = load<u32>(state, FULL);
    exchange<D>(state, record, records + ((<usize>full) << 5));
    store<u32>(state, full + 1, FULL);
  } else {
    the<D>().queueChanged(state, record);
  }
}

/** A completion made room at a server with a full buffer. */
function leaveFull<D extends Dispatch>(state: usize, records: usize, record: usize): void {
  const full = load<u32>(state, FULL) - 1;
  exchange<D>(state, record, records + ((<usize>full) << 5));
  store<u32>(state, full, FULL);
}

/** Two servers change places, as the number of tasks of one has changed. */
function exchange<D extends Dispatch>(state: usize, a: usize, b: usize): void {
  swapRecords(a, b);
  the<D>().placed(state, a);
  the<D>().placed(state, b);
}

function fail(state: usize, record: usize, rate: f64): i32 {
  store<u32>(state, ERROR_RATE_ABOVE_BOUND, ERROR);
  store<u32>(state, load<u32>(record, ID), ERROR_SERVER);
  store<f64>(state, rate, ERROR_RATE);
  return FAILED;
}
