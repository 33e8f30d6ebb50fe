import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare, replicate, sweep, work } from '../../src/studies/index.js';
import { Directory, sleep } from '../cli/ratescale.js';
import { TestRedis } from '../support/redis.js';
import { Command, contents } from './crowd.js';

const PLAN = {
  base: { servers: 20, arrivalRate: 0.8, inverseStepSize: 100, horizon: 1500, warmup: 500 },
  grid: { buffer: [1, 'inf'] },
  replications: 6,
};

/** Some seconds in one run. */
const LONG = {
  base: { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 400_000, warmup: 0 },
  replications: 1,
};

const SWEEP = ['sweep', 'plan.json', '--out', 'out', '--quiet'];

/** Works on a queue while something goes on. */
async function withWorker<T>(queue: string, something: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const working = work(queue, { workers: 2, signal: stop.signal });
  try {
    return await something();
  } finally {
    stop.abort();
    await working;
  }
}

describe('a program with a fleet', () => {
  it('sweeps, replicates and compares with the results of one without', async () => {
    const { url } = await TestRedis.start();
    const [first] = [PLAN.base];
    const comparison = {
      base: PLAN.base,
      variants: { slow: {}, fast: { inverseStepSize: 20 } },
      replications: 4,
      maxReplications: 8,
    };
    await withWorker(url, async () => {
      const options = { queue: url };
      expect(await sweep(PLAN, options)).toEqual(await sweep(PLAN));
      const precise = { replications: 4, precision: 0.02 };
      expect(await replicate(first, { ...precise, ...options })).toEqual(
        await replicate(first, precise),
      );
      expect(await compare(comparison, options)).toEqual(await compare(comparison));
    });
  });

  it('is told of its progress on all machines', async () => {
    const { url } = await TestRedis.start();
    const seen: { done: number; workers: number; events: number }[] = [];
    await withWorker(url, () =>
      sweep({ ...LONG, replications: 3 }, { queue: url, onProgress: (now) => void seen.push(now) }),
    );
    expect(seen.at(-1)).toMatchObject({ done: 3, total: 3, secondsRemaining: 0 });
    expect(Math.max(...seen.map(({ workers }) => workers))).toBe(2);
    // events of runs under way are counted before any of them has ended
    expect(seen.some(({ done, events }) => done === 0 && events > 0)).toBe(true);
    const events = seen.map((now) => now.events);
    expect(events.at(-1)).toBe(Math.max(...events));
  });

  it('can be cancelled, and leaves nothing to do', async () => {
    const redis = await TestRedis.start();
    const stop = new AbortController();
    const { status, replications } = await sweep(PLAN, {
      queue: redis.url,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect({ status, replications }).toEqual({ status: 'cancelled', replications: [] });
    const client = redis.client();
    expect(await client.keys('*:wait')).toEqual([]);
    client.disconnect();
  });

  it.each([
    [{ base: { ...PLAN.base, cost: { g: (x: number) => 1 / x, h: 'x^2' } } }, /^cost\.g: is a fun/],
    [
      { ...PLAN, points: [{ 'cost.h': { f: (x: number) => x * x } }] },
      /^points\[0\]\.cost\.h\.f: /,
    ],
  ])('refuses code before anything runs', async (plan, message) => {
    const failed = sweep(plan as Parameters<typeof sweep>[0], { queue: 'redis://127.0.0.1:1' });
    await expect(failed).rejects.toThrow(message);
  });

  it('refuses a function that measures', async () => {
    const failed = sweep(PLAN, { queue: 'redis://127.0.0.1:1', measure: () => 1 });
    await expect(failed).rejects.toThrow(/^measure: is a function, and only data travels/);
  });

  it.each([
    ['http://host', /^queue: got "http:\/\/host"; must be a URL such as redis:/],
    ['redis://user:secret@host/0?x=1', /^queue: got redis:\/\/host\/0 with something else behind/],
    ['secret@host:6379', /^queue: got "…@host:6379"; must be a URL/],
  ])('refuses %s, and shows no password', async (queue, message) => {
    await expect(sweep(PLAN, { queue })).rejects.toThrow(message);
    await expect(work(queue)).rejects.toThrow(message);
    await expect(work(queue)).rejects.not.toThrow(/secret/);
  });

  it.each([
    [{ workers: 0 }, /^workers: got 0; must be a whole number from 1 to 1024/],
    [{ grace: -1 }, /^grace: got -1; must be a number from 0/],
    [{ untilIdle: Number.NaN }, /^untilIdle: got NaN/],
  ])('refuses to work with %o', async (options, message) => {
    await expect(work('redis://127.0.0.1:1', options)).rejects.toThrow(message);
  });
});

describe('ratescale work', () => {
  it('ends when there is nothing to do and no coordinator', async () => {
    const { url } = await TestRedis.start();
    const here = new Directory({ 'plan.json': PLAN });
    const worker = new Command(here, ['work', '--until-idle', '6', '--json'], url);
    const sweeping = new Command(here, SWEEP, url);
    expect(await sweeping.ended).toBe(0);
    expect(await worker.ended).toBe(0);
    expect(JSON.parse(worker.stdout)).toMatchObject({ runs: 12 });
  });

  it('told to stop, ends the pack that it has, and takes no other', async () => {
    const { url } = await TestRedis.start();
    const here = new Directory({ 'plan.json': { ...LONG, replications: 2 } });
    const worker = new Command(here, ['work', '--workers', '1', '--json'], url);
    const sweeping = new Command(here, SWEEP, url);
    await active(url);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(143);
    expect(JSON.parse(worker.stdout)).toEqual({ packs: 1, runs: 1 });
    sweeping.kill('SIGINT');
    expect(await sweeping.ended).toBe(130);
    expect(here.read('out/results.jsonl').trimEnd().split('\n')).toHaveLength(1);
  });

  it('hands back what does not end within the grace, at once', async () => {
    const { url } = await TestRedis.start();
    const here = new Directory({ 'plan.json': LONG });
    const worker = new Command(here, ['work', '--grace', '0.2', '--json'], url);
    const sweeping = new Command(here, SWEEP, url);
    await active(url);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(143);
    expect(JSON.parse(worker.stdout)).toEqual({ packs: 0, runs: 0 });
    const client = (await import('ioredis')).Redis;
    const redis = new client(url);
    const [wait] = await redis.keys('*:wait');
    // it is there again, before any lock could have run out
    expect(await redis.llen(wait as string)).toBe(1);
    redis.disconnect();
    const next = new Command(here, ['work', '--until-idle', '6'], url);
    expect(await sweeping.ended).toBe(0);
    next.kill('SIGKILL');
  });
});

/** Waits until a pack is being run. */
async function active(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  while (true) {
    const [key] = await redis.keys('ratescale:*:active');
    if (key && (await redis.llen(key)) > 0) break;
    await sleep(50);
  }
  redis.disconnect();
}

describe('a queue', () => {
  it('that is gone is waited for by both, who say so, and go on', async () => {
    const redis = await TestRedis.start({ appendOnly: true });
    const plan = { ...PLAN, base: { ...PLAN.base, horizon: 20_000 }, replications: 20 };
    const here = new Directory({ 'plan.json': plan });
    const worker = new Command(here, ['work', '--workers', '1'], redis.url);
    const sweeping = new Command(here, SWEEP, redis.url);
    await active(redis.url);
    await redis.kill();
    await Promise.all([
      worker.says(/cannot be reached; waiting/),
      sweeping.says(/cannot be reached/),
    ]);
    await sleep(3000);
    await redis.start();
    await Promise.all([worker.says(/is back/), sweeping.says(/is back/)]);
    expect(await sweeping.ended).toBe(0);
    worker.kill('SIGKILL');
    const alone = new Directory({ 'plan.json': plan });
    await alone.run(SWEEP);
    expect(contents(join(here.path, 'out'))).toEqual(contents(join(alone.path, 'out')));
  });

  it('that has forgotten everything gets again what is missing', async () => {
    const redis = await TestRedis.start();
    const plan = { ...PLAN, base: { ...PLAN.base, horizon: 20_000 }, replications: 20 };
    const here = new Directory({ 'plan.json': plan });
    const worker = new Command(here, ['work', '--workers', '1'], redis.url);
    const sweeping = new Command(here, SWEEP, redis.url);
    await active(redis.url);
    const client = redis.client();
    await client.flushall();
    await sleep(1500);
    await redis.kill();
    await redis.start(); // without a file: empty once more
    expect(await sweeping.ended).toBe(0);
    worker.kill('SIGKILL');
    client.disconnect();
    const alone = new Directory({ 'plan.json': plan });
    await alone.run(SWEEP);
    expect(contents(join(here.path, 'out'))).toEqual(contents(join(alone.path, 'out')));
  });

  it('that is full of results of a sweep stays as small as it was', async () => {
    const redis = await TestRedis.start();
    const client = redis.client();
    const memory = async () =>
      Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1] as string);
    const plan = (replications: number) => ({
      base: { ...PLAN.base, servers: 5, horizon: 5, warmup: 0 },
      replications,
    });
    const sizes: number[] = [];
    await withWorker(redis.url, async () => {
      for (const replications of [200, 3000]) {
        await sweep(plan(replications), { queue: redis.url });
        sizes.push(await memory());
      }
    });
    const [few, many] = sizes as [number, number];
    expect(many).toBeLessThan(few + 400_000);
    expect(await client.keys('ratescale:results:*')).toEqual([]);
    client.disconnect();
  });

  it('keeps its password to itself', async () => {
    const { url, port } = await TestRedis.start({ password: 'hush-hush' });
    const here = new Directory({ 'plan.json': PLAN });
    const worker = new Command(here, ['work', '--until-idle', '6'], url);
    const sweeping = new Command(here, SWEEP, url);
    expect(await sweeping.ended).toBe(0);
    worker.kill('SIGTERM');
    await worker.ended;
    const wrong = url.replace('hush-hush', 'hush-hosh');
    const refused = new Command(here, [...SWEEP, '--queue', wrong]);
    expect(await refused.ended).toBe(2);
    expect(refused.stderr).toContain(`redis://127.0.0.1:${port}/0 refuses the connection`);
    const none = new Command(here, ['work', '--queue', url.replace(':hush-hush@', '')]);
    expect(await none.ended).toBe(2);
    const said = [worker, sweeping, refused, none].map(({ stdout, stderr }) => stdout + stderr);
    const written = Object.values(contents(join(here.path, 'out'))).map((text) => atob(text));
    expect([...said, ...written].join('')).not.toMatch(/hush/);
  });
});

