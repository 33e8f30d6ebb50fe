import { describe, expect, it } from 'vitest';
import { type EventListOptions, type Snapshot, simulateEventList } from './event-list.js';
import {
  bufferedChain,
  expectedIdleSignal,
  expectedIdleSignalClasses,
  fixedPoint,
  fluctuationSd,
  mm1Distribution,
  mm1kDistribution,
  productForm,
} from './exact-laws.js';
import { movingTrajectory, paperCost } from './rate-trajectory.js';
import { batchMeans, chiSquareTest, mean, normalQuantile, studentInterval } from './statistics.js';

/**
 * Every statistical comparison below fails with this probability for a correct simulator and a
 * fresh seed. There are about 30 of them, so all pass with probability above 1 − 1e-4; the seeds are
 * fixed, so a run that passes once passes always.
 */
const FALSE_ALARM = 1e-6;

const FROZEN = Number.POSITIVE_INFINITY;
const UNLIMITED = Number.POSITIVE_INFINITY;
const lambda = 0.8;

/** first, first + step, …, `count` times in all. */
function grid(first: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/** Averages over the snapshots of independent replications, one row per replication. */
function replicate(
  options: Omit<EventListOptions, 'seed'>,
  replications: number,
  observe: (snapshot: Snapshot) => number[],
): number[][] {
  return Array.from({ length: replications }, (_, seed) => {
    const observations = simulateEventList({ ...options, seed }).map(observe);
    return observations[0].map((_, i) => mean(observations.map((row) => row[i])));
  });
}

/** Each column of the replications has the expected mean, up to its `bias`. */
function expectMeans(
  replications: number[][],
  expected: readonly number[],
  bias: readonly number[] = expected.map(() => 0),
) {
  expect(replications[0]).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    const column = replications.map((row) => row[i]);
    const { mean: centre, halfWidth } = studentInterval(column, FALSE_ALARM);
    expect(Math.abs(centre - value), `column ${i}`).toBeLessThan(halfWidth + bias[i]);
  });
}

/** Queue lengths seen far apart follow the given law; the rest of the law is one more cell. */
function expectLaw(cells: readonly number[], law: readonly number[]) {
  const counts: number[] = new Array(law.length + 1).fill(0);
  for (const cell of cells) counts[Math.min(cell, law.length)]++;
  const rest = 1 - law.reduce((total, p) => total + p, 0);
  const { pValue } =
    rest > 1e-9
      ? chiSquareTest(counts, [...law, rest])
      : chiSquareTest(counts.slice(0, law.length), law);
  expect(pValue).toBeGreaterThan(FALSE_ALARM);
}

/** Busy (1) or idle (0) servers, idle signals, and whether all servers are busy. */
function unitBufferObservation({ queueLengths, idleSignals }: Snapshot): number[] {
  const blocked = queueLengths.every((tasks) => tasks > 0) ? 1 : 0;
  return [...queueLengths, ...idleSignals, blocked];
}

