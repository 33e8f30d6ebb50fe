import type { CompleteChange, CompleteConfig } from '../config/config.js';
import type { CostChoice } from '../cost/cost.js';

/** What the load and the cost are for a part of the time. */
export interface Phase {
  arrivalRate: number;
  cost: CostChoice;
  /** its part of the time */
  share: number;
}

/** What a configuration's schedule makes of its load and cost from the warm-up to the horizon; shares add up to 1. */
export function phasesOf(config: CompleteConfig): Phase[] {
  const { warmup, horizon } = config;
  const start = warmup === 'auto' ? 0 : warmup;
  if (start === horizon) return [{ ...loadAtStart(config), share: 1 }];
  const times = new Map<CostChoice, Map<number, number>>();
  let now = loadAtStart(config);
  let since = start;
  const until = (time: number) => {
    if (time <= since) return;
    const byLoad = times.get(now.cost) ?? new Map<number, number>();
    byLoad.set(now.arrivalRate, (byLoad.get(now.arrivalRate) ?? 0) + time - since);
    times.set(now.cost, byLoad);
    since = time;
  };
  for (const change of changesOf(config)) {
    until(change.time);
    now = after(now, change);
  }
  until(horizon);
  return [...times].flatMap(([cost, byLoad]) =>
    [...byLoad].map(([arrivalRate, time]) => ({
      arrivalRate,
      cost,
      share: time / (horizon - start),
    })),
  );
}

/** Load and cost before anything changes. */
export function loadAtStart({ arrivalRate, cost }: CompleteConfig): Omit<Phase, 'share'> {
  return { arrivalRate, cost };
}

/** Load and cost after a change. */
export function after(
  { arrivalRate, cost }: Omit<Phase, 'share'>,
  change: CompleteChange,
): Omit<Phase, 'share'> {
  return { arrivalRate: change.arrivalRate ?? arrivalRate, cost: change.cost ?? cost };
}

/** All changes before the horizon, with their own times: change k of a period falls at time_k + j·period, j ≥ 0. */
function* changesOf({
  schedule = [],
  period = Number.POSITIVE_INFINITY,
  horizon,
}: CompleteConfig): Iterable<CompleteChange> {
  for (let cycle = 0; cycle === 0 || cycle * period < horizon; cycle++) {
    for (const change of schedule) {
      const time = change.time + (cycle === 0 ? 0 : cycle * period);
      if (time >= horizon) return;
      yield { ...change, time };
    }
  }
}
