/** Writes what the wider model adds to the memory of a simulation: dispatch, work, classes, and the schedule. */
import type { CompleteConfig } from '../config/config.js';
import { sampleSize } from '../config/fields/policies.js';
import { serviceLaw } from '../service/law.js';
import type { RunCosts } from './costs.js';
import { fromInf, type Tables, writeCost } from './initial-state.js';
import {
  CHANGE_ARRIVAL_RATE,
  CHANGE_BYTES,
  CHANGE_CHANGES_COST,
  CHANGE_G_EXPONENT,
  CHANGE_G_FAMILY,
  CHANGE_G_SCALE,
  CHANGE_H_EXPONENT,
  CHANGE_H_SCALE,
  CHANGE_INVERSE_STEP_SIZE,
  CHANGE_RATES,
  CHANGE_SETS_RATES,
  CHANGE_TABLE,
  CHANGE_TIME,
  CHANGES,
  DISPATCH,
  DISPATCH_JIQ,
  DISPATCH_LONGEST_IDLE,
  DISPATCH_RANDOM,
  DISPATCH_ROUND_ROBIN,
  DISPATCH_SAMPLED,
  DISPATCH_SHORTEST_IDLE,
  DISPATCH_SORTED,
  FASTEST_PHASE,
  JUMP_BYTES,
  JUMP_END,
  JUMP_LEVEL,
  JUMP_TO,
  MOST_SAMPLED,
  PERIOD,
  PERIOD_PHASES,
  SAMPLE,
  WORK_BYTES,
  WORK_HAZARD,
  WORK_JUMP_COUNT,
  WORK_JUMPS,
  WORK_PHASES,
} from './layout.js';
import type { MemoryPlan } from './memory.js';
import { StateBlock } from './state.js';

/** After `writeInitialState`, which gives the addresses of the tables. */
export function writeWiderState(
  config: CompleteConfig,
  costs: RunCosts,
  tables: Tables,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): void {
  const state = new StateBlock(memory, plan.state);
  writeDispatch(config, state);
  if (config.service) writeWork(config.service, plan, state, memory);
  writeClassOf(config, plan, memory.buffer);
  writeSchedule(config, costs, tables, plan, memory);
}

const RULES = {
  jiq: DISPATCH_JIQ,
  'round-robin': DISPATCH_ROUND_ROBIN,
  'longest-idle': DISPATCH_LONGEST_IDLE,
  'shortest-idle': DISPATCH_SHORTEST_IDLE,
};

function writeDispatch({ dispatch = 'jiq', servers }: CompleteConfig, state: StateBlock): void {
  const sample = sampleSize(dispatch, servers);
  if (sample === null) {
    state.setU32(DISPATCH, RULES[dispatch as keyof typeof RULES]);
    return;
  }
  state.setU32(SAMPLE, sample);
  const few = sample <= MOST_SAMPLED ? DISPATCH_SAMPLED : DISPATCH_SORTED;
  state.setU32(DISPATCH, sample === 1 ? DISPATCH_RANDOM : few);
}

/** Phases, then the start, then the jumps of each with their cumulative probabilities. */
function writeWork(
  service: NonNullable<CompleteConfig['service']>,
  plan: MemoryPlan,
  state: StateBlock,
  memory: WebAssembly.Memory,
): void {
  const { alpha, T } = serviceLaw(service);
  const phases = alpha.length;
  const work = new StateBlock(memory, plan.work);
  state.setU32(WORK_PHASES, phases);
  let jumps = (phases + 1) * WORK_BYTES;
  let fastest = 0;
  const write = (phase: number, hazard: number, leads: [to: number, weight: number][]) => {
    const possible = leads.filter(([, weight]) => weight > 0);
    const total = possible.reduce((sum, [, weight]) => sum + weight, 0);
    const at = phase * WORK_BYTES;
    work.setF64(at + WORK_HAZARD, hazard);
    work.setU32(at + WORK_JUMPS, jumps);
    work.setU32(at + WORK_JUMP_COUNT, possible.length);
    let sum = 0;
    for (const [to, weight] of possible) {
      sum += weight;
      work.setF64(jumps + JUMP_LEVEL, sum / total);
      work.setU32(jumps + JUMP_TO, to);
      jumps += JUMP_BYTES;
    }
    fastest = Math.max(fastest, hazard);
  };
  T.forEach((row, phase) => {
    const hazard = -(row[phase] as number);
    const others = row.flatMap((rate, to): [number, number][] =>
      to === phase ? [] : [[to, rate]],
    );
    const rest = hazard - others.reduce((sum, [, rate]) => sum + rate, 0);
    // what rounding leaves of a row without an end
    const end = rest > 1e-12 * hazard ? rest : 0;
    write(phase, hazard, [...others, [JUMP_END, end]]);
  });
  write(
    phases,
    0,
    alpha.map((weight, phase): [number, number] => [phase, weight]),
  );
  state.setF64(FASTEST_PHASE, fastest);
}

function writeClassOf({ classes = [] }: CompleteConfig, plan: MemoryPlan, buffer: ArrayBufferLike) {
  if (classes.length < 2) return;
  let first = 0;
  classes.forEach(({ servers }, k) => {
    new Uint8Array(buffer, plan.classOf + first, servers).fill(k);
    first += servers;
  });
}

const CHANGE_COST_FIELDS = {
  family: CHANGE_G_FAMILY,
  gScale: CHANGE_G_SCALE,
  gExponent: CHANGE_G_EXPONENT,
  hScale: CHANGE_H_SCALE,
  hExponent: CHANGE_H_EXPONENT,
  table: CHANGE_TABLE,
};

function writeSchedule(
  { schedule = [], period = 0, record }: CompleteConfig,
  costs: RunCosts,
  tables: Tables,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): void {
  const state = new StateBlock(memory, plan.state);
  state.setU32(CHANGES, schedule.length);
  state.setF64(PERIOD, period);
  state.setU32(PERIOD_PHASES, record.phases ?? 0);
  schedule.forEach(({ time, arrivalRate = 0, inverseStepSize = 0, rates }, k) => {
    const change = new StateBlock(memory, plan.schedule + k * CHANGE_BYTES);
    change.setF64(CHANGE_TIME, time);
    change.setF64(CHANGE_ARRIVAL_RATE, arrivalRate);
    change.setF64(CHANGE_INVERSE_STEP_SIZE, fromInf(inverseStepSize));
    if (rates !== undefined) {
      change.setU32(CHANGE_SETS_RATES, 1);
      change.setF64(CHANGE_RATES, rates);
    }
    if (costs.changes[k]) change.setU32(CHANGE_CHANGES_COST, 1);
  });
  writeScheduledCosts(costs, tables, plan, memory);
}

/** The costs of the schedule, once more where their tables have moved. */
export function writeScheduledCosts(
  { changes }: RunCosts,
  tables: Tables,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
): void {
  changes.forEach((cost, k) => {
    if (cost === null) return;
    const change = new StateBlock(memory, plan.schedule + k * CHANGE_BYTES);
    writeCost(change, CHANGE_COST_FIELDS, cost.choice, tables.get(cost));
  });
}
