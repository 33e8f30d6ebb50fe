/** Small systems in small partitions: what a system of millions does rarely, these do all the time. */
import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import type { Partitioning } from '../../src/engine/partitions.js';
import { Run } from '../../src/run/run.js';

export interface PartedSystem {
  config: SimulationConfig;
  partitions: Partitioning;
}

const base = { arrivalRate: 0.8, inverseStepSize: 500 };

export const systems: Record<string, PartedSystem> = {
  'short windows': {
    config: { ...base, servers: 2000, horizon: 40 },
    partitions: { parts: 4, events: 20, sets: 4, deviations: 8 },
  },
  'long windows, partitions of unequal size': {
    config: { ...base, servers: 2003, horizon: 40 },
    partitions: { parts: 7, events: 100, sets: 8, deviations: 8 },
  },
  'windows too long for what can be taken back': {
    config: { ...base, servers: 4000, horizon: 30, inverseStepSize: 20 },
    partitions: { parts: 16, events: 1000, sets: 2, deviations: 8 },
  },
  'no margin: the floor is passed again and again': {
    config: { ...base, servers: 200, horizon: 200 },
    partitions: { parts: 4, events: 6, sets: 2, deviations: 0.2 },
  },
  'queues, and too few idle servers at first': {
    config: { ...base, servers: 300, buffer: 3, initialTasks: 2, horizon: 100 },
    partitions: { parts: 3, events: 6, sets: 2, deviations: 1 },
  },
  'a schedule': {
    config: {
      ...base,
      servers: 1000,
      horizon: 60,
      schedule: [
        { time: 10, arrivalRate: 1.4 },
        { time: 20.5, inverseStepSize: 30 },
        { time: 30, arrivalRate: 0.2, cost: { h: { family: 'power', b: 0.3, q: 2 } } },
        { time: 45, rates: 1.3 },
      ],
    },
    partitions: { parts: 5, events: 30, sets: 4, deviations: 4 },
  },
};

export async function start({ config, partitions }: PartedSystem, checked = true): Promise<Run> {
  const run = await Run.prepare(validateConfig(config), { checked, partitions });
  run.start();
  return run;
}

export function runTo(run: Run, until: number, blocks = 4096): void {
  while (!run.advance(until, blocks)) {}
}
