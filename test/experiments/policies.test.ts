import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../src/config/config.js';
import { dispatchLimit } from '../../src/experiments/dispatch-limits.js';
import { COST } from '../../src/experiments/experiment.js';
import { policies } from '../../src/experiments/policies.js';
import type { Trajectory } from '../../src/run/trajectory.js';
import { completePlan } from '../../src/studies/plan.js';
import { restPoint } from '../../src/theory/fixed-point.js';
import { Sfc32 } from '../reference/random.js';

function limit(dispatch: Dispatch, arrivalRate: number, servers = 100) {
  const known = dispatchLimit(dispatch, arrivalRate, servers);
  if (!known) throw new Error('not known');
  return known;
}
const restOf = (dispatch: Dispatch, arrivalRate: number) =>
  restPoint(COST, arrivalRate, limit(dispatch, arrivalRate).idleSignal);

describe('where the control rests under a dispatch rule', () => {
  it('random: at the root of 1/μ² = 0.2 + 0.2 μ(1 − ρ²)/λ', () => {
    const rate = restOf('random', 0.5);
    expect(rate).toBeCloseTo(1.2636, 5);
    expect(0.2 + (0.2 * rate * (1 - (0.5 / rate) ** 2)) / 0.5).toBeCloseTo(1 / rate ** 2, 12);
  });

  it('jiq, jsq: at μ*', () => {
    for (const rule of ['jiq', 'jsq'] as const) {
      expect(restOf(rule, 0.8)).toBeCloseTo(4 ** (1 / 3), 10);
    }
  });

  it('round-robin among one server is no choice: M/M/1', () => {
    const [one, queue] = [limit('round-robin', 0.7, 1), limit('random', 0.7)];
    for (const rate of [0.71, 1, 2.5]) {
      expect(one.idleSignal(rate)).toBeCloseTo(queue.idleSignal(rate), 9);
      expect(one.sojournTime(rate) * (rate - 0.7)).toBeCloseTo(1, 9);
    }
  });

  it('round-robin among 3, as a simulation of a queue has it', () => {
    // Lindley's recursion for every third task; 4 million of them tell both to a fourth or less of what is allowed
    const [random, arrivalRate, rate] = [new Sfc32(5), 0.8, 1.1];
    const exponential = (speed: number) => random.exponential() / speed;
    let [sojourn, area, total, tasks] = [0, 0, 0, 0];
    for (let k = 0; k < 4e6; k++) {
      let gap = 0;
      for (let i = 0; i < 3; i++) gap += exponential(3 * arrivalRate);
      const idle = Math.max(0, gap - sojourn);
      const work = exponential(rate);
      sojourn = Math.max(0, sojourn - gap) + work;
      area += idle ** 2 / 2 + idle * work; // the signal while idle, and while the next task is served
      total += gap;
      tasks += sojourn;
    }
    const known = limit('round-robin', arrivalRate, 3);
    expect(Math.abs(area / total / known.idleSignal(rate) - 1)).toBeLessThan(0.005);
    expect(Math.abs(tasks / 4e6 / known.sojournTime(rate) - 1)).toBeLessThan(0.02);
  });

  it('jsq:2: shares ρ^(2^k − 1) of the servers have k tasks or more', () => {
    const tasks = 0.8 * limit('jsq:2', 0.8).sojournTime(1);
    expect(tasks).toBeCloseTo(0.8 + 0.8 ** 3 + 0.8 ** 7 + 0.8 ** 15 + 0.8 ** 31 + 0.8 ** 63, 12);
    // idle servers wait for exponential times: E[I] = P(idle)(E[A] + 1/μ)
    const wait = (1 - 0.8) / (0.8 * (1 - 0.8 ** 2));
    expect(limit('jsq:2', 0.8).idleSignal(1)).toBeCloseTo(0.2 * (wait + 1), 12);
  });

  it('longest-idle: idle servers have half the signal of Join-Idle-Queue, as periods are equal', () => {
    const busy = 0.8 / 1.5;
    const signal = limit('longest-idle', 0.8).idleSignal(1.5);
    expect(signal).toBeCloseTo((1 - busy) ** 2 / 1.6 + (1 - busy) / 1.5, 12);
  });

  it('is not known for shortest-idle', () => {
    expect(dispatchLimit('shortest-idle', 0.8, 100)).toBeNull();
  });
});

describe('the experiment on policies', () => {
  it('has the same systems in both sizes, ten times as long', () => {
    const [quick, full] = (['quick', 'full'] as const).map((size) => [
      ...completePlan(policies.plan({ size, seed: 1, backlog: 1 })).points,
    ]);
    expect(quick).toHaveLength(20);
    quick?.forEach(({ config }, i) => {
      const other = full?.[i]?.config;
      expect(other?.dispatch).toBe(config.dispatch);
      expect(other?.horizon).toBeGreaterThan(1.8 * config.horizon);
    });
  });

  it('splits servers where that explains most of the variance of their rates', () => {
    const rates = [0.1, 1.5, 0.2, 1.6, 1.7];
    const queues = [0, 1, 0, 2, 1];
    const trajectory = {
      rows: 3,
      servers: 'all',
      serverRates: (v: number) => [1, 1, rates[v]],
      serverQueues: (v: number) => Uint32Array.of(9, 0, queues[v] as number),
    } as unknown as Trajectory;
    const config = { servers: 5 } as Parameters<NonNullable<typeof policies.measure>>[1];
    const found = policies.measure?.(trajectory, config);
    const between = 2 * (0.15 - 1.02) ** 2 + 3 * (1.6 - 1.02) ** 2;
    const total = rates.reduce((sum, rate) => sum + (rate - 1.02) ** 2, 0);
    expect(found).toEqual({
      rates: [0.1, 0.2, 1.5, 1.6, 1.7],
      explained: expect.closeTo(between / total, 12),
      fast: 0.6,
      // at the times of the second half: rows 1 and 2
      busy: { slow: 0, fast: 0.5 },
    });
  });
});
