import { BandMatrix, solveBanded } from '../numerics/banded.js';
import { busyWindow } from './busy-window.js';
import { takenRate } from './none-idle.js';

/** How the idle signals I_v of n equal servers with unit buffers respond to rates, and how they fluctuate. */
export interface IdleNoise {
  /** E[I_v], units of time. */
  mean: number;
  /** E[I_v²] − E[I_v]². */
  variance: number;
  /** ∂E[I_v]/∂μ_v: what the server's own rate does to its signal. */
  ownResponse: number;
  /** ∂E[I_v]/∂μ_w: what the rate of one other server does to it; 0 for a single server. */
  crossResponse: number;
  /** ∫ Cov(I_v(0), I_v(t)) dt over all times −∞ < t < ∞. */
  ownSpectrum: number;
  /** ∫ Cov(I_v(0), I_w(t)) dt of two servers; 0 for a single server. */
  crossSpectrum: number;
}

/**
 * Exact to rounding, in time O(√n) for large n (beyond the paper).
 *
 * The tagged server v with the number k of busy others is a Markov chain; its signal I_v grows with slope 1 while v is
 * idle, is kept when a task arrives at v and falls to 0 when that task leaves. Poisson's equation L u = −(I_v − E[I_v])
 * for the generator L of chain and signal together has a solution linear in the signal a,
 *
 *   u(idle, k, a) = α₀(k) + α₁(k) a,   α₁ = 1/μ + mean time for which v stays idle from k on,
 *   u(busy, k, a) = β(k) + a/μ,
 *
 * and α₀, β solve one linear system of the chain. Everything else follows from u (Asmussen and Glynn, Stochastic
 * Simulation, §IV.6): ∂E[I_v]/∂μ_w = E[(∂L/∂μ_w) u], and the integral of the covariances of I_v and I_w is
 * 2 E[(I_w − E[I_w]) u]. These need moments of I_v, and of I_v times the sum of the other signals, by state; the moments solve
 * tridiagonal systems one after the other, since no event but the reset to 0 mixes their degrees.
 *
 * @param servers n, a whole number from 1
 * @param rate μ, service rate of every server, tasks per unit of time
 * @param arrivalRate λ, tasks that arrive per unit of time and per server
 * @param choices servers that an arriving task looks at for an idle one (`logNoneIdle`); all by default
 */
