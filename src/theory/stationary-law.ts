import { checkChoices, checkPositive, checkRates } from './arguments.js';
import { logNoneIdle } from './none-idle.js';

/** What is seen in the long run when the service rates stand still. */
export interface StationaryLaw {
  /** P(server v is busy), for every v. */
  busyProbability: number[];
  /** P(exactly k servers are busy), k = 0, …, n; a probability below 1e-308 is given as 0. */
  busyDistribution: number[];
  /** Mean fraction of the servers that are busy. */
  busyFraction: number;
  /** The fraction of the tasks that see no idle server and are dropped; P(all are busy) under Join-Idle-Queue. */
  blockingProbability: number;
  /** Tasks completed per unit of time and per server. */
  throughput: number;
  /** Mean time an accepted task spends in the system, E[S] of objective (2.1). */
  meanSojournTime: number;
  /** Mean length of an idle period of server v, for every v. */
  meanIdlePeriod: number[];
}

/**
 * The exact stationary law of n servers with unit buffers and frozen rates, where a task goes to a random idle server if
 * one of those that it looks at is idle: Join-Idle-Queue, Join-Shortest-Queue of d and random.
 *
 * With a(k) the rate at which tasks are taken while k servers are busy, λn under Join-Idle-Queue, the chain of busy sets B is
 * reversible with the product form
 *
 *   π(B) ∝ Π_{k<|B|} a(k)/(n − k) · Π_{v∈B} 1/μ_v
 *
 * (detailed balance between B and B ∪ {v}: a(|B|)/(n − |B|) one way, μ_v the other; Kelly,
 * Reversibility and Stochastic Networks, §1.3). So P(k busy) ∝ Π_{i<k} a(i)/(n − i) · e_k, with e_k the
 * elementary symmetric polynomial of the mean service times, and given k the busy set is a sample
 * drawn with probability proportional to the product of its service times, whose inclusion
 * probabilities have a two-term recursion (Chen, Dempster and Liu, Biometrika 81, 1994). The law is
 * the same for every distribution of the work of a task with mean 1, as arrivals are balanced (Bonald, Jonckheere and Proutière,
 * Insensitive Load Balancing, SIGMETRICS 2004).
 *
 * Everything is computed from ratios of neighbouring terms, so nothing overflows; results are good to
 * about 1e-12 relative. Takes time O(n²) for n different rates (about a second for n = 10^4), O(n)
 * for equal ones.
 *
 * @param rates service rate of every server, tasks per unit of time; each from 1e-100 to 1e100
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param choices servers that an arriving task looks at for an idle one: all for Join-Idle-Queue (default), d for
 *   Join-Shortest-Queue of d, 1 for a random server
 * @throws {ConfigError} for arguments outside these ranges
 */
export function stationaryLaw(
  rates: readonly number[],
  arrivalRate: number,
  choices = rates.length,
): StationaryLaw {
  checkRates('rates', rates);
  checkPositive('arrivalRate', arrivalRate);
  checkChoices(choices, rates.length);
  const n = rates.length;
  const serverCounts = new Map<number, number>();
  for (const rate of rates) serverCounts.set(rate, (serverCounts.get(rate) ?? 0) + 1);

  const ratios = symmetricRatios(serverCounts);
  const noneIdle = Float64Array.from({ length: n + 1 }, (_, k) => logNoneIdle(n, choices, k));
  const seen = noneIdle.map((log) => -Math.expm1(log));
  const distribution = busyCountLaw(ratios, arrivalRate, seen);
  const perRate = new Map(
    [...serverCounts.keys()].map((rate) => [rate, shares(1 / rate, ratios, distribution)]),
  );
  const sharesOf = rates.map((rate) => perRate.get(rate) as Shares);

  let meanBusy = 0;
  let accepted = 0;
  let dropped = 0;
  distribution.forEach((probability, k) => {
    meanBusy += k * probability;
    accepted += probability * (seen[k] as number);
    dropped += probability * Math.exp(noneIdle[k] as number);
  });
  return {
    busyProbability: sharesOf.map(({ busy }) => busy),
    busyDistribution: [...distribution],
    busyFraction: meanBusy / n,
    blockingProbability: dropped,
    throughput: arrivalRate * accepted,
    meanSojournTime: meanBusy / n / (arrivalRate * accepted), // Little's law
    // time idle over number of idle periods, which is the number of completions
    meanIdlePeriod: sharesOf.map(({ busy, idle }, v) => idle / busy / (rates[v] as number)),
  };
}

