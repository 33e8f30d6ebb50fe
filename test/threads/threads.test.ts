/** A run in another thread, in memory that both share or that is sent over, is the run that it would be here. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import { simulate } from '../../src/index.js';
import { type Executor, here, inThread } from '../../src/run/executor.js';
import { Run } from '../../src/run/run.js';
import { runInSections } from '../../src/run/simulate.js';
import { readLive } from '../../src/threads/live.js';
import type { ThreadPort } from '../../src/threads/port.js';
import { Thread, ThreadDied, type ThreadOptions } from '../../src/threads/thread.js';

const systems: Record<string, SimulationConfig> = {
  'unit buffers': {
    servers: 50,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    horizon: 300,
    warmup: 40,
  },
  'backlog, all servers recorded': {
    servers: 9,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    buffer: 'inf',
    initialTasks: 30,
    horizon: 500,
    record: { servers: 'all', sojourns: 200 },
  },
  'cost as an expression': {
    servers: 15,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    cost: { g: 'exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' },
    horizon: 300,
  },
  'costs by a schedule': {
    servers: 15,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    buffer: 'inf',
    dispatch: 'random',
    schedule: [
      { time: 50, cost: { g: 'exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' } },
      { time: 200, arrivalRate: 0.5, cost: { h: '0.05 * x^3' } },
    ],
    horizon: 300,
  },
  'rates and tasks by server': {
    servers: 4,
    arrivalRate: 0.7,
    inverseStepSize: 50,
    buffer: 3,
    initialRates: [0.5, 1, 2, 0],
    initialTasks: [0, 3, 1, 2],
    horizon: 400,
    record: { servers: [1, 3], quantiles: [] },
  },
};

/** Takes some tenths of a second at least. */
const long: SimulationConfig = {
  servers: 1000,
  arrivalRate: 0.8,
  inverseStepSize: 500,
  horizon: 2500,
  record: { interval: 2.5, servers: [7] },
};

const modes: [string, ThreadOptions][] = [
  ['shared memory', { share: true }],
  ['memory sent over', { share: false }],
];

const started: Thread[] = [];

async function start(options?: ThreadOptions): Promise<Thread> {
  const thread = await Thread.start(options);
  if (!thread) throw new Error('no thread');
  started.push(thread);
  return thread;
}

afterEach(() => {
  for (const thread of started.splice(0)) thread.end();
});

const prepare = (config: SimulationConfig) => Run.prepare(validateConfig(config));

/** All that a run leaves behind. */
function outcome(run: Run) {
  const { engine: _, ...figures } = run.result();
  return { figures, trajectory: run.trajectory.copy(), sojourns: run.sojournTimes() };
}

async function outcomeOf(config: SimulationConfig, executor: Executor, stops: number[] = []) {
  const run = await prepare(config);
  for (const stop of [...stops, 1]) {
    expect(await executor.advance(run, stop * config.horizon, {})).toBe(true);
    expect(run.time).toBeCloseTo(stop * config.horizon, 9);
  }
  return outcome(run);
}

const ODD_STOPS = [1e-9, 0.1234, 1 / 3, 1 / 3, 0.75, 1 - 1e-9];

