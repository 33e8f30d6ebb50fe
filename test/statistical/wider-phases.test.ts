/**
 * Load over time: the figures of each phase of the period by the engine and by the event list, with moving rates. 2
 * systems of 28 figures: over the choice of seeds a correct engine fails this file with probability below 1e-4.
 */
import { expect, it } from 'vitest';
import { Simulation, type SimulationConfig } from '../../src/index.js';
import {
  type EventListOptions,
  type Snapshot,
  simulateEventList,
} from '../reference/event-list.js';
import { mean } from '../reference/statistics.js';
import { expectSameMeans } from './two-sample.js';

const REPLICATIONS = 24;
const [servers, period, phases, warmPeriods, periods] = [5, 40, 4, 5, 100];

/** Changes at phase borders, and within phases; the first phase begins with what the last one leaves. */
const schedule = [
  { time: 3, arrivalRate: 1.2 },
  { time: 10, arrivalRate: 0.7, inverseStepSize: 15 },
  { time: 20, arrivalRate: 0.3 },
  { time: 26.5, arrivalRate: 0.9 },
  { time: 30, inverseStepSize: 40 },
];
const common = { servers, arrivalRate: 0.5, inverseStepSize: 40, schedule, period };

/** What a phase has seen, of each period: what is there at its end less what was there at its start. */
const perPhase = [
  'arrivals',
  'rate',
  'busy',
  'share of tasks accepted',
  'throughput',
  'tasks',
  'sojourn time',
] as const;
const names = Array.from({ length: phases }, (_, k) =>
  perPhase.map((name) => `${name} of phase ${k}`),
).flat();

async function byEngine(own: Partial<SimulationConfig>, run: number): Promise<number[]> {
  const simulation = await Simulation.create({
    ...common,
    ...own,
    initialRates: 1.5,
    warmup: warmPeriods * period,
    horizon: (warmPeriods + periods) * period,
    record: { interval: 0.5, phases },
    seed: `phases ${run}`,
  });
  simulation.runUntil();
  const figures = simulation.result().phases ?? [];
  expect(figures.map(({ start, end }) => [start, end])).toEqual(
    Array.from({ length: phases }, (_, k) => [(k * period) / phases, ((k + 1) * period) / phases]),
  );
  return figures.flatMap((phase) => [
    phase.arrivalRate,
    phase.serviceRate.mean,
    phase.busyFraction,
    1 - (phase.blockingProbability as number),
    phase.throughput,
    phase.meanQueueLength,
    phase.meanSojournTime,
  ]) as number[];
}

function byEventList(own: Partial<EventListOptions>, run: number): number[] {
  const length = period / phases;
  const snapshots = simulateEventList({
    ...common,
    bufferCapacity: 1,
    ...own,
    initialRates: new Array(servers).fill(1.5),
    sampleTimes: Array.from(
      { length: phases * periods + 1 },
      (_, i) => warmPeriods * period + i * length,
    ),
    seed: run,
  });
  return Array.from({ length: phases }, (_, k) => {
    const total = (value: (snapshot: Snapshot) => number) => {
      let sum = 0;
      for (let i = k; i < snapshots.length - 1; i += phases) {
        sum += value(snapshots[i + 1]) - value(snapshots[i]);
      }
      return sum;
    };
    const serverTime = servers * length * periods;
    const [arrivals, departures] = [total((s) => s.arrivals), total((s) => s.departures)];
    const tasks = total((s) => s.taskIntegral);
    return [
      arrivals / serverTime,
      total((s) => mean(s.rateIntegrals)) / (length * periods),
      total((s) => mean(s.busyTimes)) / (length * periods),
      1 - total((s) => s.dropped) / arrivals,
      departures / serverTime,
      tasks / serverTime,
      tasks / departures,
    ];
  }).flat();
}

it.each<[string, Partial<SimulationConfig>, Partial<EventListOptions>]>([
  ['unit buffers', {}, {}],
  [
    'variable work by jsq:2 in two places',
    { buffer: 2, dispatch: 'jsq:2', service: 'scv:2' },
    { bufferCapacity: 2, dispatch: { choices: 2 }, service: { kind: 'scv', c: 2 } },
  ],
])('%s', async (_name, engineOptions, eventListOptions) => {
  const engine: number[][] = [];
  const eventList: number[][] = [];
  for (let run = 0; run < REPLICATIONS; run++) {
    engine.push(await byEngine(engineOptions, run));
    eventList.push(byEventList(eventListOptions, run));
  }
  expectSameMeans(names, engine, eventList, 1e-6, 0.1);
});
