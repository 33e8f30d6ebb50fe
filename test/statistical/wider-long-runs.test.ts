/**
 * Long runs with moving rates under every dispatch rule and service law, by the engine and by the event list: time
 * averages of independent replications, compared by Welch's test. 14 systems of 7 figures: over the choice of
 * seeds a correct engine fails this file with probability below 1e-4.
 */
import { describe, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import type { DispatchRule } from '../reference/dispatch-rules.js';
import { simulateEventList } from '../reference/event-list.js';
import type { ServiceLaw } from '../reference/service-laws.js';
import { mean } from '../reference/statistics.js';
import { asDispatch, asService } from './as-config.js';
import { expectSameMeans } from './two-sample.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 24;

interface System {
  dispatch: DispatchRule;
  service: ServiceLaw;
  buffer: number | 'inf';
}

const exponential: ServiceLaw = { kind: 'exponential' };
const systems: System[] = [
  { dispatch: 'jiq', service: exponential, buffer: 3 },
  { dispatch: 'longest-idle', service: exponential, buffer: 1 },
  { dispatch: 'shortest-idle', service: exponential, buffer: 1 },
  { dispatch: 'random', service: exponential, buffer: 3 },
  { dispatch: 'round-robin', service: exponential, buffer: 3 },
  { dispatch: 'jsq', service: exponential, buffer: 'inf' },
  { dispatch: { choices: 2 }, service: exponential, buffer: 3 },
  { dispatch: 'jiq', service: { kind: 'erlang', k: 3 }, buffer: 3 },
  {
    dispatch: 'jiq',
    service: { kind: 'hyperexponential', p: 0.3, r1: 0.3, r2: 2 },
    buffer: 3,
  },
  { dispatch: 'jiq', service: { kind: 'scv', c: 0.4 }, buffer: 'inf' },
  {
    dispatch: 'random',
    service: {
      kind: 'phase type',
      alpha: [1, 0],
      T: [
        [-2, 1],
        [0, -1],
      ],
    },
    buffer: 2,
  },
  { dispatch: 'longest-idle', service: { kind: 'erlang', k: 2 }, buffer: 2 },
  { dispatch: 'shortest-idle', service: { kind: 'scv', c: 4 }, buffer: 2 },
  { dispatch: { choices: 3 }, service: { kind: 'scv', c: 2 }, buffer: 'inf' },
];

const [servers, arrivalRate, inverseStepSize] = [5, 0.9, 40];
const [warmup, length, interval] = [400, 1200, 2];
const initialRates = new Array(servers).fill(1.5);
/** The paper's h. */
const h = (rate: number) => 0.1 * rate * rate;

const figures = [
  'busy servers',
  'tasks',
  'share of tasks accepted',
  'sojourn time',
  'idle signal',
  'rate',
  'power',
] as const;

async function byEngine({ dispatch, service, buffer }: System, run: number): Promise<number[]> {
  const simulation = await Simulation.create({
    servers,
    arrivalRate,
    inverseStepSize,
    initialRates,
    buffer,
    dispatch: asDispatch(dispatch),
    service: asService(service),
    warmup,
    horizon: warmup + length,
    record: { interval },
    seed: `long run ${run}`,
  });
  simulation.runUntil();
  const result = simulation.result();
  return [
    result.busyFraction,
    result.meanQueueLength,
    1 - (result.blockingProbability as number),
    result.meanSojournTime,
    result.meanIdleSignal,
    result.serviceRate.mean,
    result.cost.power,
  ] as number[];
}

function byEventList({ dispatch, service, buffer }: System, run: number): number[] {
  const snapshots = simulateEventList({
    servers,
    arrivalRate,
    inverseStepSize,
    initialRates,
    bufferCapacity: buffer === 'inf' ? Number.POSITIVE_INFINITY : buffer,
    dispatch,
    service,
    sampleTimes: Array.from({ length: length / interval + 1 }, (_, i) => warmup + i * interval),
    seed: run,
  });
  const [first, last] = [snapshots[0], snapshots[snapshots.length - 1]];
  const perServer = (last: number[], first: number[]) => mean(last) - mean(first);
  return [
    perServer(last.busyTimes, first.busyTimes) / length,
    (last.taskIntegral - first.taskIntegral) / length / servers,
    1 - (last.dropped - first.dropped) / (last.arrivals - first.arrivals),
    (last.taskIntegral - first.taskIntegral) / (last.departures - first.departures),
    mean(snapshots.map(({ idleSignals }) => mean(idleSignals))),
    perServer(last.rateIntegrals, first.rateIntegrals) / length,
    mean(snapshots.map(({ rates }) => mean(rates.map(h)))),
  ];
}

describe.each(systems)('$dispatch, $service, buffer $buffer', (system) => {
  it('averages to the same', async () => {
    const engine: number[][] = [];
    const eventList: number[][] = [];
    for (let run = 0; run < REPLICATIONS; run++) {
      engine.push(await byEngine(system, run));
      eventList.push(byEventList(system, run));
    }
    expectSameMeans(figures, engine, eventList, FALSE_ALARM, 0.25);
  });
});
