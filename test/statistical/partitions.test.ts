/**
 * Systems in partitions, small ones in which every part of the method is at work, against exact laws and against systems run as a whole. About
 * 180 comparisons, each with a false-alarm probability of 1e-6.
 */
import { describe, expect, it } from 'vitest';
import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import { TIME_WHOLE } from '../../src/engine/layout.js';
import type { Partitioning } from '../../src/engine/partitions.js';
import { Run } from '../../src/run/run.js';
import { productForm } from '../reference/exact-laws.js';
import {
  chiSquarePValue,
  kolmogorovSmirnovTest,
  mean,
  studentInterval,
} from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
/** No margin: windows are short, and decisions are reversed, and windows cut short, all the time. */
const SHORT: Partitioning = { parts: 4, events: 3, sets: 2, deviations: 0.2 };
const LONG: Partitioning = { parts: 3, events: 12, sets: 4, deviations: 0.2 };

async function start(config: SimulationConfig, partitions: Partitioning | null): Promise<Run> {
  const run = await Run.prepare(validateConfig(config), { partitions });
  run.start();
  return run;
}

function runTo(run: Run, until: number): void {
  while (!run.advance(until, 4096)) {}
}

/** Tasks at each server. */
function queues(run: Run): number[] {
  const { servers } = run.config;
  const words = new Uint32Array(run.instance.memory.buffer, run.plan.records, servers * 8);
  const found = new Array<number>(servers);
  for (let slot = 0; slot < servers; slot++) found[words[8 * slot + 6]] = words[8 * slot + 7];
  return found;
}

describe.each([
  ['short windows', SHORT],
  ['long windows', LONG],
])('unequal frozen rates, %s', (_, partitions) => {
  const rates = Array.from({ length: 40 }, (_, v) => [0.7, 1.1, 1.9, 2.6][v % 4]);
  const law = productForm(rates, 0.6);

  it('have the product form', async () => {
    const samples = {
      busy: [] as number[][],
      sojourn: [] as number[],
      whole: 0,
      share: [] as number[][],
    };
    const horizon = 3000;
    for (let k = 0; k < 40; k++) {
      const run = await start(
        {
          servers: 40,
          arrivalRate: 0.6,
          inverseStepSize: 'inf',
          initialRates: rates,
          warmup: 30,
          horizon,
          record: { interval: 1, servers: 'all' },
          seed: `parted ${k}`,
        },
        partitions,
      );
      runTo(run, horizon);
      const figures = run.figures();
      samples.sojourn.push(figures.meanSojournTime as number);
      const { trajectory } = run;
      const busy = rates.map((_, v) => {
        const tasks = trajectory.serverQueues(v).subarray(30);
        return tasks.reduce((sum, n) => sum + n, 0) / tasks.length;
      });
      samples.busy.push(busy);
      samples.whole += run.state.getF64(TIME_WHOLE) / horizon / 40;
    }
    expect(samples.whole).toBeLessThan(0.2);
    for (const [v, exact] of law.busyProbability.entries()) {
      expectMean(
        samples.busy.map((busy) => busy[v]),
        exact,
        0.05,
      );
    }
    expectMean(samples.sojourn, law.meanSojournTime, 0.01);
  });
});

const moving: Record<
  string,
  Pick<SimulationConfig, 'inverseStepSize'> & Partial<SimulationConfig>
> = {
  'from the optimum': { inverseStepSize: 60 },
  'with queues at first': { inverseStepSize: 60, buffer: 'inf', initialTasks: 1 },
  'from a wide start': { inverseStepSize: 20, initialRates: { uniform: [0, 2] } },
};

describe.each(Object.entries(moving))('moving rates, %s', (_, more) => {
  it('have the law of a system that is run as a whole', async () => {
    const config: SimulationConfig = { servers: 60, arrivalRate: 0.7, horizon: 20, ...more };
    const reached = { parted: new Map<string, number[]>(), whole: new Map<string, number[]>() };
    let whole = 0;
    for (let k = 0; k < 800; k++) {
      for (const [side, partitions] of [
        ['parted', k % 2 ? SHORT : LONG],
        ['whole', null],
      ] as const) {
        const run = await start({ ...config, seed: `${side} ${k}` }, partitions);
        for (const time of [1, 20]) {
          runTo(run, time);
          const figures = run.figures();
          const row = {
            busy: queues(run).filter((n) => n > 0).length,
            longest: Math.max(...queues(run)),
            firstBusy: queues(run)
              .slice(0, 15)
              .filter((n) => n > 0).length,
            rate: meanRate(run),
            rateOfOne: run.instance.kernel.rateOf(run.plan.state, slotOf(run, 7)),
            idleSignal: figures.meanIdleSignal ?? 0,
            events: run.events,
          };
          for (const [name, value] of Object.entries(row)) {
            const key = `${name} at ${time}`;
            const list = reached[side].get(key) ?? [];
            list.push(value);
            reached[side].set(key, list);
          }
        }
        if (side === 'parted') whole += run.state.getF64(TIME_WHOLE) / 20 / 800;
      }
    }
    expect(whole).toBeLessThan(0.9);
    for (const [key, values] of reached.parted) {
      const rounded = (list: number[]) => list.map((x) => Number(x.toPrecision(9)));
      const { pValue } = kolmogorovSmirnovTest(
        rounded(values),
        rounded(reached.whole.get(key) as number[]),
      );
      expect(pValue, key).toBeGreaterThan(FALSE_ALARM);
    }
  });
});

it('gives tasks to all servers alike, whatever their partition', async () => {
  // with all idle at first and none done, the first k tasks are at k servers that are drawn without replacement
  const servers = 61;
  const runs = 4000;
  const counts = new Array<number>(servers).fill(0);
  let tasks = 0;
  for (let k = 0; k < runs; k++) {
    const run = await start(
      {
        servers,
        arrivalRate: 1,
        inverseStepSize: 'inf',
        initialRates: 1e-9,
        horizon: 0.4,
        seed: `picks ${k}`,
      },
      k % 2 ? SHORT : LONG,
    );
    runTo(run, 0.4);
    for (const [v, queue] of queues(run).entries()) {
      counts[v] += queue;
      tasks += queue;
    }
  }
  const expected = tasks / servers;
  // the number of tasks at a server in one run is 0 or 1, and negatively correlated with that at others
  const variance = expected * (1 - tasks / runs / servers) * (servers / (servers - 1));
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / variance, 0);
  expect(chiSquarePValue(chi, servers - 1)).toBeGreaterThan(FALSE_ALARM);
  expect(expected).toBeGreaterThan(1000);
});

/** The slot of a server. */
function slotOf(run: Run, id: number): number {
  const { servers } = run.config;
  const words = new Uint32Array(run.instance.memory.buffer, run.plan.records, servers * 8);
  let slot = 0;
  while (words[8 * slot + 6] !== id) slot++;
  return slot;
}

function meanRate(run: Run): number {
  const rates = Array.from({ length: run.config.servers }, (_, slot) =>
    run.instance.kernel.rateOf(run.plan.state, slot),
  );
  return mean(rates);
}

function expectMean(samples: number[], exact: number, precision: number): void {
  const interval = studentInterval(samples, FALSE_ALARM);
  expect(Math.abs(interval.mean - exact)).toBeLessThan(interval.halfWidth);
  expect(interval.halfWidth).toBeLessThan(precision * exact);
}
