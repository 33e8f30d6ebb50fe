/** The costs of a run: what it is judged by, and what steers its servers. */
import type { CompleteConfig } from '../config/config.js';
import {
  type CostChoice,
  type CostFunctions,
  costAsExpressions,
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
}

/** @throws {ConfigError} as `resolveCost`, naming the class or change */
export async function resolveCosts({
  cost,
  classes = [],
  schedule = [],
}: Pick<CompleteConfig, 'cost' | 'classes' | 'schedule'>): Promise<RunCosts> {
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
  const own = { choice: cost, functions: objective, tabulated: !isFamilyCost(cost) };
  return {
    objective,
    classes:
      classes.length === 0
        ? [own]
        : await Promise.all(classes.map(({ cost }, i) => resolve(cost, `classes[${i}]`))),
    changes: await Promise.all(
      schedule.map(({ cost }, i) => (cost ? resolve(cost, `schedule[${i}]`) : null)),
    ),
  };
}

/** All costs that steer servers at some time. */
export function steeringCosts({ classes, changes }: RunCosts): SteeringCost[] {
  return [...classes, ...changes.filter((cost) => cost !== null)];
}
