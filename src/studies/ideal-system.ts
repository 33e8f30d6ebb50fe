import type { CompleteConfig } from '../config/config.js';
import { resolveCost } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { positiveRoot } from '../numerics/root.js';
import { serviceLaw } from '../service/law.js';
import type { Phase } from './phases.js';

/** The system in which no task waits and every server has the same constant rate μ: its cost as a function of μ. */
export interface IdealSystem {
  /** λ g(μ), time average */
  delay: (rate: number) => number;
  /** h(μ), average over time and servers */
  power: (rate: number) => number;
  /** μ*, the cheapest rate */
  rate: number;
}

/**
 * The ideal system of a configuration.
 * @param phases loads and costs, with their parts of the time
 * @throws {ConfigError} if a cost cannot be used
 */
export async function idealSystem(
  { classes, servers, service }: CompleteConfig,
  phases: readonly Phase[],
): Promise<IdealSystem> {
  const { mean: work } = serviceLaw(service ?? 'exponential');
  const delays: Term[] = [];
  const powers: Term[] = [];
  for (const { share, arrivalRate, cost } of phases) {
    const { g, dg, h, dh } = await resolveCost(cost);
    // a task of mean work w takes w/μ
    delays.push({
      f: (x) => share * arrivalRate * g(x / work),
      df: (x) => (share * arrivalRate * dg(x / work)) / work,
    });
    if (!classes) powers.push(scaled(share, { f: h, df: dh }));
    for (const group of classes ?? []) {
      const own = await resolveCost(group.cost);
      const part = (share * group.servers) / servers;
      powers.push(scaled(part, { f: own.h, df: own.dh }));
    }
  }
  const [delay, power] = [sum(delays), sum(powers)];
  return { delay: delay.f, power: power.f, rate: cheapest(delay, power) };
}

/** A function of the rate, and its derivative. */
type Term = Record<'f' | 'df', (x: number) => number>;

function scaled(factor: number, { f, df }: Term): Term {
  return { f: (x) => factor * f(x), df: (x) => factor * df(x) };
}

function sum(terms: readonly Term[]): Term {
  const total = (key: keyof Term) => (x: number) => terms.reduce((s, term) => s + term[key](x), 0);
  return { f: total('f'), df: total('df') };
}

/** The rate at which the two together are least. */
function cheapest(delay: Term, power: Term): number {
  const rate = positiveRoot((x) => delay.df(x) + power.df(x));
  if (rate === undefined) {
    throw new ConfigError(
      'cost',
      "has no optimal rate; λ g' + h' must go from negative to positive",
    );
  }
  return rate;
}
