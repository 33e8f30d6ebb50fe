/**
 * A checkpoint may come from anybody, and its checksum can be made by anybody. Before the kernel sees it, everything by which the
 * kernel addresses memory or ends its loops is held against what the configuration asks for, as far as the paper's system goes.
 */
import { type CompleteConfig, validateConfig } from '../config/config.js';
import {
  ARRIVAL,
  ARRIVAL_RATE,
  BLOCK_SIZE,
  BLOCK_SLACK,
  BOUND,
  BUSY,
  BUSY_CAP,
  CAPACITY,
  CLASS_COUNT,
  CLOCK,
  COST_TABLE,
  DISPATCH,
  DRIFT_OF_IDLE,
  EPOCH_LENGTH,
  EPOCH_START,
  EXACT_QUANTILE_SERVERS,
  FULL,
  HISTOGRAM_DIRECTORY_ENTRIES,
  HISTOGRAM_PAGE_BYTES,
  HISTOGRAM_PAGES_TAKEN,
  HISTOGRAM_POOL_PAGES,
  ID,
  IDLE_CAP,
  IDLE_FLOOR,
  INTERVAL,
  LANE,
  LANE_COUNT,
  LANE_PICK,
  LANE_TIME,
  LANES_BYTES,
  PARTED,
  QUANTILES,
  QUEUE,
  RATE,
  RECORD_BYTES,
  ROW,
  ROWS,
  SERVERS,
  SET,
  SIGNAL,
  SINCE,
  STARTED,
  STATE_BYTES,
  TAG_ROOM,
  TAGS_USED,
  TASKS,
  TEAM_HISTOGRAMS,
  WATCHED,
  ZIGGURAT_BYTES,
} from '../engine/layout.js';
import type { MemoryPlan } from '../engine/memory.js';
import { CheckpointError, ConfigError } from '../errors.js';
import type { CheckpointHeader } from './checkpoint.js';

const damaged = (what: string) => new CheckpointError(`the checkpoint is damaged: ${what}`);

/** @throws {CheckpointError} unless the text is the header of a checkpoint that `checkpoint()` could have written */
export function readHeader(text: string): CheckpointHeader {
  let header: CheckpointHeader;
  try {
    header = JSON.parse(text);
    const { kernelHash, config, steering, wallSeconds } = header;
    if (!/^[0-9a-f]{64}$/.test(kernelHash)) throw damaged('it names no kernel');
    if (!(Number.isFinite(wallSeconds) && wallSeconds >= 0)) throw damaged('its time is none');
    if (!Array.isArray(steering)) throw damaged('what was changed by hand is no list');
    // complete, as it was when it was written
    same(config, validateConfig(config));
    // changes by hand are a schedule
    if (steering.length > 0) {
      const { schedule } = validateConfig({ ...config, schedule: steering, period: undefined });
      same(steering, schedule);
    }
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    if (error instanceof ConfigError) throw damaged(error.message);
    throw damaged('its header cannot be read');
  }
  return header;
}

function same(given: unknown, complete: unknown): void {
  if (JSON.stringify(given) !== JSON.stringify(complete)) {
    throw damaged('its configuration is not complete');
  }
}

/**
 * @param state what the checkpoint holds of the memory
 * @param own the memory of a run at the start, made from the header's configuration
 * @throws {CheckpointError}
 */
export function checkState(
  state: Uint8Array,
  { config, steering }: CheckpointHeader,
  plan: MemoryPlan,
  own: ArrayBufferLike,
): void {
  const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  const ours = new DataView(own, plan.state);
  const u32 = (field: number) => view.getUint32(field, true);
  const f64 = (field: number) => view.getFloat64(field, true);

  const recorded = plan.end - plan.costTables;
  if (state.length < STATE_BYTES) throw damaged('its memory is too short');
  const pages = u32(HISTOGRAM_PAGES_TAKEN);
  const used = plan.histogramPool - plan.state + HISTOGRAM_PAGE_BYTES * pages;
  if (pages > plan.histogramPages || state.length !== used + recorded) {
    throw damaged('its memory has another size than its configuration');
  }
  const fixed = [SERVERS, CAPACITY, CLASS_COUNT, ROWS, QUANTILES, BLOCK_SIZE, BLOCK_SLACK, WATCHED];
  fixed.push(TAG_ROOM, HISTOGRAM_POOL_PAGES, INTERVAL, INTERVAL + 4);
  // the wider model's parameters, and all addresses
  for (let field = DISPATCH; field <= TEAM_HISTOGRAMS; field += 4) fixed.push(field);
  if (!config.schedule && steering.length === 0) {
    for (let field = ARRIVAL_RATE; field <= COST_TABLE; field += 4) fixed.push(field);
  }
  const ziggurat = plan.ziggurat - plan.state;
  for (let at = 0; at < ZIGGURAT_BYTES; at += 4) fixed.push(ziggurat + at);
  for (const field of fixed) {
    if (u32(field) !== ours.getUint32(field, true)) {
      throw damaged('its memory is laid out for another configuration');
    }
  }

  const n = config.servers;
  const parted = u32(PARTED) === 1 && plan.parts > 0;
  if (
    u32(STARTED) !== 1 ||
    u32(PARTED) > (plan.parts > 0 ? 1 : 0) ||
    u32(ROW) > plan.rows ||
    u32(TAGS_USED) > u32(TAG_ROOM) ||
    !(f64(IDLE_FLOOR) >= 0 && f64(IDLE_FLOOR) <= n) ||
    !Number.isFinite(f64(DRIFT_OF_IDLE))
  ) {
    throw damaged('its counts are out of range');
  }
  const blocks = parted ? partitionsOf(plan, u32) : [{ at: 0, lanes: plan.lanes, first: 0, n }];

  const directories = [plan.rateHistogram];
  if (n > EXACT_QUANTILE_SERVERS || plan.parts > 0) directories.push(plan.rowHistogram);
  for (const directory of directories) {
    for (let entry = 0; entry < HISTOGRAM_DIRECTORY_ENTRIES; entry++) {
      const page = u32(directory - plan.state + 4 * entry);
      if (page === 0) continue;
      const number = (page - plan.histogramPool) / HISTOGRAM_PAGE_BYTES;
      if (!(Number.isInteger(number) && number >= 0 && number < pages)) {
        throw damaged('a histogram leads out of its pages');
      }
    }
  }

  const seen = new Uint8Array(n);
  let tasks = 0;
  for (const block of blocks) tasks += checkServers(view, block, plan, config, seen);
  if (BigInt(tasks) !== view.getBigUint64(TASKS, true)) throw damaged('its tasks do not add up');
}

