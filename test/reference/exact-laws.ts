/**
 * Closed-form and linear-algebra answers for a system whose service rates are frozen.
 *
 * Everything here is written to be obviously right rather than fast, and shares no code with the
 * library, so that tests can hold the library against it. Throughout, `lambda` is the arrival rate
 * per server, so that n servers see a Poisson stream of rate `lambda * n`; an arriving task joins
 * a uniformly random idle server (Join-Idle-Queue). All rates must be positive.
 */

/** Stationary law of n servers with unit buffers (a task that finds no idle server is lost). */
export interface StationaryLaw {
  /** P(server v is busy), for every v. */
  busyProbability: number[];
  /** P(all servers are busy), which is the fraction of tasks lost (PASTA). */
  blockingProbability: number;
  /** P(exactly k servers are busy), k = 0, …, n. */
  busyDistribution: number[];
  /** Completed tasks per unit of time and per server. */
  throughputPerServer: number;
  /** Mean time an accepted task spends in the system. */
  meanSojournTime: number;
  /** Mean length of an idle period of server v, for every v. */
  meanIdlePeriod: number[];
}

/** First two moments of the length of an idle period. */
export interface IdlePeriodMoments {
  mean: number;
  secondMoment: number;
}

/**
 * The stationary law from its product form.
 *
 * The chain of busy sets B is reversible, with
 * π(B) ∝ (λn)^|B| · (n − |B|)!/n! · Π_{v∈B} 1/μ_v: check detailed balance between B and B ∪ {v},
 * λn/(n − |B|) one way and μ_v the other (Kelly, Reversibility and Stochastic Networks, §1.2).
 * Summing over sets of size k gives P(k busy) ∝ (λn)^k/k! · E_k, where E_k is the average over
 * those sets of Π 1/μ_v, an elementary symmetric polynomial divided by its number of terms.
 */
export function productForm(rates: readonly number[], lambda: number): StationaryLaw {
  const n = rates.length;
  const serviceTimes = rates.map((rate) => 1 / rate);
  const averages = symmetricAverages(serviceTimes);
  const poissonWeights = logPoissonWeights(lambda * n, n).map(Math.exp);
  const weights = poissonWeights.map((weight, k) => weight * averages[k]);
  const total = sum(weights);
  const busyDistribution = weights.map((weight) => weight / total);

  const busyProbability = serviceTimes.map((serviceTime, v) => {
    const averagesOfOthers = symmetricAverages(serviceTimes.filter((_, u) => u !== v));
    // A share k/n of the sets of size k contains v.
    const weightsWithV = averagesOfOthers.map(
      (average, others) => poissonWeights[others + 1] * ((others + 1) / n) * serviceTime * average,
    );
    return sum(weightsWithV) / total;
  });

  const throughput = sum(rates.map((rate, v) => rate * busyProbability[v]));
  return {
    busyProbability,
    blockingProbability: busyDistribution[n],
    busyDistribution,
    throughputPerServer: throughput / n,
    meanSojournTime: sum(busyProbability) / throughput, // Little's law
    meanIdlePeriod: rates.map((rate, v) => (1 / busyProbability[v] - 1) / rate),
  };
}

/** The stationary law from the balance equations of all 2^n busy sets; meant for n ≤ 8. */
export function bruteForceChain(rates: readonly number[], lambda: number): StationaryLaw {
  const n = rates.length;
  const servers = rates.map((_, v) => v);
  const probability = stationaryDistribution(busySetGenerator(rates, lambda));

  const busyProbability: number[] = new Array(n).fill(0);
  const assignmentRate: number[] = new Array(n).fill(0);
  const busyDistribution: number[] = new Array(n + 1).fill(0);
  let acceptedRate = 0;
  probability.forEach((p, busySet) => {
    const busy = servers.filter((v) => contains(busySet, v));
    const idle = servers.filter((v) => !contains(busySet, v));
    busyDistribution[busy.length] += p;
    for (const v of busy) busyProbability[v] += p;
    for (const v of idle) assignmentRate[v] += (p * lambda * n) / idle.length;
    if (idle.length > 0) acceptedRate += p * lambda * n;
  });
  return {
    busyProbability,
    blockingProbability: busyDistribution[n],
    busyDistribution,
    throughputPerServer: acceptedRate / n,
    meanSojournTime: sum(busyProbability) / acceptedRate,
    // Time idle divided by the number of idle periods, both per unit of time.
    meanIdlePeriod: servers.map((v) => (1 - busyProbability[v]) / assignmentRate[v]),
  };
}

