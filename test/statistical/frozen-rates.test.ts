/**
 * The engine at frozen rates against exact stationary laws. Seeds are fixed; each comparison has a
 * false-alarm probability of FALSE_ALARM, so that a correct engine fails this file, over the choice of
 * seeds, with probability below 2e-4.
 */
import { describe, expect, it } from 'vitest';
import { Simulation, type SimulationConfig } from '../../src/index.js';
import {
  bufferedChain,
  erlangB,
  expectedIdleSignal,
  expectedIdleSignalClasses,
  mm1Distribution,
  mm1kDistribution,
  productForm,
} from '../reference/exact-laws.js';
import { batchMeans, chiSquareTest, mean, studentInterval } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 40;

/** Asserts that `exact` lies in the Student interval of the samples' mean, and that the interval is narrow. */
function expectMean(samples: number[], exact: number, precision: number) {
  const interval = studentInterval(samples, FALSE_ALARM);
  expect(Math.abs(interval.mean - exact)).toBeLessThan(interval.halfWidth);
  expect(interval.halfWidth).toBeLessThan(precision * exact);
}

interface Replication {
  busy: number[];
  idleSignal: number[];
  result: ReturnType<Simulation['result']>;
}

/** Independent replications of a frozen unit-buffer system, sampled at times `spacing` apart. */
async function replicate(rates: number[], lambda: number, samples: number, spacing: number) {
  const replications: Replication[] = [];
  for (let k = 0; k < REPLICATIONS; k++) {
    const simulation = await Simulation.create({
      servers: rates.length,
      arrivalRate: lambda,
      inverseStepSize: 'inf',
      initialRates: rates,
      warmup: 50,
      horizon: 50 + samples * spacing,
      seed: `frozen ${k}`,
    });
    const busy = rates.map(() => 0);
    const idleSignal = rates.map(() => 0);
    for (let i = 1; i <= samples; i++) {
      simulation.runUntil(50 + i * spacing);
      simulation.queueLengths().forEach((queue, v) => {
        busy[v] += queue / samples;
      });
      simulation.idleSignals().forEach((signal, v) => {
        idleSignal[v] += signal / samples;
      });
    }
    replications.push({ busy, idleSignal, result: simulation.result() });
  }
  return replications;
}

const classRates = [0.8, 1.6];
const systems = [
  { name: 'n = 3', rates: [1, 2, 0.5], samples: 2000, precision: 0.05 },
  { name: 'n = 6', rates: [0.3, 1.1, 2.2, 1.7, 0.9, 1.3], samples: 1500, precision: 0.06 },
  {
    name: 'n = 40, two classes',
    rates: Array.from({ length: 40 }, (_, v) => classRates[v % 2]),
    samples: 300,
    precision: 0.15,
  },
];

describe.each(systems)('heterogeneous frozen rates, $name', ({ rates, samples, precision }) => {
  const lambda = 0.8;
  const law = productForm(rates, lambda);
  const signals =
    rates.length === 40
      ? rates.map((_, v) => expectedIdleSignalClasses(classRates, [20, 20], lambda)[v % 2])
      : expectedIdleSignal(rates, lambda);
  const runs = replicate(rates, lambda, samples, 4);

  it('each server is busy with the probability of the product form', async () => {
    const replications = await runs;
    for (const v of rates.keys()) {
      expectMean(
        replications.map((run) => run.busy[v]),
        law.busyProbability[v],
        precision,
      );
    }
  });

  it('each server has the expected idle signal E[I_v]', async () => {
    const replications = await runs;
    for (const v of rates.keys()) {
      expectMean(
        replications.map((run) => run.idleSignal[v]),
        signals[v],
        2 * precision,
      );
    }
  });

  it('blocking, busy fraction, throughput, sojourn time and mean idle signal are exact', async () => {
    const results = (await runs).map((run) => run.result);
    const of = (figure: (result: (typeof results)[number]) => number | null) =>
      results.map((result) => figure(result) as number);
    const rare = law.blockingProbability < 0.01;
    expectMean(
      of((r) => r.blockingProbability),
      law.blockingProbability,
      rare ? 0.25 : 0.05,
    );
    expectMean(
      of((r) => r.busyFraction),
      mean(law.busyProbability),
      0.01,
    );
    expectMean(
      of((r) => r.throughput),
      law.throughputPerServer,
      0.02,
    );
    expectMean(
      of((r) => r.meanSojournTime),
      law.meanSojournTime,
      0.02,
    );
    expectMean(
      of((r) => r.meanIdleSignal),
      mean(signals),
      0.03,
    );
  });

  it('Lemma A.1: E[μ_v X_v I_v] = E[1 − X_v]', async () => {
    // Σ_v μ_v X_v I_v − (1 − X_v) has mean 0; X I is I at busy servers
    const simulation = await Simulation.create({
      servers: rates.length,
      arrivalRate: lambda,
      inverseStepSize: 'inf',
      initialRates: rates,
      horizon: 1e6,
      seed: 'lemma A.1',
    });
    const differences: number[] = [];
    for (let i = 1; i <= 20_000; i++) {
      simulation.runUntil(50 + 4 * i);
      const signal = simulation.idleSignals();
      let difference = 0;
      simulation.queueLengths().forEach((queue, v) => {
        difference += queue > 0 ? rates[v] * signal[v] : -1;
      });
      differences.push(difference / rates.length);
    }
    const interval = studentInterval(batchMeans(differences, 40), FALSE_ALARM);
    expect(Math.abs(interval.mean)).toBeLessThan(interval.halfWidth);
    expect(interval.halfWidth).toBeLessThan(0.05);
  });
});