describe('frozen rates, unit buffers', () => {
  it('has the exact busy probabilities and idle signals of few servers', () => {
    const rates = [1, 2, 0.5];
    const law = productForm(rates, lambda);
    const replications = replicate(
      {
        servers: 3,
        arrivalRate: lambda,
        inverseStepSize: FROZEN,
        bufferCapacity: 1,
        initialRates: rates,
        sampleTimes: grid(60, 1, 2000),
      },
      40,
      unitBufferObservation,
    );
    expectMeans(replications, [
      ...law.busyProbability,
      ...expectedIdleSignal(rates, lambda),
      law.blockingProbability,
    ]);
  });

  it('has the exact busy probabilities and idle signals of two classes of 20 servers', () => {
    const rates = [...new Array(20).fill(0.8), ...new Array(20).fill(1.6)];
    const law = productForm(rates, lambda);
    const [slow, fast] = expectedIdleSignalClasses([0.8, 1.6], [20, 20], lambda);
    const ofClasses = (values: number[]) => [mean(values.slice(0, 20)), mean(values.slice(20))];
    const replications = replicate(
      {
        servers: 40,
        arrivalRate: lambda,
        inverseStepSize: FROZEN,
        bufferCapacity: 1,
        initialRates: rates,
        sampleTimes: grid(40, 1, 400),
      },
      30,
      ({ queueLengths, idleSignals }) => [...ofClasses(queueLengths), ...ofClasses(idleSignals)],
    );
    expectMeans(replications, [...ofClasses(law.busyProbability), slow, fast]);
  });

  it('counts arrivals, losses and departures', () => {
    const rates = [1, 2, 0.5];
    const law = productForm(rates, lambda);
    const horizon = 4000;
    const replications = Array.from({ length: 30 }, (_, seed) => {
      const [start, end] = simulateEventList({
        servers: 3,
        arrivalRate: lambda,
        inverseStepSize: FROZEN,
        bufferCapacity: 1,
        initialRates: rates,
        sampleTimes: [60, 60 + horizon],
        seed: 1000 + seed,
      });
      const inSystem = end.queueLengths.reduce((a, b) => a + b, 0);
      expect(end.arrivals - end.dropped - end.departures).toBe(inSystem);
      return [
        (end.arrivals - start.arrivals) / horizon,
        (end.dropped - start.dropped) / horizon,
        (end.departures - start.departures) / horizon,
      ];
    });
    expectMeans(replications, [
      3 * lambda,
      3 * lambda * law.blockingProbability,
      3 * law.throughputPerServer,
    ]);
  });
});

// Queue lengths are looked at so far apart that their correlation is below e^−10.
describe('frozen rates, larger buffers', () => {
  const single = { servers: 1, arrivalRate: 0.5, inverseStepSize: FROZEN, initialRates: [1] };

  it('is an M/M/1 queue with one server and no limit', () => {
    // Relaxation time 1/(√1 − √0.5)² = 11.7.
    const snapshots = simulateEventList({
      ...single,
      bufferCapacity: UNLIMITED,
      sampleTimes: grid(120, 120, 5000),
      seed: 1,
    });
    expectLaw(
      snapshots.map(({ queueLengths }) => queueLengths[0]),
      mm1Distribution(0.5, 1, 7),
    );
    expect(snapshots.every(({ idleSignals }) => idleSignals[0] >= 0)).toBe(true);
    expect(snapshots[4999].dropped).toBe(0);
  });

  it('is an M/M/1/K queue with one server and K places', () => {
    const snapshots = simulateEventList({
      ...single,
      arrivalRate: 1.2,
      bufferCapacity: 4,
      sampleTimes: grid(40, 40, 10_000),
      seed: 2,
    });
    expectLaw(
      snapshots.map(({ queueLengths }) => queueLengths[0]),
      mm1kDistribution(1.2, 1, 4),
    );
  });

  it('sends tasks to uniformly random servers with room when none is idle', () => {
    const rates = [1, 0.6, 1.5];
    const snapshots = simulateEventList({
      servers: 3,
      arrivalRate: 1.1,
      inverseStepSize: FROZEN,
      bufferCapacity: 2,
      initialRates: rates,
      sampleTimes: grid(40, 40, 10_000),
      seed: 3,
    });
    expectLaw(
      snapshots.map(({ queueLengths: [q0, q1, q2] }) => q0 + 3 * q1 + 9 * q2),
      bufferedChain(rates, 1.1, 2),
    );
  });

  it('has idle signal 0 in service of a task that waited', () => {
    // A task finds the server of an M/M/1 queue busy with probability λ/μ and is served for 1/μ on
    // average, so P(busy, I = 0) = λ (λ/μ)/μ = (λ/μ)².
    const replications = replicate(
      { ...single, bufferCapacity: UNLIMITED, sampleTimes: grid(120, 2, 3000) },
      30,
      ({ queueLengths, idleSignals }) => [
        queueLengths[0] > 0 && idleSignals[0] === 0 ? 1 : 0,
        queueLengths[0] > 0 && idleSignals[0] > 0 ? 1 : 0,
        queueLengths[0] > 0 ? idleSignals[0] : 0,
      ],
    );
    // The last idle period of a busy server in its first service is exponential with mean 1/λ.
    expectMeans(replications, [0.25, 0.25, 0.25 / 0.5]);
  });
});

