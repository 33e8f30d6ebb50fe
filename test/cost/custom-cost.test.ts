/** Costs beyond the families: expressions and code, tabulated for the engine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostChoice, costFunctions, PAPER_COST, resolveCost } from '../../src/cost/cost.js';
import { CheckpointError, optimalRate, Simulation, simulate, upperRate } from '../../src/index.js';
import { rawKernel } from '../engine/raw-kernel.js';
import { fixedPoint } from '../reference/exact-laws.js';
import { studentInterval } from '../reference/statistics.js';

const REMARK_2_2: CostChoice = {
  g: { family: 'shifted', a: 1, p: 1 },
  h: { family: 'power', b: 0.05, q: 3 },
};

/** The same costs in other words. */
const sames: [string, CostChoice, CostChoice][] = [
  ['the paper’s as expressions', PAPER_COST, { g: '1/x', h: '0.1*x^2' }],
  ['one family, one expression', PAPER_COST, { g: PAPER_COST.g, h: '0.1 x^2' }],
  [
    'the paper’s as code with derivatives',
    PAPER_COST,
    {
      g: { f: (x) => 1 / x, df: (x) => -1 / (x * x), ddf: (x) => 2 / x ** 3 },
      h: { f: (x) => 0.1 * x * x, df: (x) => 0.2 * x, ddf: () => 0.2 },
    },
  ],
  ['the paper’s as bare functions', PAPER_COST, { g: (x) => 1 / x, h: (x) => 0.1 * x * x }],
  ['Remark 2.2 as expressions', REMARK_2_2, { g: '1/(1+x)', h: '0.05*x^3' }],
];

describe.each(sames)('%s', (name, family, custom) => {
  const bare = name.includes('bare');

  it('has the same functions, optimum and bound', async () => {
    const one = await resolveCost(family);
    const other = await resolveCost(custom);
    for (const x of [1e-3, 0.1, 0.8, 1.5874, 2.2, 7]) {
      for (const key of ['g', 'dg', 'ddg', 'h', 'dh', 'ddh'] as const) {
        const error = Math.abs(other[key](x) / one[key](x) - 1);
        // a derivative of a derivative found numerically keeps half as many digits again
        expect(error, `${key}(${x})`).toBeLessThan(
          bare ? (key.startsWith('dd') ? 1e-7 : 1e-10) : 1e-12,
        );
      }
    }
    const tolerance = bare ? 1e-10 : 1e-12;
    expect(Math.abs(optimalRate(other, 0.8) / optimalRate(one, 0.8) - 1)).toBeLessThan(tolerance);
    expect(Math.abs(upperRate(other) / upperRate(one) - 1)).toBeLessThan(tolerance);
  });

  it.each([500, 100, 10])('moves rates as the family does, to 1e-9, at m = %i', async (m) => {
    const config = { inverseStepSize: m, initialRates: 5 };
    const native = await rawKernel({ ...config, cost: family });
    const tabulated = await rawKernel({ ...config, cost: custom });
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.integer({ min: 0, max: 1 }),
        fc.double({ min: 1e-3, max: 20, noNaN: true }),
        (rate, signal, slope, dt) => {
          const one = native.kernel.advanceRate(native.plan.state, rate, signal, slope, dt);
          const other = tabulated.kernel.advanceRate(tabulated.plan.state, rate, signal, slope, dt);
          return Math.abs(other / one - 1) < 1e-9;
        },
      ),
      { numRuns: 300, seed: 6 },
    );
    for (const dt of [1e-6, 0.1, 5]) {
      const one = native.kernel.advanceRate(native.plan.state, 0, 0.5, 1, dt);
      const other = tabulated.kernel.advanceRate(tabulated.plan.state, 0, 0.5, 1, dt);
      expect(Math.abs(other / one - 1)).toBeLessThan(1e-9);
    }
  });

  it('has the same power cost, from the same rates', async () => {
    // frozen rates make the same events; only h is asked
    const config = {
      servers: 20,
      arrivalRate: 0.5,
      inverseStepSize: 'inf' as const,
      horizon: 100,
    };
    const one = await simulate({ ...config, cost: family });
    const other = await simulate({ ...config, cost: custom });
    expect(other.stateHash).toBe(one.stateHash);
    expect(Math.abs((other.cost.power as number) / (one.cost.power as number) - 1)).toBeLessThan(
      1e-11,
    );
    expect(other.cost.delay).toBeCloseTo(one.cost.delay as number, 12);
  });
});

