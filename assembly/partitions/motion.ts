/**
 * A system in partitions: threads run these side by side through one window of time after the other, and the leader makes each window what it
 * would be had every decision been made on the true number of idle servers. So neither windows nor threads are seen in the result.
 *
 * IDLE_FLOOR, which candidates are drawn with, is renewed at times of a fixed grid and when fewer servers are idle: stopping times.
 * While too few servers are idle for partitions to gain anything, the system is run as a whole.
 */
import {
  ARRIVAL_RATE,
  BLOCK_SIZE,
  BLOCKS_LEFT,
  BUSY,
  CLOCK,
  DRIFT_OF_IDLE,
  EPOCH_LENGTH,
  EPOCH_START,
  GUESS,
  GUESS_BAND,
  GUESS_SLOPE,
  IDLE_FLOOR,
  LANE,
  LANE_COUNT,
  LANES_PER_TIME,
  NOW_BUSY_TIME,
  NOW_SIGNAL_TIME,
  NOW_TASK_TIME,
  PART_DEVIATIONS,
  PART_EVENTS,
  PARTED,
  PARTS,
  ROW,
  SERVERS,
  SLICES,
  SUMMARISED,
  TIME_WHOLE,
  WINDOW_BEGIN,
  WINDOW_END,
  WINDOW_LENGTH,
  WINDOW_STOP,
  WINDOWS,
} from '../../src/engine/layout';
import { ScheduledArrivals } from '../arrivals/scheduled';
import { EPOCH_ENDED } from '../commit';
import { JoinIdleQueue } from '../dispatch/join-idle-queue';
import { renewEpoch } from '../epoch';
import { checkInvariants } from '../invariants';
import { advanceInEpoch, FAILED, Motion, OUT_OF_BLOCKS, STOP_REACHED } from '../motion';
import {
  longestQueue,
  sampleRates,
  startStatistics,
  summarise,
  writeRow,
} from '../observe/observe';
import { PeriodAccounts } from '../observe/wider-accounts';
import { the } from '../policy';
import { IdleSignalControl } from '../rate-equation/idle-signal-control';
import { ExponentialWork } from '../service/exponential';
import {
  BELOW_FLOOR,
  checkWindow,
  lanesOfWindow,
  resolveWindow,
  WINDOW_FAILED,
  WINDOW_OVER,
} from './ambiguous';
import { gatherCounts, gatherF64, partOf, spreadParameters } from './partition';
import { giveBack, takeOver } from './regroup';
import { combineSamples, longestQueueOfAll } from './row';
import { REGROUP, RENEW, RUN, SAMPLE, SUMMARISE } from './tasks';
import { together } from './team';

/** How `advanceParts` comes back, besides: too few servers are idle. */
const TOO_FEW_IDLE = 5;
/** Partitions need a sixteenth of the servers idle, and take over again once an eighth is. */
const FEW: f64 = 1 / 16;
const ENOUGH: f64 = 1 / 8;
/** IDLE_FLOOR lies by a hundredth or so below: so much of the candidates for arrivals is wasted. */
const ROOM: f64 = 1 / 128;

@final
@unmanaged
export class Parted extends Motion {
  advance(state: usize, stop: f64): i32 {
    while (true) {
      if (load<u32>(state, PARTED)) {
        const end = advanceParts(state, stop);
        gatherCounts(state);
        if (end == EPOCH_ENDED || end == TOO_FEW_IDLE) {
          together(state, RENEW, 0);
          gatherCounts(state);
          store<f64>(state, 0, IDLE_FLOOR);
          if (end == TOO_FEW_IDLE || !areEnough(state, FEW)) giveBack(state);
        } else {
          return end;
        }
      } else {
        const begin = load<f64>(state, CLOCK);
        const end = advanceInEpoch<
          ScheduledArrivals,
          JoinIdleQueue,
          ExponentialWork,
          IdleSignalControl,
          PeriodAccounts
        >(state, stop);
        const passed = load<f64>(state, CLOCK) - begin;
        store<f64>(state, load<f64>(state, TIME_WHOLE) + passed, TIME_WHOLE);
        if (end != EPOCH_ENDED) return end;
        renewEpoch<IdleSignalControl, PeriodAccounts>(state);
        if (!ASC_NO_ASSERT) checkInvariants(state);
        if (areEnough(state, ENOUGH)) regroup(state);
      }
    }
  }