describe('start', () => {
  it('has busy servers with I = 0 and idle servers idle since time 0', () => {
    const [start, later] = simulateEventList({
      servers: 3,
      arrivalRate: 0,
      inverseStepSize: 10,
      bufferCapacity: UNLIMITED,
      initialRates: [1, 0, 2],
      initialTasks: [0, 0, 500],
      sampleTimes: [0, 3],
      seed: 4,
    });
    expect(start.rates).toEqual([1, 0, 2]);
    expect(start.queueLengths).toEqual([0, 0, 500]);
    expect(start.idleSignals).toEqual([0, 0, 0]);
    expect(later.idleSignals).toEqual([3, 3, 0]);
    expect(later.queueLengths[2]).toBe(500 - later.departures);
    // The busy server stays busy with I = 0, so completions leave no trace in its rate.
    const trajectory = movingTrajectory(paperCost, 10);
    const expected = [1, 0, 2].map((rate, v) => {
      return trajectory.untilElapsed({ rate, idleSignal: 0, idle: v < 2 }, 3).rate;
    });
    later.rates.forEach((rate, v) => {
      expect(rate).toBeCloseTo(expected[v], 11);
    });
  });

  it('refuses impossible starts', () => {
    const options = {
      servers: 2,
      arrivalRate: 1,
      inverseStepSize: 10,
      bufferCapacity: 1,
      initialRates: [1, 1],
      sampleTimes: [1],
      seed: 1,
    };
    expect(() => simulateEventList({ ...options, initialTasks: [2, 0] })).toThrow('bufferCapacity');
    expect(() => simulateEventList({ ...options, servers: 3 })).toThrow('per server');
  });
});

