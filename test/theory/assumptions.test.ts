import { describe, expect, test } from 'vitest';
import { type Cost, costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { checkAssumptions } from '../../src/theory/assumptions.js';
import { cubicCost } from './tools.js';

const failed = (functions: ReturnType<typeof costFunctions>, lambda: number) =>
  checkAssumptions(functions, lambda)
    .filter(({ holds }) => !holds)
    .map(({ clause }) => clause);

const withPower = (q: number) =>
  costFunctions({ g: PAPER_COST.g, h: { family: 'power', b: 0.1, q } } satisfies Cost);

describe('Assumption 2.1', () => {
  test('holds for the costs of the paper', () => {
    const cost = costFunctions(PAPER_COST);
    expect(checkAssumptions(cost, 0.8).map(({ clause }) => clause)).toEqual([
      ...['i', 'ii', 'iii', 'iv', 'v', 'vi'],
    ]);
    for (const lambda of [0.025, 0.8, 1.5]) expect(failed(cost, lambda)).toEqual([]);
    expect(failed(cubicCost, 0.3)).toEqual([]);
  });

  test('details carry the numbers', () => {
    const [i, ii, , iv, v, vi] = checkAssumptions(costFunctions(PAPER_COST), 0.8).map(
      ({ detail }) => detail,
    );
    expect(i).toMatch(/on a grid of \[1\.36063, 2\.23607\]/);
    expect(ii).toMatch(/^sigma_g = 0\.178885, sigma_h = 0\.2 on a grid/); // 2/5^{3/2}
    expect(iv).toBe("h'(0) = 0");
    expect(v).toMatch(/= -1\.09; mu\* = 1\.5874, λ = 0\.8/);
    expect(vi).toMatch(/mu_- = 1\.36063 .*mu_\+ = 2\.23607/);
  });

  test('fails where it should', () => {
    expect(failed(withPower(2), 3)).toEqual(['v']); // μ* = 2.47
    expect(failed(withPower(1), 0.2)).toEqual(['ii', 'iii', 'iv']);
    expect(failed(withPower(1.5), 0.2)).toEqual(['iii']);
    const cost = costFunctions(PAPER_COST);
    expect(failed({ ...cost, ddg: (x) => 3 / x ** 3 }, 0.8)).toEqual(['i']);
    const kinked = {
      ...cost,
      dh: (x: number) => (x < 1.5 ? 0.2 * x : 0.3),
      ddh: (x: number) => (x < 1.5 ? 0.2 : 0),
      h: (x: number) => (x < 1.5 ? 0.1 * x * x : 0.225 + 0.3 * (x - 1.5)),
    };
    const [i, ii, iii] = checkAssumptions(kinked, 0.8);
    expect([i.holds, ii.holds, iii.holds]).toEqual([false, false, false]);
    expect(ii.detail).toMatch(/h'' is not positive within \[1\.50/);
    expect(iii.detail).toMatch(/h'\(x\)\/x does not increase within \[1\.50/);
    expect(failed({ ...cost, dg: () => 0, ddg: () => 0 }, 0.8)).toEqual([
      'i',
      'ii',
      'iii',
      'v',
      'vi',
    ]);
  });

  test('an h that is not defined at 0 is looked at near 0', () => {
    const cost = costFunctions(PAPER_COST);
    const dh = (x: number) => (x === 0 ? Number.NaN : 0.2 * x);
    expect(failed({ ...cost, dh }, 0.8)).toEqual([]);
    const steep = { ...withPower(1), dh: (x: number) => (x === 0 ? Number.NaN : 0.1) };
    expect(failed(steep, 0.2)).toContain('iv');
  });

  test('no cost gives NaN or throws, only a bad arrival rate does', () => {
    for (const { detail } of checkAssumptions(withPower(40), 1e-3))
      expect(detail).not.toMatch(/NaN/);
    expect(() => checkAssumptions(costFunctions(PAPER_COST), 0)).toThrow(/arrivalRate: got 0/);
  });
});