export function idleNoise(
  servers: number,
  rate: number,
  arrivalRate: number,
  choices = servers,
): IdleNoise {
  const n = servers;
  const arrivals = (busy: number) => takenRate(n, arrivalRate, choices, busy);
  const window = busyWindow(n, rate, arrivalRate, choices);
  const first = Math.max(0, window.first - 1);
  const last = Math.min(n - 1, window.last);
  const size = last - first + 1;
  const probability = (busy: number) => window.probability[busy - window.first] ?? 0;

  // rates of the tagged chain; states outside the window are not entered
  const vector = (f: (k: number) => number) =>
    Float64Array.from({ length: size }, (_, i) => f(first + i));
  const idleOthers = vector((k) => n - 1 - k);
  const taken = vector((k) => arrivals(k) / (n - k));
  const upIdle = vector((k) => (k < last ? (arrivals(k) * (n - 1 - k)) / (n - k) : 0));
  const upBusy = vector((k) => (k < last ? arrivals(k + 1) : 0));
  const down = vector((k) => (k > first ? k * rate : 0));
  const leaving = new Float64Array(size).fill(rate);

  // moments of I_v by state: E[I_v^p; v idle, k busy others] and the same with v busy
  const idle0 = vector((k) => probability(k) * ((n - k) / n));
  const busy0 = vector((k) => probability(k + 1) * ((k + 1) / n));
  const idle1 = inflow(upIdle, down, taken, idle0);
  const busy1 = inflow(upBusy, down, leaving, product(taken, idle1));
  const idle2 = inflow(upIdle, down, taken, scaled(2, idle1));
  const busy2 = inflow(upBusy, down, leaving, product(taken, idle2));
  const mean = sum(idle1) + sum(busy1);

  // Poisson's equation
  const one = new Float64Array(size).fill(1);
  const alpha1 = outlook(upIdle, down, taken, one).map((remaining) => 1 / rate + remaining);
  const { alpha0, beta } = poissonSolution();

  /** E[f u] by state for any f with these moments E[f I_v^p; state], p = 0, 1. */
  const against = (
    f0Idle: Float64Array,
    f1Idle: Float64Array,
    f0Busy: Float64Array,
    f1Busy: Float64Array,
  ) => dot(alpha0, f0Idle) + dot(alpha1, f1Idle) + dot(beta, f0Busy) + sum(f1Busy) / rate;
  const meanSolution = against(idle0, idle1, busy0, busy1);
  const ownSpectrum = 2 * (against(idle1, idle2, busy1, busy2) - mean * meanSolution);

  const ownResponse = dot(alpha0, busy0) - dot(beta, busy0) - sum(busy1) / rate;
  let othersResponse = 0;
  for (let i = 1; i < size; i++) {
    const step = (u: Float64Array) => (u[i - 1] as number) - (u[i] as number);
    othersResponse +=
      (first + i) *
      ((idle0[i] as number) * step(alpha0) +
        (idle1[i] as number) * step(alpha1) +
        (busy0[i] as number) * step(beta));
  }

  let othersSpectrum = 0;
  if (n > 1) {
    const others = othersMoments();
    othersSpectrum =
      2 *
      (against(others.idle0, others.idle1, others.busy0, others.busy1) -
        (n - 1) * mean * meanSolution);
  }
  return {
    mean,
    variance: sum(idle2) + sum(busy2) - mean * mean,
    ownResponse,
    crossResponse: n > 1 ? othersResponse / (n - 1) : 0,
    ownSpectrum,
    crossSpectrum: n > 1 ? othersSpectrum / (n - 1) : 0,
  };

  /** α₀ and β, up to a constant: 0 is the value of β at the likeliest state, from which no state is far. */
  function poissonSolution(): { alpha0: Float64Array; beta: Float64Array } {
    const matrix = new BandMatrix(2 * size, 2);
    const right = new Float64Array(2 * size);
    const leave = (from: number, to: number, speed: number) => {
      if (speed === 0) return;
      matrix.add(from, from, speed);
      matrix.add(from, to, -speed);
    };
    let likeliest = 0;
    for (let i = 0; i < size; i++) {
      const [whenIdle, whenBusy] = [2 * i, 2 * i + 1];
      leave(whenIdle, whenIdle + 2, upIdle[i] as number);
      leave(whenIdle, whenIdle - 2, down[i] as number);
      leave(whenIdle, whenBusy, taken[i] as number);
      leave(whenBusy, whenBusy + 2, upBusy[i] as number);
      leave(whenBusy, whenBusy - 2, down[i] as number);
      leave(whenBusy, whenIdle, rate);
      right[whenIdle] = (alpha1[i] as number) - mean;
      right[whenBusy] = -mean;
      if ((busy0[i] as number) > (busy0[likeliest] as number)) likeliest = i;
    }
    const pinned = 2 * likeliest + 1;
    for (let j = Math.max(0, pinned - 2); j <= Math.min(2 * size - 1, pinned + 2); j++) {
      matrix.set(pinned, j, j === pinned ? 1 : 0);
    }
    right[pinned] = 0;
    const u = solveBanded(matrix, right);
    return { alpha0: u.filter((_, j) => j % 2 === 0), beta: u.filter((_, j) => j % 2 === 1) };
  }

  /**
   * Moments E[R I_v^p; state] of the sum R of the others' signals. For p = 0 by exchanging v and the other. For p = 1 the
   * signals of idle and of busy others are summed apart: an arrival moves one of them from the first sum to the second,
   * and a completion takes one out of the second.
   */
  function othersMoments() {
    const shifted = (values: Float64Array, i: number) => values[i] ?? 0;
    const idlePart = { idle: product(idleOthers, idle1), busy: new Float64Array(size) };
    const busyPart = { idle: new Float64Array(size), busy: new Float64Array(size) };
    for (let i = 0; i < size; i++) {
      const k = first + i;
      idlePart.busy[i] = (k + 1) * shifted(idle1, i + 1);
      busyPart.idle[i] = (n - k) * shifted(busy1, i - 1);
      busyPart.busy[i] = k * (busy1[i] as number);
    }
    // an arrival takes one of the k idle others' signals along, a completion one of the busy others'
    const upStaying = (up: Float64Array) =>
      up.map((speed, i) => (speed === 0 ? 0 : speed * (1 - 1 / (idleOthers[i] as number))));
    const upTaking = (up: Float64Array) =>
      up.map((speed, i) => (speed === 0 ? 0 : speed / (idleOthers[i] as number)));
    const downStaying = down.map((speed) => Math.max(0, speed - rate));
    const moved = (up: Float64Array, from: Float64Array) => {
      const share = product(upTaking(up), from);
      return from.map((_, i) => shifted(share, i - 1));
    };

    const idleIdle = balance(
      upStaying(upIdle),
      down,
      total(upIdle, down, taken),
      added(idlePart.idle, product(idleOthers, idle1)),
    );
    const busyIdle = balance(
      upIdle,
      downStaying,
      total(upIdle, down, taken),
      added(busyPart.idle, moved(upIdle, idleIdle)),
    );
    const idleBusy = balance(
      upStaying(upBusy),
      down,
      total(upBusy, down, leaving),
      added(product(taken, idleIdle), product(idleOthers, busy1)),
    );
    const busyBusy = balance(
      upBusy,
      downStaying,
      total(upBusy, down, leaving),
      added(product(taken, busyIdle), moved(upBusy, idleBusy)),
    );
    return {
      idle0: added(idlePart.idle, busyPart.idle),
      busy0: added(idlePart.busy, busyPart.busy),
      idle1: added(idleIdle, busyIdle),
      busy1: added(idleBusy, busyBusy),
    };
  }
}

