/** Whether the servers of a run split into slow and fast ones. */
import type { CompleteConfig } from '../config/config.js';
import type { Trajectory } from '../run/trajectory.js';

/** What is kept of a run whose servers are all recorded. */
export interface Servers {
  /** at the end, in ascending order */
  rates: number[];
  /** part of the variance of these that the best split into two groups explains */
  explained: number;
  /** part of the servers in the faster group, and the busy fraction of either in the second half of the run */
  fast: number;
  busy: { slow: number; fast: number };
}

export function measureServers(trajectory: Trajectory, { servers }: CompleteConfig): Servers {
  const last = trajectory.rows - 1;
  const from = Math.ceil(last / 2);
  const each = Array.from({ length: servers }, (_, v) => ({
    rate: trajectory.serverRates(v)[last] as number,
    busy: mean([...trajectory.serverQueues(v).subarray(from, last + 1)].map(Math.sign)),
  })).sort((a, b) => a.rate - b.rate);
  const rates = each.map(({ rate }) => rate);
  const { explained, slow } = bestSplit(rates);
  const busy = (part: typeof each) => mean(part.map(({ busy }) => busy));
  return {
    rates,
    explained,
    fast: 1 - slow / servers,
    busy: { slow: busy(each.slice(0, slow)), fast: busy(each.slice(slow)) },
  };
}

/** Otsu's split of ascending values: it maximises the variance between the two groups (IEEE Trans. SMC 9, 1979). */
function bestSplit(values: readonly number[]): { explained: number; slow: number } {
  const centre = mean(values);
  const total = values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  let [best, slow, below] = [0, 0, 0];
  values.slice(0, -1).forEach((x, i) => {
    below += x - centre;
    const between = below ** 2 * (1 / (i + 1) + 1 / (values.length - i - 1));
    if (between > best) [best, slow] = [between, i + 1];
  });
  return { explained: total > 0 ? best / total : 0, slow };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

export function slowMean({ rates, fast }: Servers): number {
  return mean(rates.slice(0, Math.round(rates.length * (1 - fast))));
}

export function fastMean({ rates, fast }: Servers): number {
  return mean(rates.slice(Math.round(rates.length * (1 - fast))));
}
