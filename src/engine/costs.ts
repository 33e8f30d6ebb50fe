/** The costs of a run: what it is judged by, and what steers its servers. */
import type { CompleteChange, CompleteConfig } from '../config/config.js';
import {
  type Cost,
  type CostChoice,
  type CostFunctions,
  costAsExpressions,
  costFunctions,
  isFamilyCost,
  resolveCost,
} from '../cost/cost.js';
import { ConfigError } from '../errors.js';

/** A cost that steers servers; its functions are tabulated unless the engine computes them itself. */
export interface SteeringCost {
  choice: CostChoice;
  functions: CostFunctions;
  tabulated: boolean;
}

export interface RunCosts {
  /** of the objective */
  objective: CostFunctions;
  /** of each class; of a system without classes one, its own */
  classes: SteeringCost[];
  /** of each change in the schedule; null where that changes no cost */
  changes: (SteeringCost | null)[];
  /** given by hand, in order of time: the last is the present one, and rates may be where earlier ones led them */
  byHand: SteeringCost[];
}

/**
 * @param steering changes made by hand
 * @throws {ConfigError} as `resolveCost`, naming the class or change
 */
export async function resolveCosts(
  { cost, classes = [], schedule = [] }: Pick<CompleteConfig, 'cost' | 'classes' | 'schedule'>,
  steering: readonly CompleteChange[] = [],
): Promise<RunCosts> {
  const objective = await resolveCost(cost);
  const several = classes.length > 1;
  const resolve = async (choice: CostChoice, place: string): Promise<SteeringCost> => {
    const family = isFamilyCost(choice);
    // the engine knows one family at a time: of several classes all are tabulated, from functions that are alike everywhere
    const tabulated = several || !family;
    try {
      const functions = await resolveCost(several ? costAsExpressions(choice) : choice);
      return { choice, functions, tabulated };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const what = error.message.slice(error.field.length + 2);
      throw new ConfigError(`${place}.${error.field}`, what);
    }
  };
  return {
    objective,
    classes:
      classes.length === 0
        ? [{ choice: cost, functions: objective, tabulated: !isFamilyCost(cost) }]
        : await Promise.all(classes.map(({ cost }, i) => resolve(cost, `classes[${i}]`))),
    changes: await Promise.all(
      schedule.map(({ cost }, i) => (cost ? resolve(cost, `schedule[${i}]`) : null)),
    ),
    byHand: await Promise.all(
      steering.flatMap(({ cost }) => (cost ? [resolveSteeringCost(cost)] : [])),
    ),
  };
}

/** A cost of the families, of servers that are all alike. */
export function familyCost(choice: Cost): SteeringCost {
  return { choice, functions: costFunctions(choice), tabulated: false };
}

/** Any cost of servers that are all alike. @throws {ConfigError} as `resolveCost` */
export async function resolveSteeringCost(choice: CostChoice): Promise<SteeringCost> {
  return { choice, functions: await resolveCost(choice), tabulated: !isFamilyCost(choice) };
}

/** All costs that steer servers at some time. */
export function steeringCosts({ classes, changes, byHand }: RunCosts): SteeringCost[] {
  return [...classes, ...changes.filter((cost) => cost !== null), ...byHand];
}

/** Those with a table in memory: of the costs given by hand only the last can steer servers from now on. */
export function tabulatedCosts(costs: RunCosts): SteeringCost[] {
  const lasting = steeringCosts({ ...costs, byHand: costs.byHand.slice(-1) });
  return lasting.filter(({ tabulated }) => tabulated);
}
