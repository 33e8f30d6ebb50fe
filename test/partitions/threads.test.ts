/** The number of threads is not seen in the result, and a run can be stopped, saved and taken up again with any other number of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateConfig } from '../../src/config/config.js';
import { endOfUse } from '../../src/engine/memory.js';
import { partitioning } from '../../src/engine/partitions.js';
import { Simulation, simulate } from '../../src/index.js';
import { Run } from '../../src/run/run.js';
import { Team } from '../../src/threads/team.js';
import { Thread } from '../../src/threads/thread.js';
import { runTo, start, systems } from './systems.js';

const threads: Thread[] = [];
beforeAll(async () => {
  for (let i = 0; i < 4; i++) threads.push((await Thread.start()) as Thread);
});
afterAll(() => {
  for (const thread of threads) thread.end();
});

const teamOf = (size: number) => new Team(threads[0] as Thread, threads.slice(1, size));

describe.each(Object.entries(systems))('%s', (_, system) => {
  const { horizon } = system.config;

  it('has the same end, rows and figures with 1, 2, 3 and 4 threads', async () => {
    const config = { ...system.config, warmup: 5, record: { interval: horizon / 50 } };
    const here = await start({ ...system, config }, false);
    runTo(here, horizon);
    const { engine: _here, ...expected } = here.result();
    for (let size = 1; size <= 4; size++) {
      const run = await start({ ...system, config }, false);
      expect(await teamOf(size).leg(run, horizon, {})).toBe(true);
      const { engine: _engine, ...result } = run.result();
      expect(result).toEqual(expected);
      expect(run.trajectory.copy()).toEqual(here.trajectory.copy());
    }
  });

  it('is stopped and goes on, with one number of threads or another', async () => {
    const whole = await start(system, false);
    runTo(whole, horizon);
    const run = await start(system, false);
    for (let stop = 1; stop < 25; stop++) {
      const controller = new AbortController();
      const leg = teamOf(1 + (stop % 4)).leg(run, horizon, { signal: controller.signal });
      setTimeout(() => controller.abort(), stop % 3);
      if (await leg) break;
    }
    await teamOf(2).leg(run, horizon, {});
    expect(run.stateHash()).toBe(whole.stateHash());
  });
});

describe('many servers', () => {
  const config = {
    servers: 600_000,
    arrivalRate: 0.8,
    inverseStepSize: 500,
    horizon: 1.5,
  } as const;
  const GOLDEN = '123d5c31611815c8';

  it('are run in partitions, with the same result for every number of threads', async () => {
    const results = [];
    for (const threads of [1, 2, 3]) results.push(await simulate(config, { threads }));
    const [one, two, three] = results;
    expect(one?.stateHash).toBe(GOLDEN);
    expect(two?.stateHash).toBe(GOLDEN);
    expect(three?.stateHash).toBe(GOLDEN);
    expect(two?.engine.threads).toBe(2);
    expect(two?.engine.partitions?.count).toBe(one?.engine.partitions?.count);
    expect(two?.serviceRate).toEqual(one?.serviceRate);
  });

  it('are saved by one thread and go on in two, by the schedule of what was steered as well', async () => {
    const simulation = await Simulation.create(config);
    simulation.runUntil(0.7);
    const restored = await Simulation.restore(await simulation.checkpoint());
    restored.runUntil();
    expect(restored.stateHash()).toBe(GOLDEN);
    await simulation.update({ arrivalRate: 0.5, inverseStepSize: 20 });
    simulation.runUntil();
    const repeated = await simulate(simulation.config, { threads: 2 });
    expect(repeated.stateHash).toBe(simulation.stateHash());
  });

  it('are run as a whole where dispatch, work, classes or sojourn times ask for it', () => {
    for (const more of [
      { dispatch: 'random' },
      { service: 'erlang:2' },
      { record: { sojourns: 100 } },
    ] as const) {
      expect(partitioning(validateConfig({ ...config, ...more }))).toBe(null);
    }
  });
});

it('1,000 saved states go on to the same end', { timeout: 300_000 }, async () => {
  const system = systems['short windows'] as (typeof systems)[string];
  const { horizon } = system.config;
  const whole = await start(system, false);
  runTo(whole, horizon);
  let run = await start(system, false);
  for (let k = 1; k <= 1000; k++) {
    const until = (horizon * k) / 1000;
    // mid-window and mid-block, or at a time
    if (k % 3 === 0) run.advance(horizon, k % 7);
    if (run.time < until) runTo(run, until, 1 + (k % 5));
    // the bytes that a checkpoint has
    const bytes = new Uint8Array(run.instance.memory.buffer).slice(
      run.plan.state,
      endOfUse(run.plan, run.state),
    );
    const next = await Run.allocate(run.config, {
      partitions: system.partitions,
      used: k % 2 ? [] : [run.instance],
    });
    new Uint8Array(next.instance.memory.buffer).set(bytes, next.plan.state);
    run = next;
  }
  expect(run.time).toBe(horizon);
  expect(run.stateHash()).toBe(whole.stateHash());
});