  startStatistics(state: usize): void {
    summariseAll(state);
    const parted = load<u32>(state, PARTED) != 0;
    startStatistics<PeriodAccounts>(state, parted ? longestQueueOfAll(state) : longestQueue(state));
  }

  recordRow(state: usize, time: f64): void {
    if (load<u32>(state, PARTED)) {
      together(state, SAMPLE, 0);
      combineSamples(state);
    } else {
      sampleRates<IdleSignalControl, PeriodAccounts>(state, load<u32>(state, ROW));
    }
    writeRow<PeriodAccounts>(state, time);
  }

  settle(state: usize, now: f64): void {
    store<u32>(state, 0, SUMMARISED);
    renewAll(state);
    store<f64>(state, now, EPOCH_START); // without the rounding of sum and difference
    for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
      store<f64>(partOf(state, p), now, EPOCH_START);
    }
  }

  changeParameters(state: usize): void {
    prepareWindows(state);
    spreadParameters(state);
    renewAll(state);
  }
}

/** The time integrals up to the present time (NOW_…), exact. */
export function summariseAll(state: usize): void {
  if (load<u32>(state, SUMMARISED)) return;
  if (!load<u32>(state, PARTED)) return summarise(state);
  const parts = load<u32>(state, PARTS);
  together(state, SUMMARISE, 0);
  gatherF64(state, parts, NOW_BUSY_TIME);
  gatherF64(state, parts, NOW_TASK_TIME);
  gatherF64(state, parts, NOW_SIGNAL_TIME);
  store<u32>(state, 1, SUMMARISED);
}

/** Ends the epoch at the present time for all servers. */
function renewAll(state: usize): void {
  if (load<u32>(state, PARTED)) {
    together(state, RENEW, 0);
    gatherCounts(state);
    store<f64>(state, 0, IDLE_FLOOR);
  } else {
    renewEpoch<IdleSignalControl, PeriodAccounts>(state);
  }
}

/** Gives the servers of the whole system, which begins an epoch, to its partitions. */
export function regroup(state: usize): void {
  takeOver(state);
  together(state, REGROUP, 0);
  gatherCounts(state);
}

/** Derives what depends on the parameters: epochs are cut into windows of about PART_EVENTS events. */
export function prepareWindows(state: usize): void {
  the<IdleSignalControl>().prepare(state);
  let length = load<f64>(state, EPOCH_LENGTH);
  // arrivals and as many departures
  const longest = (0.71 * load<u32>(state, PART_EVENTS)) / arrivalsPerTime(state);
  while (length > longest) length *= 0.5;
  store<f64>(state, length, WINDOW_LENGTH);
}

function arrivalsPerTime(state: usize): f64 {
  return load<f64>(state, ARRIVAL_RATE) * <f64>load<u32>(state, SERVERS);
}

export function areEnough(state: usize, part: f64): bool {
  const n = load<u32>(state, SERVERS);
  const idle = <f64>(n - load<u32>(state, BUSY));
  return idle >= part * <f64>n && 4 * wander(state) <= idle;
}

/** What the number of idle servers will hardly change by within a window. */
function wander(state: usize): f64 {
  const events = 2 * arrivalsPerTime(state) * load<f64>(state, WINDOW_LENGTH);
  return load<f64>(state, PART_DEVIATIONS) * Math.sqrt(events) + 1;
}

