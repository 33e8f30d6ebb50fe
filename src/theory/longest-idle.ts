import { busyWindow } from './busy-window.js';

/**
 * E[I] of any of n servers of equal rate with unit buffers, where tasks go to the server that has been idle longest. Exact for
 * every law of work.
 *
 * Idle servers are a queue, first in, first out. A completion that leaves j servers idle starts an idle period that ends with the j-th
 * arrival from then on: whatever happens meanwhile, it is Erlang with j phases of rate λn. The number of busy servers is that of
 * Erlang's loss system, in which completions leave i busy as often as arrivals find i busy. Hence
 *
 *   E[I; idle] = (1/n) Σ_i λn P(i busy) · j(j + 1)/(2(λn)²),   j = n − i,
 *
 * which tends to (1 − ρ)²/(2λ), half its value under Join-Idle-Queue, as all idle periods become equally long.
 *
 * @param servers n, a whole number from 1
 * @param rate μ, tasks a server completes per unit of time while busy
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 */
export function longestIdleSignal(servers: number, rate: number, arrivalRate: number): number {
  const { first, probability } = busyWindow(servers, rate, arrivalRate);
  let [age, idle] = [0, 0];
  probability.forEach((p, i) => {
    const free = servers - first - i;
    age += (p * (free / servers) * ((free + 1) / servers)) / (2 * arrivalRate);
    idle += p * (free / servers);
  });
  return age + idle / rate;
}
