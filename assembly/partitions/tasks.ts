/** What threads do with a partition. */
import {
  DYNAMICS,
  DYNAMICS_END,
  PART_HASH,
  PART_TROUBLE,
  RECORDS,
  ROW,
  ROW_HISTOGRAM,
  SERIES,
  SERVERS,
  SUMMARISED,
  TEAM_TROUBLE,
} from '../../src/engine/layout';
import { renewEpoch } from '../epoch';
import { hashBytesWith } from '../hash';
import { checkInvariants } from '../invariants';
import { NoAccounts } from '../observe/accounts';
import { sampleRates, summarise } from '../observe/observe';
import { IdleSignalControl } from '../rate-equation/idle-signal-control';
import { partOf } from './partition';
import { makeServers, takeServers } from './regroup';
import { rowHistogramOf } from './row';
import { beginWindow, countSlices, cutIntoSlices, REACHED, runTo } from './window';

export const RUN: u32 = 1;
export const RENEW: u32 = 2;
export const MAKE: u32 = 3;
export const REGROUP: u32 = 4;
export const HASH: u32 = 5;
export const SUMMARISE: u32 = 6;
export const SAMPLE: u32 = 7;

export function perform(
  state: usize,
  team: usize,
  what: u32,
  p: u32,
  member: u32,
  time: f64,
): void {
  const part = partOf(state, p);
  if (what == RUN) {
    beginWindow(part);
    const how = runTo(part, time);
    if (how != REACHED) atomic.store<u32>(team, 1, TEAM_TROUBLE);
    store<u32>(part, how, PART_TROUBLE);
    cutIntoSlices(part, state);
    countSlices(part, team, member, 1);
  } else if (what == RENEW) {
    renewEpoch<IdleSignalControl, NoAccounts>(part);
    if (!ASC_NO_ASSERT) checkInvariants(part);
  } else if (what == MAKE) {
    makeServers(part);
  } else if (what == REGROUP) {
    takeServers(part);
  } else if (what == HASH) {
    const scratch: usize = load<u32>(part, SERIES);
    const hash = hashBytesWith(scratch, part + DYNAMICS, DYNAMICS_END - DYNAMICS, 0);
    const bytes = (<usize>load<u32>(part, SERVERS)) << 5;
    store<u64>(part, hashBytesWith(scratch, load<u32>(part, RECORDS), bytes, hash), PART_HASH);
  } else if (what == SAMPLE) {
    store<u32>(part, rowHistogramOf(state, member), ROW_HISTOGRAM);
    sampleRates<IdleSignalControl, NoAccounts>(part, load<u32>(state, ROW));
  } else if (what == SUMMARISE) {
    store<u32>(part, 0, SUMMARISED);
    summarise(part);
  }
}