/** Window by window to absolute time `stop`, or to the end of the epoch. */
function advanceParts(state: usize, stop: f64): i32 {
  const epochEnd = load<f64>(state, EPOCH_LENGTH);
  const length = load<f64>(state, WINDOW_LENGTH);
  const limit = min(stop - load<f64>(state, EPOCH_START), epochEnd);
  while (true) {
    const now = load<f64>(state, CLOCK);
    if (now >= epochEnd)
      return stop - load<f64>(state, EPOCH_START) > now ? EPOCH_ENDED : STOP_REACHED;
    if (now >= limit) return STOP_REACHED;
    const grid = Math.floor(now / length) * length;
    if (now == grid && !isFloorSuited(state)) {
      if (!areEnough(state, FEW)) return TOO_FEW_IDLE;
      renewFloor(state);
    }
    const left = load<u32>(state, BLOCKS_LEFT);
    if (left == 0) return OUT_OF_BLOCKS;
    const blocks = load<u32>(state, PART_EVENTS) / load<u32>(state, BLOCK_SIZE) + 1;
    store<u32>(state, left - min(left, blocks), BLOCKS_LEFT);
    const end = runWindow(state, now, min(limit, grid + length));
    if (end == WINDOW_FAILED) return FAILED;
    if (end == BELOW_FLOOR) {
      if (!areEnough(state, FEW)) return TOO_FEW_IDLE;
      renewFloor(state);
    }
  }
}

/** Runs all partitions from `begin` to `stop`, or to when fewer than IDLE_FLOOR servers are idle. */
function runWindow(state: usize, begin: f64, stop: f64): i32 {
  const before = idleNow(state);
  // nobody leaves an empty system
  const empty = load<u32>(state, BUSY) == 0;
  const smoothed = empty ? -arrivalsPerTime(state) : load<f64>(state, DRIFT_OF_IDLE);
  // no guess is below the floor: decisions that are settled hold whatever the guess
  const falls = before + smoothed * (stop - begin) < load<f64>(state, IDLE_FLOOR);
  const drift = falls ? 0 : smoothed;
  store<f64>(state, before - drift * begin, GUESS);
  store<f64>(state, drift, GUESS_SLOPE);
  const events = 2 * arrivalsPerTime(state) * (stop - begin);
  // a slice has about so many candidates
  const perTime = load<f64>(state, LANES_PER_TIME);
  const lanes = (perTime > 0 ? perTime * (stop - begin) : 2 * events) / SLICES;
  const band = 6 * Math.sqrt(events) + 1.2 * lanes + 5 * Math.sqrt(lanes) + 16;
  store<f64>(state, band, GUESS_BAND);
  store<f64>(state, begin, WINDOW_BEGIN);
  store<f64>(state, stop, WINDOW_STOP);
  store<f64>(state, stop, WINDOW_END);
  together(state, RUN, stop);
  const end = resolveWindow(state);
  if (!ASC_NO_ASSERT && end == WINDOW_OVER) checkWindow(state);
  store<u64>(state, load<u64>(state, WINDOWS) + 1, WINDOWS);
  store<f64>(state, lanesOfWindow(state) / (stop - begin), LANES_PER_TIME);
  const change = (idleNow(state) - before) / (load<f64>(state, WINDOW_END) - begin);
  // what chance cannot explain is news, as at the start
  const surprise = Math.abs(change - smoothed) * (load<f64>(state, WINDOW_END) - begin);
  const weight: f64 = surprise > 4 * Math.sqrt(events) ? 1 : 0.125;
  store<f64>(state, smoothed + weight * (change - smoothed), DRIFT_OF_IDLE);
  return end;
}

function idleNow(state: usize): f64 {
  return <f64>(load<u32>(state, SERVERS) - load<u32>(state, BUSY));
}

/** Whether IDLE_FLOOR is neither so near that fewer servers may soon be idle, nor so far that many candidates are wasted. */
function isFloorSuited(state: usize): bool {
  const idle = idleNow(state);
  const floor = load<f64>(state, IDLE_FLOOR);
  const below = idle - floor;
  if (floor == 0) return false;
  return below >= wander(state) && below <= 3 * roomBelow(state, idle) && areEnough(state, FEW);
}

function roomBelow(state: usize, idle: f64): f64 {
  return max(ROOM * idle, 2 * wander(state));
}

/** Candidates are drawn anew, with another IDLE_FLOOR. */
function renewFloor(state: usize): void {
  const idle = idleNow(state);
  store<f64>(state, idle - roomBelow(state, idle), IDLE_FLOOR);
  for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
    store<u32>(partOf(state, p), 0, LANE);
    store<u32>(partOf(state, p), 0, LANE_COUNT);
  }
}