describe.each(modes)('a thread with %s', (_, options) => {
  it('says how its memory is had', async () => {
    expect((await start(options)).shares).toBe(options.share);
  });

  it.each(Object.entries(systems))('gives what is had here: %s', async (_, config) => {
    const executor = inThread(await start(options));
    const expected = await outcomeOf(config, here);
    expect(await outcomeOf(config, executor)).toEqual(expected);
    expect(await outcomeOf(config, executor, ODD_STOPS)).toEqual(expected);
    expect(await outcomeOf(config, here, ODD_STOPS)).toEqual(expected);
  });

  it.each(Object.entries(systems))('takes over a run begun here: %s', async (_, config) => {
    const executor = inThread(await start(options));
    const run = await prepare(config);
    await here.advance(run, config.horizon * 0.377, {});
    await executor.advance(run, config.horizon * 0.5, {});
    await executor.advance(run, config.horizon, {});
    expect(outcome(run)).toEqual(await outcomeOf(config, here));
  });

  it('runs one run after the other, also in the memory of the last one', async () => {
    const executor = inThread(await start(options));
    let used: Run | undefined;
    for (const config of [...Object.values(systems), ...Object.values(systems).reverse()]) {
      const run = await Run.prepare(validateConfig(config), { used: used ? [used.instance] : [] });
      await executor.advance(run, config.horizon, {});
      expect(outcome(run).figures).toEqual((await outcomeOf(config, here)).figures);
      used = run;
    }
  });

  it('has the same figures and confidence in sections', async () => {
    const config: SimulationConfig = {
      ...systems['unit buffers'],
      inverseStepSize: 10,
      horizon: 1280,
      warmup: 'auto',
    };
    const executor = inThread(await start(options));
    const { engine: _, ...there } = await runInSections(await prepare(config), executor);
    const { engine: __, ...expected } = await runInSections(await prepare(config), here);
    expect(there).toEqual(expected);
    expect(there.confidence).not.toBeNull();
  });

  it('has the same run where it is prolonged for precision', async () => {
    const config = { ...systems['unit buffers'], inverseStepSize: 10 };
    const through = async (executor: Executor) => {
      const run = await prepare(config);
      const { engine: _, ...rest } = await runInSections(run, executor, {}, 0.005, 4000);
      return { rest, trajectory: run.trajectory.copy() };
    };
    const expected = await through(here);
    expect(expected.rest.config.horizon).toBeGreaterThan(config.horizon);
    expect(await through(inThread(await start(options)))).toEqual(expected);
  });

  it('stops when it is asked to, and goes on as if nothing had happened', async () => {
    const executor = inThread(await start(options));
    const run = await prepare(long);
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = () => controller.abort();
    expect(await executor.advance(run, long.horizon, { signal, onProgress })).toBe(false);
    expect(run.time).toBeGreaterThan(0);
    expect(run.time).toBeLessThan(long.horizon);
    expect(run.result().status).toBe('cancelled');
    expect(await executor.advance(run, long.horizon, { signal })).toBe(false);
    expect(await executor.advance(run, long.horizon, {})).toBe(true);
    expect(outcome(run)).toEqual(await outcomeOf(long, here));
  });

  it('reports rows that only grow, each complete and final', async () => {
    const executor = inThread(await start(options));
    const run = await prepare(long);
    const seen: { time: number; events: number; mean: Float64Array; rates: Float64Array }[] = [];
    await executor.advance(run, long.horizon, {
      onProgress: ({ time, events }) => {
        const rates = run.trajectory.serverRates(0).slice();
        seen.push({ time, events, mean: run.trajectory.mean.slice(), rates });
      },
    });
    expect(seen.length).toBeGreaterThan(2);
    const { mean } = run.trajectory;
    const rates = run.trajectory.serverRates(0);
    seen.forEach((look, i) => {
      expect(look.time).toBeGreaterThanOrEqual(seen[i - 1]?.time ?? 0);
      expect(look.events).toBeGreaterThanOrEqual(seen[i - 1]?.events ?? 0);
      expect(look.mean.length).toBeGreaterThanOrEqual(seen[i - 1]?.mean.length ?? 0);
      expect(look.mean).toEqual(mean.slice(0, look.mean.length));
      expect(look.rates).toEqual(rates.slice(0, look.rates.length));
    });
    expect(seen.at(-1)).toMatchObject({ time: long.horizon, events: run.events });
  });
});