describe('moving rates', () => {
  it('complete a task once the server has done its Exp(1) work', { timeout: 30_000 }, () => {
    // P(still in service at t) = exp(−∫ rate dt), and under the paper's cost with I = 0 a server
    // that goes from rate x to y has done work m [G(y) − G(x)] in the time m [F(y) − F(x)].
    const r = Math.sqrt(5);
    const F = (x: number) => 5 * (r * Math.atanh(x / r) - x);
    const G = (x: number) => -12.5 * Math.log1p((-x * x) / 5) - 2.5 * x * x;
    const [n, m, start] = [10_000, 2, 0.2];
    const reachedRates = [0.4, 0.7, 1, 1.3, 1.6];
    const snapshots = simulateEventList({
      servers: n,
      arrivalRate: 0,
      inverseStepSize: m,
      bufferCapacity: 1,
      initialRates: new Array(n).fill(start),
      initialTasks: new Array(n).fill(1),
      sampleTimes: reachedRates.map((rate) => m * (F(rate) - F(start))),
      seed: 5,
    });
    snapshots.forEach(({ queueLengths, rates }, i) => {
      const survival = Math.exp(-m * (G(reachedRates[i]) - G(start)));
      const busy = queueLengths.filter((tasks) => tasks > 0).length;
      const sd = Math.sqrt(n * survival * (1 - survival));
      expect(Math.abs(busy - n * survival)).toBeLessThan(-normalQuantile(FALSE_ALARM / 2) * sd);
      expect(rates[queueLengths.indexOf(1)]).toBeCloseTo(reachedRates[i], 10);
    });
  });

  it('satisfy E[rate · X · I] = E[1 − X] (Lemma A.1)', { timeout: 30_000 }, () => {
    // Exact in stationarity at any m. After 60 m the start is forgotten to far below the noise.
    const replications = replicate(
      {
        servers: 4,
        arrivalRate: lambda,
        inverseStepSize: 5,
        bufferCapacity: 1,
        initialRates: [1, 1, 2, 2],
        sampleTimes: grid(300, 1, 1000),
      },
      20,
      ({ rates, queueLengths, idleSignals }) => [
        mean(
          rates.map((rate, v) => rate * queueLengths[v] * idleSignals[v] - (1 - queueLengths[v])),
        ),
        // Throughput: completions are as frequent as accepted arrivals.
        mean(rates.map((rate, v) => rate * queueLengths[v])) -
          (queueLengths.every((tasks) => tasks > 0) ? 0 : lambda),
      ],
    );
    expectMeans(replications, [0, 0]);
  });

  it('rest and fluctuate as predicted for large m', { timeout: 30_000 }, () => {
    // One run with a relaxation time m/θ of 80: 10 of them to warm up, then 25 batches of 4. Batches
    // that long are all but uncorrelated. Theory drops terms of relative order 1/m and 1/n; on top
    // of the noise, allow 0.2 % of the mean and 5 % of the variance.
    const [n, m] = [40, 50];
    const centre = fixedPoint(lambda, n);
    const snapshots = simulateEventList({
      servers: n,
      arrivalRate: lambda,
      inverseStepSize: m,
      bufferCapacity: 1,
      initialRates: new Array(n).fill(centre),
      sampleTimes: grid(800, 20, 400),
      seed: 6,
    });
    const means = snapshots.map(({ rates }) => mean(rates));
    const variances = snapshots.map(({ rates }) => {
      return mean(rates.map((rate) => (rate - centre) ** 2));
    });
    const [meanBatches, varianceBatches] = [batchMeans(means, 25), batchMeans(variances, 25)];
    expectMeans(
      meanBatches.map((batch, i) => [batch / centre, varianceBatches[i]]),
      [1, fluctuationSd(lambda, m) ** 2],
      [0.002, 0.05 * fluctuationSd(lambda, m) ** 2],
    );
  });

  it('do not depend on when they are looked at', () => {
    const options = {
      servers: 10,
      arrivalRate: lambda,
      inverseStepSize: 20,
      bufferCapacity: 3,
      initialRates: new Array(10).fill(1),
      seed: 9,
    };
    const [once] = simulateEventList({ ...options, sampleTimes: [100] });
    const often = simulateEventList({ ...options, sampleTimes: grid(1, 1, 100) });
    expect(often[99]).toEqual(once);
  });
});

