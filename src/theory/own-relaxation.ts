import type { CostFunctions } from '../cost/cost.js';
import { commonRateModel, unitModel } from './common-rate.js';
import { linearNoise } from './linear-noise.js';
import type { Settled } from './settling.js';
import { type System, serversAreIndependent } from './system.js';
import { relaxationRate } from './thresholds.js';

/**
 * θ, at which a deviation of one rate from the fixed point dies out, in units of m per time: the slope of g'(μ) + h'(μ)(E[I] +
 * 1/μ) in the server's own rate; the least one of all classes.
 *
 * @throws {Error} where it is not known, with the reason
 */
export function ownRelaxation(system: System, settled: () => Settled): number {
  const { classes, cost, arrivalRate, servers, dispatch, choices, work } = system;
  if (!classes && work.mean === 1 && choices === servers && servers > 1) {
    return relaxationRate(cost, arrivalRate); // in the limit of many servers
  }
  const { rates, idleSignals, unit } = settled();
  const costs = classes?.map((one) => one.cost) ?? [cost];
  if (serversAreIndependent(system)) {
    const { idleSignal } = commonRateModel(system);
    return Math.min(...costs.map((c, k) => slope(c, rates[k] as number, idleSignal)));
  }
  if (!unit) throw new Error(`it is not known under ${dispatch} with queues`);
  const [rate = Number.NaN] = rates;
  if (choices === null) return slope(cost, rate, ownSignal(system, rate));
  if (!classes && work.exponential) {
    return linearNoise(cost, arrivalRate, servers, choices).relaxation.difference;
  }
  // in the limit of many servers a server's own rate does not change its signal
  return Math.min(
    ...costs.map((c, k) => slope(c, rates[k] as number, () => idleSignals[k] as number)),
  );
}

/**
 * E[I_v] as a function of a server's own rate where that does not change the law of its idle periods A, as in the limit of many servers:
 * (E[A²]/2 + E[A]/μ_v)/(E[A] + 1/μ_v), with the A that servers have at the common rate.
 */
function ownSignal(system: System, common: number): (rate: number) => number {
  const { work, arrivalRate } = system;
  const { idleProbability, blockingProbability, idleSignal } = unitModel(system).law(common);
  const periods = arrivalRate * (1 - blockingProbability); // per unit of time
  const mean = idleProbability / periods;
  const halfSquare = (idleSignal - (idleProbability * work.mean) / common) / periods;
  return (rate) => (halfSquare + (mean * work.mean) / rate) / (mean + work.mean / rate);
}

/** d/dμ [g'(μ) + h'(μ)(I(μ) + 1/μ)], to fourth order. */
function slope({ dg, dh }: CostFunctions, rate: number, idleSignal: (rate: number) => number) {
  const h = 1e-3 * rate;
  const pull = (x: number) => dg(x) + dh(x) * (idleSignal(x) + 1 / x);
  const near = pull(rate + h) - pull(rate - h);
  const far = pull(rate + 2 * h) - pull(rate - 2 * h);
  return (8 * near - far) / (12 * h);
}
