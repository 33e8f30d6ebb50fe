/**
 * Laws of the work of a task, mean 1, in two unrelated forms: a way to draw it, and a phase-type law
 * (α, T) for Markov chains. An absorbing chain starts in phase j with probability α_j, jumps from i
 * to j at rate T_ij and ends at rate −Σ_j T_ij; its lifetime is the work (Neuts, Matrix-Geometric
 * Solutions, §2.2).
 */
import type { Sfc32 } from './random.js';

export type ServiceLaw =
  | { kind: 'exponential' }
  /** The sum of k exponentials. */
  | { kind: 'erlang'; k: number }
  /** Exponential with rate r1 with probability p, else with rate r2, then scaled to mean 1. */
  | { kind: 'hyperexponential'; p: number; r1: number; r2: number }
  /** Variance c, by the usual fit to two moments. */
  | { kind: 'scv'; c: number }
  /** As it stands: its mean must be 1. */
  | { kind: 'phase type'; alpha: number[]; T: number[][] };

export interface PhaseType {
  alpha: number[];
  T: number[][];
}

/** Draws the work of a task. */
export function drawWork(law: ServiceLaw, random: Sfc32): number {
  switch (law.kind) {
    case 'exponential':
      return random.exponential();
    case 'erlang':
      return sumOfExponentials(law.k, random) / law.k;
    case 'hyperexponential': {
      const mean = law.p / law.r1 + (1 - law.p) / law.r2;
      return random.exponential() / (random.uniform() < law.p ? law.r1 : law.r2) / mean;
    }
    case 'scv': {
      if (law.c >= 1) return drawWork(balancedMeans(law.c), random);
      const { k, p } = erlangMixture(law.c);
      return sumOfExponentials(random.uniform() < p ? k - 1 : k, random) / (k - p);
    }
    case 'phase type':
      return lifetime(law, random);
  }
}

export function phaseType(law: ServiceLaw): PhaseType {
  switch (law.kind) {
    case 'exponential':
      return { alpha: [1], T: [[-1]] };
    case 'erlang':
      return { alpha: unitVector(law.k, 0), T: stages(law.k, law.k) };
    case 'hyperexponential': {
      const mean = law.p / law.r1 + (1 - law.p) / law.r2;
      return {
        alpha: [law.p, 1 - law.p],
        T: [
          [-law.r1 * mean, 0],
          [0, -law.r2 * mean],
        ],
      };
    }
    case 'scv': {
      if (law.c >= 1) return phaseType(balancedMeans(law.c));
      const { k, p } = erlangMixture(law.c);
      // k − 1 stages are k stages entered at the second
      const [all, oneLess] = [unitVector(k, 0), unitVector(k, 1)];
      return {
        alpha: all.map((first, j) => (1 - p) * first + p * oneLess[j]),
        T: stages(k, k - p),
      };
    }
    case 'phase type':
      return law;
  }
}

/** Two branches with equal shares of the mean (Tijms, A First Course in Stochastic Models, app. B). */
function balancedMeans(c: number): ServiceLaw {
  const p = (1 + Math.sqrt((c - 1) / (c + 1))) / 2;
  return { kind: 'hyperexponential', p, r1: 2 * p, r2: 2 * (1 - p) };
}

/**
 * k − 1 stages with probability p, else k, all of rate k − p, with 1/k ≤ c ≤ 1/(k − 1) (Tijms, ibid.).
 */
function erlangMixture(c: number): { k: number; p: number } {
  const k = Math.max(2, Math.ceil(1 / c - 1e-12));
  return { k, p: (k * c - Math.sqrt(k * (1 + c) - k * k * c)) / (1 + c) };
}

function sumOfExponentials(count: number, random: Sfc32): number {
  let total = 0;
  for (let stage = 0; stage < count; stage++) total += random.exponential();
  return total;
}

/** The time until the absorbing chain ends, jump by jump. */
function lifetime({ alpha, T }: PhaseType, random: Sfc32): number {
  let time = 0;
  let phase = choose(alpha, random);
  while (phase < alpha.length) {
    const exit = -T[phase][phase];
    time += random.exponential() / exit;
    phase = choose(
      T[phase].map((rate, to) => (to === phase ? 0 : rate / exit)),
      random,
    );
  }
  return time;
}

/** An index with the given probabilities, or their number if what they leave over to 1 is drawn. */
function choose(probabilities: readonly number[], random: Sfc32): number {
  let left = random.uniform();
  const index = probabilities.findIndex((probability) => {
    left -= probability;
    return left < 0;
  });
  return index < 0 ? probabilities.length : index;
}

function stages(k: number, rate: number): number[][] {
  return Array.from({ length: k }, (_, i) =>
    Array.from({ length: k }, (_, j) => (j === i ? -rate : j === i + 1 ? rate : 0)),
  );
}

function unitVector(size: number, at: number): number[] {
  return Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
}
