import { describe, expect, test } from 'vitest';
import { choicesLimit } from '../../src/theory/choices-limit.js';
import { longestIdleSignal } from '../../src/theory/longest-idle.js';
import { cyclicServer, poissonServer, type ServerLaw } from '../../src/theory/server-law.js';
import { studentInterval } from '../reference/statistics.js';
import {
  type Averages,
  erlang,
  type FrozenSystem,
  hyperexponential,
  simulateFrozen,
} from './frozen-simulation.js';
import { expectRelative } from './tools.js';

const inf = Number.POSITIVE_INFINITY;
const equal = (n: number, rate: number) => new Array<number>(n).fill(rate);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Each comparison is wrong once in 10⁴ if the law is right; there are some forty, with fixed seeds. */
const ERROR = 1e-4;

function expectSimulated(
  system: FrozenSystem,
  law: Partial<ServerLaw>,
  length: number,
  bias = 0,
): void {
  const stretches = simulateFrozen(system, length, 40);
  const figures: Record<keyof ServerLaw, (averages: Averages) => number> = {
    idleSignal: ({ idleSignals }) => mean(idleSignals),
    idleProbability: ({ busy }) => 1 - mean(busy),
    meanTasks: ({ tasks }) => mean(tasks),
    blockingProbability: ({ dropped, arrivals }) => dropped / arrivals,
  };
  for (const [name, expected] of Object.entries(law)) {
    const { mean: seen, halfWidth } = studentInterval(
      stretches.map(figures[name as keyof ServerLaw]),
      ERROR,
    );
    expect(Math.abs(seen - expected), name).toBeLessThanOrEqual(halfWidth + bias * expected);
  }
}

describe('a server with Poisson arrivals', () => {
  test('known values', () => {
    const law = poissonServer(0.5, 1.25, inf, 1);
    expectRelative(law.idleSignal, (1 - 0.4 ** 2) / 0.5, 1e-14);
    expectRelative(law.meanTasks / 0.5, 1 / (1.25 - 0.5), 1e-14); // E[S] = 1/(μ − λ)
    expect(poissonServer(0.8, 1.2, 1, 7).idleSignal).toBe(1 / 0.8);
    expect(poissonServer(0.8, 0.8, inf, 1)).toMatchObject({ idleSignal: 0, meanTasks: inf });
  });

  test.each([
    [0.8, 1.2, 3],
    [0.8, 0.8, 5],
    [0.8, 0.8 * (1 + 1e-7), 20],
    [0.8, 0.800_03, 20],
    [3, 0.8, 4],
    [0.01, 5, 2],
  ])('λ = %f, μ = %f, K = %i: the birth and death chain', (lambda, rate, buffer) => {
    const weights = Array.from({ length: buffer + 1 }, (_, k) => (lambda / rate) ** k);
    const total = weights.reduce((sum, w) => sum + w, 0);
    const law = poissonServer(lambda, rate, buffer, 1);
    expectRelative(law.idleProbability, weights[0] / total, 1e-11);
    expectRelative(law.blockingProbability, weights[buffer] / total, 1e-11);
    expectRelative(law.meanTasks, weights.reduce((sum, w, k) => sum + k * w, 0) / total, 1e-11);
    expectRelative(law.idleSignal, law.idleProbability * (1 / lambda + 1 / rate), 1e-14);
  });

  test.each([
    ['without limit, hyperexponential', inf, hyperexponential(0.8, 1.6, 0.4), 2.125],
    ['without limit, Erlang', inf, erlang(3), 1 / 3],
    ['of three tasks', 3, undefined, 1],
    ['of one task, Erlang', 1, erlang(3), 1 / 3],
  ] as const)('queues %s: simulated under random dispatch', (_, buffer, work, scv) => {
    const system = { rates: equal(4, 1.2), arrivalRate: 0.8, rule: 'random', buffer } as const;
    expectSimulated({ ...system, work, seed: 5 }, poissonServer(0.8, 1.2, buffer, scv), 4000);
  });
});