describe('a simulation with an expression', () => {
  it('has the fixed point of the family (false alarm 1e-6)', async () => {
    const means: number[] = [];
    for (let k = 0; k < 20; k++) {
      const { serviceRate } = await simulate({
        servers: 25,
        arrivalRate: 0.8,
        inverseStepSize: 500,
        cost: { g: '1/x', h: '0.1*x^2' },
        horizon: 20_000,
        warmup: 4000,
        record: { interval: 20 },
        seed: `expression ${k}`,
      });
      means.push(serviceRate.mean as number);
    }
    const { mean, halfWidth } = studentInterval(means, 1e-6);
    expect(Math.abs(mean - fixedPoint(0.8, 25))).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(2.5e-3);
  });

  it('is reproduced from its own JSON and goes on from a checkpoint', async () => {
    const config = {
      servers: 10,
      arrivalRate: 0.8,
      inverseStepSize: 50,
      cost: { g: 'exp(-x)', h: '0.1*x^2' },
      horizon: 300,
    };
    const result = await simulate(config);
    const again = await simulate(JSON.parse(JSON.stringify(result.config)));
    expect(again.stateHash).toBe(result.stateHash);
    const half = await Simulation.create(config, { checked: true });
    half.runUntil(123);
    const rest = await Simulation.restore(await half.checkpoint(), { checked: true });
    rest.extend(400);
    rest.runUntil(300);
    expect(rest.stateHash()).toBe(result.stateHash);
  });
});

describe('costs that cannot be used are refused', () => {
  const run = (cost: object) =>
    Simulation.create({
      servers: 2,
      arrivalRate: 1,
      inverseStepSize: 10,
      horizon: 1,
      cost,
    } as never);

  it.each([
    [{ g: '1/y' }, /^cost\.g: got "1\/y"; must be a smooth expression in x: there is no y/],
    [{ g: '1/max(x, 1)' }, /^cost\.g: .*there is no max \(at character 3\)/],
    [{ g: '1/x + abs(x - 0.7)' }, /^cost/],
    [{ g: '1/(x' }, /^cost\.g: got "1\/\(x"/],
    [{ g: 'x = 3' }, /^cost\.g: .*only arithmetic/],
    [{ g: '[1, x]' }, /^cost\.g: .*only arithmetic/],
    [{ g: '' }, /^cost\.g: got ""; must be an expression in x/],
    [{ h: '-x' }, /^cost: .*no finite bound/],
    [{ g: 'x' }, /^cost: .*no finite bound/],
    [{ g: 3 }, /^cost\.g: got 3/],
    [{ g: { f: 3 } }, /^cost\.g\.f: got 3/],
    [{ g: { f: (x: number) => 1 / x, d: 1 } }, /^cost\.g\.d: unknown field/],
    [{ h: (x: number) => (x < 1 ? 0.1 * x * x : 0.1 * x * x + (x - 1)) }, /^cost/],
    [{ h: (x: number) => Math.sqrt(x - 1) }, /^cost/],
  ])('%j', async (cost, message) => {
    await expect(run(cost)).rejects.toThrow(message);
  });

  it('and code cannot be saved', async () => {
    const simulation = await run({ g: (x: number) => 1 / x });
    await expect(simulation.checkpoint()).rejects.toThrow(CheckpointError);
  });
});

describe('costFunctions', () => {
  it('has derivatives that fit its functions', () => {
    const cost = costFunctions({
      g: { family: 'shifted', a: 2, p: 1.5 },
      h: { family: 'power', b: 0.3, q: 2.5 },
    });
    const slope = (f: (x: number) => number, x: number) => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
    for (const x of [0.3, 1, 4]) {
      expect(cost.dg(x)).toBeCloseTo(slope(cost.g, x), 8);
      expect(cost.ddg(x)).toBeCloseTo(slope(cost.dg, x), 8);
      expect(cost.dh(x)).toBeCloseTo(slope(cost.h, x), 8);
      expect(cost.ddh(x)).toBeCloseTo(slope(cost.dh, x), 8);
    }
  });
});
