import { describe, expect, test } from 'vitest';
import { type CostFunctions, costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import {
  type CostClass,
  classFixedPoint,
  classOptimum,
  independentOptimum,
} from '../../src/theory/class-rates.js';
import { fixedPoint, meanField, optimum, stationaryLaw } from '../../src/theory/index.js';
import { expectedIdleSignal } from '../reference/exact-laws.js';
import { expectRelative } from './tools.js';

const inf = Number.POSITIVE_INFINITY;
const paper = costFunctions(PAPER_COST);
const dear = costFunctions({ ...PAPER_COST, h: { family: 'power', b: 0.4, q: 2 } });
const steep = costFunctions({ ...PAPER_COST, h: { family: 'power', b: 0.05, q: 3 } });
const g = (x: number) => 1 / x;
const of = (...parts: [number, CostFunctions][]): CostClass[] =>
  parts.map(([servers, cost]) => ({ servers, cost }));
const spread = (classes: CostClass[], rates: number[]) =>
  classes.flatMap(({ servers }, k) => new Array<number>(servers).fill(rates[k]));
const pull = ({ dg, dh }: CostFunctions, rate: number, signal: number) =>
  dg(rate) + dh(rate) * (signal + 1 / rate);

describe('the fixed point of classes', () => {
  test('equal costs: that of equal servers', () => {
    const { rates, exact } = classFixedPoint(of([4, paper], [6, paper]), 0.8, 10);
    expect(exact).toBe(true);
    for (const rate of rates) expectRelative(rate, fixedPoint(paper, 0.8, 10).rate, 1e-9);
    const limit = classFixedPoint(of([400, paper], [600, paper]), 0.8, 1000);
    for (const rate of limit.rates) expectRelative(rate, 1.5874010519682, 1e-11);
  });

  test('a few servers: at rest with the idle signals of the chain of all busy sets', () => {
    const classes = of([2, paper], [1, dear], [3, steep]);
    const { rates } = classFixedPoint(classes, 0.8, 6);
    const signals = expectedIdleSignal(spread(classes, rates), 0.8);
    [0, 2, 3].forEach((v, k) => {
      expect(Math.abs(pull(classes[k].cost, rates[k], signals[v]))).toBeLessThan(1e-8);
    });
  });

  test.each([null, 2])(
    'many servers: at rest in the mean field, which is the limit by 1/n (d = %s)',
    (d) => {
      const many = of([500, paper], [500, dear]);
      const limit = classFixedPoint(many, 0.8, d ?? 1000);
      expect(limit.exact).toBe(false);
      const { idleSignal } = meanField(spread(many, limit.rates), 0.8, d ?? inf);
      many.forEach(({ cost }, k) => {
        expectRelative(limit.idleSignals[k], idleSignal, 1e-10);
        expect(Math.abs(pull(cost, limit.rates[k], idleSignal))).toBeLessThan(1e-9);
      });
      const distance = (n: number) => {
        const { rates, exact } = classFixedPoint(of([n, paper], [n, dear]), 0.8, d ?? 2 * n);
        expect(exact).toBe(true);
        return limit.rates[0] - rates[0];
      };
      expect(distance(60) / distance(30)).toBeGreaterThan(0.4);
      expect(distance(60) / distance(30)).toBeLessThan(0.6);
    },
  );

  test('overloaded: every class at the rate that it has without idle times', () => {
    const { rates, idleSignals } = classFixedPoint(of([500, paper], [500, dear]), 3, 1000);
    expect(idleSignals).toEqual([0, 0]);
    expectRelative(rates[0], Math.sqrt(5), 1e-9);
  });
});

describe('the best rates of classes', () => {
  /** λ g(1/E[S]) + mean h, in the limit of many servers */
  const costAt = (classes: CostClass[], rates: number[], d: number) => {
    const c = meanField(spread(classes, rates), 0.8, d).busyFraction;
    const sojourn = c / (d === inf ? 0.8 : 0.8 * (1 - c ** d));
    const power = spread(classes, rates).map((rate, v) => {
      const [first] = classes;
      return (v < first.servers ? first : classes[1]).cost.h(rate);
    });
    return 0.8 * g(1 / sojourn) + power.reduce((sum, h) => sum + h, 0) / power.length;
  };

  test('equal costs: μ*', () => {
    const { rates, cost } = classOptimum(of([1, paper], [3, paper]), g, 0.8, inf);
    const best = optimum(paper, 0.8);
    for (const rate of rates) expectRelative(rate, best.rate, 1e-8);
    expectRelative(cost, best.cost, 1e-13);
  });

  test.each([inf, 2, 1])('nothing near them is better (d = %f)', (d) => {
    const classes = of([2, paper], [3, dear]);
    const { rates, cost } = classOptimum(classes, g, 0.8, d);
    expectRelative(cost, costAt(classes, rates, d), 1e-10);
    for (const step of [1e-3, 0.1]) {
      for (let angle = 0; angle < 2 * Math.PI; angle += Math.PI / 8) {
        const moved = [rates[0] + step * Math.cos(angle), rates[1] + step * Math.sin(angle)];
        expect(costAt(classes, moved, d)).toBeGreaterThan(cost);
      }
    }
  });

  test('they are not where the control settles: the cheap class runs too slowly', () => {
    const classes = of([500, paper], [500, dear]);
    const { rates } = classFixedPoint(classes, 0.8, 1000);
    const best = classOptimum(classes, g, 0.8, inf);
    expect(best.rates[0] / rates[0]).toBeGreaterThan(1.07);
    expect(best.rates[1] / rates[1]).toBeLessThan(0.87);
    const regret = costAt(classes, rates, inf) - best.cost;
    expect(regret).toBeCloseTo(0.006867, 6);
    // with 100 servers the exact law says nearly the same
    const law = stationaryLaw(spread(of([50, paper], [50, dear]), rates), 0.8);
    expectRelative(law.meanSojournTime, meanField(rates, 0.8).busyFraction / 0.8, 1e-3);
  });

  test('independent queues: found by trying', () => {
    const mg1 = (rate: number) => 1 / rate + (0.5 * 3) / 2 / (rate * (rate - 0.5)); // scv 2
    const total = ([a, b]: number[]) =>
      0.5 * (mg1(a) / 4 + (3 * mg1(b)) / 4) + paper.h(a) / 4 + (3 * dear.h(b)) / 4;
    const { rates, cost } = independentOptimum(of([1, paper], [3, dear]), g, 0.5, 2);
    expectRelative(cost, total(rates), 1e-11);
    for (const step of [1e-3, 0.1]) {
      for (let angle = 0; angle < 2 * Math.PI; angle += Math.PI / 8) {
        const moved = [rates[0] + step * Math.cos(angle), rates[1] + step * Math.sin(angle)];
        expect(total(moved)).toBeGreaterThan(cost);
      }
    }
    const alone = independentOptimum(of([1, paper]), g, 0.5, 1);
    expect(alone.rates[0]).toBeCloseTo(1.70936, 5);
  });
});
