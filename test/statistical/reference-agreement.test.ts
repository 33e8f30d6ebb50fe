/**
 * The engine against an independent simulator of the same model: an event list instead of thinning, rates
 * by extrapolation in another variable, another random number generator. Both are run from the same
 * start many times, and what they reach is compared in distribution. False-alarm probability 1e-6 per
 * comparison; about 60 comparisons.
 */
import { describe, expect, it } from 'vitest';
import {
  type PowerCost,
  Simulation,
  type SimulationConfig,
  type SlownessCost,
} from '../../src/index.js';
import { simulateEventList } from '../reference/event-list.js';
import { chiSquarePValue, kolmogorovSmirnovTest } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
const RUNS = 800;

const rates = [0, 0.4, 1.1, 2.4];
const systems: [string, Partial<SimulationConfig>][] = [
  ['unit buffers', { buffer: 1, initialTasks: [0, 1, 1, 0] }],
  ['three places with backlog', { buffer: 3, initialTasks: [3, 0, 2, 1], arrivalRate: 1.5 }],
  ['unbounded with backlog', { buffer: 'inf', initialTasks: [12, 3, 0, 8] }],
  ['m = 10', { inverseStepSize: 10, initialTasks: 0 }],
  [
    'g = 1/x², h = 0.05 x³',
    { cost: { g: { family: 'power', a: 1, p: 2 }, h: { family: 'power', b: 0.05, q: 3 } } },
  ],
];
const times = [2, 20];

/** What is compared, at each of `times`; integers are compared by chi-square, others by Kolmogorov–Smirnov. */
interface Reached {
  rate: number;
  fastRate: number;
  meanRate: number;
  idleSignal: number;
  tasks: number;
  queue: number;
  departures: number;
  dropped: number;
}

async function byEngine(config: SimulationConfig): Promise<Reached[]> {
  const simulation = await Simulation.create(config);
  return times.map((time) => {
    simulation.runUntil(time);
    const { events } = simulation.result();
    return describeState(
      [...simulation.rates()],
      [...simulation.queueLengths()],
      [...simulation.idleSignals()],
      events.departures,
      events.dropped,
    );
  });
}

function byEventList(config: SimulationConfig, seed: number): Reached[] {
  const { servers, arrivalRate, cost } = config;
  const tasks = config.initialTasks ?? 0;
  const snapshots = simulateEventList({
    servers,
    arrivalRate,
    inverseStepSize: config.inverseStepSize as number,
    bufferCapacity: config.buffer === 'inf' ? Number.POSITIVE_INFINITY : (config.buffer ?? 1),
    initialRates: rates,
    initialTasks: rates.map((_, v) => (typeof tasks === 'number' ? tasks : tasks[v])),
    ...(cost && { cost: { ...(cost.g as SlownessCost), ...(cost.h as PowerCost) } }),
    sampleTimes: times,
    seed,
  });
  return snapshots.map((s) =>
    describeState(s.rates, s.queueLengths, s.idleSignals, s.departures, s.dropped),
  );
}

function describeState(
  rate: number[],
  queues: number[],
  signals: number[],
  departures: number,
  dropped: number,
): Reached {
  return {
    rate: rate[0],
    fastRate: rate[3],
    meanRate: rate.reduce((sum, x) => sum + x, 0) / rate.length,
    idleSignal: signals[1],
    tasks: queues.reduce((sum, x) => sum + x, 0),
    queue: queues[1],
    departures,
    dropped,
  };
}

/** p-value of the two-sample chi-square test of integer samples, rare values pooled. */
function sameCounts(a: number[], b: number[]): number {
  const counts = new Map<number, [number, number]>();
  for (const [sample, side] of [
    [a, 0],
    [b, 1],
  ] as const) {
    for (const x of sample) {
      const count = counts.get(x) ?? [0, 0];
      count[side] += 1;
      counts.set(x, count);
    }
  }
  const cells: [number, number][] = [];
  let pool: [number, number] = [0, 0];
  for (const [, count] of [...counts].sort(([x], [y]) => x - y)) {
    pool = [pool[0] + count[0], pool[1] + count[1]];
    if (pool[0] + pool[1] >= 30) {
      cells.push(pool);
      pool = [0, 0];
    }
  }
  const last = cells.pop() ?? [0, 0];
  cells.push([last[0] + pool[0], last[1] + pool[1]]);
  if (cells.length < 2) return 1;
  const statistic = cells.reduce((sum, [x, y]) => sum + (x - y) ** 2 / (x + y), 0);
  return chiSquarePValue(statistic, cells.length - 1);
}

describe.each(systems)('%s', (_name, config) => {
  it('reaches the same law', async () => {
    const full: SimulationConfig = {
      servers: rates.length,
      arrivalRate: 0.8,
      inverseStepSize: 60,
      initialRates: rates,
      horizon: 20,
      ...config,
    };
    const engine: Reached[][] = [];
    const eventList: Reached[][] = [];
    for (let run = 0; run < RUNS; run++) {
      engine.push(await byEngine({ ...full, seed: `agreement ${run}` }));
      eventList.push(byEventList(full, run + 1));
    }
    times.forEach((time, i) => {
      const of = (key: keyof Reached) =>
        [engine, eventList].map((runs) => runs.map((run) => run[i][key])) as [number[], number[]];
      for (const key of ['rate', 'fastRate', 'meanRate', 'idleSignal'] as const) {
        // laws with atoms (a server busy all the time): what agrees to 9 digits must compare equal
        const [a, b] = of(key).map((samples) => samples.map((x) => Number(x.toPrecision(9))));
        const { pValue } = kolmogorovSmirnovTest(a, b);
        expect(pValue, `${key} at t = ${time}`).toBeGreaterThan(FALSE_ALARM);
      }
      for (const key of ['tasks', 'queue', 'departures', 'dropped'] as const) {
        const pValue = sameCounts(...of(key));
        expect(pValue, `${key} at t = ${time}`).toBeGreaterThan(FALSE_ALARM);
      }
    });
  });
});
