/** Writes a configuration into the memory of a simulation, as far as the kernel's `initialise` expects it. */
import type { CompleteConfig } from '../config/config.js';
import { type CostChoice, isFamilyCost } from '../cost/cost.js';
import { type CostTable, tabulateCost } from './cost-table.js';
import { type RunCosts, type SteeringCost, tabulatedCosts } from './costs.js';
import {
  ARRIVAL_RATE,
  BLOCK_SIZE,
  BLOCK_SLACK,
  CAPACITY,
  CLASS_BYTES,
  CLASS_COUNT,
  CLASS_END,
  CLASS_TABLE,
  COST_TABLE,
  G_EXPONENT,
  G_FAMILY,
  G_POWER,
  G_SCALE,
  G_SHIFTED,
  H_EXPONENT,
  H_SCALE,
  HISTOGRAM_POOL_PAGES,
  HORIZON,
  INITIAL_RATE_HIGH,
  INITIAL_RATE_LOW,
  INITIAL_RATES,
  INITIAL_TASKS,
  INITIAL_TASKS_EACH,
  INTERVAL,
  INVERSE_STEP_SIZE,
  PART_DEVIATIONS,
  PART_EVENTS,
  PART_SERVERS,
  PART_SETS,
  PARTS,
  QUANTILES,
  QUEUE,
  RATE,
  RATES_EQUAL,
  RATES_GIVEN,
  RATES_UNIFORM,
  RECORD_BYTES,
  RNG,
  ROWS,
  SERVERS,
  TABLE_BASE,
  TABLE_BYTES,
  TABLE_CELLS,
  TABLE_START_EXPONENT,
  TABLE_START_STEEPNESS,
  TAG_ROOM,
  TAG_SPACING,
  TASKS_EQUAL,
  TASKS_GIVEN,
  UNBOUNDED,
  WARMUP,
  WATCHED,
} from './layout.js';
import { type MemoryPlan, tableBytes, writeAddresses } from './memory.js';
import { seedWords } from './seed.js';
import { StateBlock } from './state.js';

/**
 * Writes the state block, the recorded servers, and the initial rates and queues that are given one by
 * one (the kernel's `initialise` does the others).
 * @returns the addresses of the costs' tables
 * @throws {ConfigError} if a cost cannot be tabulated
 */
export function writeInitialState(
  config: CompleteConfig,
  costs: RunCosts,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): Tables {
  const state = new StateBlock(memory, plan.state);
  writeParameters(config, state);
  state.setU32(PARTS, plan.parts);
  state.setU32(PART_SERVERS, plan.parts === 0 ? 0 : Math.ceil(plan.servers / plan.parts));
  state.setU32(PART_SETS, plan.partSets);
  state.setU32(PART_EVENTS, plan.partEvents);
  state.setF64(PART_DEVIATIONS, plan.partDeviations);
  writeRecording(config, plan, state);
  writeObserved(config, plan, state, memory.buffer);
  const tables = writeTables(tabulate(costs, plan), plan, memory);
  const [first] = costs.classes as [SteeringCost];
  writeCost(state, COST_FIELDS, first.choice, tables.get(first));
  writeClasses(config, costs, tables, plan, memory);
  return tables;
}

/** What another plan changes: of a later horizon, or of a cost given by hand. */
export function writeRecording(config: CompleteConfig, plan: MemoryPlan, state: StateBlock): void {
  state.setF64(HORIZON, config.horizon);
  state.setU32(ROWS, plan.rows);
  state.setU32(HISTOGRAM_POOL_PAGES, plan.histogramPages);
  writeAddresses(plan, state);
}

/** When the kernel's statistics start; an automatic warm-up is cut off afterwards. */
export function statisticsStart({ warmup }: CompleteConfig): number {
  return warmup === 'auto' ? 0 : warmup;
}

/** The number behind `'inf'`. */
export function fromInf(value: number | 'inf'): number {
  return value === 'inf' ? Number.POSITIVE_INFINITY : value;
}

function writeParameters(config: CompleteConfig, state: StateBlock): void {
  const { servers, buffer } = config;
  state.setU32(SERVERS, servers);
  state.setU32(CAPACITY, buffer === 'inf' ? UNBOUNDED : buffer);
  state.setF64(ARRIVAL_RATE, config.arrivalRate);
  state.setF64(INVERSE_STEP_SIZE, fromInf(config.inverseStepSize));
  const block = blockShape(servers);
  state.setU32(BLOCK_SIZE, block.size);
  state.setU32(BLOCK_SLACK, block.slack);
  seedWords(config.seed).forEach((word, i) => {
    state.setU32(RNG + 4 * i, word);
  });
  state.setF64(WARMUP, statisticsStart(config));
  state.setF64(INTERVAL, config.record.interval);
}

/** Quantile levels, and which servers are recorded. */
function writeObserved(
  config: CompleteConfig,
  plan: MemoryPlan,
  state: StateBlock,
  buffer: ArrayBufferLike,
): void {
  const { quantiles, servers, sojourns } = config.record;
  state.setU32(TAG_ROOM, sojourns);
  if (sojourns > 0) {
    // spread over the arrivals to be expected after the warm-up
    const arrivals =
      config.arrivalRate * config.servers * (config.horizon - statisticsStart(config));
    state.setU32(TAG_SPACING, Math.max(1, Math.min(2 ** 31, Math.ceil(arrivals / sojourns))));
  }
  state.setU32(QUANTILES, quantiles.length);
  new Float64Array(buffer, plan.quantileLevels, quantiles.length).set(quantiles);
  state.setU32(WATCHED, plan.watched);
  if (plan.watched === 0) return;
  const ids = new Uint32Array(buffer, plan.watchedIds, plan.watched);
  const bits = new Uint8Array(buffer, plan.watchedBits, Math.ceil(config.servers / 8));
  for (let k = 0; k < plan.watched; k++) {
    const id = servers === 'all' ? k : (servers[k] as number);
    ids[k] = id;
    bits[id >> 3] = (bits[id >> 3] as number) | (1 << (id & 7));
  }
}