/** A state block with its lanes and servers: offset from the start of the checkpoint’s memory, address, slots. */
interface Block {
  at: number;
  lanes: number;
  first: number;
  n: number;
}

function partitionsOf(plan: MemoryPlan, u32: (field: number) => number): Block[] {
  const share = Math.ceil(plan.servers / plan.parts);
  return Array.from({ length: plan.parts }, (_, p) => {
    const at = plan.partStates - plan.state + p * STATE_BYTES;
    const set = u32(at + SET);
    if (set >= plan.partSets) throw damaged('a partition has no such lanes');
    const lanes = plan.partLanes + (p * (1 + plan.partSets) + 1 + set) * LANES_BYTES;
    return { at, lanes, first: p * share, n: Math.min(share, plan.servers - p * share) };
  });
}

/** Counts, candidates and records of a block; returns its tasks. */
function checkServers(
  view: DataView,
  { at: block, lanes, first, n }: Block,
  plan: MemoryPlan,
  config: CompleteConfig,
  seen: Uint8Array,
): number {
  const u32 = (at: number) => view.getUint32(at, true);
  const f64 = (at: number) => view.getFloat64(at, true);
  const room = config.buffer === 'inf' ? 2 ** 32 - 1 : config.buffer;
  const clock = f64(block + CLOCK);
  const start = f64(block + EPOCH_START);
  const bound = f64(block + BOUND);
  const busy = u32(block + BUSY);
  const wholeWithin = (field: number, most: number) => u32(block + field) <= most;
  const sane =
    clock >= 0 &&
    start >= 0 &&
    clock === f64(CLOCK) &&
    start === f64(EPOCH_START) &&
    start + clock <= config.horizon &&
    bound >= 0 &&
    Number.isFinite(bound) &&
    f64(EPOCH_LENGTH) > 0 &&
    wholeWithin(BUSY, n) &&
    wholeWithin(FULL, busy) &&
    wholeWithin(BUSY_CAP, n) &&
    wholeWithin(IDLE_CAP, n) &&
    wholeWithin(LANE_COUNT, u32(BLOCK_SIZE)) &&
    wholeWithin(LANE, u32(block + LANE_COUNT));
  if (!sane) throw damaged('its counts and times are out of range');

  for (let lane = u32(block + LANE); lane < u32(block + LANE_COUNT); lane++) {
    const at = lanes - plan.state;
    const slot = (u32(at + LANE_PICK + 4 * lane) & ~ARRIVAL) >>> 0;
    if (!(f64(at + LANE_TIME + 8 * lane) >= 0 && slot < n)) {
      throw damaged('a candidate is out of range');
    }
  }

  let tasks = 0;
  for (let slot = 0; slot < n; slot++) {
    const at = plan.records - plan.state + RECORD_BYTES * (first + slot);
    const [rate, since, signal] = [f64(at + RATE), f64(at + SINCE), f64(at + SIGNAL)];
    const [id, queue] = [u32(at + ID), u32(at + QUEUE)];
    const right =
      rate >= 0 &&
      rate <= bound * (1 + 1e-9) && // the bound is proven for all of the epoch
      Number.isFinite(since) &&
      since <= clock &&
      signal >= 0 &&
      Number.isFinite(signal) &&
      id < plan.servers &&
      seen[id] === 0 &&
      queue <= room &&
      queue > 0 === slot < busy;
    if (!right) throw damaged(`the record of a server, at place ${first + slot}, is out of range`);
    seen[id] = 1;
    tasks += queue;
  }
  return tasks;
}
