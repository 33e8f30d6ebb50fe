/** The same seed gives the same bits, however the run is cut, watched, saved, or where it runs. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK, EPOCH_START, RECORDS, ROWS, WARM } from '../../src/engine/layout.js';
import { CheckpointError, Simulation, type SimulationConfig, simulate } from '../../src/index.js';
import { rawKernel } from '../engine/raw-kernel.js';

const systems: Record<string, SimulationConfig> = {
  paper: { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 300 },
  fewPlaces: {
    servers: 25,
    arrivalRate: 1.4,
    inverseStepSize: 50,
    buffer: 3,
    initialTasks: 2,
    horizon: 300,
  },
  unbounded: {
    servers: 7,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    buffer: 'inf',
    initialTasks: 30,
    horizon: 500,
  },
  otherCost: {
    servers: 12,
    arrivalRate: 0.3,
    inverseStepSize: 80,
    cost: { g: { family: 'shifted', a: 1, p: 1 }, h: { family: 'power', b: 0.05, q: 3 } },
    horizon: 300,
  },
  frozen: {
    servers: 3,
    arrivalRate: 0.8,
    inverseStepSize: 'inf',
    initialRates: [1, 2, 0.5],
    horizon: 1000,
  },
  expression: {
    servers: 15,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    cost: { g: 'exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' },
    horizon: 300,
  },
  large: { servers: 120_000, arrivalRate: 0.8, inverseStepSize: 500, horizon: 3 },
  ...widerSystems(),
};

/** Every dispatch rule, kind of service law, classes, schedules, and all of it together. */
function widerSystems(): Record<string, SimulationConfig> {
  const base = { servers: 20, arrivalRate: 1, inverseStepSize: 100, horizon: 200 };
  const steep = { h: { family: 'power', b: 0.05, q: 3 } } as const;
  const schedule = [
    { time: 10, arrivalRate: 1.5 },
    { time: 33.3, inverseStepSize: 30 },
    { time: 60, arrivalRate: 0.2 },
    { time: 60, rates: 1.3 },
  ];
  return {
    longestIdle: { ...base, dispatch: 'longest-idle', buffer: 2 },
    shortestIdle: { ...base, dispatch: 'shortest-idle' },
    random: { ...base, dispatch: 'random', buffer: 'inf' },
    roundRobin: { ...base, dispatch: 'round-robin', buffer: 3 },
    shortestQueue: { ...base, dispatch: 'jsq', buffer: 'inf', initialTasks: 3 },
    shortestOfTwo: { ...base, dispatch: 'jsq:2', buffer: 4 },
    erlang: { ...base, service: 'erlang:3' },
    hyperexponential: { ...base, service: 'hyperexponential:0.3,0.4,2', buffer: 3 },
    scv: { ...base, service: 'scv:0.4', buffer: 'inf' },
    phaseType: {
      ...base,
      service: {
        alpha: [0.3, 0.7],
        T: [
          [-2, 1.5],
          [0.4, -0.8],
        ],
      },
      initialTasks: 1,
    },
    classes: {
      ...base,
      buffer: 2,
      classes: [{ servers: 5, cost: steep, initialRates: 2 }, { servers: 15 }],
    },
    schedule: { ...base, schedule },
    costOverTime: { ...base, schedule: [...schedule, { time: 100, cost: steep }] },
    period: { ...base, schedule, period: 75 },
    together: {
      ...base,
      dispatch: 'jsq:3',
      service: 'scv:2',
      buffer: 5,
      classes: [{ servers: 5, cost: steep, initialTasks: 2 }, { servers: 15 }],
      schedule,
      period: 70,
    },
  };
}

/**
 * Committed results: they change only when the engine's events change, which is a stated decision, since
 * nobody can then reproduce an earlier run with the new version.
 */
const golden: Record<string, string> = {
  paper: '3e9095b7fb7492e8',
  fewPlaces: '954e14208184fdfe',
  unbounded: '7e26e57ba9591b79',
  otherCost: '2f0c3bc6350e1a37',
  frozen: '6d034f59784d7f4f',
  expression: 'd15bdfd248adeeef',
  large: '23e9b001aa893982',
  longestIdle: '1f7dbd1bb8ba2025',
  shortestIdle: '053c38443b0e6c89',
  random: '5f4f13d20ed13dae',
  roundRobin: 'a6c33b20141b41d3',
  shortestQueue: '88b7af9171a1e081',
  shortestOfTwo: '648174cdb0d7f0e6',
  erlang: '1cb5102fe8e32075',
  hyperexponential: '07a2eb744c7abe2e',
  scv: 'e39905e37c5a5d53',
  phaseType: '40e555216f2d76e7',
  classes: 'dfa68adc30f7b509',
  schedule: '6c9fb4dd4fb00e4b',
  costOverTime: '8bad8812801bb38e',
  period: '2466a8272793acaa',
  together: '8a908f289f55f052',
};

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