/**
 * Probability that each vector of queue lengths (task in service included) is seen when every
 * server has room for `capacity` tasks and a task that finds no idle server joins a uniformly
 * random server with room. Vector (q_0, …, q_{n−1}) has index Σ q_v (capacity + 1)^v.
 */
export function bufferedChain(
  rates: readonly number[],
  lambda: number,
  capacity: number,
): number[] {
  const n = rates.length;
  const place = rates.map((_, v) => (capacity + 1) ** v);
  const states = (capacity + 1) ** n;
  const generator = zeros(states, states);
  for (let state = 0; state < states; state++) {
    const queues = place.map((unit) => Math.floor(state / unit) % (capacity + 1));
    const servers = queues.map((_, v) => v);
    const idle = servers.filter((v) => queues[v] === 0);
    const candidates = idle.length > 0 ? idle : servers.filter((v) => queues[v] < capacity);
    for (const v of candidates) {
      generator[state][state + place[v]] += (lambda * n) / candidates.length;
    }
    for (const v of servers.filter((u) => queues[u] > 0)) {
      generator[state][state - place[v]] += rates[v];
    }
  }
  return stationaryDistribution(generator);
}

/**
 * Erlang's loss probability for offered load `load` on n servers, by the usual recursion in the
 * number of servers (Kleinrock, Queueing Systems I, §3.6).
 */
export function erlangB(load: number, n: number): number {
  let blocking = 1;
  for (let k = 1; k <= n; k++) blocking = (load * blocking) / (k + load * blocking);
  return blocking;
}

/** P(k tasks in an M/M/1 queue), k = 0, …, kmax (Kleinrock, Queueing Systems I, §3.2). */
export function mm1Distribution(lambda: number, mu: number, kmax: number): number[] {
  const load = lambda / mu;
  return range(kmax + 1).map((k) => (1 - load) * load ** k);
}

/** P(k tasks in an M/M/1/K queue), k = 0, …, K (Kleinrock, Queueing Systems I, §3.6). */
export function mm1kDistribution(lambda: number, mu: number, K: number): number[] {
  return normalized(range(K + 1).map((k) => (lambda / mu) ** k));
}

/**
 * Long-run average of the idle signal I_v of a server of rate `mu` with the given idle periods.
 *
 * Renewal reward over a cycle "idle for A, then busy for 1/μ on average": the signal grows from 0
 * to A while idle and stays at A while busy (the definition below equation (2.2) of the paper).
 */
function idleSignalOfCycle(idlePeriod: IdlePeriodMoments, mu: number): number {
  const { mean, secondMoment } = idlePeriod;
  return (secondMoment / 2 + mean / mu) / (mean + 1 / mu);
}

/**
 * E[I_v] for every server, for any rates; meant for n ≤ 8.
 *
 * An idle period of v ends at the first arrival assigned to v, so it is of phase type over the busy
 * sets of the other servers. It starts from the set that a completion of v leaves behind, whose law
 * is the stationary one given that v is busy, because v completes at the same rate in all of them.
 */
export function expectedIdleSignal(rates: readonly number[], lambda: number): number[] {
  const generator = busySetGenerator(rates, lambda);
  const probability = stationaryDistribution(generator);
  return rates.map((rate, v) => {
    const phases = range(generator.length).filter((busySet) => !contains(busySet, v));
    const start = normalized(phases.map((busySet) => probability[busySet + 2 ** v]));
    const exitRates = phases.map((from) => sum(generator[from]));
    const jumpRates = phases.map((from) => phases.map((to) => generator[from][to]));
    return idleSignalOfCycle(phaseTypeMoments(start, jumpRates, exitRates), rate);
  });
}

/**
 * E[I_v] of a server of each class, where class c has `classSizes[c]` servers of rate
 * `classRates[c]`: as `expectedIdleSignal`, but the phase is the number of busy other servers in
 * each class, and the phase a completion leaves behind comes from the product form.
 */
