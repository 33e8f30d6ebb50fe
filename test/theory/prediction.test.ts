import { describe, expect, it } from 'vitest';
import type { CostChoice } from '../../src/cost/cost.js';
import { costFunctions, PAPER_COST, validateConfig } from '../../src/index.js';
import { fixedPoint, predict } from '../../src/theory/index.js';

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
        const { assumptions, ...figures } = await predict(validateConfig({ ...base, cost }));
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
    const of = (more: object) => predict(validateConfig({ ...base, ...more }));
    const frozen = { inverseStepSize: 'inf', initialRates: 1.2 };
    expect((await of(frozen)).stationaryLaw?.busyFraction).toBeCloseTo(0.8 / 1.2, 4);
    for (const more of [{}, { ...frozen, buffer: 2 }, { inverseStepSize: 'inf' }]) {
      expect((await of(more)).stationaryLaw).toBeUndefined();
    }
    expect((await of(frozen)).band).toBeNull();
    expect((await of(frozen)).timescaleRatio).toBeNull();
  });

  it('extrapolates the bias of very many servers like 1/n', async () => {
    const of = async (servers: number) =>
      (await predict(validateConfig({ ...base, servers }))).fixedPoint.rate;
    const cost = costFunctions(PAPER_COST);
    for (const servers of [10_001, 40_000, 100_000]) {
      expect(Math.abs((await of(servers)) - fixedPoint(cost, 0.8, servers).rate)).toBeLessThan(
        1e-9,
      );
    }
  });

  it('leaves out what needs idle servers where μ* ≤ λ, and levels that no band has', async () => {
    const overloaded = await predict(validateConfig({ ...base, arrivalRate: 3 }));
    expect(overloaded).toMatchObject({ relaxationRate: null, timescaleRatio: null, band: null });
    expect(overloaded.assumptions.find(({ clause }) => clause === 'v')?.holds).toBe(false);
    const { band } = await predict(
      validateConfig({ ...base, record: { quantiles: [0, 0.05, 0.5, 1] } }),
    );
    expect(band?.levels).toEqual([0.05, 0.5]);
  });

  it('centres the band on the fixed point of the finite system', async () => {
    const { band, fixedPoint } = await predict(validateConfig({ ...base, servers: 5 }));
    expect(band?.values[1]).toBeCloseTo(fixedPoint.rate, 12);
    expect((band?.values[2] as number) - fixedPoint.rate).toBeCloseTo(
      1.6449 * (band?.sd as number),
      5,
    );
  });
});
