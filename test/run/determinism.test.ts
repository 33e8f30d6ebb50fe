/** The same seed gives the same bits, however the run is cut, watched, saved, or where it runs. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK, EPOCH_START, RECORDS, ROWS, WARM } from '../../src/engine/layout.js';
import { CheckpointError, Simulation, type SimulationConfig, simulate } from '../../src/index.js';
import { rawKernel } from '../engine/raw-kernel.js';
import { golden, systems } from './golden.js';

async function hashOf(config: SimulationConfig): Promise<string> {
  const simulation = await Simulation.create(config);
  simulation.runUntil();
  return simulation.stateHash();
}

describe.each(Object.entries(systems))('%s', (name, config) => {
  it('reaches the committed state', async () => {
    expect(await hashOf(config)).toBe(golden[name]);
  });

  it('does so in the checked build too', async () => {
    const simulation = await Simulation.create(config, { checked: true });
    simulation.runUntil();
    expect(simulation.stateHash()).toBe(golden[name]);
  });

  it('does so whatever is recorded, from whatever warm-up on', async () => {
    const { horizon } = config;
    for (const more of [
      { record: { interval: horizon } },
      { record: { interval: horizon / 333, quantiles: [0.25], servers: 'all' as const } },
      { record: { interval: horizon / 7, quantiles: [] }, warmup: horizon / 3 },
      { warmup: horizon },
    ]) {
      if (name === 'large' && more.record?.servers) continue; // 480 million bytes for nothing new
      expect(await hashOf({ ...config, ...more })).toBe(golden[name]);
    }
  });

  it('does so however it is cut into steps, and while being looked at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5000 }),
        async (stops, candidates) => {
          const simulation = await Simulation.create(config);
          for (const stop of stops.sort((a, b) => a - b)) {
            simulation.runUntil(Math.max(simulation.time, stop * config.horizon));
            simulation.step(candidates);
            simulation.rates();
            simulation.result();
          }
          simulation.runUntil();
          return simulation.stateHash() === golden[name];
        },
      ),
      { numRuns: name === 'large' ? 2 : 15, seed: 4 },
    );
  });

  it('does so in time slices', async () => {
    const result = await simulate(config, { onProgress: () => {} });
    expect(result.stateHash).toBe(golden[name]);
  });

  it('goes on from a checkpoint bit for bit, figures and trajectory included', async () => {
    const whole = await Simulation.create({ ...config, warmup: config.horizon / 4 });
    whole.runUntil();
    const first = await Simulation.create({ ...config, warmup: config.horizon / 4 });
    first.runUntil(config.horizon * 0.377);
    const second = await Simulation.restore(await first.checkpoint());
    second.step(1000); // mid-block or not
    const third = await Simulation.restore(await second.checkpoint());
    third.runUntil();
    expect(third.stateHash()).toBe(golden[name]);
    const figures = ({ engine: _, ...rest }: ReturnType<Simulation['result']>) => rest;
    expect(figures(third.result())).toEqual(figures(whole.result()));
    expect(third.trajectory.copy()).toEqual(whole.trajectory.copy());
  });

  it('has a horizon that can be moved: the same as the later one from the start', async () => {
    const simulation = await Simulation.create({
      ...config,
      horizon: config.horizon / 2,
      record: { interval: config.horizon / 50, servers: [0, 2] },
    });
    simulation.runUntil();
    simulation.extend(config.horizon);
    simulation.runUntil();
    const whole = await Simulation.create({
      ...config,
      record: { interval: config.horizon / 50, servers: [0, 2] },
    });
    whole.runUntil();
    expect(simulation.stateHash()).toBe(golden[name]);
    expect(simulation.trajectory.copy()).toEqual(whole.trajectory.copy());
  });

  it('differs for another seed', async () => {
    expect(await hashOf({ ...config, seed: 2 })).not.toBe(golden[name]);
  });
});

describe('the same bits elsewhere', () => {
  it('in another process', () => {
    const program = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const script = `
      import { simulate } from ${JSON.stringify(program)};
      console.log((await simulate(${JSON.stringify(systems.paper)})).stateHash);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(output.toString().trim()).toBe(golden.paper);
  });

  it('for a seed given as a number or as its digits', async () => {
    expect(await hashOf({ ...systems.paper, seed: '1' })).toBe(golden.paper);
  });

  it('for the configuration that a result reports, through JSON', async () => {
    const { config } = await simulate({
      ...systems.fewPlaces,
      inverseStepSize: Infinity,
      buffer: Infinity,
    });
    const again = await simulate(JSON.parse(JSON.stringify(config)));
    expect(again.config).toEqual(config);
    expect(again.stateHash).toBe((await simulate(config)).stateHash);
  });
});

describe('the clock', () => {
  it('keeps its increments at t = 131,072 with a billion candidates per unit time', async () => {
    // epochs restart the clock: what has passed before must not cost a digit, and not change a bit
    const config = { servers: 10_000, arrivalRate: 1e5, inverseStepSize: 500, initialRates: 1e5 };
    const records = async (epochStart: number) => {
      const { kernel, plan, state, memory } = await rawKernel(config, 'release');
      state.setU32(ROWS, 0);
      state.setU32(WARM, 1);
      state.setF64(EPOCH_START, epochStart);
      expect(kernel.run(plan.state, epochStart + 2 ** -11, 1e9)).toBe(0);
      expect(state.getF64(EPOCH_START)).toBeGreaterThan(epochStart);
      return {
        clock: state.getF64(CLOCK),
        bytes: new Uint8Array(memory.buffer, state.getU32(RECORDS), 32 * 10_000).slice(),
      };
    };
    expect(await records(131_072)).toEqual(await records(0));
  });
});

describe('checkpoints', () => {
  const checkpoint = async () => {
    const simulation = await Simulation.create({ ...systems.paper, servers: 2 });
    simulation.runUntil(50);
    return simulation.checkpoint();
  };

  it('are refused when any byte is damaged', async () => {
    const bytes = await checkpoint();
    for (const at of [0, 30, 100, 1000, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x10;
      await expect(Simulation.restore(damaged)).rejects.toThrow(CheckpointError);
    }
  });

  it('are refused when cut off, and when they are something else', async () => {
    const bytes = await checkpoint();
    for (const length of [0, 10, 40, bytes.length - 1]) {
      await expect(Simulation.restore(bytes.slice(0, length))).rejects.toThrow(CheckpointError);
    }
    await expect(Simulation.restore(new TextEncoder().encode('{"servers": 3}'))).rejects.toThrow(
      'not a ratescale checkpoint',
    );
  });

  it('are refused by another build of the kernel, by name', async () => {
    await expect(Simulation.restore(await checkpoint(), { checked: true })).rejects.toThrow(
      /written by kernel [0-9a-f]{12}/,
    );
  });
});
