import type { CompleteConfig, Dispatch } from '../config/config.js';
import { sampleSize } from '../config/fields/policies.js';
import { type CostChoice, type CostFunctions, resolveCost } from '../cost/cost.js';
import { serviceLaw } from '../service/law.js';
import type { CostClass } from './class-rates.js';

/** What theory has to know of a configuration. */
export interface System {
  servers: number;
  /** λ, tasks that arrive per unit of time and per server */
  arrivalRate: number;
  /** tasks a server holds; may be Infinity */
  room: number;
  dispatch: Dispatch;
  /**
   * servers that an arriving task looks at for an idle one, of which it then takes a random one: n for Join-Idle-Queue; null for
   * rules that do not choose at random
   */
  choices: number | null;
  /** mean and squared coefficient of variation of the work of a task, and whether it is exponential with mean 1 */
  work: { mean: number; scv: number; exponential: boolean };
  /** the cost of the system */
  cost: CostFunctions;
  /** groups of servers in order of id, and the place of their cost in `classes` */
  groups: { servers: number; kind: number }[];
  /** servers with the same cost together; null if all have the system's */
  classes: CostClass[] | null;
}

/** @throws {ConfigError} for a cost that cannot be used */
export async function systemOf(config: CompleteConfig): Promise<System> {
  const { servers, arrivalRate, buffer, service = 'exponential' } = config;
  const dispatch = servers === 1 ? 'jiq' : (config.dispatch ?? 'jiq'); // a single server has no choice
  const { alpha, mean, scv } = serviceLaw(service);
  const cost = await resolveCost(config.cost);
  const groups = (config.classes ?? []).map(({ servers, cost }) => ({ servers, choice: cost }));
  const merged = mergeByCost(groups);
  const alike = merged.every(({ choice }) => sameCost(choice, config.cost));
  return {
    servers,
    arrivalRate,
    room: buffer === 'inf' ? Number.POSITIVE_INFINITY : buffer,
    dispatch,
    choices: dispatch === 'jiq' ? servers : sampleSize(dispatch, servers),
    work: { mean, scv, exponential: alpha.length === 1 && mean === 1 },
    cost,
    groups: groups.map(({ servers, choice }) => ({
      servers,
      kind: merged.findIndex((other) => sameCost(other.choice, choice)),
    })),
    classes: alike ? null : await resolveAll(merged),
  };
}

/** Whether the rates of the others make no difference to a server: each gets as many tasks, whatever happens at the others. */
export function serversAreIndependent({ choices, dispatch }: System): boolean {
  return choices === 1 || dispatch === 'round-robin';
}

interface Group {
  servers: number;
  choice: CostChoice;
}

function mergeByCost(groups: readonly Group[]): Group[] {
  const merged: Group[] = [];
  for (const { servers, choice } of groups) {
    const group = merged.find((other) => sameCost(other.choice, choice));
    if (group) group.servers += servers;
    else merged.push({ servers, choice });
  }
  return merged;
}

function resolveAll(groups: readonly Group[]): Promise<CostClass[]> {
  return Promise.all(
    groups.map(async ({ servers, choice }) => ({ servers, cost: await resolveCost(choice) })),
  );
}

function sameCost(a: CostChoice, b: CostChoice): boolean {
  return same(a.g, b.g) && same(a.h, b.h);
}

function same(a: CostChoice['g' | 'h'], b: CostChoice['g' | 'h']): boolean {
  if (a === b) return true;
  const isCode = (f: typeof a) => typeof f === 'function' || (typeof f === 'object' && 'f' in f);
  return !isCode(a) && !isCode(b) && JSON.stringify(a) === JSON.stringify(b);
}
