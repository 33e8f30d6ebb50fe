/** Writes a configuration into the memory of a simulation, as far as the kernel's `initialise` expects it. */
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, isFamilyCost } from '../cost/cost.js';
import { tabulateCost } from './cost-table.js';
import {
  ARRIVAL_RATE,
  BLOCK_SIZE,
  BLOCK_SLACK,
  CAPACITY,
  COST_BASE,
  COST_CELLS,
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
  START_EXPONENT,
  START_STEEPNESS,
  TAG_ROOM,
  TAG_SPACING,
  TASKS_EQUAL,
  TASKS_GIVEN,
  UNBOUNDED,
  WARMUP,
  WATCHED,
} from './layout.js';
import { type MemoryPlan, writeAddresses } from './memory.js';
import { seedWords } from './seed.js';
import { StateBlock } from './state.js';

/**
 * Writes the state block, the recorded servers, and the initial rates and queues that are given one by
 * one (the kernel's `initialise` does the others).
 * @throws {ConfigError} if a cost cannot be tabulated
 */
export function writeInitialState(
  config: CompleteConfig,
  cost: CostFunctions,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): void {
  const state = new StateBlock(memory, plan.state);
  writeParameters(config, state);
  writeRecording(config, plan, state);
  writeObserved(config, plan, state, memory.buffer);
  if (plan.costCells > 0) writeCostTable(cost, plan, state, memory.buffer);
  writeServers(config, plan, memory.buffer);
}

/** What changes when the horizon does: also where the regions that grow with it lie. */
export function writeRecording(config: CompleteConfig, plan: MemoryPlan, state: StateBlock): void {
  state.setF64(HORIZON, config.horizon);
  state.setU32(ROWS, plan.rows);
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
  const { servers, buffer, cost, initialRates, initialTasks } = config;
  state.setU32(SERVERS, servers);
  state.setU32(CAPACITY, buffer === 'inf' ? UNBOUNDED : buffer);
  state.setF64(ARRIVAL_RATE, config.arrivalRate);
  state.setF64(INVERSE_STEP_SIZE, fromInf(config.inverseStepSize));
  if (isFamilyCost(cost)) {
    state.setU32(G_FAMILY, cost.g.family === 'power' ? G_POWER : G_SHIFTED);
    state.setF64(G_SCALE, cost.g.a);
    state.setF64(G_EXPONENT, cost.g.p);
    state.setF64(H_SCALE, cost.h.b);
    state.setF64(H_EXPONENT, cost.h.q);
  }
  if (Array.isArray(initialRates)) {
    state.setU32(INITIAL_RATES, RATES_GIVEN);
  } else if (typeof initialRates === 'number') {
    state.setU32(INITIAL_RATES, RATES_EQUAL);
    state.setF64(INITIAL_RATE_LOW, initialRates);
  } else {
    state.setU32(INITIAL_RATES, RATES_UNIFORM);
    state.setF64(INITIAL_RATE_LOW, initialRates.uniform[0]);
    state.setF64(INITIAL_RATE_HIGH, initialRates.uniform[1]);
  }
  if (Array.isArray(initialTasks)) {
    state.setU32(INITIAL_TASKS, TASKS_GIVEN);
  } else {
    state.setU32(INITIAL_TASKS, TASKS_EQUAL);
    state.setU32(INITIAL_TASKS_EACH, initialTasks);
  }
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
  state.setU32(HISTOGRAM_POOL_PAGES, plan.histogramPages);
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

function writeCostTable(
  cost: CostFunctions,
  plan: MemoryPlan,
  state: StateBlock,
  buffer: ArrayBufferLike,
): void {
  const table = tabulateCost(cost, plan.costCells);
  new Float64Array(buffer, plan.costTable, table.cells.length).set(table.cells);
  state.setU32(COST_CELLS, plan.costCells);
  state.setBits(COST_BASE, table.base);
  state.setF64(START_EXPONENT, table.exponent);
  state.setF64(START_STEEPNESS, table.steepness);
}

function writeServers(config: CompleteConfig, plan: MemoryPlan, buffer: ArrayBufferLike): void {
  const { servers, initialRates, initialTasks } = config;
  if (Array.isArray(initialRates)) {
    const floats = new Float64Array(buffer, plan.records, (servers * RECORD_BYTES) / 8);
    initialRates.forEach((rate, v) => {
      floats[(v * RECORD_BYTES + RATE) / 8] = rate;
    });
  }
  if (Array.isArray(initialTasks)) {
    const words = new Uint32Array(buffer, plan.records, (servers * RECORD_BYTES) / 4);
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