describe('ratescale', () => {
  it('replicates, compares and reproduces on a queue as without', async () => {
    const { url } = await TestRedis.start();
    const here = new Directory();
    const worker = new Command(here, ['work'], url);
    const system = ['-n', '20', '-l', '0.8', '-m', '100', '-T', '1500', '--warmup', '500'];
    for (const args of [
      ['replicate', ...system, '--replications', '4', '--json'],
      [
        'compare',
        ...system,
        '--variant',
        'a',
        '--variant',
        'b: m=10',
        '--replications',
        '3',
        '--json',
      ],
    ]) {
      const [fleet, local] = [new Command(here, args, url), new Command(here, args)];
      expect(await Promise.all([fleet.ended, local.ended])).toEqual([0, 0]);
      expect(fleet.stdout).toBe(local.stdout);
    }
    const reproduce = (out: string) => [
      ...['reproduce', 'fig3', '--quick', '--quiet', '--formats', 'svg', '--out', out],
    ];
    const [fleet, local] = [
      new Command(here, reproduce('fleet'), url),
      new Command(here, reproduce('local')),
    ];
    expect(await Promise.all([fleet.ended, local.ended])).toEqual([0, 0]);
    worker.kill('SIGKILL');
    expect(contents(join(here.path, 'fleet/fig3'))).toEqual(
      contents(join(here.path, 'local/fig3')),
    );
  });

  it.each([
    [['--workers', '2'], /^ratescale: --workers: got it beside RATESCALE_QUEUE; leave out one/],
    [['--shard', '0/2'], /^ratescale: --shard: got it beside RATESCALE_QUEUE; leave out one/],
    [
      ['--queue', 'localhost'],
      /^ratescale: --queue: got "localhost"; must be a URL such as redis:/,
    ],
  ])('refuses %j before it makes a directory', async (flags, message) => {
    const here = new Directory({ 'plan.json': PLAN });
    const refused = new Command(here, [...SWEEP, ...flags], 'redis://127.0.0.1:1');
    expect(await refused.ended).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(existsSync(join(here.path, 'out'))).toBe(false);
  });

  it('says that nobody works, and whether somebody of another version does', async () => {
    const { url, client } = await TestRedis.start().then((redis) => ({
      url: redis.url,
      client: redis.client(),
    }));
    const here = new Directory({ 'plan.json': PLAN });
    const sweeping = new Command(here, SWEEP, url);
    const beat = setInterval(() => {
      const maker = { format: 1, version: '0.0.1', engine: 'ab'.repeat(32) };
      void client.publish(
        'ratescale:workers',
        JSON.stringify({ ...maker, worker: 'old', lanes: 4, packs: [] }),
      );
    }, 500);
    await sweeping.says(
      /no worker of version \S+ with engine \w{12} is at redis:.*there are workers of version 0\.0\.1 with engine abababababab/,
    );
    clearInterval(beat);
    sweeping.kill('SIGTERM');
    expect(await sweeping.ended).toBe(143);
    client.disconnect();
  });
});
