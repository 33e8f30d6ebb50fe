import { describe, expect, it } from 'vitest';
import { type ChainOptions, chainLaw } from './chains.js';
import type { DispatchRule } from './dispatch-rules.js';
import {
  bruteForceChain,
  bufferedChain,
  erlangB,
  expectedIdleSignal,
  mm1kDistribution,
} from './exact-laws.js';
import type { ServiceLaw } from './service-laws.js';

const exponential: ServiceLaw = { kind: 'exponential' };
const laws: ServiceLaw[] = [exponential, { kind: 'erlang', k: 2 }, { kind: 'scv', c: 3 }];
const rules: DispatchRule[] = [
  'jiq',
  'longest-idle',
  'shortest-idle',
  'random',
  'round-robin',
  'jsq',
  { choices: 2 },
];
const lambda = 0.8;
const unequal = [1, 2, 0.5];

function chain(options: Partial<ChainOptions>) {
  return chainLaw({
    rates: unequal,
    arrivalRate: lambda,
    capacity: 1,
    dispatch: 'jiq',
    service: exponential,
    ...options,
  });
}

function expectClose(actual: readonly number[], expected: readonly number[]) {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 11);
  });
}

describe.each(rules)('any rule, %j', (dispatch) => {
  it('completes what it accepts, and has as many tasks as their law says', () => {
    for (const service of laws) {
      const law = chain({ dispatch, service, capacity: 3 });
      const accepted = 3 * lambda * (1 - law.blockingProbability);
      const completed = law.busyProbability.reduce((sum, p, v) => sum + p * unequal[v], 0);
      expect(completed).toBeCloseTo(accepted, 11);
      const mean = law.tasksDistribution.reduce((sum, p, k) => sum + p * k, 0);
      expect(law.meanTasks.reduce((a, b) => a + b, 0)).toBeCloseTo(mean, 11);
      expect(law.meanSojournTime).toBeCloseTo(mean / accepted, 11);
    }
  });

  it('is an M/M/1/K queue with one server', () => {
    const law = chain({
      dispatch: typeof dispatch === 'object' ? { choices: 1 } : dispatch,
      rates: [1.3],
      capacity: 4,
    });
    expectClose(law.tasksDistribution, mm1kDistribution(lambda, 1.3, 4));
  });
});

describe('unit buffers', () => {
  it('lose what Erlang’s formula says under every rule that finds idle servers', () => {
    for (const dispatch of [
      'jiq',
      'longest-idle',
      'shortest-idle',
      'jsq',
      { choices: 4 },
    ] as const) {
      for (const service of laws) {
        const law = chain({ rates: [1.2, 1.2, 1.2, 1.2], dispatch, service });
        expect(law.blockingProbability).toBeCloseTo(erlangB((4 * lambda) / 1.2, 4), 11);
      }
    }
  });

  it('have busy sets of product form, under jiq and by order of idleness, whatever the law', () => {
    // for the longest idle first, Adan and Weiss, Queueing Systems 70 (2012)
    const { busyProbability, busyDistribution, meanSojournTime } = bruteForceChain(unequal, lambda);
    for (const dispatch of ['jiq', 'longest-idle', 'shortest-idle'] as const) {
      for (const service of laws) {
        const law = chain({ dispatch, service });
        expectClose(law.busyProbability, busyProbability);
        expectClose(law.tasksDistribution, busyDistribution);
        expect(law.meanSojournTime).toBeCloseTo(meanSojournTime, 11);
      }
    }
  });

  it('have the idle signals of the exact theory under jiq', () => {
    expectClose(chain({}).idleSignal, expectedIdleSignal(unequal, lambda));
    const rates = [1, 1, 1, 1];
    expectClose(chain({ rates }).idleSignal, expectedIdleSignal(rates, lambda));
  });

  it('have idle signals that grow from longest-idle over jiq to shortest-idle', () => {
    const rates = [1.2, 1.2, 1.2, 1.2];
    const [longest, jiq, shortest] = (['longest-idle', 'jiq', 'shortest-idle'] as const).map(
      (dispatch) => chain({ rates, dispatch }).idleSignal[0],
    );
    expect(longest).toBeLessThan(0.95 * jiq);
    expect(shortest).toBeGreaterThan(1.05 * jiq);
  });

  it('are M/G/1/1 queues under random dispatch, with E[I] = 1/λ', () => {
    for (const service of laws) {
      const law = chain({ dispatch: 'random', service });
      expectClose(
        law.busyProbability,
        unequal.map((rate) => lambda / (lambda + rate)),
      );
      expectClose(
        law.idleSignal,
        unequal.map(() => 1 / lambda),
      );
    }
  });

  it('lose under round-robin what a GI/M/1/1 queue with Erlang gaps loses', () => {
    // a server gets every third task and loses it if the Exp(μ) service outlasts the gap
    const loss = unequal.map((rate) => ((3 * lambda) / (3 * lambda + rate)) ** 3);
    const law = chain({ dispatch: 'round-robin' });
    expect(law.blockingProbability).toBeCloseTo((loss[0] + loss[1] + loss[2]) / 3, 11);
  });
});