/** Stationary moments x by state: out x(k) = up x(k−1) + down x(k+1) + source, where all that leaves is carried on or lost. */
function balance(
  up: Float64Array,
  down: Float64Array,
  out: Float64Array,
  source: Float64Array,
): Float64Array {
  const size = out.length;
  const matrix = new BandMatrix(size, 1);
  for (let i = 0; i < size; i++) {
    matrix.set(i, i, out[i] as number);
    if (i > 0) matrix.set(i, i - 1, -(up[i - 1] as number));
    if (i + 1 < size) matrix.set(i, i + 1, -(down[i + 1] as number));
  }
  return solveBanded(matrix, source);
}

function inflow(
  up: Float64Array,
  down: Float64Array,
  away: Float64Array,
  source: Float64Array,
): Float64Array {
  return balance(up, down, total(up, down, away), source);
}

/** Expected reward until leaving for good at rate `away`, from each state. */
function outlook(
  up: Float64Array,
  down: Float64Array,
  away: Float64Array,
  reward: Float64Array,
): Float64Array {
  const size = away.length;
  const matrix = new BandMatrix(size, 1);
  for (let i = 0; i < size; i++) {
    matrix.set(i, i, (up[i] as number) + (down[i] as number) + (away[i] as number));
    if (i > 0) matrix.set(i, i - 1, -(down[i] as number));
    if (i + 1 < size) matrix.set(i, i + 1, -(up[i] as number));
  }
  return solveBanded(matrix, reward);
}

function total(up: Float64Array, down: Float64Array, away: Float64Array): Float64Array {
  return up.map((speed, i) => speed + (down[i] as number) + (away[i] as number));
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x * (b[i] as number));
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x + (b[i] as number));
}

function scaled(factor: number, a: Float64Array): Float64Array {
  return a.map((x) => factor * x);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, x, i) => total + x * (b[i] as number), 0);
}

function sum(a: Float64Array): number {
  return a.reduce((total, x) => total + x, 0);
}
