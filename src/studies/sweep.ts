/** Many runs: a plan with its replications, or one configuration several times. */
import type { SimulationConfig } from '../config/config.js';
import { refuseCode } from '../fleet/data-only.js';
import type { ManyOptions } from './options.js';
import { completePlan, type SweepPlan } from './plan.js';
import { pointResults } from './point-results.js';
import type { PointResult, Replication, SweepResult } from './result.js';
import { runPlan } from './run-plan.js';

/**
 * Runs every point of a plan as often as it says. The result depends on the plan alone: not on how many threads
 * there are, nor on which is done first.
 * @throws {ConfigError} before anything runs
 */
export async function sweep(plan: SweepPlan, options: ManyOptions = {}): Promise<SweepResult> {
  if (options.queue !== undefined) refuseCode(plan);
  const complete = completePlan(plan);
  const replications: Replication[] = [];
  const { wanted, failures, status } = await runPlan(complete, {
    ...options,
    async onReplication(replication) {
      replications.push(replication);
      await options.onReplication?.(replication);
    },
  });
  replications.sort((a, b) => a.point - b.point || a.replication - b.replication);
  const points = [...pointResults(complete, replications, wanted)];
  return { points, failures, status, replications };
}

export interface ReplicateOptions extends ManyOptions {
  /** runs with independent streams: default 10 */
  replications?: number | undefined;
  /** add replications until every headline figure has this relative half-width, e.g. 0.01 */
  precision?: number | undefined;
  /** with `precision`: default 64 times `replications` */
  maxReplications?: number | undefined;
}

/**
 * Runs one configuration several times with independent random numbers: a sweep with one point.
 * @throws {ConfigError} before anything runs
 */
export async function replicate(
  config: SimulationConfig,
  { replications, precision, maxReplications, ...options }: ReplicateOptions = {},
): Promise<SweepResult & { figures: PointResult['figures'] }> {
  const result = await sweep(
    {
      base: config,
      ...(replications !== undefined && { replications }),
      ...(precision !== undefined && { precision }),
      ...(maxReplications !== undefined && { maxReplications }),
    },
    options,
  );
  return { ...result, figures: (result.points[0] as PointResult).figures };
}
