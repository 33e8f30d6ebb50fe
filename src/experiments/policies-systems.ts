/** The systems that the experiment on policies simulates. */
import type { Dispatch } from '../config/config.js';
import type { PointResult } from '../studies/result.js';
import type { Results } from './experiment.js';
import { longRun } from './steady-state.js';

export const LAMBDA = 0.8;
/** Where random dispatch leads the control further astray. */
export const LIGHT = 0.5;
export const M = 200;
export const SERVERS = 100;
/** Servers under shortest-idle. */
export const SPLIT = 500;
export const RULES = [
  ...(['jiq', 'longest-idle', 'shortest-idle', 'jsq', 'jsq:2'] as const),
  ...(['round-robin', 'random'] as const),
];
/** Squared coefficients of variation of the work of a task. */
export const VARIATIONS = [0.25, 1, 4];
/** Frozen systems: few servers that drop some tasks, independent ones with queues, and very many. */
export const FEW = { servers: 10, rate: 1.2, arrivalRate: LAMBDA };
export const QUEUES = { servers: 50, rate: 1, arrivalRate: 0.7 };
export const MANY = { servers: 1000, rate: 1, arrivalRate: LAMBDA };

/** The systems that are simulated, each by a name. */
export const SYSTEMS = new Map<string, (scale: number) => Record<string, unknown>>([
  ...RULES.map((dispatch) => [dispatch, (scale: number) => ruled(dispatch, scale)] as const),
  ...[1, 4].map((scv) => [`light ${scv}`, (scale: number) => light(scv, scale)] as const),
  ['random, unit buffers', (scale) => ({ ...adaptive(LAMBDA, scale), dispatch: 'random' })],
  ...VARIATIONS.map((scv) => [`jiq ${scv}`, (scale: number) => varied(scv, scale)] as const),
  ...VARIATIONS.map((scv) => [`few ${scv}`, (scale: number) => frozenFew(scv, scale)] as const),
  ...VARIATIONS.map((scv) => [`queues ${scv}`, (scale: number) => queues(scv, scale)] as const),
  ['many', (scale) => frozen(MANY, 'jsq:2', 50, 100 * scale)],
]);

function adaptive(arrivalRate: number, scale: number) {
  return longRun(SERVERS, arrivalRate, M, 250 * scale);
}

/** The paper's system with queues, under a dispatch rule. */
function ruled(dispatch: Dispatch, scale: number) {
  const run = dispatch === 'shortest-idle' ? manySettling(scale) : adaptive(LAMBDA, scale);
  return { ...run, buffer: 'inf', dispatch, record: { ...run.record, servers: 'all' } };
}

/**
 * Under shortest-idle some servers stay idle and slow down without end; how many takes many servers to show, as the number of those that
 * work fluctuates.
 */
function manySettling(scale: number) {
  const [warmup, observed] = [500, 500 * scale];
  return {
    ...{ servers: SPLIT, arrivalRate: LAMBDA, inverseStepSize: M },
    ...{ warmup, horizon: warmup + observed, record: { interval: observed / 20 } },
  };
}

function light(scv: number, scale: number) {
  return { ...adaptive(LIGHT, scale), buffer: 'inf', dispatch: 'random', service: work(scv) };
}

function varied(scv: number, scale: number) {
  return { ...adaptive(LAMBDA, scale), service: work(scv) };
}

function frozenFew(scv: number, scale: number) {
  return { ...frozen(FEW, 'jiq', 200, 15_000 * scale), buffer: 1, service: work(scv) };
}

function queues(scv: number, scale: number) {
  return { ...frozen(QUEUES, 'random', 500, 5_000 * scale), service: work(scv) };
}

function frozen(
  { servers, rate, arrivalRate }: typeof FEW,
  dispatch: Dispatch,
  warmup: number,
  observed: number,
) {
  return {
    ...{ servers, arrivalRate, inverseStepSize: 'inf', initialRates: rate },
    ...{ dispatch, buffer: 'inf', warmup, horizon: warmup + observed },
  };
}

/** `scv:1` is exponential work. */
function work(scv: number) {
  return scv === 1 ? 'exponential' : `scv:${scv}`;
}

/** The point of a system. */
export function at(results: Results, system: string): PointResult {
  return results.points[[...SYSTEMS.keys()].indexOf(system)] as PointResult;
}
