import type { Sfc32 } from '../reference/random.js';

/** A standard normal number (Box and Muller). */
export function normal(random: Sfc32): number {
  return Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * A stationary AR(1) series xᵢ₊₁ = φxᵢ + N(0, 1): mean 0, autocorrelation φᵏ at lag k, and a mean of n
 * values as uncertain as that of n(1 − φ)/(1 + φ) independent ones.
 */
export function autoregression(phi: number, length: number, random: Sfc32): Float64Array {
  let x = normal(random) / Math.sqrt(1 - phi * phi);
  return Float64Array.from({ length }, () => {
    const value = x;
    x = phi * x + normal(random);
    return value;
  });
}

/** In which fraction of trials something happens. */
export function frequency(trials: number, happens: () => boolean): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (happens()) count++;
  return count / trials;
}

/** Four standard deviations of a binomial frequency; exceeded with probability 6e-5. */
export function fourSigma(probability: number, trials: number): number {
  return 4 * Math.sqrt((probability * (1 - probability)) / trials);
}