describe('equal frozen rates', () => {
  it.each([
    [1, 0.5],
    [5, 0.9],
    [20, 1.1],
  ])('n = %i servers at load %f block like Erlang’s B formula', async (servers, load) => {
    const samples: number[] = [];
    for (let k = 0; k < REPLICATIONS; k++) {
      const simulation = await Simulation.create({
        servers,
        arrivalRate: load,
        inverseStepSize: 'inf',
        initialRates: 1,
        warmup: 50,
        horizon: 50 + 40_000 / servers,
        seed: `erlang ${k}`,
      });
      simulation.runUntil();
      samples.push(simulation.result().blockingProbability as number);
    }
    expectMean(samples, erlangB(load * servers, servers), 0.05);
  });
});

/** Counts of queue lengths (the last entry: that and more) of one server, at spaced times. */
async function queueCounts(config: Partial<SimulationConfig>, top: number, spacing: number) {
  const samples = 10_000;
  const simulation = await Simulation.create({
    servers: 1,
    arrivalRate: 0.7,
    inverseStepSize: 'inf',
    initialRates: 1,
    horizon: samples * spacing,
    record: { interval: spacing, servers: [0] },
    seed: 'queue',
    ...config,
  });
  simulation.runUntil();
  const counts = new Array<number>(top + 1).fill(0);
  for (const queue of simulation.trajectory.serverQueues(0).subarray(1)) {
    counts[Math.min(queue, top)] += 1;
  }
  return counts;
}

describe('queues at frozen rates', () => {
  // Times between samples are ten and more relaxation times, which makes them independent.
  it('M/M/1: queue length is geometric', async () => {
    const counts = await queueCounts({ buffer: 'inf' }, 12, 400);
    const law = mm1Distribution(0.7, 1, 11);
    const tail = 1 - law.reduce((sum, p) => sum + p, 0);
    expect(chiSquareTest(counts, [...law, tail]).pValue).toBeGreaterThan(FALSE_ALARM);
  });

  it.each([
    [2, 0.7],
    [5, 1.3],
  ])('M/M/1/%i: queue length is truncated geometric', async (buffer, arrivalRate) => {
    const counts = await queueCounts({ buffer, arrivalRate }, buffer, 100);
    const law = mm1kDistribution(arrivalRate, 1, buffer);
    expect(chiSquareTest(counts, law).pValue).toBeGreaterThan(FALSE_ALARM);
  });

  it('two unequal servers with three places: joint law of the queue lengths', async () => {
    const rates = [0.6, 1.5];
    const samples = 10_000;
    const simulation = await Simulation.create({
      servers: 2,
      arrivalRate: 0.9,
      inverseStepSize: 'inf',
      initialRates: rates,
      buffer: 3,
      horizon: samples * 60,
      record: { interval: 60, servers: 'all' },
      seed: 'joint',
    });
    simulation.runUntil();
    const counts = new Array<number>(16).fill(0);
    const first = simulation.trajectory.serverQueues(0);
    const second = simulation.trajectory.serverQueues(1);
    for (let i = 1; i <= samples; i++) counts[first[i] + 4 * second[i]] += 1;
    const law = bufferedChain(rates, 0.9, 3);
    expect(chiSquareTest(counts, law).pValue).toBeGreaterThan(FALSE_ALARM);
  });

  it('three unequal servers with two places: mean queue length and blocking', async () => {
    const rates = [0.5, 1, 1.5];
    const law = bufferedChain(rates, 1.1, 2);
    const total = (state: number) =>
      (state % 3) + (Math.floor(state / 3) % 3) + Math.floor(state / 9);
    const meanQueue = law.reduce((sum, p, state) => sum + p * total(state), 0) / 3;
    const results = [];
    for (let k = 0; k < REPLICATIONS; k++) {
      const simulation = await Simulation.create({
        servers: 3,
        arrivalRate: 1.1,
        inverseStepSize: 'inf',
        initialRates: rates,
        buffer: 2,
        warmup: 100,
        horizon: 5100,
        seed: `places ${k}`,
      });
      simulation.runUntil();
      results.push(simulation.result());
    }
    expectMean(
      results.map((r) => r.meanQueueLength as number),
      meanQueue,
      0.02,
    );
    expectMean(
      results.map((r) => r.blockingProbability as number),
      law[26],
      0.05,
    );
  });
});