describe('a run in shared memory', () => {
  it('goes to and fro between the threads', async () => {
    const config = systems['backlog, all servers recorded'];
    const executors = [here, inThread(await start()), inThread(await start())];
    const run = await prepare(config);
    for (let k = 1; k <= 10; k++) {
      await (executors[k % 3] as Executor).advance(run, (k / 10) * config.horizon, {});
    }
    expect(outcome(run)).toEqual(await outcomeOf(config, here));
  });

  it('has the hash that the thread found', async () => {
    const run = await prepare(systems['unit buffers']);
    await (await start()).leg(run, 300);
    const found = run.stateHash();
    run.knownHash = undefined;
    expect(run.stateHash()).toBe(found);
  });

  it('shows complete rows while it goes on', async () => {
    const run = await prepare(long);
    const { trajectory } = run;
    let going = true;
    const leg = (await start()).leg(run, long.horizon).finally(() => {
      going = false;
    });
    const early = new Map<number, number>();
    let [rows, looks] = [0, 0];
    while (going) {
      const now = trajectory.rows;
      expect(now).toBeGreaterThanOrEqual(rows);
      if (now > rows) looks++;
      const { time, mean } = trajectory;
      const rates = trajectory.serverRates(0);
      for (let i = rows; i < now; i++) {
        expect(time[i]).toBe(i * 2.5);
        expect(Number.isFinite(mean[i]) && mean[i] > 0 && rates[i] > 0).toBe(true);
        early.set(i, mean[i]);
      }
      rows = now;
      await setImmediate();
    }
    expect(await leg).toBe(true);
    expect(looks).toBeGreaterThan(5);
    expect(trajectory.rows).toBe(1001);
    for (const [i, mean] of early) expect(trajectory.mean[i]).toBe(mean);
  });

  it('tells its time and events while it goes on, never backwards', async () => {
    const run = await prepare(long);
    let going = true;
    const leg = (await start()).leg(run, long.horizon).finally(() => {
      going = false;
    });
    let last = readLive(run);
    let changes = 0;
    let backwards = 0;
    while (going) {
      for (let k = 0; k < 1000; k++) {
        const live = readLive(run);
        if (live.time > last.time) changes++;
        if (!(live.time >= last.time && live.events >= last.events)) backwards++;
        last = live;
      }
      await setImmediate();
    }
    await leg;
    expect(backwards).toBe(0);
    expect(changes).toBeGreaterThan(5);
    expect(readLive(run)).toEqual({ time: run.time, events: run.events });
  });
});

describe('a thread that dies', () => {
  /** A worker that is ready, and then does as told. */
  const worker = (program: string) => (): ThreadPort => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      parentPort.postMessage({ type: 'ready' });
      parentPort.on('message', ({ type }) => { ${program} });`,
      { eval: true, execArgv: [] },
    );
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      listen(onMessage, onDeath) {
        worker.on('message', onMessage);
        worker.on('error', (error) => onDeath(error.message));
        worker.on('exit', (code) => onDeath(`it exited with code ${code}`));
      },
      hold: (held) => (held ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  };

  it.each([
    ['by an error', `if (type === 'leg') throw new Error('no more')`, /no more/],
    ['by leaving', `if (type === 'leg') process.exit(3)`, /exited with code 3/],
  ])('rejects the leg %s, and every later one', async (_, program, why) => {
    const thread = await start({ start: worker(program) });
    const run = await prepare(systems['unit buffers']);
    const leg = thread.leg(run, 300);
    await expect(leg).rejects.toThrow(ThreadDied);
    await expect(leg).rejects.toThrow(why);
    expect(thread.dead).toBe(true);
    await expect(thread.leg(run, 300)).rejects.toThrow(ThreadDied);
    // what it left untouched can be run elsewhere
    expect(await (await start()).leg(run, 300)).toBe(true);
  });

  it('rejects the leg that it says has failed', async () => {
    const thread = await start({
      start: worker(
        `if (type === 'leg') parentPort.postMessage({ type: 'failed', message: 'no room' })`,
      ),
    });
    const leg = thread.leg(await prepare(systems['unit buffers']), 300);
    await expect(leg).rejects.toThrow(ThreadDied);
    await expect(leg).rejects.toThrow(/no room/);
  });

  it('rejects the leg during which it is ended', async () => {
    const thread = await start();
    const leg = thread.leg(await prepare(long), long.horizon);
    setTimeout(() => thread.end(), 20);
    await expect(leg).rejects.toThrow(ThreadDied);
  });

  it('before it is ready is no thread, nor is one that is not wanted', async () => {
    let die = (_why: string) => {};
    const port: ThreadPort = {
      post() {},
      listen(_, onDeath) {
        die = onDeath;
      },
      hold() {},
      end() {},
    };
    const starting = Thread.start({ start: () => port });
    die('it was never there');
    expect(await starting).toBeNull();
    expect(await Thread.start({ none: true })).toBeNull();
    expect(inThread(null)).toBe(here);
  });
});

describe('the calling thread', () => {
  it.each([
    ['auto', 1 / 3],
    ['here', 1 / 8], // slices of 10 ms
  ] as const)('stays free during simulate, thread %s', async (thread, share) => {
    let ticks = 0;
    const began = performance.now();
    const timer = setInterval(() => ticks++, 5);
    const result = await simulate({ ...long, horizon: 6000 }, { thread });
    clearInterval(timer);
    const elapsed = performance.now() - began;
    expect(result.status).toBe('completed');
    expect(elapsed).toBeGreaterThan(200);
    expect(ticks).toBeGreaterThan((share * elapsed) / 5);
  });
});
