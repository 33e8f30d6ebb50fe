/**
 * Classes of servers with costs of their own: the figures of each class by the engine and by the event list, with
 * moving rates. 2 systems of 21 figures: over the choice of seeds a correct engine fails this file with
 * probability below 1e-4.
 */
import { expect, it } from 'vitest';
import { Simulation, type SimulationConfig } from '../../src/index.js';
import type { DispatchRule } from '../reference/dispatch-rules.js';
import { simulateEventList } from '../reference/event-list.js';
import type { PowerLawCost } from '../reference/rate-trajectory.js';
import type { ServiceLaw } from '../reference/service-laws.js';
import { mean } from '../reference/statistics.js';
import { asDispatch, asService } from './as-config.js';
import { expectSameMeans } from './two-sample.js';

const REPLICATIONS = 24;
const [arrivalRate, inverseStepSize] = [0.8, 30];
const [warmup, length, interval] = [300, 1200, 2];

/** In order of id. */
const classes: { servers: number; rate: number; tasks: number; cost: PowerLawCost }[] = [
  { servers: 2, rate: 0, tasks: 2, cost: { a: 1, p: 1, b: 0.05, q: 2 } },
  { servers: 2, rate: 1, tasks: 0, cost: { a: 1, p: 1, b: 0.1, q: 3 } },
  { servers: 2, rate: 2, tasks: 1, cost: { a: 2, p: 0.5, b: 0.2, q: 2 } },
];
const servers = classes.reduce((sum, own) => sum + own.servers, 0);
const ofEach = <T>(value: (own: (typeof classes)[number]) => T): T[] =>
  classes.flatMap((own) => new Array<T>(own.servers).fill(value(own)));

interface System {
  dispatch: DispatchRule;
  service: ServiceLaw;
  buffer: number;
}

const perClass = ['busy', 'tasks', 'throughput', 'sojourn time', 'rate', 'sd of rates', 'power'];
const names = classes.flatMap((_, k) => perClass.map((name) => `${name} of class ${k}`));

async function byEngine({ dispatch, service, buffer }: System, run: number): Promise<number[]> {
  const config: SimulationConfig = {
    servers,
    arrivalRate,
    inverseStepSize,
    buffer,
    dispatch: asDispatch(dispatch),
    service: asService(service),
    classes: classes.map(({ servers, rate, tasks, cost: { a, p, b, q } }) => ({
      servers,
      initialRates: rate,
      initialTasks: tasks,
      cost: { g: { family: 'power', a, p }, h: { family: 'power', b, q } },
    })),
    warmup,
    horizon: warmup + length,
    record: { interval },
    seed: `classes ${run}`,
  };
  const simulation = await Simulation.create(config);
  simulation.runUntil();
  const figures = simulation.result().classes ?? [];
  expect(figures.map((own) => own.servers)).toEqual(classes.map((own) => own.servers));
  return figures.flatMap((own) => [
    own.busyFraction,
    own.meanQueueLength,
    own.throughput,
    own.meanSojournTime,
    own.serviceRate.mean,
    own.serviceRate.sd,
    own.cost.power,
  ]) as number[];
}

function byEventList({ dispatch, service, buffer }: System, run: number): number[] {
  const snapshots = simulateEventList({
    servers,
    arrivalRate,
    inverseStepSize,
    bufferCapacity: buffer,
    dispatch,
    service,
    initialRates: ofEach(({ rate }) => rate),
    initialTasks: ofEach(({ tasks }) => tasks),
    cost: ofEach(({ cost }) => cost),
    sampleTimes: Array.from({ length: length / interval + 1 }, (_, i) => warmup + i * interval),
    seed: run,
  });
  const [first, last] = [snapshots[0], snapshots[snapshots.length - 1]];
  let from = 0;
  return classes.flatMap(({ servers: size, cost: { b, q } }) => {
    const ids = Array.from({ length: size }, (_, i) => from + i);
    from += size;
    const over = (values: (v: number) => number) => mean(ids.map(values));
    const busy = over((v) => last.busyTimes[v] - first.busyTimes[v]) / length;
    const tasks = mean(snapshots.map(({ queueLengths }) => over((v) => queueLengths[v])));
    const throughput = over((v) => last.departuresOf[v] - first.departuresOf[v]) / length;
    const rates = snapshots.flatMap((snapshot) => ids.map((v) => snapshot.rates[v]));
    const centre = mean(rates);
    return [
      busy,
      tasks,
      throughput,
      tasks / throughput,
      centre,
      Math.sqrt(mean(rates.map((rate) => (rate - centre) ** 2))),
      mean(rates.map((rate) => b * rate ** q)),
    ];
  });
}

it.each<System>([
  { dispatch: 'jiq', service: { kind: 'exponential' }, buffer: 3 },
  { dispatch: { choices: 2 }, service: { kind: 'erlang', k: 2 }, buffer: 4 },
])('$dispatch, $service', async (system) => {
  const engine: number[][] = [];
  const eventList: number[][] = [];
  for (let run = 0; run < REPLICATIONS; run++) {
    engine.push(await byEngine(system, run));
    eventList.push(byEventList(system, run));
  }
  // of two servers over 40 relaxation times the sd is known least
  expectSameMeans(names, engine, eventList, 1e-6, 0.5);
});
