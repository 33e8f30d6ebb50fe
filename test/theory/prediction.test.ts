import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostChoice, resolveCost } from '../../src/cost/cost.js';
import type { SimulationConfig } from '../../src/index.js';
import {
  ConfigError,
  costFunctions,
  PAPER_COST,
  simulate,
  validateConfig,
} from '../../src/index.js';
import type { Service } from '../../src/service/law.js';
import { fixedPoint, loadWarning, predict } from '../../src/theory/index.js';
import { QueueingChain } from '../../src/theory/queueing-signal.js';

const DISPATCH = [
  'jiq',
  'random',
  'round-robin',
  'jsq',
  'jsq:3',
  'longest-idle',
  'shortest-idle',
] as const;
const SERVICES = [
  'exponential',
  'erlang:4',
  'scv:9',
  {
    alpha: [1, 0],
    T: [
      [-1, 1],
      [0, -3],
    ],
    scale: false,
  },
] satisfies Service[];

const base = { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 1 };

describe('predict', () => {
  it('says the same of one cost as family, as expressions and as code, to 1e-12', async () => {
    const costs: CostChoice[] = [
      PAPER_COST,
      { g: '1/x', h: '0.1*x^2' },
      {
        g: { f: (x) => 1 / x, df: (x) => -1 / x ** 2, ddf: (x) => 2 / x ** 3 },
        h: { f: (x) => 0.1 * x ** 2, df: (x) => 0.2 * x, ddf: () => 0.2 },
      },
    ];
    const [family, ...others] = await Promise.all(
      costs.map(async (cost) => {
        const { assumptions, ...figures } = await predict({ ...base, cost });
        expect(assumptions.every(({ holds }) => holds)).toBe(true);
        return figures;
      }),
    );
    const numbers = (value: unknown): number[] => {
      if (typeof value === 'number') return [value];
      return value && typeof value === 'object' ? Object.values(value).flatMap(numbers) : [];
    };
    for (const other of others) {
      numbers(other).forEach((x, i) => {
        expect(Math.abs(x - numbers(family)[i])).toBeLessThan(1e-12 * Math.max(1, Math.abs(x)));
      });
    }
  });

  it('offers the stationary law only where it is exact', async () => {
    const of = (more: object) => predict({ ...base, ...more });
    const frozen = { inverseStepSize: 'inf', initialRates: 1.2 };
    expect((await of(frozen)).stationaryLaw?.busyFraction).toBeCloseTo(0.8 / 1.2, 4);
    for (const more of [{}, { ...frozen, buffer: 2 }, { inverseStepSize: 'inf' }]) {
      expect((await of(more)).stationaryLaw).toBeNull();
    }
    expect((await of(frozen)).band).toBeNull();
    expect((await of(frozen)).timescaleRatio).toBeNull();
  });

  it('takes a moment for ten million servers, whose bias falls like 1/n', async () => {
    const cost = costFunctions(PAPER_COST);
    const limit = fixedPoint(cost, 0.8, Number.POSITIVE_INFINITY).rate;
    const bias = (servers: number) => limit - fixedPoint(cost, 0.8, servers).rate;
    for (const servers of [100_000, 10_000_000]) {
      expect(Math.abs((servers * bias(servers)) / (1000 * bias(1000)) - 1)).toBeLessThan(2e-3);
    }
  });

  it('leaves out, with reasons, what needs idle servers where μ* ≤ λ, and levels that no band has', async () => {
    const overloaded = await predict({ ...base, arrivalRate: 3 });
    expect(overloaded).toMatchObject({ relaxationRate: null, timescaleRatio: null });
    expect(overloaded.reasons.relaxationRate).toMatch(/must be below the optimal rate/);
    expect(overloaded.assumptions.find(({ clause }) => clause === 'v')?.holds).toBe(false);
    const { band } = await predict({ ...base, record: { quantiles: [0, 0.05, 0.5, 1] } });
    expect(band?.levels).toEqual([0.05, 0.5]);
  });

  it('gives what it can where the cost has no optimal rate', async () => {
    const config = { servers: 5, arrivalRate: 50, inverseStepSize: 10, horizon: 1 };
    const cost = { g: '1/x-0.001*x^3', h: '0.1*x^2' };
    const { optimalRate, fixedPoint, thresholds, reasons } = await predict({ ...config, cost });
    expect(optimalRate).toBeNull();
    expect(reasons.optimalRate).toMatch(/no optimal rate/);
    expect(fixedPoint?.rate).toBeLessThan(thresholds?.upper as number);
    expect(fixedPoint?.regret).toBeNull();
    expect(thresholds?.upper).toBeGreaterThan(0);
  });

  it('never throws for a configuration that can be run, and every null has its reason', async () => {
    const power = (low: number, high: number) =>
      fc.double({ min: low, max: high, noNaN: true }).map((exponent) => 10 ** exponent);
    const family = fc.record({
      family: fc.constantFrom('power' as const, 'shifted' as const),
      a: power(-9, 9),
      p: fc.double({ min: 0.01, max: 20, noNaN: true }),
    });
    const running = fc.record({
      family: fc.constant('power' as const),
      b: power(-9, 9),
      q: fc.double({ min: 1, max: 20, noNaN: true }),
    });
    let legal = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          servers: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 51, max: 5000 })),
          arrivalRate: power(-9, 9),
          inverseStepSize: fc.oneof(power(-3, 15), fc.constant('inf' as const)),
          buffer: fc.constantFrom(1, 2, 7, 'inf' as const),
          initialRates: fc.constantFrom(0, 1e-9, 1, 1e9),
          dispatch: fc.constantFrom(...DISPATCH),
          service: fc.constantFrom(...SERVICES),
          kind: fc.constantFrom('alike', 'classes', 'schedule'),
          cost: fc.oneof(
            { weight: 9, arbitrary: fc.record({ g: family, h: running }) },
            {
              weight: 6,
              arbitrary: fc.constantFrom(
                { g: '1/x-0.001*x^3', h: '0.1*x^2' },
                { g: 'exp(-x)', h: 'x^2/100' },
              ),
            },
            {
              weight: 1, // slow: its derivatives are found numerically
              arbitrary: fc.constant({ g: (x: number) => 1 / x, h: (x: number) => x ** 3 }),
            },
          ),
        }),
        async ({ kind, dispatch: rule, ...system }) => {
          const { servers, cost } = system;
          const dispatch = rule === 'jsq:3' && servers < 3 ? 'random' : rule;
          const first = Math.ceil(servers / 3);
          const config: SimulationConfig = {
            ...system,
            dispatch,
            horizon: 1,
            ...(kind === 'schedule' && { schedule: [{ time: 0.5, arrivalRate: 2 }] }),
            ...(kind === 'classes' &&
              servers > 1 && {
                classes: [
                  { servers: first, cost: { h: { family: 'power', b: 0.3, q: 2 } } },
                  { servers: servers - first, cost },
                ],
              }),
          };
          try {
            await resolveCost(validateConfig(config).cost);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError); // refused by `simulate`, too
            return;
          }
          legal++;
          const { reasons, ...parts } = await predict(config);
          const missing = Object.keys(parts).filter((name) => parts[name as 'band'] === null);
          expect(Object.keys(reasons).sort()).toEqual(missing.sort());
          expect(JSON.stringify(parts)).toBe(JSON.stringify(JSON.parse(JSON.stringify(parts))));
        },
      ),
      { numRuns: 150 },
    );
    expect(legal).toBeGreaterThan(50);
  }, 120_000);

  describe('with queues', () => {
    const of = async (more: object) => predict({ ...base, ...more });

    it('knows a single server: M/M/1 and M/M/1/K', async () => {
      const { dg, dh } = costFunctions(PAPER_COST);
      const root = (rate: number, signal: number) => dg(rate) + dh(rate) * (signal + 1 / rate);
      const unbounded = (await of({ servers: 1, buffer: 'inf' })).fixedPoint?.rate as number;
      expect(root(unbounded, (1 - (0.8 / unbounded) ** 2) / 0.8)).toBeCloseTo(0, 12);
      const two = (await of({ servers: 1, buffer: 2 })).fixedPoint?.rate as number;
      const load = 0.8 / two;
      expect(root(two, (1 + load) / (1 + load + load ** 2) / 0.8)).toBeCloseTo(0, 12);
    });

    it('has the value of unit buffers where all servers are hardly ever busy', async () => {
      const { fixedPoint: queues, band } = await of({ buffer: 'inf' });
      expect(queues?.rate).toBe((await of({})).fixedPoint?.rate);
      expect(band?.valid).toBe(true);
    });

    // simulated at m = 2000: 1.5233 ± 0.0007 and 1.5424 ± 0.0006 (95 %)
    it.each([
      [2, 1.5233, 0.0011],
      [3, 1.5424, 0.0009],
    ])('counts the queues of %i servers', async (servers, simulated, within) => {
      const { fixedPoint: point, band } = await of({ servers, buffer: 'inf' });
      expect(Math.abs((point?.rate as number) - simulated)).toBeLessThan(within);
      expect(band).toBeNull();
    });

    it('counts queues as a single server’s and as simulated', async () => {
      const [rate, lambda] = [1.4, 0.8];
      const single = QueueingChain.create(1, Number.POSITIVE_INFINITY, 80, 1000);
      expect(single?.idleSignal(rate, lambda)).toBeCloseTo((1 - (lambda / rate) ** 2) / lambda, 10);
      for (const [servers, buffer] of [
        [2, 3],
        [4, 2],
      ]) {
        const chain = QueueingChain.create(servers, buffer, servers * (buffer - 1), 1000);
        const { meanIdleSignal } = await simulate({
          servers,
          buffer,
          arrivalRate: lambda,
          inverseStepSize: 'inf',
          initialRates: 1,
          warmup: 1000,
          horizon: 1_000_000,
          record: { interval: 1e5 },
        });
        // relative standard error about 1e-3 or less
        expect(
          Math.abs((meanIdleSignal as number) / (chain?.idleSignal(1, lambda) ?? 0) - 1),
        ).toBeLessThan(5e-3);
      }
    }, 20_000);

    it('warns where servers cannot keep up, and only there', () => {
      const cost = costFunctions(PAPER_COST);
      const of = (more: object) => loadWarning(validateConfig({ ...base, ...more }), cost);
      expect(of({ buffer: 'inf', arrivalRate: 2.3 })).toMatch(/2\.3 tasks .* at most 2\.236/);
      expect(of({ buffer: 'inf', arrivalRate: 2.2 })).toBeNull();
      expect(of({ arrivalRate: 2.3 })).toBeNull();
      const frozen = { buffer: 'inf', inverseStepSize: 'inf', servers: 2 };
      expect(of({ ...frozen, initialRates: [0.5, 1] })).toMatch(/at most 0\.7500/);
      expect(of({ ...frozen, initialRates: [0.5, 1.2] })).toBeNull();
    });

    it('refuses elsewhere', async () => {
      const few = await of({ servers: 30, arrivalRate: 1.7, buffer: 'inf' });
      expect(few).toMatchObject({ fixedPoint: null, band: null });
      expect(few.reasons.fixedPoint).toMatch(/not known here: all 30 servers/);
    });
  });

  describe('of other systems', () => {
    const of = (more: Partial<SimulationConfig>) => predict({ ...base, ...more });
    const inf = { buffer: 'inf' } as const;

    it('random dispatch: every server by itself, far below the best rate', async () => {
      const queues = await of({ ...inf, arrivalRate: 0.5, dispatch: 'random' });
      expect(queues.fixedPoint?.rate).toBeCloseTo(1.2636, 5);
      expect(queues.fixedPoint?.approximation).toBeNull();
      expect(queues.optimalRate).toBeCloseTo(1.70936, 5);
      expect(1 - (queues.fixedPoint?.rate ?? 0) / (queues.optimalRate ?? 1)).toBeCloseTo(0.26, 2);
      const varied = await of({ ...inf, arrivalRate: 0.5, dispatch: 'random', service: 'scv:4' });
      expect(varied.fixedPoint?.rate).toBe(queues.fixedPoint?.rate);
      expect(varied.optimalRate).toBeGreaterThan(1.8);
      const unit = await of({ dispatch: 'random', service: 'erlang:3' });
      expect(unit.fixedPoint?.rate).toBeCloseTo(1.36062941, 8);
      expect(unit.optimalRate).toBeCloseTo(1.58740105, 8);
    });

    // simulated at m = 1000 over 250,000 units of time, n = 100: 1.4788, sd 0.00988; 1.6626 ± 0.0002; 1.6231 ± 0.0002; 1.5818 ± 0.0002;
    // 1.5446 ± 0.0003; 1.5862 ± 0.0003, sd 0.00730 (95 %)
    it.each<[Partial<SimulationConfig>, number, number | null]>([
      [{ dispatch: 'jsq:2' }, 1.4788, 0.00988],
      [{ dispatch: 'longest-idle' }, 1.6626, null],
      [{ dispatch: 'round-robin', ...inf }, 1.6231, null],
      [{ dispatch: 'round-robin' }, 1.5818, null],
      [{ dispatch: 'jsq:2', ...inf }, 1.5446, null],
      [{ service: 'erlang:3' }, 1.5862, 0.0073],
      [{ service: 'scv:20' }, 1.5863, 0.0159],
    ])('%j: as simulated', async (more, simulated, sd) => {
      const { fixedPoint: point, band } = await of({ ...more, inverseStepSize: 1000 });
      expect(Math.abs((point?.rate ?? 0) - simulated)).toBeLessThan(6e-4);
      if (sd === null) expect(band).toBeNull();
      else expect(Math.abs((band?.sd ?? 0) / sd - 1)).toBeLessThan(0.01);
    });

    it('says that it is not exact where it is not', async () => {
      const { fixedPoint: point } = await of({ service: 'scv:4' });
      expect(point?.approximation).toMatch(/exponential work/);
      expect((await of({ dispatch: 'jsq:2', ...inf })).fixedPoint?.approximation).toMatch(/limit/);
    });

    const KNOWN = ['fixedPoint', 'band', 'stationaryLaw', 'expectedIdleSignal'] as const;
    it.each<[Partial<SimulationConfig>, RegExp]>([
      [{ dispatch: 'jsq:2', ...inf, servers: 99 }, /many servers only, at least 100/],
      [{ dispatch: 'jsq', ...inf, servers: 4 }, /queues under jsq are not known/],
      [{ dispatch: 'jsq:2', ...inf, service: 'scv:2' }, /exponential work only/],
      [{ dispatch: 'random', buffer: 3, service: 'erlang:2' }, /exponential work only/],
      [{ dispatch: 'round-robin', service: 'erlang:2' }, /exponential work only/],
      [{ dispatch: 'round-robin', buffer: 3 }, /unit and for unbounded buffers only/],
      [{ dispatch: 'shortest-idle' }, /the servers split/],
      [{ schedule: [{ time: 3, arrivalRate: 2 }] }, /the load changes over time/],
    ])('%j: nothing, with a reason', async (more, reason) => {
      const adaptive = await of(more);
      expect([adaptive.fixedPoint, adaptive.band]).toEqual([null, null]);
      expect(adaptive.reasons.fixedPoint).toMatch(reason);
      if (more.dispatch === 'shortest-idle') return; // its counts of busy servers are known
      const frozen = await of({ ...more, inverseStepSize: 'inf', initialRates: 1.2 });
      for (const part of KNOWN) expect(frozen[part]).toBeNull();
      expect(frozen.reasons.stationaryLaw).toMatch(reason);
    });

    it('leaves queues out of account where they hardly ever form, under each rule', async () => {
      for (const dispatch of ['jsq', 'jsq:50', 'longest-idle'] as const) {
        const unit = await of({ dispatch });
        const queues = await of({ ...inf, dispatch });
        expect(queues.fixedPoint).toEqual(unit.fixedPoint);
        expect(queues.optimalRate).toBe(unit.optimalRate);
      }
    });

    it('frozen rates: the law of each kind of system', async () => {
      const frozen = (more: Partial<SimulationConfig>) =>
        of({ inverseStepSize: 'inf', initialRates: 1.2, ...more });
      const tasks = async (more: Partial<SimulationConfig>) =>
        (await frozen(more)).stationaryLaw?.meanTasks;
      const load = 0.8 / 1.2;
      expect(await tasks({ dispatch: 'random', ...inf })).toBeCloseTo(load / (1 - load), 12);
      expect(await tasks({ dispatch: 'random', ...inf, service: 'scv:4' })).toBeCloseTo(
        load + (load ** 2 * 5) / 2 / (1 - load),
        12,
      );
      expect(await tasks({ dispatch: 'jsq:2', ...inf })).toBeCloseTo(
        [1, 3, 7, 15, 31, 63].reduce((sum, power) => sum + load ** power, 0),
        10,
      );
      // counts of busy servers are Erlang's under each rule that finds an idle server, for every law of work
      const erlang = (await frozen({ servers: 5 })).stationaryLaw;
      for (const dispatch of ['jsq', 'longest-idle', 'shortest-idle'] as const) {
        const { stationaryLaw: law } = await frozen({ servers: 5, dispatch, service: 'erlang:3' });
        expect(law?.blockingProbability).toBeCloseTo(erlang?.blockingProbability ?? 0, 12);
      }
      const slow = await frozen({ dispatch: 'random', ...inf, initialRates: 0.7 });
      expect(slow.reasons.stationaryLaw).toMatch(/a server of rate 0\.7 cannot keep up/);
      // work of mean 2 is as servers of half the rate
      const twice = { alpha: [1], T: [[-0.5]], scale: false };
      const long = await frozen({ service: twice, arrivalRate: 0.4 });
      expect(long.stationaryLaw?.busyFraction).toBeCloseTo(load, 3);
    });

    it('classes: each its fixed point and best rate', async () => {
      const dear = { servers: 50, cost: { h: { family: 'power', b: 0.4, q: 2 } } } as const;
      const {
        classes,
        fixedPoint: point,
        optimalCost,
      } = await of({ classes: [dear, { servers: 50 }] });
      expect(classes?.map(({ servers }) => servers)).toEqual([50, 50]);
      expect(classes?.[1]?.rate).toBeCloseTo(1.676968, 5);
      expect(classes?.[0]?.rate).toBeCloseTo(0.933187, 5);
      expect(classes?.[1]?.optimalRate).toBeCloseTo(1.811977, 5);
      expect(point?.rate).toBeCloseTo(1.305077, 5); // simulated: 1.3054 ± 0.00025 at m = 500
      expect(point?.regret).toBeCloseTo((point?.cost ?? 0) - (optimalCost ?? 0), 12);
      expect(point?.cost).toBeCloseTo(0.94671, 5); // simulated: 0.94661
      const alike = await of({ classes: [{ servers: 30 }, { servers: 70 }] });
      expect(alike).toEqual(await of({}));
      const apart = await of({ ...inf, dispatch: 'random', classes: [{ servers: 50 }, dear] });
      const alone = await of({ ...inf, dispatch: 'random' });
      expect(apart.classes?.[0]?.rate).toBe(alone.fixedPoint?.rate);
    });

    it('warns of a slow server where every server gets as many tasks', () => {
      const cost = costFunctions(PAPER_COST);
      const config = { ...base, ...inf, inverseStepSize: 'inf', servers: 2 } as const;
      const warning = (dispatch: SimulationConfig['dispatch']) =>
        loadWarning(validateConfig({ ...config, dispatch, initialRates: [0.5, 1.5] }), cost);
      expect(warning('jiq')).toBeNull();
      expect(warning('random')).toMatch(/at most 0\.5000/);
      expect(warning('round-robin')).toMatch(/at most 0\.5000/);
    });
  });

  it('centres the band on the fixed point of the finite system', async () => {
    const { band, fixedPoint } = await predict({ ...base, servers: 5 });
    expect(band?.values[1]).toBeCloseTo(fixedPoint?.rate as number, 12);
    expect((band?.values[2] as number) - (fixedPoint?.rate as number)).toBeCloseTo(
      1.6449 * (band?.sd as number),
      5,
    );
  });
});