describe('a schedule', () => {
  /** Servers that nothing comes to. */
  const quiet = {
    servers: 1,
    arrivalRate: 0,
    inverseStepSize: 20,
    bufferCapacity: UNLIMITED,
    initialRates: [1.2],
    seed: 10,
  };
  const otherCost = { a: 1, p: 2, b: 0.05, q: 3 };

  it('changes step size, cost and rates at its times', () => {
    const snapshots = simulateEventList({
      ...quiet,
      schedule: [
        { time: 3, inverseStepSize: 5 },
        { time: 5, cost: otherCost },
        { time: 6, rates: 0.7 },
        { time: 7.5, inverseStepSize: FROZEN },
      ],
      sampleTimes: [3, 5, 5.9, 7.5, 9],
    });
    const follow = (cost: typeof paperCost, m: number, rate: number, from: number, to: number) =>
      movingTrajectory(cost, m).untilElapsed({ rate, idleSignal: from, idle: true }, to - from)
        .rate;
    const at3 = follow(paperCost, 20, 1.2, 0, 3);
    const at5 = follow(paperCost, 5, at3, 3, 5);
    const at59 = follow(otherCost, 5, at5, 5, 5.9);
    const at75 = follow(otherCost, 5, 0.7, 6, 7.5);
    [at3, at5, at59, at75, at75].forEach((rate, i) => {
      expect(snapshots[i].rates[0]).toBeCloseTo(rate, 12);
    });
  });

  it('repeats with its period', () => {
    const schedule = [
      { time: 1, rates: 0.5 },
      { time: 2, rates: 2 },
    ];
    const rates = (period: number | undefined) =>
      simulateEventList({
        ...quiet,
        inverseStepSize: FROZEN,
        schedule,
        ...(period && { period }),
        sampleTimes: [0.5, 1.5, 2.5, 4.5, 5.5, 100],
      }).map((snapshot) => snapshot.rates[0]);
    expect(rates(undefined)).toEqual([1.2, 0.5, 2, 2, 2, 2]);
    expect(rates(3)).toEqual([1.2, 0.5, 2, 0.5, 2, 0.5]); // t = 100 is 1 in its period
  });

  it('leaves the work of the task in service as it is', () => {
    const busy = { ...quiet, inverseStepSize: FROZEN, initialRates: [1], initialTasks: [1] };
    const { sojournTimes: work } = simulateEventList({ ...busy, sampleTimes: [1e6] })[0];
    const [{ sojournTimes, busyTimes, rateIntegrals }] = simulateEventList({
      ...busy,
      schedule: [{ time: work / 2, rates: 4 }],
      sampleTimes: [work],
    });
    expect(sojournTimes).toBeCloseTo(work / 2 + work / 8, 12);
    expect(busyTimes[0]).toBeCloseTo(sojournTimes, 12);
    expect(rateIntegrals[0]).toBeCloseTo(work / 2 + 2 * work, 12);
  });

  it('brings as many tasks as its arrival rates say', () => {
    // Poisson counts; 0 where nothing may come
    const [servers, horizon] = [4, 3000];
    const [snapshot] = simulateEventList({
      ...quiet,
      servers,
      initialRates: [1, 1, 1, 1],
      schedule: [
        { time: 0, arrivalRate: 0.3 },
        { time: 1, arrivalRate: 0.9 },
        { time: 2, arrivalRate: 0 },
      ],
      period: 3,
      sampleTimes: [horizon],
    });
    const mean = servers * (horizon / 3) * (0.3 + 0.9);
    const limit = -normalQuantile(FALSE_ALARM / 2) * Math.sqrt(mean);
    expect(Math.abs(snapshot.arrivals - mean)).toBeLessThan(limit);
  });
});

describe('integrals', () => {
  it('are those of what is seen: rates, busy servers and tasks', () => {
    const step = 0.01;
    const snapshots = simulateEventList({
      servers: 3,
      arrivalRate: 1.2,
      inverseStepSize: 5,
      bufferCapacity: 4,
      initialRates: [0.2, 1, 3],
      initialTasks: [2, 0, 1],
      service: { kind: 'erlang', k: 2 },
      sampleTimes: grid(0, step, 5001),
      seed: 11,
    });
    const last = snapshots[5000];
    const riemann = (f: (snapshot: Snapshot) => number) =>
      step * snapshots.reduce((total, snapshot) => total + f(snapshot), 0);
    // sums over a grid: each of the some 200 jumps is misplaced by half a step on average, either way
    for (const v of [0, 1, 2]) {
      expect(Math.abs(last.rateIntegrals[v] - riemann(({ rates }) => rates[v]))).toBeLessThan(0.05);
      const busy = riemann(({ queueLengths }) => Math.min(queueLengths[v], 1));
      expect(Math.abs(last.busyTimes[v] - busy)).toBeLessThan(0.3);
    }
    const tasks = riemann(({ queueLengths }) => queueLengths.reduce((a, b) => a + b, 0));
    expect(Math.abs(last.taskIntegral - tasks)).toBeLessThan(0.3);
  });
});
