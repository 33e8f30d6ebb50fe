import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostChoice, resolveCost } from '../../src/cost/cost.js';
import {
  ConfigError,
  costFunctions,
  PAPER_COST,
  simulate,
  validateConfig,
} from '../../src/index.js';
import { fixedPoint, loadWarning, predict } from '../../src/theory/index.js';
import { QueueingChain } from '../../src/theory/queueing-signal.js';

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
          cost: fc.oneof(
            fc.record({ g: family, h: running }),
            fc.constantFrom(
              { g: '1/x-0.001*x^3', h: '0.1*x^2' },
              { g: 'exp(-x)', h: 'x^2/100' },
              { g: (x: number) => 1 / x, h: (x: number) => x ** 3 },
            ),
          ),
        }),
        async (system) => {
          const config = { ...system, horizon: 1 };
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
      { numRuns: 60 },
    );
    expect(legal).toBeGreaterThan(20);
  }, 60_000);

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

  it('centres the band on the fixed point of the finite system', async () => {
    const { band, fixedPoint } = await predict({ ...base, servers: 5 });
    expect(band?.values[1]).toBeCloseTo(fixedPoint?.rate as number, 12);
    expect((band?.values[2] as number) - (fixedPoint?.rate as number)).toBeCloseTo(
      1.6449 * (band?.sd as number),
      5,
    );
  });
});
