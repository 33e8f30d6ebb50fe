/** The fleet of processes on one machine, started by its script. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { redisServer } from '../../scripts/redis.mjs';
import { alone, contents, Project } from './project.js';
import { until } from './until.js';

const script = fileURLToPath(new URL('../../examples/local-fleet.sh', import.meta.url));

const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 20_000, warmup: 500 },
  grid: { servers: [20, 40, 80] },
  replications: 10,
};

/** Processes that are alive. */
const alive = (ids: readonly number[]) =>
  ids.filter((id) => {
    try {
      return process.kill(id, 0);
    } catch {
      return false;
    }
  });

/** Runs the script; `meanwhile` may disturb it, once its workers are known. */
async function fleet(
  here: Project,
  meanwhile: (workers: number[], script: { kill(): void }) => Promise<void>,
) {
  const redis = dirname(await redisServer());
  const child = spawn('bash', [script, 'plan.json', 'results'], {
    cwd: here.path,
    env: { ...process.env, TMPDIR: here.path, PATH: `${redis}:${process.env.PATH}` },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const list = () => /workers: ([\d ]+)\n/.exec(said)?.[1];
  await until(
    () => list() !== undefined,
    () => said,
  );
  const workers = (list() as string).split(' ').map(Number);
  await Promise.race([meanwhile(workers, child), ended]);
  const code = await ended;
  return { code, said, workers };
}

describe.concurrent('examples/local-fleet.sh', () => {
  const reference = alone(PLAN);
  const begun = (here: Project) => {
    const path = join(here.path, 'results/results.jsonl');
    return until(
      () => existsSync(path) && statSync(path).size > 0,
      () => `no results, only ${here.files()}`,
    );
  };

  it('makes the files of one machine, though a worker is killed, and leaves nothing behind', async () => {
    const here = new Project({ 'plan.json': PLAN });
    const { code, said, workers } = await fleet(here, async ([first]) => {
      await begun(here);
      process.kill(first as number, 'SIGKILL');
    });
    expect(code, said).toBe(0);
    expect(workers).toHaveLength(3);
    expect(contents(join(here.path, 'results'))).toEqual(await reference);
    expect(alive(workers)).toEqual([]);
    expect(here.files()).toEqual(['node_modules', 'plan.json', 'results']);
  });

  it('stopped, ends all its processes, and goes on when it is started again', async () => {
    const here = new Project({ 'plan.json': PLAN });
    const { code, said, workers } = await fleet(here, async (_, child) => {
      await begun(here);
      child.kill();
    });
    expect(code, said).toBe(143);
    expect(alive(workers)).toEqual([]);
    expect(here.files()).toEqual(['node_modules', 'plan.json', 'results']);
    const [kept] = readFileSync(join(here.path, 'results/results.jsonl'), 'utf8').split('\n', 1);
    const again = await fleet(here, async () => {});
    expect(again.code, again.said).toBe(0);
    expect(here.read('results/results.jsonl').split('\n')).toContain(kept);
    expect(contents(join(here.path, 'results'))).toEqual(await reference);
  });
});
