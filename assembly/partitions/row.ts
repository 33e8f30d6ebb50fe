/** A row of the trajectory, and the start of the statistics, of a system in partitions. */
import {
  HISTOGRAM_DIRECTORY_ENTRIES,
  PARTS,
  PASS_MAX,
  PASS_MAX_TASKS,
  PASS_MEAN,
  PASS_MIN,
  PASS_POWER,
  PASS_SQUARE,
  ROW_HISTOGRAM,
  SERVERS,
  TEAM,
  TEAM_HISTOGRAMS,
} from '../../src/engine/layout';
import { clearHistogram } from '../observe/histogram';
import { longestQueue } from '../observe/observe';
import { partOf } from './partition';
import { members } from './team';

/** The directory of the histogram in which member `m` counts. */
export function rowHistogramOf(state: usize, m: u32): u32 {
  return load<u32>(state, TEAM_HISTOGRAMS) + m * 4 * HISTOGRAM_DIRECTORY_ENTRIES;
}

/** Puts together what `sampleRates` found in the partitions, in their order. */
export function combineSamples(state: usize): void {
  const parts = load<u32>(state, PARTS);
  const n = <f64>load<u32>(state, SERVERS);
  let mean: f64 = 0;
  let power: f64 = 0;
  let smallest = Infinity;
  let largest: f64 = 0;
  let longest: u32 = 0;
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    const weight = <f64>load<u32>(part, SERVERS) / n;
    mean += weight * load<f64>(part, PASS_MEAN);
    power += weight * load<f64>(part, PASS_POWER);
    smallest = min(smallest, load<f64>(part, PASS_MIN));
    largest = max(largest, load<f64>(part, PASS_MAX));
    longest = max(longest, load<u32>(part, PASS_MAX_TASKS));
  }
  let square: f64 = 0;
  for (let p: u32 = 0; p < parts; p++) {
    const part = partOf(state, p);
    const offset = load<f64>(part, PASS_MEAN) - mean;
    const own = load<f64>(part, PASS_SQUARE) + offset * offset;
    square += (<f64>load<u32>(part, SERVERS) / n) * own;
  }
  store<f64>(state, mean, PASS_MEAN);
  store<f64>(state, square, PASS_SQUARE);
  store<f64>(state, power, PASS_POWER);
  store<f64>(state, smallest, PASS_MIN);
  store<f64>(state, largest, PASS_MAX);
  store<u32>(state, longest, PASS_MAX_TASKS);
  // whoever counted which partition, the sums are the same
  const row: usize = load<u32>(state, ROW_HISTOGRAM);
  for (let m: u32 = 0; m < members(load<u32>(state, TEAM)); m++) {
    clearHistogram(rowHistogramOf(state, m), row, smallest, largest);
  }
}

/** Tasks in the longest queue of all partitions. */
export function longestQueueOfAll(state: usize): u32 {
  let longest: u32 = 0;
  for (let p: u32 = 0; p < load<u32>(state, PARTS); p++) {
    longest = max(longest, longestQueue(partOf(state, p)));
  }
  return longest;
}