export function expectedIdleSignalClasses(
  classRates: readonly number[],
  classSizes: readonly number[],
  lambda: number,
): number[] {
  const n = sum(classSizes);
  const classes = range(classRates.length);
  return classes.map((tagged) => {
    const others = classSizes.map((size, c) => (c === tagged ? size - 1 : size));
    const place = classes.map((c) =>
      others.slice(0, c).reduce((unit, size) => unit * (size + 1), 1),
    );
    const phaseCount = others.reduce((count, size) => count * (size + 1), 1);
    const logWeights: number[] = [];
    const jumpRates = zeros(phaseCount, phaseCount);
    const exitRates: number[] = [];
    for (let phase = 0; phase < phaseCount; phase++) {
      const busy = classes.map((c) => Math.floor(phase / place[c]) % (others[c] + 1));
      const idleServers = n - sum(busy); // the tagged one included
      for (const c of classes) {
        const arrivals = (lambda * n * (others[c] - busy[c])) / idleServers;
        const completions = classRates[c] * busy[c];
        if (busy[c] < others[c]) jumpRates[phase][phase + place[c]] = arrivals;
        if (busy[c] > 0) jumpRates[phase][phase - place[c]] = completions;
      }
      exitRates.push(lambda * n + sum(classes.map((c) => classRates[c] * busy[c])));
      // Busy set = the busy others and the tagged server; (n − |B|)! = (idleServers − 1)!.
      logWeights.push(
        sum(busy) * Math.log(lambda * n) +
          logFactorial(idleServers - 1) +
          sum(
            classes.map((c) => logBinomial(others[c], busy[c]) - busy[c] * Math.log(classRates[c])),
          ),
      );
    }
    const largest = Math.max(...logWeights);
    const start = normalized(logWeights.map((weight) => Math.exp(weight - largest)));
    return idleSignalOfCycle(phaseTypeMoments(start, jumpRates, exitRates), classRates[tagged]);
  });
}

/**
 * Moments of an idle period among n servers of equal rate `mu`: of phase type over the number k of
 * busy others, a birth–death chain on 0, …, n − 1 killed by the arrival that joins the tagged
 * server. The completion that starts it leaves k others busy with probability ∝ (λn/μ)^k/k!.
 */
export function idlePeriodHomogeneous(n: number, mu: number, lambda: number): IdlePeriodMoments {
  const others = range(n);
  const system: Tridiagonal = {
    below: others.map((k) => -k * mu),
    diagonal: others.map((k) => lambda * n + k * mu),
    above: others.map((k) => (-lambda * n * (n - k - 1)) / (n - k)),
  };
  const start = normalized(logPoissonWeights((lambda * n) / mu, n - 1).map(Math.exp));
  const mean = solveTridiagonal(
    system,
    others.map(() => 1),
  );
  const halfSecondMoment = solveTridiagonal(system, mean);
  return { mean: dot(start, mean), secondMoment: 2 * dot(start, halfSecondMoment) };
}

/** E[I_v] for n servers of equal rate `mu`; any n. */
export function expectedIdleSignalHomogeneous(n: number, mu: number, lambda: number): number {
  return idleSignalOfCycle(idlePeriodHomogeneous(n, mu, lambda), mu);
}

/**
 * The common rate at which the averaged dynamics (2.3) of n servers rest, for the cost functions of
 * Section 3 of the paper, g(x) = 1/x and h(x) = 0.1 x²: the root of
 * g'(μ) + h'(μ)(E_μ[I] + 1/μ). For n = Infinity it is μ* = (5λ)^{1/3}.
 */
