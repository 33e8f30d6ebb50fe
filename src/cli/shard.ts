/** Which part of a sweep is ours: said, or known from the scheduler. */
import { BadInput } from './bad-input.js';
import type { Shard } from './store/store.js';

const ALLOWED =
  'i/N with i from 0 to N − 1, or auto or auto/N under SLURM, Kubernetes (indexed jobs) or AWS Batch (array jobs)';

/**
 * `2/8`, or `auto` with the number from the environment's array job.
 * @throws {BadInput}
 */
export function parseShard(text: string, environment: NodeJS.ProcessEnv): Shard {
  const match = /^(\d+|auto)(?:\/(\d+))?$/.exec(text);
  if (!match) throw new BadInput(`--shard: got "${text}"; must be ${ALLOWED}`);
  const scheduler = match[1] === 'auto' ? fromScheduler(environment) : null;
  const index = scheduler ? scheduler.index : Number(match[1]);
  const count = match[2] === undefined ? scheduler?.count : Number(match[2]);
  if (count === undefined || Number.isNaN(count)) {
    throw new BadInput(
      `--shard: got "${text}", and how many shards there are is not known; must be ${ALLOWED}`,
    );
  }
  if (!(count >= 1 && Number.isInteger(index) && index >= 0 && index < count)) {
    throw new BadInput(`--shard: got shard ${index} of ${count}; must be ${ALLOWED}`);
  }
  return { index, count };
}

function fromScheduler(environment: NodeJS.ProcessEnv): { index: number; count?: number } {
  const number = (name: string) =>
    environment[name] === undefined ? undefined : Number(environment[name]);
  const slurm = number('SLURM_ARRAY_TASK_ID');
  if (slurm !== undefined) {
    const count = number('SLURM_ARRAY_TASK_COUNT');
    // array jobs need not start at 0
    const index = slurm - (number('SLURM_ARRAY_TASK_MIN') ?? 0);
    return { index, ...(count !== undefined && { count }) };
  }
  const aws = number('AWS_BATCH_JOB_ARRAY_INDEX');
  if (aws !== undefined) {
    const count = number('AWS_BATCH_JOB_ARRAY_SIZE');
    return { index: aws, ...(count !== undefined && { count }) };
  }
  const kubernetes = number('JOB_COMPLETION_INDEX');
  if (kubernetes !== undefined) return { index: kubernetes };
  throw new BadInput(
    '--shard: got "auto", but none of SLURM_ARRAY_TASK_ID, AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX is set',
  );
}

/**
 * Whether a replication is a shard's. With a precision target whole points are dealt out, as how many
 * replications one needs depends on all of them.
 */
export function ownership(shard: Shard | null, precision: number | null) {
  return (point: number, replication: number) =>
    shard === null ||
    (point + (precision === null ? replication : 0)) % shard.count === shard.index;
}