/** The address of the table of each cost that has one. */
export type Tables = ReadonlyMap<SteeringCost, number>;

/** The tables of the costs that have one, in the order of memory. @throws {ConfigError} if a cost cannot be tabulated */
export function tabulate(costs: RunCosts, { costCells }: MemoryPlan): Map<SteeringCost, CostTable> {
  return new Map(
    tabulatedCosts(costs).map((cost) => [cost, tabulateCost(cost.functions, costCells)]),
  );
}

export function writeTables(
  tables: ReadonlyMap<SteeringCost, CostTable>,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): Tables {
  const addresses = new Map<SteeringCost, number>();
  for (const [cost, { base, exponent, steepness, cells }] of tables) {
    const address = plan.costTables + addresses.size * tableBytes(plan.costCells);
    const block = new StateBlock(memory, address);
    block.setBits(TABLE_BASE, base);
    block.setF64(TABLE_START_EXPONENT, exponent);
    block.setF64(TABLE_START_STEEPNESS, steepness);
    block.setU32(TABLE_CELLS, plan.costCells);
    block.setF64s(TABLE_BYTES, cells);
    addresses.set(cost, address);
  }
  return addresses;
}

/** Where a cost is written: the fields of the state block, or of a change in the schedule. */
export const COST_FIELDS = {
  family: G_FAMILY,
  gScale: G_SCALE,
  gExponent: G_EXPONENT,
  hScale: H_SCALE,
  hExponent: H_EXPONENT,
  table: COST_TABLE,
};

export function writeCost(
  block: StateBlock,
  fields: typeof COST_FIELDS,
  cost: CostChoice,
  table: number | undefined,
): void {
  block.setU32(fields.table, table ?? 0);
  if (!isFamilyCost(cost)) return;
  block.setU32(fields.family, cost.g.family === 'power' ? G_POWER : G_SHIFTED);
  block.setF64(fields.gScale, cost.g.a);
  block.setF64(fields.gExponent, cost.g.p);
  block.setF64(fields.hScale, cost.h.b);
  block.setF64(fields.hExponent, cost.h.q);
}

/** Servers of a class: its number of servers, and how their rates and queues are at the start. */
function writeClasses(
  config: CompleteConfig,
  costs: RunCosts,
  tables: Tables,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): void {
  new StateBlock(memory, plan.state).setU32(CLASS_COUNT, costs.classes.length);
  let first = 0;
  (config.classes ?? [config]).forEach(({ servers, initialRates, initialTasks }, k) => {
    const block = new StateBlock(memory, plan.classes + k * CLASS_BYTES);
    block.setU32(CLASS_END, first + servers);
    const table = tables.get(costs.classes[k] as SteeringCost);
    if (table !== undefined) block.setU32(CLASS_TABLE, table);
    if (Array.isArray(initialRates)) {
      block.setU32(INITIAL_RATES, RATES_GIVEN);
    } else if (typeof initialRates === 'number') {
      block.setU32(INITIAL_RATES, RATES_EQUAL);
      block.setF64(INITIAL_RATE_LOW, initialRates);
    } else {
      block.setU32(INITIAL_RATES, RATES_UNIFORM);
      block.setF64(INITIAL_RATE_LOW, initialRates.uniform[0]);
      block.setF64(INITIAL_RATE_HIGH, initialRates.uniform[1]);
    }
    if (Array.isArray(initialTasks)) {
      block.setU32(INITIAL_TASKS, TASKS_GIVEN);
    } else {
      block.setU32(INITIAL_TASKS, TASKS_EQUAL);
      block.setU32(INITIAL_TASKS_EACH, initialTasks);
    }
    writeServers(first, { servers, initialRates, initialTasks }, plan, memory.buffer);
    first += servers;
  });
}

/** Rates and tasks of servers from `first` on that are given one by one. */
function writeServers(
  first: number,
  {
    servers,
    initialRates,
    initialTasks,
  }: Pick<CompleteConfig, 'servers' | 'initialRates' | 'initialTasks'>,
  plan: MemoryPlan,
  buffer: ArrayBufferLike,
): void {
  const start = plan.records + first * RECORD_BYTES;
  if (Array.isArray(initialRates)) {
    const floats = new Float64Array(buffer, start, (servers * RECORD_BYTES) / 8);
    initialRates.forEach((rate, v) => {
      floats[(v * RECORD_BYTES + RATE) / 8] = rate;
    });
  }
  if (Array.isArray(initialTasks)) {
    const words = new Uint32Array(buffer, start, (servers * RECORD_BYTES) / 4);
    initialTasks.forEach((tasks, v) => {
      words[(v * RECORD_BYTES + QUEUE) / 4] = tasks;
    });
  }
}

/**
 * Candidates per block and the slack of its caps. Part of the trajectory (other values, other events):
 * small systems want small blocks, as slack and stale picks waste work; large ones want many cache misses
 * in flight.
 */
export function blockShape(servers: number): { size: number; slack: number } {
  if (servers < 4) return { size: 2, slack: 2 };
  if (servers < 40) return { size: 8, slack: 4 };
  if (servers < 1000) return { size: 16, slack: 6 };
  if (servers < 100_000) return { size: 32, slack: 16 };
  return { size: 64, slack: 64 };
}