/** E_n/M/1/K from its chain of arrival phases and tasks; idle signals from what is left of idle periods. */
function phaseChain(n: number, lambda: number, rate: number, buffer: number): ServerLaw {
  const next = n * lambda;
  const size = buffer + 1;
  let law = Array.from({ length: size }, () => equal(n, 1 / n / size));
  const step = 1 / (next + rate);
  for (let sweep = 0; sweep < 40_000; sweep++) {
    const to = law.map((row) => row.map((p) => p * step * rate)); // service ticks that nobody uses
    law.forEach((row, tasks) => {
      row.forEach((p, phase) => {
        if (tasks > 0) {
          to[tasks][phase] -= p * step * rate;
          to[tasks - 1][phase] += p * step * rate;
        }
        const [then, after] = phase < n - 1 ? [tasks, phase + 1] : [Math.min(buffer, tasks + 1), 0];
        to[then][after] += p * step * next;
      });
    });
    law = to;
  }
  const idle = law[0].reduce((sum, p) => sum + p, 0);
  const left = law[0].reduce((sum, p, phase) => sum + (p * (n - phase)) / next, 0);
  return {
    idleProbability: idle,
    blockingProbability: law[buffer][n - 1] * n,
    meanTasks: law.reduce((sum, row, k) => sum + k * row.reduce((a, p) => a + p, 0), 0),
    idleSignal: left + idle / rate,
  };
}

describe('a server that gets every n-th task', () => {
  test.each([
    [1, 0.8, 1.2],
    [3, 0.8, 1.2],
    [6, 0.8, 0.5],
    [4, 0.8, 3],
  ])('n = %i, λ = %f, μ = %f, unit buffer: the chain of arrival phases', (n, lambda, rate) => {
    const exact = phaseChain(n, lambda, rate, 1);
    const law = cyclicServer(n, lambda, rate, 1);
    for (const name of Object.keys(exact) as (keyof ServerLaw)[]) {
      expectRelative(law[name], exact[name], 1e-10);
    }
  });

  test.each([
    [2, 0.8, 1.5],
    [5, 0.8, 1.3],
  ])(
    'n = %i, λ = %f, μ = %f, without limit: the chain with room for 80',
    (n, lambda, rate) => {
      const exact = phaseChain(n, lambda, rate, 80);
      const law = cyclicServer(n, lambda, rate, inf);
      for (const name of ['idleProbability', 'meanTasks', 'idleSignal'] as const) {
        expectRelative(law[name], exact[name], 1e-9);
      }
      expect(law.blockingProbability).toBe(0);
    },
    20_000,
  );

  test('one server is M/M/1, and too slow a one has no law', () => {
    const [cyclic, poisson] = [cyclicServer(1, 0.8, 1.2, inf), poissonServer(0.8, 1.2, inf, 1)];
    for (const name of Object.keys(poisson) as (keyof ServerLaw)[]) {
      expect(cyclic[name]).toBeCloseTo(poisson[name], 12);
    }
    expect(cyclicServer(7, 0.8, 0.8, inf)).toMatchObject({ meanTasks: inf, idleSignal: 0 });
  });

  test('very many servers: arrivals are nearly even, D/M/1', () => {
    // the root of σ = e^{−(1 − σ)/ρ} for ρ = 1/2
    const sigma = 0.20318786997997992;
    expectRelative(cyclicServer(1e8, 0.5, 1, inf).meanTasks, 0.5 / (1 - sigma), 1e-7);
  });

  test.each([1, inf])('buffers of %f: simulated under round-robin', (buffer) => {
    const system = { rates: equal(4, 1.2), arrivalRate: 0.8, rule: 'round-robin', buffer } as const;
    const law = cyclicServer(4, 0.8, 1.2, buffer === 1 ? 1 : inf);
    expectSimulated({ ...system, seed: 6 }, law, 4000);
  });
});