describe('steering', () => {
  it('is part of the run: the same changes at the same times give the same bits', async () => {
    const steered = async (steps: number[]) => {
      const simulation = await Simulation.create(systems.paper);
      for (const stop of steps) simulation.runUntil(stop);
      simulation.update({ arrivalRate: 1.2 });
      simulation.update({ inverseStepSize: 50 });
      simulation.runUntil(200);
      simulation.update({ inverseStepSize: 'inf' });
      const rates = simulation.rates();
      simulation.runUntil();
      expect(simulation.rates()).toEqual(rates);
      return simulation.result();
    };
    const result = await steered([100]);
    expect((await steered([3, 50, 99.9, 100])).stateHash).toBe(result.stateHash);
    expect(result.config.schedule).toEqual([
      { time: 100, arrivalRate: 1.2 },
      { time: 100, inverseStepSize: 50 },
      { time: 200, inverseStepSize: 'inf' },
    ]);
    expect((await simulate(result.config)).stateHash).toBe(result.stateHash);
  });

  it('ends in a configuration that repeats the run, whenever it is done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            candidates: fc.integer({ min: 1, max: 3000 }),
            arrivalRate: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
            inverseStepSize: fc.constantFrom(20, 500, 'inf' as const),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.boolean(),
        async (changes, restored) => {
          const config = { ...systems.paper, servers: 30, horizon: 500.3 };
          let simulation = await Simulation.create(config, { checked: true });
          for (const { candidates, arrivalRate, inverseStepSize } of changes) {
            simulation.step(candidates);
            simulation.update({ arrivalRate: arrivalRate });
            simulation.update({ inverseStepSize: inverseStepSize });
            if (restored) {
              simulation = await Simulation.restore(await simulation.checkpoint(), {
                checked: true,
              });
            }
          }
          simulation.runUntil();
          const result = simulation.result();
          const again = await simulate(result.config, { thread: 'here' });
          expect(again.stateHash).toBe(result.stateHash);
          expect(again.config).toEqual(result.config);
          const { meanQueueLength, meanIdleSignal, cost } = result;
          expect(again).toMatchObject({ meanQueueLength, meanIdleSignal, cost });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes effect: the arrival rate of the rest of the run is the new one', async () => {
    const simulation = await Simulation.create({
      servers: 100,
      arrivalRate: 0.2,
      inverseStepSize: 500,
      horizon: 1000,
      warmup: 500,
    });
    simulation.runUntil(500);
    simulation.update({ arrivalRate: 0.9 });
    simulation.runUntil();
    // Poisson with mean 45,000: 4.9 sd leave 1e-6 outside
    expect(Math.abs(simulation.result().events.arrivals - 45_000)).toBeLessThan(
      4.9 * Math.sqrt(45_000),
    );
  });

  it('the delay cost takes the time average of λ over the window, across checkpoints too', async () => {
    const horizon = 2000;
    const steered = async (warmup: number) => {
      const simulation = await Simulation.create({
        servers: 100,
        arrivalRate: 0.2,
        inverseStepSize: 'inf',
        initialRates: 3,
        buffer: 'inf',
        horizon,
        warmup,
      });
      simulation.runUntil(500);
      simulation.update({ arrivalRate: 1.4 });
      simulation.update({ inverseStepSize: 1e6 }); // as good as frozen, and no change of λ
      simulation.runUntil(1500);
      const rest = await Simulation.restore(await simulation.checkpoint());
      rest.update({ arrivalRate: 0.6 });
      rest.runUntil();
      return rest.result();
    };
    const means = { 0: (500 * 0.2 + 1000 * 1.4 + 500 * 0.6) / 2000, 500: 1700 / 1500, 1600: 0.6 };
    for (const [warmup, mean] of Object.entries(means)) {
      const { cost, meanSojournTime, meanQueueLength, events } = await steered(Number(warmup));
      expect(cost.delay).toBeCloseTo(mean * (meanSojournTime as number), 12);
      // nothing is dropped, so with g(x) = 1/x and by Little's law it is the mean number of tasks per server,
      // as far as arrivals keep to their mean: 5 sd of a Poisson count
      const error = Math.abs((cost.delay as number) / (meanQueueLength as number) - 1);
      expect(error).toBeLessThan(5 / Math.sqrt(events.arrivals));
    }
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
