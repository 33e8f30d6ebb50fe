/** The recipes for SLURM, submitted as they are to a SLURM of our own, and disturbed. docs.test.ts has them undisturbed. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { findSlurm } from '../../scripts/slurm.mjs';
import { MAIN } from '../cli/ratescale.js';
import { Cluster } from './cluster.js';
import { alone, contents, Project } from './project.js';
import { until } from './until.js';

const run = promisify(execFile);
const recipes = fileURLToPath(new URL('../../examples/slurm/', import.meta.url));
const programs = findSlurm();

/** Some seconds of work for one thread. */
const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 20_000, warmup: 500 },
  grid: { servers: [20, 40, 80] },
  replications: 10,
};

describe.runIf(programs).concurrent('under SLURM', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start(programs);
  });
  afterAll(() => cluster?.stop());

  /** Runs a recipe in a project; the numbers of the jobs that it says. */
  async function submit(here: Project, name: string, args: string[], environment = {}) {
    const { stdout } = await run('sh', [join(recipes, name), ...args], {
      cwd: here.path,
      env: { ...cluster.environment, ...environment },
    });
    return [...stdout.matchAll(/job (\d+)/g)].map(([, id]) => id as string);
  }

  /** Without memory and processors that this machine does not have. */
  const SMALL = ['--cpus-per-task=1', '--mem-per-cpu=100M'];

  it('a shard that is preempted goes on from its directory', async () => {
    const here = new Project({ 'plan.json': PLAN });
    const args = ['plan.json', 'results', '2', ...SMALL];
    const [array, merge] = await submit(here, 'shards.sh', args);
    const results = join(here.path, 'results.shards/1/results.jsonl');
    await until(() => existsSync(results) && statSync(results).size > 0, here.logs);
    await cluster.command('scontrol', 'requeue', `${array}_1`);
    const kept = readFileSync(results, 'utf8').split('\n', 1);
    expect(await cluster.ended(merge as string), here.logs()).toBe('COMPLETED');
    expect((await cluster.job(`${array}_1`)).Restarts).toBe('1');
    // run again from the start, it would have put its runs down in another order
    expect(readFileSync(results, 'utf8').split('\n')).toContain(kept[0]);
    expect(contents(join(here.path, 'results'))).toEqual(await alone(PLAN));
  });

  it('a shard that runs out of time is run again, and finishes', async () => {
    const here = new Project({ 'plan.json': PLAN });
    // whoever is first has no time to finish
    here.script(
      'node_modules/.bin/ratescale',
      `mkdir short && set -- "$@" --time-limit 0.1; exec ${process.execPath} ${MAIN} "$@"`,
    );
    const [array, merge] = await submit(here, 'shards.sh', ['plan.json', 'results', '1', ...SMALL]);
    expect(await cluster.ended(merge as string), here.logs()).toBe('COMPLETED');
    expect((await cluster.job(`${array}_0`)).Restarts).toBe('1');
    expect(contents(join(here.path, 'results'))).toEqual(await alone(PLAN));
  });

  it('a queue and workers, one of them preempted, make the files of one machine', async () => {
    const here = new Project({ 'plan.json': PLAN });
    const args = ['plan.json', 'results', '3', ...SMALL];
    const [queue, array] = await submit(here, 'queue.sh', args);
    const results = join(here.path, 'results/results.jsonl');
    await until(() => existsSync(results) && statSync(results).size > 0, here.logs);
    await cluster.command('scontrol', 'requeue', `${array}_1`);
    expect(await cluster.ended(queue as string), here.logs()).toBe('COMPLETED');
    expect(contents(join(here.path, 'results'))).toEqual(await alone(PLAN));
    // those that wait to run once more are not wanted any longer
    for (const task of [0, 1, 2]) {
      expect(await cluster.ended(`${array}_${task}`)).toMatch(/^(COMPLETED|CANCELLED)$/);
    }
    expect((await cluster.job(`${array}_1`)).Restarts).toBe('1');
    expect(existsSync(join(here.path, 'results.queue/url'))).toBe(false);
  });
});
