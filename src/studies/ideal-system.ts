import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, optimalRate, resolveCost } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { type Phase, phasesOf } from './phases.js';

/** The system in which no task waits, all of whose servers have one constant rate: its cost as a function of that rate. */
export interface IdealSystem {
  /** λ g(μ), time average over the run */
  delay: (rate: number) => number;
  /** h(μ), likewise */
  power: (rate: number) => number;
  /** μ*, the cheapest rate */
  rate: number;
}

/**
 * The ideal system of a configuration, with whatever λ, g and h its schedule gives them.
 * @param assumedLoad an arrival rate to take instead of the true one
 * @throws {ConfigError} if a cost cannot be used
 */
export async function idealSystem(
  config: CompleteConfig,
  assumedLoad?: number,
): Promise<IdealSystem> {
  const parts = await Promise.all(
    phasesOf(config).map(async ({ share, arrivalRate, cost }) => ({
      weight: share,
      load: share * (assumedLoad ?? arrivalRate),
      cost: await resolveCost(cost),
    })),
  );
  const mean = (value: (part: (typeof parts)[number]) => number) =>
    parts.reduce((sum, part) => sum + value(part), 0);
  const averaged: CostFunctions = {
    g: (x) => mean(({ load, cost }) => load * cost.g(x)),
    dg: (x) => mean(({ load, cost }) => load * cost.dg(x)),
    ddg: (x) => mean(({ load, cost }) => load * cost.ddg(x)),
    h: (x) => mean(({ weight, cost }) => weight * cost.h(x)),
    dh: (x) => mean(({ weight, cost }) => weight * cost.dh(x)),
    ddh: (x) => mean(({ weight, cost }) => weight * cost.ddh(x)),
  };
  return { delay: averaged.g, power: averaged.h, rate: best(averaged, 1) };
}

/** μ* while a phase lasts. @throws {ConfigError} */
export async function idealRate({ cost, arrivalRate }: Omit<Phase, 'share'>): Promise<number> {
  return best(await resolveCost(cost), arrivalRate);
}

function best(cost: CostFunctions, arrivalRate: number): number {
  const rate = optimalRate(cost, arrivalRate);
  if (Number.isNaN(rate)) {
    throw new ConfigError('cost', "has no optimal rate; λ g' + h' must go from negative to positive");
  }
  return rate;
}
