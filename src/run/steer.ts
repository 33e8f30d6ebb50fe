/** Changes made by hand. */
import type { CompleteChange, Update } from '../config/config.js';
import { completeUpdate } from '../config/fields/schedule.js';
import { isFamilyCost } from '../cost/cost.js';
import { familyCost, resolveSteeringCost, type SteeringCost } from '../engine/costs.js';
import { COST_FIELDS, fromInf, tabulate, writeCost, writeTables } from '../engine/initial-state.js';
import { growTo } from '../engine/instance.js';
import { ARRIVAL_RATE, CLOCK, EPOCH_START, INVERSE_STEP_SIZE } from '../engine/layout.js';
import { planMemory } from '../engine/memory.js';
import { BLOCKS_PER_CALL, type Run } from './run.js';

/**
 * Changes λ, m or the cost at the present time. This is done when the call returns, unless the cost is an expression or
 * code.
 * @throws {ConfigError} as `completeUpdate` and `resolveCost`, or if there is no room for a table; then nothing has changed
 */
export async function steer(run: Run, update: Update): Promise<void> {
  const change = completeUpdate(update, run.repeatable, nextStop(run));
  if (change.cost === undefined) return apply(run, change);
  const cost = isFamilyCost(change.cost)
    ? familyCost(change.cost)
    : await resolveSteeringCost(change.cost);
  // the run may have gone on meanwhile
  applyCost(run, { ...change, time: nextStop(run) }, cost);
}

/** The present time, rounded up to one from which the run can be repeated: the same stop has the same events before it. */
function nextStop({ state, time, config }: Run): number {
  let stop = time;
  while (stop - state.getF64(EPOCH_START) < state.getF64(CLOCK)) stop = nextUp(stop);
  return Math.min(stop, config.horizon);
}

/** @param write what else changes */
function apply(run: Run, change: CompleteChange, write = () => {}): void {
  const { state } = run;
  const { kernel } = run.instance;
  while (!run.advance(change.time, BLOCKS_PER_CALL)) {}
  run.steering.push(change);
  kernel.settle(run.plan.state, change.time);
  if (change.arrivalRate !== undefined) state.setF64(ARRIVAL_RATE, change.arrivalRate);
  if (change.inverseStepSize !== undefined) {
    state.setF64(INVERSE_STEP_SIZE, fromInf(change.inverseStepSize));
  }
  write();
  kernel.changeParameters(run.plan.state);
  run.knownHash = undefined;
}

/** With this cost rates may be where none could be before: their histogram and the tables of costs may need more room. */
function applyCost(run: Run, change: CompleteChange, cost: SteeringCost): void {
  const { memory } = run.instance;
  const costs = { ...run.costs, byHand: [...run.costs.byHand, cost] };
  const plan = planMemory(run.config, costs, run.plan.state, run.partitions);
  const tables = tabulate(costs, plan);
  growTo(memory, plan.pages, 'cost');
  apply(run, change, () => {
    run.layOut(run.config, plan);
    run.costs = costs;
    const addresses = writeTables(tables, plan, memory);
    writeCost(run.state, COST_FIELDS, cost.choice, addresses.get(cost));
    run.wider?.state.writeScheduledCosts(costs, addresses, plan, memory);
  });
}

/** The next larger number. */
function nextUp(x: number): number {
  const words = new BigUint64Array(Float64Array.of(x).buffer);
  words[0] = (words[0] as bigint) + 1n;
  return new Float64Array(words.buffer)[0] as number;
}
