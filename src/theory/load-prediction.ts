import { type SimulationConfig, validateConfig } from '../config/config.js';
import { resolveCost } from '../cost/cost.js';
import { ConfigError } from '../errors.js';
import { type BestConstant, type ExcessCost, ExcessCosts } from './excess-cost.js';
import { loadOf, periodicTracking } from './tracking.js';

/** What theory says of a system whose load repeats. */
export interface LoadPrediction {
  /** mean rate of the servers in each phase of the period (`record.phases`), by the tracking equation */
  meanRates: number[];
  /** what the adaptive rates cost more than `clairvoyant` */
  excess: ExcessCost;
  clairvoyantCost: number;
  constant: BestConstant;
}

/**
 * How the rates of a configuration follow its load, and what that costs, for many servers: see `periodicTracking` and
 * `ExcessCosts`.
 *
 * @returns null without a load that changes; a reason, in words, where the theory does not hold
 * @throws {ConfigError} for a configuration that `simulate` does not take
 */
export async function predictLoad(
  config: SimulationConfig,
): Promise<LoadPrediction | string | null> {
  const complete = validateConfig(config);
  const { schedule, period, inverseStepSize, dispatch, service, classes, record } = complete;
  if (schedule === undefined) return null;
  if (period === undefined) return 'the load does not repeat; give a period';
  if (inverseStepSize === 'inf') return 'rates are frozen';
  if (dispatch || service || classes) {
    return 'known for Join-Idle-Queue, exponential service and servers that are alike';
  }
  const load = loadOf(complete);
  if (load === null) return 'more than the arrival rate changes';
  try {
    const cost = await resolveCost(complete.cost);
    const costs = new ExcessCosts(cost, { ...load, period });
    return {
      meanRates: periodicTracking(cost, { ...load, period }, inverseStepSize, record.phases)
        .meanRates,
      excess: costs.of(inverseStepSize),
      clairvoyantCost: costs.clairvoyantCost,
      constant: costs.constant,
    };
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
