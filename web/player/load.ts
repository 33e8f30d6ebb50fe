/** The load that a run has at a time. */
import type { CompleteConfig, CostChoice } from '../../src/index.js';

/** What may change while a system runs. */
export interface Load {
  /** since when it is as it is */
  since: number;
  arrivalRate: number;
  inverseStepSize: number | 'inf';
  cost: CostChoice;
}

/** λ, m and the cost at a time; where they change, the new ones. */
export function loadAt(config: CompleteConfig, time: number): Load {
  const { arrivalRate, inverseStepSize, cost, schedule = [], period } = config;
  const load: Load = { since: 0, arrivalRate, inverseStepSize, cost };
  const rounds = period === undefined ? 0 : Math.floor(time / period);
  const start = period === undefined ? 0 : rounds * period;
  const apply = (origin: number, until: number) => {
    for (const change of schedule) {
      if (change.time > until) break;
      load.since = origin + change.time;
      load.arrivalRate = change.arrivalRate ?? load.arrivalRate;
      load.inverseStepSize = change.inverseStepSize ?? load.inverseStepSize;
      load.cost = change.cost ?? load.cost;
    }
  };
  if (rounds > 0) apply(start - (period as number), Number.POSITIVE_INFINITY);
  apply(start, time - start);
  return load;
}
