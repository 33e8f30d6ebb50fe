/**
 * Neither windows nor guesses are seen in what a system in partitions does. The checked build also looks at every decision once
 * more at the end of each window, and at all records at the end of each epoch.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIFT_OF_IDLE, REVERSED, WINDOWS } from '../../src/engine/layout.js';
import { runTo, start, systems } from './systems.js';

/** Hashes of the states that the engine has reached; renewed only when its events are meant to change. */
const GOLDEN: Record<string, string> = {
  'short windows': 'a6cac1171f533f3c',
  'long windows, partitions of unequal size': 'ed85b8c19d6b4d49',
  'windows too long for what can be taken back': '9a796f165e67ae0b',
  'no margin: the floor is passed again and again': 'd3379f506532b6d9',
  'queues, and too few idle servers at first': 'ad155125d65f779f',
  'a schedule': 'a190302cd4a9770e',
};

describe.each(Object.entries(systems))('%s', (name, system) => {
  const { horizon } = system.config;

  it('reaches the committed state', async () => {
    const run = await start(system, false);
    runTo(run, horizon);
    expect(run.stateHash()).toBe(GOLDEN[name]);
    const { partitions } = run.result().engine;
    expect(partitions?.count).toBe(system.partitions.parts);
    expect(partitions?.windows).toBeGreaterThan(100);
    expect(partitions?.reversed).toBeGreaterThan(0);
  });

  it('does so whatever is guessed within windows', async () => {
    const wild = await start(system);
    const plain = await start(system);
    runTo(plain, horizon);
    const random = numbers(7);
    while (!wild.advance(horizon, 1)) {
      const scale = (random() < 0.5 ? 20 : 2) * system.config.servers;
      wild.state.setF64(DRIFT_OF_IDLE, scale * (random() - 0.5));
    }
    expect(wild.stateHash()).toBe(GOLDEN[name]);
    expect(plain.stateHash()).toBe(GOLDEN[name]);
    const reversed = (run: typeof wild) =>
      run.state.getCount(REVERSED) / run.state.getCount(WINDOWS);
    expect(reversed(wild)).toBeGreaterThan(reversed(plain));
  });

  it('does so wherever it is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: horizon, noNaN: true }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 60 }),
        async (stops, blocks) => {
          const run = await start(system, false);
          for (const stop of stops.sort((a, b) => a - b)) runTo(run, stop, blocks);
          runTo(run, horizon, blocks);
          return run.stateHash() === GOLDEN[name];
        },
      ),
      { numRuns: 8, seed: 3 },
    );
  });

  it('does so whatever is recorded', async () => {
    const record = { interval: horizon / 777, servers: [0, 1, system.config.servers - 1] };
    const run = await start({ ...system, config: { ...system.config, record, warmup: 9.25 } });
    runTo(run, horizon);
    expect(run.stateHash()).toBe(GOLDEN[name]);
  });
});

/** Park and Miller's numbers between 0 and 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