export function fixedPoint(lambda: number, n: number): number {
  if (n === Number.POSITIVE_INFINITY) return Math.cbrt(5 * lambda);
  const slope = (mu: number) =>
    -1 / mu ** 2 + 0.2 * mu * (expectedIdleSignalHomogeneous(n, mu, lambda) + 1 / mu);
  let low = 1e-3;
  let high = Math.sqrt(5); // root of g'(x) + h'(x)/x, so the slope is positive here
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Standard deviation of a rate around μ* when many servers run with inverse step size m, for the
 * cost functions of Section 3 of the paper, by the linear noise approximation: the rate is an
 * Ornstein–Uhlenbeck process with relaxation rate θ/m, driven by the fluctuations of the idle signal
 * (Kushner and Yin, Stochastic Approximation, ch. 10). Idle and busy periods are exponential with
 * means `idle` and `busy`; `noise` is the variance rate of ∫(I − E[I]) dt, by renewal reward.
 */
export function fluctuationSd(lambda: number, m: number): number {
  const mu = Math.cbrt(5 * lambda);
  const busy = 1 / mu;
  const idle = 1 / lambda - busy;
  const relaxation = 2 / mu ** 3 + 0.2 / lambda - 0.2 / mu; // θ = g'' + h''/λ − h'/μ²
  const noise = 2 * lambda * idle ** 2 * (idle ** 2 + idle * busy + busy ** 2);
  return 0.2 * mu * Math.sqrt(noise / (2 * relaxation * m));
}

/**
 * The stationary distribution of an irreducible chain with the given off-diagonal rates, by the
 * subtraction-free elimination of Grassmann, Taksar and Heyman (Operations Research 33, 1985).
 */
export function stationaryDistribution(generator: readonly (readonly number[])[]): number[] {
  const rates = generator.map((row) => [...row]);
  const size = rates.length;
  for (let last = size - 1; last > 0; last--) {
    const exitRate = sum(rates[last].slice(0, last));
    for (let from = 0; from < last; from++) {
      rates[from][last] /= exitRate;
      if (rates[from][last] === 0) continue;
      for (let to = 0; to < last; to++) rates[from][to] += rates[from][last] * rates[last][to];
    }
  }
  const weights = [1];
  for (let state = 1; state < size; state++) {
    weights.push(sum(weights.map((weight, from) => weight * rates[from][state])));
  }
  return normalized(weights);
}

/** Off-diagonal rates of the chain of busy sets; bit v of a state says that server v is busy. */
function busySetGenerator(rates: readonly number[], lambda: number): number[][] {
  const n = rates.length;
  const generator = zeros(2 ** n, 2 ** n);
  for (let busySet = 0; busySet < 2 ** n; busySet++) {
    const idleServers = rates.filter((_, v) => !contains(busySet, v)).length;
    rates.forEach((rate, v) => {
      if (contains(busySet, v)) generator[busySet][busySet - 2 ** v] = rate;
      else generator[busySet][busySet + 2 ** v] = (lambda * n) / idleServers;
    });
  }
  return generator;
}

function contains(busySet: number, server: number): boolean {
  return ((busySet >> server) & 1) === 1;
}

/**
 * Moments of the time until absorption: with T the generator on the phases, the mean is
 * α(−T)⁻¹1 and the second moment 2α(−T)⁻²1 (Neuts, Matrix-Geometric Solutions, §2.2).
 */
function phaseTypeMoments(
  start: readonly number[],
  jumpRates: readonly (readonly number[])[],
  exitRates: readonly number[],
): IdlePeriodMoments {
  const minusT = jumpRates.map((row, i) => row.map((rate, j) => (i === j ? exitRates[i] : -rate)));
  const mean = solveLinear(
    minusT,
    start.map(() => 1),
  );
  const halfSecondMoment = solveLinear(minusT, mean);
  return { mean: dot(start, mean), secondMoment: 2 * dot(start, halfSecondMoment) };
}

/** Gaussian elimination; the matrices here are diagonally dominant, so pivots stay in place. */
function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let below = pivot + 1; below < size; below++) {
      const factor = rows[below][pivot] / rows[pivot][pivot];
      if (factor === 0) continue;
      for (let j = pivot; j <= size; j++) rows[below][j] -= factor * rows[pivot][j];
    }
  }
  const solution: number[] = new Array(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let remainder = rows[i][size];
    for (let j = i + 1; j < size; j++) remainder -= rows[i][j] * solution[j];
    solution[i] = remainder / rows[i][i];
  }
  return solution;
}

interface Tridiagonal {
  /** below[i] multiplies unknown i − 1 in equation i. */
  below: number[];
  diagonal: number[];
  /** above[i] multiplies unknown i + 1 in equation i. */
  above: number[];
}

/** Thomas' algorithm. */
function solveTridiagonal(system: Tridiagonal, right: readonly number[]): number[] {
  const diagonal = [...system.diagonal];
  const solution = [...right];
  for (let i = 1; i < solution.length; i++) {
    const factor = system.below[i] / diagonal[i - 1];
    diagonal[i] -= factor * system.above[i - 1];
    solution[i] -= factor * solution[i - 1];
  }
  for (let i = solution.length - 1; i >= 0; i--) {
    if (i + 1 < solution.length) solution[i] -= system.above[i] * solution[i + 1];
    solution[i] /= diagonal[i];
  }
  return solution;
}

/**
 * For k = 0, …, n the average of Π_{v∈B} x_v over all sets B of k of the n values. A value is in a
 * set of size k with probability k/n, which gives the recursion as values join one by one.
 */
function symmetricAverages(values: readonly number[]): number[] {
  let averages = [1];
  values.forEach((value, index) => {
    const n = index + 1;
    averages = range(n + 1).map((k) => {
      const without = k < n ? (1 - k / n) * averages[k] : 0;
      const withValue = k > 0 ? (k / n) * value * averages[k - 1] : 0;
      return without + withValue;
    });
  });
  return averages;
}

/** Logarithms of a^k/k!, k = 0, …, kmax, shifted so that the largest is 0. */
function logPoissonWeights(a: number, kmax: number): number[] {
  const logWeights = range(kmax + 1).map((k) => k * Math.log(a) - logFactorial(k));
  const largest = Math.max(...logWeights);
  return logWeights.map((weight) => weight - largest);
}

function logFactorial(k: number): number {
  let total = 0;
  for (let j = 2; j <= k; j++) total += Math.log(j);
  return total;
}

function logBinomial(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function zeros(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}

function normalized(weights: readonly number[]): number[] {
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}
