import { describe, expect, it } from 'vitest';
import { type Interval, relativeHalfWidth } from '../../src/analysis/interval.js';
import { optimalRate, PAPER_COST, simulate } from '../../src/index.js';
import { startThread } from '../../src/platform/node.js';
import {
  type Replication,
  replicate,
  type SweepPlan,
  type SweepResult,
  sweep,
} from '../../src/studies/index.js';
import { Lane } from '../../src/studies/lane.js';
import { THREAD_PROGRAM } from '../../src/threads/program.js';

const plan: SweepPlan = {
  base: { arrivalRate: 0.8, inverseStepSize: 50, horizon: 300, warmup: 100 },
  grid: { servers: [3, 10, 30] },
  replications: 4,
};

describe('a sweep', () => {
  it('gives the same bits whatever the number of workers', async () => {
    const [here, ...others] = (await Promise.all(
      [0, 1, 2, 5].map((workers) => sweep(plan, { workers })),
    )) as [SweepResult, ...SweepResult[]];
    expect(here.replications).toHaveLength(12);
    expect(new Set(here.replications.map(({ stateHash }) => stateHash)).size).toBe(12);
    for (const other of others) expect(other).toEqual(here);
  });

  it('also with an automatic warm-up, sojourn times, expressions and rates given one by one', async () => {
    const base = { ...plan.base, warmup: 'auto' as const, record: { sojourns: 100 } };
    const points = [
      { servers: 4, cost: { g: '1/x', h: 'x^2/10' } },
      { servers: 3, initialRates: [0.5, 1, 2], initialTasks: [0, 1, 1] },
    ];
    const [here, two] = (await Promise.all(
      [0, 2].map((workers) => sweep({ base, points, replications: 2 }, { workers })),
    )) as [SweepResult, SweepResult];
    expect(two).toEqual(here);
    expect(here.replications[0]?.time.start).toBeGreaterThan(0);
  });

  it('has replications that can be repeated alone', async () => {
    const { replications } = await sweep(plan);
    const { point: _, replication: __, ...line } = replications[5] as Replication;
    const {
      engine: _engine,
      status,
      confidence: _c,
      confidenceRefused: _r,
      ...alone
    } = await simulate(line.config);
    expect(status).toBe('completed');
    expect(alone).toEqual(line);
  });

  it('keeps what it had when it is extended', async () => {
    const before = await sweep(plan);
    const after = await sweep({ ...plan, grid: { servers: [2, 3, 10, 30] }, replications: 5 });
    const hashes = new Set(after.replications.map(({ stateHash }) => stateHash));
    expect(before.replications.every(({ stateHash }) => hashes.has(stateHash))).toBe(true);
    expect(hashes.size).toBe(20);
  });

  it('adds replications until each point is as precise as asked for, the same with any workers', async () => {
    const precise = { ...plan, precision: 0.02, replications: 3, maxReplications: 60 };
    const [one, two] = (await Promise.all(
      [1, 2].map((workers) => sweep(precise, { workers })),
    )) as [SweepResult, SweepResult];
    expect(two).toEqual(one);
    for (const point of one.points) {
      expect(point.precision).toEqual({ target: 0.02, met: true, unmet: [] });
      for (const name of ['serviceRate.mean', 'busyFraction', 'cost.total'] as const) {
        expect(relativeHalfWidth(point.figures[name] as Interval)).toBeLessThanOrEqual(0.02);
      }
    }
    const counts = one.points.map(({ replications }) => replications);
    expect(counts[0]).toBeGreaterThan(3);
    expect(counts[0]).toBeGreaterThanOrEqual(counts[2] as number); // small systems are noisier
  });

  it('says which figures are not as precise as asked for when the budget ends', async () => {
    const { points } = await sweep({
      ...plan,
      precision: 1e-6,
      replications: 2,
      maxReplications: 3,
    });
    for (const { replications, precision } of points) {
      expect(replications).toBe(3);
      expect(precision).toMatchObject({ met: false });
      expect(precision?.unmet).toContain('serviceRate.mean');
    }
  });

  it('can be cancelled, and returns what was done', async () => {
    const controller = new AbortController();
    const result = await sweep(
      { ...plan, replications: 500 },
      {
        signal: controller.signal,
        onReplication: ({ replication }) => {
          if (replication === 3) controller.abort();
        },
      },
    );
    expect(result.status).toBe('cancelled');
    expect(result.replications.length).toBeGreaterThan(2);
    expect(result.replications.length).toBeLessThan(100);
  });

  it('reports its progress to the end', async () => {
    const seen: number[] = [];
    await sweep(plan, { onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
  });

  it.each([-1, 1.5, 1025])('refuses %d workers', async (workers) => {
    await expect(sweep(plan, { workers })).rejects.toThrow(`workers: got ${workers}`);
  });
});

describe('replications', () => {
  it('agree with the optimum of a large system', async () => {
    // 20 replications; the interval is at 95 %, three times as wide it is missed once in 10^5 times
    const { figures } = await replicate(
      { servers: 300, arrivalRate: 0.8, inverseStepSize: 200, horizon: 4000, warmup: 2000 },
      { replications: 20 },
    );
    const { mean, halfWidth } = figures['serviceRate.mean'] as Interval;
    const bias = 0.001; // the fixed point of 300 servers is 0.0005 below the optimum
    const distance = Math.abs(mean - optimalRate(PAPER_COST, 0.8));
    expect(distance).toBeLessThan(3 * (halfWidth as number) + bias);
  });
});

describe('a thread that dies', () => {
  const config = { servers: 10, arrivalRate: 0.8, inverseStepSize: 50, horizon: 300 };
  const dies = 'globalThis.onmessage = () => process.exit(9); postMessage({ type: "ready" });';
  const lane = (deaths: number) => {
    let started = 0;
    return new Lane({ start: () => startThread(started++ < deaths ? dies : THREAD_PROGRAM) });
  };
  const complete = async () => (await simulate(config)).config;

  it('is reported, and its run is tried once more', async () => {
    const deaths: string[] = [];
    const one = lane(1);
    const result = await one.simulate(await complete(), undefined, (why) => deaths.push(why));
    one.end();
    expect(deaths).toEqual([expect.stringContaining('exited with code 9')]);
    expect(result.stateHash).toBe((await simulate(config)).stateHash);
  });

  it('twice fails that run, and not the next', async () => {
    const one = lane(2);
    const again = one.simulate(await complete(), undefined, () => {});
    await expect(again).rejects.toThrow(/a thread died/);
    const next = await one.simulate(await complete(), undefined, () => {});
    one.end();
    expect(next.status).toBe('completed');
  });
});

it('a sweep keeps its memory: hundreds of runs in the memory of one', async () => {
  const many = { ...plan, replications: 100 };
  await sweep(many, { workers: 1 });
  global.gc?.();
  const before = process.memoryUsage();
  await sweep(many, { workers: 1 });
  const after = process.memoryUsage();
  // 300 runs with 1.7 MiB of fixed memory each would be 510 MiB
  expect(after.rss - before.rss).toBeLessThan(100 * 2 ** 20);
});