describe('larger buffers', () => {
  it('have the law of the chain of queue lengths under jiq', () => {
    const vectors = bufferedChain(unequal, lambda, 2);
    const tasks = new Array(7).fill(0);
    vectors.forEach((p, state) => {
      tasks[(state % 3) + (Math.floor(state / 3) % 3) + Math.floor(state / 9)] += p;
    });
    expectClose(chain({ capacity: 2 }).tasksDistribution, tasks);
  });

  it('are independent M/M/1/K queues under random dispatch', () => {
    const queues = unequal.map((rate) => mm1kDistribution(lambda, rate, 3));
    const law = chain({ dispatch: 'random', capacity: 3 });
    expectClose(
      law.meanTasks,
      queues.map((queue) => queue.reduce((sum, p, k) => sum + p * k, 0)),
    );
    const loss = queues.reduce((sum, queue) => sum + queue[3] / 3, 0);
    expect(law.blockingProbability).toBeCloseTo(loss, 11);
  });

  it('do not tell one choice from random, nor all choices from jsq', () => {
    for (const [choices, name] of [
      [1, 'random'],
      [3, 'jsq'],
    ] as const) {
      const same = { capacity: 2, service: laws[1] };
      const [a, b] = [
        chain({ ...same, dispatch: { choices } }),
        chain({ ...same, dispatch: name }),
      ];
      expectClose(a.tasksDistribution, b.tasksDistribution);
      expectClose(a.idleSignal, b.idleSignal);
    }
  });
});

describe('one server with room for all', () => {
  // with K = 200 places at load 0.6 what is lost is below 1e-12 for all three laws
  const [rho, rate] = [0.6, lambda / 0.6];

  it('has the mean of Pollaczek and Khinchine', () => {
    for (const [service, scv] of [
      [laws[0], 1],
      [laws[1], 1 / 2],
      [laws[2], 3],
    ] as const) {
      const law = chain({ rates: [rate], capacity: 200, service });
      expect(law.blockingProbability).toBeLessThan(1e-12);
      const tasks = rho + (rho ** 2 * (1 + scv)) / (2 * (1 - rho));
      expect(law.meanTasks[0]).toBeCloseTo(tasks, 9);
      expect(law.meanSojournTime).toBeCloseTo(tasks / lambda, 9);
    }
  });

  it('has E[I] = (1 − ρ²)/λ whatever the law', () => {
    for (const service of laws) {
      const law = chain({ rates: [rate], capacity: 200, service });
      expect(law.idleSignal[0]).toBeCloseTo((1 - rho ** 2) / lambda, 9);
    }
  });

  it('waits under round-robin among two as a GI/M/1 queue', () => {
    // gaps are Erlang of 2 stages: σ = (2λ/(2λ + μ(1 − σ)))², and the sojourn time is 1/(μ(1 − σ))
    let sigma = 0.5;
    for (let i = 0; i < 200; i++) {
      sigma = ((2 * lambda) / (2 * lambda + rate * (1 - sigma))) ** 2;
    }
    const law = chain({ rates: [rate, rate], capacity: 40, dispatch: 'round-robin' });
    expect(law.meanSojournTime).toBeCloseTo(1 / (rate * (1 - sigma)), 9);
  });
});
