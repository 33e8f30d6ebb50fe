import { takenRate } from './none-idle.js';

/** Numbers of busy servers that matter, of n servers of equal rate with unit buffers. */
export interface BusyWindow {
  /** The least and the largest number of busy servers whose probability is not negligible. */
  first: number;
  last: number;
  /** P(first + i servers are busy), i = 0, …, last − first. */
  probability: Float64Array;
}

/** States this much less likely than the likeliest one are left out; what they would add is far below rounding. */
const NEGLIGIBLE = 1e-40;

/**
 * The law of the number of busy servers, Erlang's under Join-Idle-Queue, where it is not negligible: some 27 standard deviations
 * around its mode, so that what follows takes time O(√n) when n is large.
 *
 * @param servers n, a whole number from 1
 * @param rate service rate of every server, tasks per unit of time
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 * @param choices servers that a task looks at (`logNoneIdle`); all of them by default
 */
export function busyWindow(
  servers: number,
  rate: number,
  arrivalRate: number,
  choices = servers,
): BusyWindow {
  /** P(k busy)/P(k − 1 busy), decreasing with k */
  const quotient = (k: number) => takenRate(servers, arrivalRate, choices, k - 1) / (k * rate);
  let [mode, beyond] = [0, servers + 1];
  while (beyond - mode > 1) {
    const middle = Math.floor((mode + beyond) / 2);
    if (quotient(middle) >= 1) mode = middle;
    else beyond = middle;
  }
  const above: number[] = [1];
  for (let k = mode + 1; k <= servers; k++) {
    const weight = (above[above.length - 1] as number) * quotient(k);
    if (weight < NEGLIGIBLE && k > 1) break; // one state with a busy server at least
    above.push(weight);
  }
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0; k--) {
    weight /= quotient(k);
    if (weight < NEGLIGIBLE && k < servers) break; // and one with an idle server
    below.push(weight);
  }
  const probability = Float64Array.from([...below.reverse(), ...above]);
  const total = probability.reduce((sum, weight) => sum + weight, 0);
  return {
    first: mode - below.length,
    last: mode + above.length - 1,
    probability: probability.map((weight) => weight / total),
  };
}
