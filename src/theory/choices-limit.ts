import { rootBetween } from '../numerics/root.js';
import { takenPerIdle } from './mean-field.js';
import type { ServerLaw } from './server-law.js';

/** A share of servers below this is none. */
const NOTHING = 1e-300;
/** Longest queues that are counted where servers cannot keep up. */
const MOST_LEVELS = 10_000;

/**
 * Join-Shortest-Queue of d among very many equal servers with frozen rates and exponential work (n → ∞): what happens
 * at any one of them.
 *
 * With s_k the share of servers with at least k tasks and b the share of the tasks that find no room, a task joins a queue of
 * k − 1 or more with probability s_{k−1}^d, and as many leave: s_0 = 1 and s_k = ρ(s_{k−1}^d − b), with b = s_K^d
 * (Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE Trans. Parallel and Distributed Systems 12, 2001).
 * Without limit b = 0 and s_k = ρ^{(d^k − 1)/(d − 1)}. An idle server is taken at the constant rate ν = λ(1 − s_1^d)/(1 − s_1),
 * whatever else happens; idle periods are therefore exponential, each the signal of one task, and E[I] = (1 − s_1)(1/ν + 1/μ).
 *
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 * @param rate μ, service rate of every server
 * @param choices d, servers that a task looks at, a whole number from 1
 * @param buffer K, tasks a server holds, from 1, or Infinity
 */
export function choicesLimit(
  arrivalRate: number,
  rate: number,
  choices: number,
  buffer: number,
): ServerLaw {
  const load = arrivalRate / rate;
  if (load >= 1 && buffer > MOST_LEVELS) {
    // idle for less than 1/K of the time
    const blockingProbability = buffer < Number.POSITIVE_INFINITY ? 1 - 1 / load : 0;
    return { idleProbability: 0, blockingProbability, meanTasks: buffer, idleSignal: 0 };
  }
  /** s_1, the sum of all s_k, k ≥ 1, and s_K */
  const shares = (blocked: number) => {
    let [share, sum, first] = [1, 0, 0];
    for (let k = 1; k <= buffer && share > NOTHING; k++) {
      share = Math.max(0, load * (share ** choices - blocked));
      if (k === 1) first = share;
      sum += share;
    }
    return { first, sum, last: buffer < Number.POSITIVE_INFINITY ? share : 0 };
  };
  const full = (blocked: number) => shares(blocked).last ** choices;
  const blocked = full(0) <= NOTHING ? 0 : (rootBetween(NOTHING, 1, (b) => b - full(b)) ?? 0);
  const { first: busy, sum } = shares(blocked);
  const idle = Math.max(0, 1 - busy);
  return {
    idleProbability: idle,
    blockingProbability: blocked,
    meanTasks: sum,
    idleSignal: idle * (1 / takenPerIdle(busy, arrivalRate, choices) + 1 / rate),
  };
}
