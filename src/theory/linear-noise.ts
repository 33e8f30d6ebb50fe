import type { CostFunctions } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { fixedPoint } from './fixed-point.js';
import { idleNoise } from './idle-noise.js';

/** The rates of n servers with unit buffers near their fixed point, to first order in 1/m. */
export interface LinearNoise {
  /** The fixed point, tasks per unit of time. */
  rate: number;
  /**
   * How fast deviations die out, in units of m per time: that of the mean of all rates, and that of differences between
   * rates, the slower one for costs that satisfy Assumption 2.1. A single server has the first one only.
   */
  relaxation: { mean: number; difference: number };
  /** m times the variance of one rate. */
  variance: number;
  /** m times the variance of the mean of all rates. */
  varianceOfMean: number;
  /** E[I_v] at the fixed point, units of time. */
  idleSignal: number;
}

/**
 * Linear noise around the fixed point μ of n equal servers, exact in n (beyond the paper; Kushner and Yin, Stochastic
 * Approximation and Recursive Algorithms and Applications, ch. 10).
 *
 * Near μ, deviations δ_v of the rates follow dδ_v = (1/m)[Σ_w J_vw δ_w dt − h'(μ)(I_v − E[I_v]) dt]. By symmetry J has one
 * eigenvalue −θ for the mean of the rates and one for their differences,
 *
 *   θ = g'' + h''(E[I] + 1/μ) − h'/μ² + h' (r + (n − 1) c)   and   … + h' (r − c),
 *
 * with r and c the responses of E[I_v] to the server's own rate and to that of another. The idle signals fluctuate fast, so
 * that only the integrals S and C of their covariances matter, one's own and with another:
 *
 *   m Var μ_v = (1 − 1/n) h'² (S − C)/(2 θ_difference) + h'² (S + (n − 1) C)/(2 n θ_mean) .
 *
 * @param cost the two cost functions and their derivatives
 * @param arrivalRate tasks that arrive per unit of time and per server; from 1e-100 to 1e100
 * @param servers number of servers, an integer from 1 to 134,000,000
 * @param choices servers that an arriving task looks at for an idle one; all by default, as in `fixedPoint`
 * @throws {ConfigError} as `fixedPoint`, and for a fixed point that is not stable
 */
export function linearNoise(
  cost: CostFunctions,
  arrivalRate: number,
  servers: number,
  choices = servers,
): LinearNoise {
  const { rate } = fixedPoint(cost, arrivalRate, servers, choices);
  const noise = idleNoise(servers, rate, arrivalRate, choices);
  const force = cost.dh(rate);
  const pull = cost.ddg(rate) + cost.ddh(rate) * (noise.mean + 1 / rate) - force / rate ** 2;
  const relaxation = {
    mean: pull + force * (noise.ownResponse + (servers - 1) * noise.crossResponse),
    difference: pull + force * (noise.ownResponse - noise.crossResponse),
  };
  if (!(relaxation.mean > 0 && relaxation.difference > 0)) {
    throw new ConfigError('cost', `has a fixed point at λ = ${arrivalRate} that is not stable`);
  }
  const varianceOfMean =
    (force ** 2 * (noise.ownSpectrum + (servers - 1) * noise.crossSpectrum)) /
    (2 * servers * relaxation.mean);
  const ofDifferences =
    (force ** 2 * (noise.ownSpectrum - noise.crossSpectrum)) / (2 * relaxation.difference);
  return {
    rate,
    relaxation,
    variance: (1 - 1 / servers) * ofDifferences + varianceOfMean,
    varianceOfMean,
    idleSignal: noise.mean,
  };
}
