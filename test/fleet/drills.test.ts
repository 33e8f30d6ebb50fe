/**
 * Workers, coordinators and queues are killed while a sweep goes on; its files must be those of one process. RATESCALE_DRILLS
 * says how many times (default: one of each kind).
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Directory, sleep } from '../cli/ratescale.js';
import { TestRedis } from '../support/redis.js';
import { Command, contents } from './crowd.js';

const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 4000, warmup: 500 },
  grid: { servers: [20, 40, 80], buffer: [1, 'inf'] },
  replications: 10,
  precision: 0.004,
  maxReplications: 16,
};

const SWEEP = ['sweep', 'plan.json', '--out', 'out', '--quiet'];
const WORKERS = 3;
const COUNT = Number(process.env.RATESCALE_DRILLS ?? 1);

async function swept(...options: string[]): Promise<Record<string, string>> {
  const here = new Directory({ 'plan.json': PLAN });
  expect(await here.run([...SWEEP, ...options])).toEqual({ code: 0, stdout: '', stderr: '' });
  return contents(join(here.path, 'out'));
}

/** @param alsoKilled whether coordinator and queue are killed as well as workers */
async function drill(alsoKilled: boolean): Promise<Record<string, string>> {
  const here = new Directory({ 'plan.json': PLAN });
  const redis = await TestRedis.start({ appendOnly: true });
  const worker = () => new Command(here, ['work', '--workers', '1'], redis.url);
  const workers = Array.from({ length: WORKERS }, worker);
  let coordinator = new Command(here, SWEEP, redis.url);
  let over = false;
  const end = async (command: Command): Promise<void> => {
    const code = await command.ended;
    if (code === null) return; // it was killed, and another goes on
    over = true;
    expect(command.stderr).not.toMatch(/refused|failed/);
    expect(code).toBe(0);
  };
  const ends = [end(coordinator)];
  for (let second = 1; !over && second < 120; second++) {
    await sleep(1000);
    if (over) break;
    if (second % 2 === 0) {
      workers[(second / 2) % WORKERS]?.kill('SIGKILL');
      workers[(second / 2) % WORKERS] = worker();
    }
    if (alsoKilled && second % 5 === 1) {
      const before = coordinator;
      before.kill('SIGKILL');
      coordinator = await before.ended.then(() => new Command(here, SWEEP, redis.url));
      ends.push(end(coordinator));
    }
    if (alsoKilled && second % 5 === 3) {
      await redis.kill();
      await sleep(300);
      await redis.start();
    }
  }
  await Promise.all(ends);
  for (const one of workers) one.kill('SIGKILL');
  const client = redis.client();
  expect((await client.keys('ratescale:results:*')).length).toBe(0);
  client.disconnect();
  await redis.stop();
  return contents(join(here.path, 'out'));
}

describe('a sweep that a fleet makes ends with the files of one process', () => {
  const reference = swept('--workers', '0');

  it('as one on two threads does', async () => {
    expect(await swept('--workers', '2')).toEqual(await reference);
  });

  it.each(Array.from({ length: COUNT }, (_, i) => i))(
    'three workers, one killed every two seconds (%i)',
    async () => {
      expect(await drill(false)).toEqual(await reference);
    },
  );

  it.each(Array.from({ length: COUNT }, (_, i) => i))(
    'and coordinator and queue killed as well (%i)',
    async () => {
      expect(await drill(true)).toEqual(await reference);
    },
  );
});
