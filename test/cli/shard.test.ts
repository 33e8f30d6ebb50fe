import { describe, expect, it } from 'vitest';
import { parseShard } from '../../src/cli/shard.js';

const slurm = (id: number, min: number, max: number, count: number, step = 1) => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
});

const sge = (id: string, first: string, last: string, step: string) => ({
  SGE_TASK_ID: id,
  SGE_TASK_FIRST: first,
  SGE_TASK_LAST: last,
  SGE_TASK_STEPSIZE: step,
});

describe('--shard', () => {
  it.each<[string, Record<string, string>, object]>([
    ['2/8', {}, { index: 2, count: 8 }],
    // --array=0-3, 1-4 and 0-4:2
    ['auto', slurm(3, 0, 3, 4), { index: 3, count: 4 }],
    ['auto', slurm(3, 1, 4, 4), { index: 2, count: 4 }],
    ['auto', slurm(4, 0, 4, 3, 2), { index: 2, count: 3 }],
    // --array=3,7 of eight, submitted again: the numbers are those of the shards
    ['auto/8', slurm(3, 3, 7, 2), { index: 3, count: 8 }],
    ['auto/8', slurm(7, 3, 7, 2), { index: 7, count: 8 }],
    ['auto/5', { PBS_ARRAY_INDEX: '0' }, { index: 0, count: 5 }],
    ['auto/5', { PBS_ARRAYID: '4' }, { index: 4, count: 5 }],
    // SGE and LSF count from 1
    ['auto', sge('5', '1', '9', '2'), { index: 2, count: 5 }],
    ['auto/9', sge('9', '1', '9', '1'), { index: 8, count: 9 }],
    ['auto/9', { LSB_JOBINDEX: '1' }, { index: 0, count: 9 }],
    [
      'auto',
      { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '2' },
      { index: 0, count: 2 },
    ],
    ['auto/5', { JOB_COMPLETION_INDEX: '4' }, { index: 4, count: 5 }],
    // a batch job of one scheduler within an array of another
    ['auto/5', { SGE_TASK_ID: 'undefined', JOB_COMPLETION_INDEX: '4' }, { index: 4, count: 5 }],
  ])('%s with %j', (text, environment, shard) => {
    expect(parseShard(text, environment)).toEqual(shard);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['auto', {}, /none of SLURM_ARRAY_TASK_ID, .* is set/],
    [
      'auto/3',
      { SGE_TASK_ID: 'undefined', LSB_JOBINDEX: '0' },
      /this is not a task of an array job/,
    ],
    ['auto', { JOB_COMPLETION_INDEX: '4' }, /Kubernetes does not tell how many tasks .* auto\/N/],
    ['auto', { LSB_JOBINDEX: '2' }, /LSF does not tell how many/],
    // --array=3,7 without a total
    ['auto', slurm(3, 3, 7, 2), /the 2 tasks of this array are not evenly numbered from 3 to 7/],
    // --array=1-8 with a total: 8 is not a shard
    ['auto/8', slurm(8, 1, 8, 8), /got shard 8 of 8 \(SLURM task 8; number the tasks 0 to 7\)/],
    ['auto/8', { LSB_JOBINDEX: '9' }, /got shard 8 of 8 \(LSF task 9; number the tasks 1 to 8\)/],
    ['1', {}, /without the number of shards/],
    ['-1/3', {}, /got "-1\/3"; must be/],
    ['3/0', {}, /got shard 3 of 0; must be i\/N/],
  ])('refuses %s with %j', (text, environment, message) => {
    expect(() => parseShard(text, environment)).toThrow(message);
  });
});
