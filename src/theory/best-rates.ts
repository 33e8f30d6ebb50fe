import { minimum } from '../numerics/minimum.js';
import { type CostClass, classOptimum, independentOptimum } from './class-rates.js';
import { commonRateModel, queuesNegligible, unitModel } from './common-rate.js';
import { optimum } from './optimal.js';
import { type System, serversAreIndependent } from './system.js';

/** The rates that would be best. */
export interface BestRates {
  /** of each class; one if there are none */
  rates: number[];
  /** objective (2.1) there */
  cost: number;
}

/**
 * The rates of least cost λ g(1/E[S]) + mean_v h_v(μ_v), one for each class.
 *
 * Where no task waits, as with unit buffers, E[S] = 1/μ under every rule, and this is μ* of Theorem 2.3. So it is in the limit of many
 * servers under the rules that find an idle one if there is one (Join-Idle-Queue, `jsq`, `longest-idle`, `shortest-idle`), whose
 * queues at finite n are not counted. Under the other rules tasks wait, and the best rate is faster: it is found from the law of
 * `commonRateModel`.
 *
 * @throws {Error} where they are not known, with the reason; `ConfigError` for a cost that has none
 */
export function bestRates(system: System): BestRates {
  const { classes, cost, arrivalRate, servers, room, choices, work } = system;
  if (classes) return bestOfClasses(system, classes);
  const findsIdle = (choices ?? servers) === servers && !serversAreIndependent(system);
  if (room === 1 || findsIdle || withoutQueues(system)) {
    if (work.mean === 1) {
      const { rate, cost: least } = optimum(cost, arrivalRate);
      return { rates: [rate], cost: least };
    }
    return least((rate) => arrivalRate * cost.g(rate / work.mean) + cost.h(rate), 0);
  }
  const { law } = commonRateModel(system);
  const slowest = room === Number.POSITIVE_INFINITY ? arrivalRate * work.mean : 0;
  return least((rate) => {
    const { meanTasks, blockingProbability } = law(rate);
    const accepted = arrivalRate * (1 - blockingProbability);
    return arrivalRate * cost.g(accepted / meanTasks) + cost.h(rate);
  }, slowest);
}

/** Whether there are hardly any queues at the rate that is best without them. */
function withoutQueues(system: System): boolean {
  const { cost, arrivalRate, work } = system;
  if (serversAreIndependent(system) || work.mean !== 1) return false;
  const { rate } = optimum(cost, arrivalRate);
  const { blockingProbability } = unitModel(system).law(rate);
  return queuesNegligible(system, arrivalRate / rate, blockingProbability);
}

/** The rate above `slowest` of least cost. */
function least(costAt: (rate: number) => number, slowest: number): BestRates {
  const excess = minimum((x) => costAt(slowest + x));
  if (excess === undefined) {
    throw new RangeError(
      'no rate is best: the cost has no least value at a rate that servers can keep up with',
    );
  }
  return { rates: [slowest + excess], cost: costAt(slowest + excess) };
}

function bestOfClasses(system: System, classes: readonly CostClass[]): BestRates {
  const { cost, arrivalRate, servers, room, dispatch, choices, work } = system;
  if (choices === null) {
    throw new Error(`the best rates of classes of servers under ${dispatch} are not known`);
  }
  if (work.mean !== 1) {
    throw new Error('the best rates of classes of servers are known for work of mean 1 only');
  }
  if (choices === 1 && room === Number.POSITIVE_INFINITY) {
    return independentOptimum(classes, cost.g, arrivalRate, work.scv);
  }
  if (choices < servers && room > 1) {
    throw new Error(
      `the best rates of classes of servers with queues under ${dispatch} are not known`,
    );
  }
  const seen = choices === servers ? Number.POSITIVE_INFINITY : choices;
  return classOptimum(classes, cost.g, arrivalRate, seen);
}
