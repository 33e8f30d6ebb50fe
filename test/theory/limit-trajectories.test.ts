/** The averaged trajectory of finitely many servers, and the one with a backlog. */
import { describe, expect, it } from 'vitest';
import { costFunctions, PAPER_COST, Simulation } from '../../src/index.js';
import {
  averagedTrajectory,
  backlogTrajectory,
  expectedIdleSignal,
  fixedPoint,
  limitTrajectory,
} from '../../src/theory/index.js';
import { solveByOdex } from '../reference/odex.js';

const COST = costFunctions(PAPER_COST);
const LAMBDA = 0.8;

describe('the averaged trajectory (2.3)', () => {
  it('ends at the fixed point of n servers', () => {
    for (const n of [1, 2, 7, 100]) {
      const rates = Array.from({ length: n }, () => 0.5);
      const [end] = averagedTrajectory(COST, LAMBDA, rates, [30]);
      expect(end?.mean).toBeCloseTo(fixedPoint(COST, LAMBDA, n).rate, 8);
    }
  });

  it('agrees with another integrator of the same right side', () => {
    const initial = [0.3, 1.1, 2.2, 1.1];
    const derivative = (_: number, rates: number[]) => {
      const { values } = expectedIdleSignal(rates, LAMBDA);
      return rates.map(
        (rate, v) => 1 / rate ** 2 - 0.2 * rate * ((values[v] as number) + 1 / rate),
      );
    };
    const points = averagedTrajectory(COST, LAMBDA, initial, [0.5, 2]);
    for (const { time, rates } of points) {
      const other = solveByOdex(derivative, initial, time);
      rates.forEach((rate, v) => {
        expect(rate).toBeCloseTo(other[v] as number, 8);
      });
    }
  });

  it('tends to the limit of many servers like 1/n', () => {
    const at = (n: number) => {
      const rates = Array.from({ length: n }, () => 1);
      const [exact] = averagedTrajectory(COST, LAMBDA, rates, [1]);
      const [limit] = limitTrajectory(COST, LAMBDA, rates, [1]);
      return Math.abs((exact?.mean ?? 0) - (limit?.mean ?? 0));
    };
    expect(at(400) / at(200)).toBeCloseTo(0.5, 1);
  });

  it('refuses more different rates than can be solved exactly', () => {
    const rates = Array.from({ length: 20 }, (_, v) => 1 + v / 20);
    expect(() => averagedTrajectory(COST, LAMBDA, rates, [1])).toThrow(/20 different rates/);
  });
});

describe('the trajectory with a backlog', () => {
  it('has the given rates at time 0, a rate of 0 included', () => {
    const [first] = backlogTrajectory(COST, LAMBDA, [0, 1], [1, 0], [0, 1]);
    expect(first?.rates).toEqual([0, 1]);
    expect(limitTrajectory(COST, LAMBDA, [0, 1], [0, 1])[0]).toEqual({
      time: 0,
      mean: 0.5,
      rates: [0, 1],
    });
  });

  it('is within 1e-4 also where queues run empty: seen in queues of steps half as long', () => {
    // more output times only shorten steps
    const start = [
      [1, 1.8, 1.2],
      [0.4, 0.9, 0],
    ] as const;
    const coarse = backlogTrajectory(COST, LAMBDA, ...start, [1.5, 3]);
    const times = Array.from({ length: 12_001 }, (_, i) => i / 4000);
    const fine = backlogTrajectory(COST, LAMBDA, ...start, times);
    [6000, 12_000].forEach((row, i) => {
      for (let v = 0; v < 3; v++) {
        expect(coarse[i]?.rates[v]).toBeCloseTo(fine[row]?.rates[v] as number, 5);
        expect(coarse[i]?.tasks[v]).toBeCloseTo(fine[row]?.tasks[v] as number, 5);
      }
    });
  });

  const rates = [0, 0.2, 0.7, 1.1, 1.5, 1.9];
  const none = rates.map(() => 0);
  const times = [0, 0.1, 0.5, 1, 3, 10];

  it('is the limit trajectory where there is none', () => {
    const limit = limitTrajectory(COST, LAMBDA, rates, times);
    backlogTrajectory(COST, LAMBDA, rates, none, times).forEach(({ rates, tasks, time }, i) => {
      expect(time).toBe(times[i]);
      expect(tasks).toEqual(none);
      rates.slice(1).forEach((rate, v) => {
        expect(rate).toBeCloseTo(limit[i]?.rates[v + 1] as number, 4);
      });
    });
  });

  it('loses no task: what is there is what came less what was worked off', () => {
    // while every server has a backlog, Q(t) = Q(0) + λt − ∫μ, and the rates do not depend on it
    const backlog = rates.map(() => 20);
    const fine = Array.from({ length: 2001 }, (_, i) => i / 1000);
    const points = backlogTrajectory(COST, LAMBDA, rates, backlog, fine);
    let work = 0;
    for (let i = 1; i < fine.length; i++) {
      work += ((points[i - 1]?.mean ?? 0) + (points[i]?.mean ?? 0)) / 2000;
    }
    const left = (points.at(-1)?.tasks ?? []).reduce((sum, x) => sum + x, 0) / rates.length;
    expect(left).toBeCloseTo(20 + 2 * LAMBDA - work, 3);
  });

  it('is the limit of simulations with a backlog', async () => {
    const m = 300;
    const n = 1000;
    const simulation = await Simulation.create({
      servers: n,
      arrivalRate: LAMBDA,
      inverseStepSize: m,
      buffer: 'inf',
      initialTasks: Array.from({ length: n }, (_, v) => (v % 4) * 100),
      horizon: 6 * m,
      record: { interval: m / 20 },
      seed: 'backlog',
    });
    const initial = [...simulation.rates()];
    simulation.runUntil();
    const { mean, meanQueue, time } = simulation.trajectory;
    const limit = backlogTrajectory(
      COST,
      LAMBDA,
      initial,
      initial.map((_, v) => ((v % 4) * 100) / m),
      [...time].map((t) => t / m),
    );
    let [rateError, taskError] = [0, 0];
    limit.forEach((point, i) => {
      const tasks = point.tasks.reduce((sum, x) => sum + x, 0) / n;
      rateError = Math.max(rateError, Math.abs(point.mean - (mean[i] as number)));
      taskError = Math.max(taskError, Math.abs(tasks - (meanQueue[i] as number) / m));
    });
    // queues fluctuate by √(tasks) ~ 20 each, 20/m/√n in the mean, beside one task in service and terms of order 1/m
    expect(rateError).toBeLessThan(0.02);
    expect(taskError).toBeLessThan(0.02);
  });
});