/**
 * r_k = e_k/e_{k−1} of the mean service times, k = 1, …, n; element 0 is unused. A server with mean
 * service time x turns e_k into e_k + x e_{k−1}, hence r_k into r_{k−1}(r_k + x)/(r_{k−1} + x); no
 * term is ever subtracted. The largest group of equal rates starts it off with binomial ratios.
 */
function symmetricRatios(serverCounts: ReadonlyMap<number, number>): Float64Array {
  let [largestRate, largestCount] = [0, 0];
  let n = 0;
  for (const [rate, count] of serverCounts) {
    n += count;
    if (count > largestCount) [largestRate, largestCount] = [rate, count];
  }
  const ratios = new Float64Array(n + 1);
  for (let k = 1; k <= largestCount; k++) ratios[k] = (largestCount - k + 1) / k / largestRate;
  let size = largestCount;
  for (const [rate, count] of serverCounts) {
    if (rate === largestRate) continue;
    const x = 1 / rate;
    for (let copy = 0; copy < count; copy++) {
      size += 1;
      let before = ratios[1] as number; // r_{k−1} of the servers so far
      ratios[1] = before + x;
      for (let k = 2; k <= size; k++) {
        const here = ratios[k] as number;
        ratios[k] = (before * (here + x)) / (before + x);
        before = here;
      }
    }
  }
  return ratios;
}

/**
 * P(k busy), k = 0, …, n. The quotient of neighbours, a(k − 1) r_k/(n − k + 1), decreases with k by
 * Newton's inequalities, so the law has one mode; terms are multiplied up from there.
 */
function busyCountLaw(ratios: Float64Array, arrivalRate: number, seen: Float64Array): Float64Array {
  const n = ratios.length - 1;
  const quotient = (k: number) =>
    ((arrivalRate * n * (seen[k - 1] as number)) / (n - k + 1)) * (ratios[k] as number);
  let mode = 0;
  while (mode < n && quotient(mode + 1) > 1) mode += 1;
  const law = new Float64Array(n + 1);
  law[mode] = 1;
  for (let k = mode + 1; k <= n; k++) law[k] = (law[k - 1] as number) * quotient(k);
  for (let k = mode; k > 0; k--) law[k - 1] = (law[k] as number) / quotient(k);
  const total = law.reduce((sum, weight) => sum + weight, 0);
  return law.map((weight) => weight / total);
}

/** P(server is busy) and P(server is idle), each without cancellation. */
interface Shares {
  busy: number;
  idle: number;
}

/**
 * The two probabilities of a server with mean service time x, from q_k = P(it is busy | k are busy),
 * which satisfies q_{k+1} = (x/r_{k+1})(1 − q_k), q_0 = 0, q_n = 1. q_k increases with k. Going up
 * multiplies relative errors of q by q/(1 − q), going down those of 1 − q by the inverse, so each
 * direction is used on its own side of q = ½.
 */
function shares(x: number, ratios: Float64Array, distribution: Float64Array): Shares {
  const n = ratios.length - 1;
  let busy = 0;
  let idle = 0;
  let k = 0;
  let q = 0;
  for (; k < n && q < 0.5; k++) {
    busy += (distribution[k] as number) * q;
    idle += (distribution[k] as number) * (1 - q);
    q = (x / (ratios[k + 1] as number)) * (1 - q);
  }
  const firstFromAbove = k;
  let notBusy = 0; // 1 − q_k
  for (k = n; k >= firstFromAbove; k--) {
    busy += (distribution[k] as number) * (1 - notBusy);
    idle += (distribution[k] as number) * notBusy;
    notBusy = ((ratios[k] as number) / x) * (1 - notBusy);
  }
  return { busy, idle };
}
