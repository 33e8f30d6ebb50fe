/** Which part of a sweep is ours: given by number, or known from the job scheduler. */
import { BadInput } from './bad-input.js';
import type { Shard } from './store/manifest.js';

/** The variables by which a scheduler tells a task of an array job its number. */
interface Scheduler {
  name: string;
  id: string;
  /** the smallest id that the scheduler allows: shard 0 where the total is given */
  origin: 0 | 1;
  /** ends of the array and the step between ids, or the number of tasks, if the scheduler tells */
  first?: string;
  last?: string;
  step?: string;
  count?: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    name: 'SLURM',
    id: 'SLURM_ARRAY_TASK_ID',
    origin: 0,
    first: 'SLURM_ARRAY_TASK_MIN',
    last: 'SLURM_ARRAY_TASK_MAX',
    step: 'SLURM_ARRAY_TASK_STEP',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { name: 'PBS Pro', id: 'PBS_ARRAY_INDEX', origin: 0 },
  { name: 'Torque', id: 'PBS_ARRAYID', origin: 0 },
  {
    name: 'SGE',
    id: 'SGE_TASK_ID',
    origin: 1,
    first: 'SGE_TASK_FIRST',
    last: 'SGE_TASK_LAST',
    step: 'SGE_TASK_STEPSIZE',
  },
  { name: 'LSF', id: 'LSB_JOBINDEX', origin: 1 },
  {
    name: 'AWS Batch',
    id: 'AWS_BATCH_JOB_ARRAY_INDEX',
    origin: 0,
    count: 'AWS_BATCH_JOB_ARRAY_SIZE',
  },
  { name: 'Kubernetes', id: 'JOB_COMPLETION_INDEX', origin: 0 },
];

const ALLOWED =
  'i/N with i from 0 to N − 1, or, in a task of an array job, auto/N (or auto, if the scheduler tells how many tasks there are)';

/**
 * `2/8`; or `auto/8`, where the task's number says which of the eight; or `auto`, where the scheduler must say how many
 * there are, too. With a total the numbers are taken as they are, so that a part of the tasks can be submitted again.
 * @throws {BadInput}
 */
export function parseShard(text: string, environment: NodeJS.ProcessEnv): Shard {
  const match = /^(\d+|auto)(?:\/(\d+))?$/.exec(text);
  if (!match) throw new BadInput(`--shard: got "${text}"; must be ${ALLOWED}`);
  const [, which, total] = match;
  if (which === 'auto') return fromScheduler(total, environment);
  if (total === undefined) {
    throw new BadInput(`--shard: got "${text}", without the number of shards; must be ${ALLOWED}`);
  }
  return checked(Number(which), Number(total), '');
}

function fromScheduler(total: string | undefined, environment: NodeJS.ProcessEnv): Shard {
  // a job that is not an array may have the variable all the same: "undefined" (SGE) or 0 (LSF)
  const number = (name: string | undefined) => {
    const text = name === undefined ? undefined : environment[name];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const scheduler = SCHEDULERS.find(({ id, origin }) => (number(id) ?? -1) >= origin);
  if (!scheduler) {
    const names = SCHEDULERS.map(({ id }) => id).join(', ');
    throw new BadInput(
      `--shard: got "auto", but this is not a task of an array job: none of ${names} is set`,
    );
  }
  const { name, origin } = scheduler;
  const id = number(scheduler.id) as number;
  if (total !== undefined) {
    const range = `${origin} to ${Number(total) - 1 + origin}`;
    return checked(id - origin, Number(total), ` (${name} task ${id}; number the tasks ${range})`);
  }
  const count = number(scheduler.count);
  const [first, last, step = 1] = [scheduler.first, scheduler.last, scheduler.step].map(number);
  if (first === undefined || last === undefined) {
    if (count !== undefined) return checked(id, count, ` (${name} task ${id})`);
    throw new BadInput(
      `--shard: got "auto", but ${name} does not tell how many tasks there are; give auto/N`,
    );
  }
  const tasks = (last - first) / step + 1;
  if (count !== undefined && count !== tasks) {
    throw new BadInput(
      `--shard: got "auto", but the ${count} tasks of this array are not evenly numbered from ${first} to ${last}; give auto/N with the number of all shards`,
    );
  }
  return checked((id - first) / step, tasks, ` (${name} task ${id})`);
}

function checked(index: number, count: number, whence: string): Shard {
  if (!(count >= 1 && Number.isInteger(index) && index >= 0 && index < count)) {
    throw new BadInput(`--shard: got shard ${index} of ${count}${whence}; must be ${ALLOWED}`);
  }
  return { index, count };
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