describe('Join-Shortest-Queue of d, many servers', () => {
  test('shares of servers with at least k tasks', () => {
    const { meanTasks, idleProbability, idleSignal } = choicesLimit(0.8, 1, 2, inf);
    expectRelative(meanTasks, 0.8 + 0.8 ** 3 + 0.8 ** 7 + 0.8 ** 15 + 0.8 ** 31 + 0.8 ** 63, 1e-11);
    expectRelative(idleProbability, 0.2, 1e-14);
    expectRelative(idleSignal, 0.2 * (0.2 / (0.8 * (1 - 0.64)) + 1), 1e-13);
  });

  test('of one: every server by itself', () => {
    for (const [rate, buffer] of [
      [1.2, inf],
      [1.2, 3],
      [0.7, 2],
    ]) {
      const [limit, single] = [
        choicesLimit(0.8, rate, 1, buffer),
        poissonServer(0.8, rate, buffer, 1),
      ];
      for (const name of Object.keys(single) as (keyof ServerLaw)[]) {
        expect(limit[name]).toBeCloseTo(single[name], 11);
      }
    }
  });

  test('of very many: Join-Idle-Queue', () => {
    expectRelative(choicesLimit(0.8, 1.2, 300, inf).idleSignal, 1 / 0.8 - 1 / 1.2, 1e-12);
    expectRelative(choicesLimit(0.8, 1.2, 300, inf).meanTasks, 0.8 / 1.2, 1e-12);
  });

  test('limited room: at rest in the equations of the shares', () => {
    const [lambda, rate, d, buffer] = [0.9, 0.8, 2, 4];
    // Euler's method until nothing moves
    const shares = [1, ...equal(buffer, 0), 0];
    for (let step = 0; step < 20_000; step++) {
      const before = [...shares];
      for (let k = 1; k <= buffer; k++) {
        const up = lambda * (before[k - 1] ** d - before[k] ** d);
        shares[k] += 0.01 * (up - rate * (before[k] - before[k + 1]));
      }
    }
    const law = choicesLimit(lambda, rate, d, buffer);
    expectRelative(law.blockingProbability, shares[buffer] ** d, 1e-10);
    expectRelative(law.idleProbability, 1 - shares[1], 1e-10);
    expectRelative(law.meanTasks, shares.reduce((sum, s) => sum + s, 0) - 1, 1e-10);
  });

  // its distance from 400 servers is of order 1/400: 0.5 % is allowed beside the interval
  test('simulated with 400 servers', () => {
    const system = { rates: equal(400, 1.2), arrivalRate: 0.8, rule: { shortestOf: 2 } } as const;
    const { idleSignal, idleProbability, meanTasks } = choicesLimit(0.8, 1.2, 2, inf);
    const law = { idleSignal, idleProbability, meanTasks };
    expectSimulated({ ...system, buffer: inf, seed: 7 }, law, 100, 0.005);
  }, 20_000);

  test('too much load for long queues: never idle', () => {
    expect(choicesLimit(2, 1, 2, inf)).toMatchObject({ idleSignal: 0, meanTasks: inf });
    expect(choicesLimit(2, 1, 2, 1e9).blockingProbability).toBe(0.5);
  });
});

describe('the longest idle server first', () => {
  test.each([
    ['exponential', 4, undefined],
    ['Erlang', 4, erlang(4)],
    ['hyperexponential', 10, hyperexponential(0.8, 1.6, 0.4)],
  ] as const)('%s work, %i servers: simulated', (_, n, work) => {
    const system = { rates: equal(n, 1.2), arrivalRate: 0.8, rule: 'longest-idle' } as const;
    const law = { idleSignal: longestIdleSignal(n, 1.2, 0.8) };
    expectSimulated({ ...system, buffer: 1, work, seed: 8 }, law, 4000);
  });

  test('one server, and very many', () => {
    expectRelative(longestIdleSignal(1, 1.2, 0.8), 1 / 0.8, 1e-14);
    const idle = 1 / 3;
    expectRelative(longestIdleSignal(1e7, 1.2, 0.8), idle ** 2 / 1.6 + idle / 1.2, 1e-6);
  });
});
