import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../src/analysis/interval.js';
import { pairedInterval } from '../../src/analysis/paired.js';
import { specificationOf } from '../../src/charts/index.js';
import type { CompleteConfig } from '../../src/config/config.js';
import {
  ConfigError,
  costFunctions,
  optimalRate,
  PAPER_COST,
  validateConfig,
} from '../../src/index.js';
import { meanArrivalRate } from '../../src/run/load.js';
import { runComparison } from '../../src/studies/compare.js';
import { comparisonChart } from '../../src/studies/comparison-chart.js';
import { completeComparison } from '../../src/studies/comparison-plan.js';
import { ranksOf } from '../../src/studies/differences.js';
import { type ComparisonPlan, type ComparisonResult, compare } from '../../src/studies/index.js';
import { looksOf } from '../../src/studies/looks.js';
import { phasesOf } from '../../src/studies/phases.js';
import type { Replication } from '../../src/studies/result.js';
import { stationaryLaw } from '../../src/theory/index.js';
import { Sfc32 } from '../reference/random.js';

const COST = costFunctions(PAPER_COST);

/** Three servers, frozen: every figure of every variant is known exactly. */
const frozen: ComparisonPlan = {
  base: {
    servers: 3,
    arrivalRate: 0.8,
    inverseStepSize: 'inf',
    initialRates: 1.2,
    horizon: 2100,
    warmup: 100,
    record: { sojourns: 500 },
  },
  variants: {
    middle: {},
    slow: { initialRates: 0.8 },
    unequal: { initialRates: [0.4, 1.2, 2] },
  },
};
const RATES: Record<string, number[]> = {
  middle: [1.2, 1.2, 1.2],
  slow: [0.8, 0.8, 0.8],
  unequal: [0.4, 1.2, 2],
};

/** The figures of a variant by the exact stationary law. */
function exactly(name: string) {
  const rates = RATES[name] as number[];
  const { meanSojournTime, blockingProbability } = stationaryLaw(rates, 0.8);
  const power = rates.reduce((sum, rate) => sum + COST.h(rate), 0) / 3;
  return {
    'cost.total': 0.8 * COST.g(1 / meanSojournTime) + power,
    meanSojournTime,
    'cost.power': power,
    blockingProbability,
  };
}

/** An interval that must be there. */
function known(interval: Interval | null | undefined): { mean: number; halfWidth: number } {
  if (!interval || interval.halfWidth === null) throw new Error('no interval');
  return { mean: interval.mean, halfWidth: interval.halfWidth };
}

/** Box and Muller */
const normal = (random: Sfc32) =>
  Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.uniform());

describe('a comparison', () => {
  const whole = compare(frozen, { workers: 0 });

  it('has the exact differences of frozen systems within its intervals', async () => {
    // all intervals fail together with probability 5 % at most; the seed is fixed
    const { differences } = await whole;
    expect(differences).toHaveLength(3);
    for (const { variant, against, figures } of differences) {
      for (const [name, exact] of Object.entries(exactly(variant))) {
        const other = exactly(against)[name as keyof ReturnType<typeof exactly>];
        const { mean, halfWidth } = known(figures[name as keyof typeof figures]);
        expect(Math.abs(mean - (exact - other))).toBeLessThanOrEqual(halfWidth + 1e-12);
        if (name === 'cost.power') expect(halfWidth).toBeLessThan(1e-12);
        else expect(halfWidth).toBeGreaterThan(0);
      }
    }
  });

  it('ranks by cost, cheapest first, and takes the cheaper from the dearer', async () => {
    const { variants, differences } = await whole;
    const exact = Object.keys(RATES).sort(
      (a, b) => exactly(a)['cost.total'] - exactly(b)['cost.total'],
    );
    expect(variants.map(({ name }) => name)).toEqual(exact);
    expect(variants.map(({ rank }) => rank)).toEqual([1, 2, 3].map((k) => ({ best: k, worst: k })));
    for (const { figures } of differences) {
      expect(figures['cost.total']?.mean).toBeGreaterThan(0);
    }
    expect(differences.map(({ variant, against }) => [variant, against])).toEqual([
      [exact[1], exact[0]],
      [exact[2], exact[0]],
      [exact[2], exact[1]],
    ]);
  });

  it('is the same whatever the number of workers', async () => {
    const here = await whole;
    for (const workers of [1, 2]) expect(await compare(frozen, { workers })).toEqual(here);
  });

  it('gives replication k of all variants the same random numbers', async () => {
    const { replications } = await whole;
    const seeds = new Map<number, Set<unknown>>();
    for (const { replication, config } of replications) {
      seeds.set(replication, (seeds.get(replication) ?? new Set()).add(config.seed));
    }
    expect([...seeds.values()].map(({ size }) => size)).toEqual([...seeds].map(() => 1));
    expect(new Set([...seeds.values()].flatMap((set) => [...set])).size).toBe(seeds.size);
  });

  it('makes the difference of systems that differ by a number alone exact', async () => {
    // another cost of power at frozen rates changes no event
    const { differences, variants } = await compare({
      base: frozen.base,
      variants: { cheap: {}, dear: { 'cost.h.b': 0.2 } },
      replications: 2,
    });
    expect(variants.map(({ replications }) => replications)).toEqual([2, 2]);
    const { 'cost.total': cost, meanSojournTime } = differences[0]?.figures ?? {};
    expect(cost?.mean).toBeCloseTo(0.1 * 1.2 ** 2, 12);
    expect(cost?.halfWidth).toBeLessThan(1e-12);
    expect(meanSojournTime).toMatchObject({ mean: 0, halfWidth: 0 });
  });

  it('has sojourn times, from tagged tasks, unless told not to', async () => {
    const { variants } = await whole;
    for (const { figures } of variants) {
      const { 'sojournTime.p95': p95, 'sojournTime.p99': p99 } = figures;
      expect(p99?.mean).toBeGreaterThan(p95?.mean as number);
    }
    const base = { ...frozen.base, record: { sojourns: 0 }, horizon: 200 };
    const { differences } = await compare({ ...frozen, base, maxReplications: 10 });
    expect(differences[0]?.figures['sojournTime.p99']).toBeNull();
  });

  it('tells dispatch rules apart as exact laws do', async () => {
    // unit buffers, frozen: alone under random dispatch a server is M/G/1/1; the interval errs with probability 2e-3
    const base = { ...frozen.base, servers: 10, horizon: 3100 };
    const { differences } = await compare({
      base,
      variants: { jiq: {}, random: { dispatch: 'random' } },
      baselines: ['static'],
      reference: 'jiq',
    });
    const random = differences.find(({ variant }) => variant === 'random');
    const jiq = stationaryLaw(new Array<number>(10).fill(1.2), 0.8);
    const blocked = known(random?.figures.blockingProbability);
    expect(Math.abs(blocked.mean - (0.8 / 2 - jiq.blockingProbability))).toBeLessThan(
      blocked.halfWidth,
    );
    expect(blocked.halfWidth).toBeLessThan(0.05);
    // tasks that are served stay equally long, in either
    const sojourn = known(random?.figures.meanSojournTime);
    expect(Math.abs(sojourn.mean)).toBeLessThan(sojourn.halfWidth);
  });

  it('compares with a reference alone, if asked', async () => {
    const { differences, variants, family } = await compare({ ...frozen, reference: 'slow' });
    expect(differences.map(({ against }) => against)).toEqual(['slow', 'slow']);
    expect(variants.map(({ rank }) => rank)).toEqual([null, null, null]);
    expect(family.pairs).toBe(2);
  });
});

describe('more replications', () => {
  /** A comparison whose runs are made up: by variant and replication, each of the figures that are compared. */
  async function madeUp(
    plan: Partial<ComparisonPlan>,
    cost: (variant: number, k: number) => number,
  ) {
    const { base, variants } = frozen;
    const comparison = await completeComparison({ base, variants, ...plan });
    const ran: [number, number][] = [];
    const result = await runComparison(comparison, {
      workers: 0,
      known: {
        replication(point, replication) {
          ran.push([point, replication]);
          const config = comparison.sweep.points.at(point)?.config as CompleteConfig;
          const draw = () => cost(point, replication);
          return {
            ...{ point, replication, config, maxQueueLength: 1, stateHash: '' },
            time: { start: 0, end: 1 },
            events: { arrivals: 1, dropped: 0, departures: 1, candidates: 1 },
            serviceRate: { mean: 1, sd: 0, p05: 1, p50: 1, p95: 1 },
            ...{ busyFraction: 1, throughput: 1, meanQueueLength: 1, meanIdleSignal: 1 },
            ...{ blockingProbability: draw(), meanSojournTime: draw() },
            sojournTime: {
              tagged: 1,
              finished: 1,
              mean: 1,
              sd: 1,
              p50: 1,
              p95: draw(),
              p99: draw(),
            },
            cost: { delay: 0, power: draw(), total: draw() },
          } as Replication;
        },
      },
    });
    return { result, ran };
  }

  it('go to variants that are not told apart from another, up to the budget', async () => {
    const random = new Sfc32(1);
    const noise = Array.from({ length: 3000 }, () => normal(random));
    // 0 and 1 are close together, 2 is far away
    const { result } = await madeUp({ replications: 5, maxReplications: 40 }, (variant, k) => {
      return ([1, 1.01, 9][variant] as number) + 0.1 * (noise[1000 * variant + k] as number);
    });
    const count = Object.fromEntries(
      result.variants.map(({ name, replications }) => [name, replications]),
    );
    expect(count).toEqual({ middle: 40, slow: 40, unequal: 5 });
    expect(result.variants.at(-1)).toMatchObject({ name: 'unequal', rank: { best: 3, worst: 3 } });
    expect(result.variants[0]?.rank).toEqual({ best: 1, worst: 2 });
  });

  it('are none if all is clear at the first look, or equal', async () => {
    const clear = await madeUp({}, (variant) => variant);
    expect(clear.result.variants.map(({ replications }) => replications)).toEqual([10, 10, 10]);
    const equal = await madeUp({}, () => 1);
    expect(equal.result.variants.map(({ replications }) => replications)).toEqual([10, 10, 10]);
    expect(equal.result.variants.map(({ rank }) => rank)).toEqual(
      [0, 1, 2].map(() => ({ best: 1, worst: 3 })),
    );
  });

  it('do not make intervals cover less often: ending when one is clear of 0 is paid for', async () => {
    // Two equal variants, 1500 comparisons, each with looks at 3, 6, 12 and 24 normal differences. A comparison errs if it ends with an
    // interval that does not hold 0. With the level of a single look at every look some 10 % would. α is that of one figure of six.
    const random = new Sfc32(2);
    const level = 0.7; // one sixth of 30 % is 5 %
    let [errors, naive] = [0, 0];
    const trials = 1500;
    for (let i = 0; i < trials; i++) {
      const values = Array.from({ length: 24 }, () => normal(random));
      const { result } = await madeUp(
        {
          variants: { a: {}, b: { initialRates: 1 } },
          ...{ replications: 3, maxReplications: 24, level },
        },
        (variant, k) => (variant === 0 ? 0 : (values[k] as number)),
      );
      const { mean, halfWidth } = known(result.differences[0]?.figures['cost.total']);
      if (Math.abs(mean) > halfWidth) errors++;
      const zeros = values.map(() => 0);
      const looks = [3, 6, 12, 24].map((n) =>
        pairedInterval(values.slice(0, n), zeros.slice(0, n), 0.05),
      );
      if (looks.some(({ mean, halfWidth }) => Math.abs(mean) > (halfWidth as number))) naive++;
    }
    // 5 % at most: 75, and more than 110 with probability below 1e-4; independent looks would give 4.9 %, these less
    expect(errors).toBeLessThan(110);
    expect(errors).toBeGreaterThan(20);
    expect(naive).toBeGreaterThan(135);
  });

  it('leave all intervals of a comparison holding together as often as it says', async () => {
    // Four equal variants, 500 comparisons with looks at 3, 6 and 12 runs, all six figures normal. One errs if any of its 36 intervals
    // does not hold 0: 10 % at most, 50; 78 or more with probability 1e-4. Each interval at 90 % by itself would fail almost always.
    const random = new Sfc32(4);
    const variants = { a: {}, b: { buffer: 2 }, c: { buffer: 3 }, d: { buffer: 4 } };
    const plan = { variants, replications: 3, maxReplications: 12, level: 0.9 };
    let errors = 0;
    for (let i = 0; i < 500; i++) {
      const { result } = await madeUp(plan, () => normal(random));
      const all = result.differences.flatMap(({ figures }) => Object.values(figures));
      expect(all).toHaveLength(36);
      if (all.some((one) => Math.abs(known(one).mean) > known(one).halfWidth)) errors++;
    }
    expect(errors).toBeLessThan(78);
    expect(errors).toBeGreaterThan(10);
  });

  it('come at doubling looks, each with its part of α', () => {
    expect(looksOf(10, 80, 0.08)).toEqual([
      { replications: 10, alpha: 0.01 },
      { replications: 20, alpha: 0.01 },
      { replications: 40, alpha: 0.02 },
      { replications: 80, alpha: 0.04 },
    ]);
    expect(looksOf(10, 10, 0.05)).toEqual([{ replications: 10, alpha: 0.05 }]);
    // a look that adds little is left out
    expect(looksOf(10, 45, 0.05).map(({ replications }) => replications)).toEqual([10, 20, 45]);
    for (const [first, most] of [
      [2, 7],
      [3, 1000],
      [10, 14],
    ] as const) {
      const sum = looksOf(first, most, 0.05).reduce((total, { alpha }) => total + alpha, 0);
      expect(sum).toBeCloseTo(0.05, 14);
    }
  });
});

describe('a paired interval', () => {
  it('is Student’s t over the differences', () => {
    const t = 0.95 / Math.sqrt(2 * 0.975 * 0.025); // two degrees of freedom
    const { mean, halfWidth, sd, count } = pairedInterval([3, 5, 9], [1, 2, 2], 0.05);
    expect({ mean, count }).toEqual({ mean: 4, count: 3 });
    expect(sd).toBeCloseTo(Math.sqrt(7), 14);
    expect(halfWidth).toBeCloseTo((t * Math.sqrt(7)) / Math.sqrt(3), 11);
  });

  it('covers as often as it says, however the two of a pair depend on each other', () => {
    // 2000 intervals of 8 pairs at 90 %: 200 miss on average, and within 4.5 standard deviations but for 7 in a million
    const random = new Sfc32(3);
    for (const dependence of [-0.9, 0, 0.9]) {
      let misses = 0;
      for (let i = 0; i < 2000; i++) {
        const a = Array.from({ length: 8 }, () => normal(random));
        const b = a.map(
          (x) => dependence * x + Math.sqrt(1 - dependence ** 2) * normal(random) - 0.5,
        );
        const { mean, halfWidth } = pairedInterval(a, b, 0.1);
        if (Math.abs(mean - 0.5) > (halfWidth as number)) misses++;
      }
      expect(Math.abs(misses - 200)).toBeLessThan(4.5 * Math.sqrt(180));
    }
  });

  it('covers the exact difference of two systems', async () => {
    // 100 groups of ten pairs of short runs at 90 %: 10 miss on average; 25 or more with probability 1e-5
    const { replications } = await compare({
      base: { ...frozen.base, horizon: 250, warmup: 50, record: { sojourns: 0 } },
      variants: { slow: { initialRates: 0.8 }, middle: {} },
      ...{ replications: 1000, maxReplications: 1000 },
    });
    const cost = (point: number) =>
      replications.filter((run) => run.point === point).map((run) => run.cost.total as number);
    const [slow, middle] = [cost(0), cost(1)];
    const exact = exactly('slow')['cost.total'] - exactly('middle')['cost.total'];
    let misses = 0;
    for (let i = 0; i < 1000; i += 10) {
      const { mean, halfWidth } = pairedInterval(
        slow.slice(i, i + 10),
        middle.slice(i, i + 10),
        0.1,
      );
      if (Math.abs(mean - exact) > (halfWidth as number)) misses++;
    }
    expect(misses).toBeLessThan(25);
    expect(misses).toBeGreaterThan(1); // 3e-4
  });

  it('refuses pairs that are none', () => {
    expect(() => pairedInterval([1, 2], [1], 0.05)).toThrow('b: has 1 values; must have 2');
  });
});

describe('ranks', () => {
  it('do not depend on which of two comes first', () => {
    expect(ranksOf(2, [[0, 1]], [-1])).toEqual(ranksOf(2, [[1, 0]], [1]));
  });

  it('are ranges where the order is open', () => {
    // 2 is dearer than 0 and 1, which are not told apart; 3 is open to all
    const pairs: [number, number][] = [
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
      [3, 2],
    ];
    expect(ranksOf(4, pairs, [null, 1, 1, null, null, 0])).toEqual([
      { best: 1, worst: 3 },
      { best: 1, worst: 3 },
      { best: 3, worst: 4 },
      { best: 1, worst: 4 },
    ]);
  });
});

describe('baselines', () => {
  const base = { servers: 4, arrivalRate: 0.8, inverseStepSize: 50, horizon: 100 };
  const configOf = async (baseline: string, fields = {}) => {
    const plan = { base: { ...base, ...fields }, variants: { own: {} }, baselines: [baseline] };
    const { sweep } = await completeComparison(plan);
    return sweep.points.at(1)?.config as CompleteConfig;
  };
  const best = (load: number) => optimalRate(PAPER_COST, load);

  it('static: frozen at μ* of the load, true or assumed', async () => {
    const config = await configOf('static');
    expect(config.inverseStepSize).toBe('inf');
    expect(config.initialRates).toBeCloseTo(4 ** (1 / 3), 12);
    expect((await configOf('static:0.7')).initialRates).toBeCloseTo(3.5 ** (1 / 3), 12);
  });

  it('static under a schedule: of the time average from the warm-up on, without changes of m', async () => {
    const schedule = [
      { time: 10, arrivalRate: 0.2, inverseStepSize: 5 },
      { time: 20, arrivalRate: 1.1, rates: 3 },
    ];
    const config = await configOf('static', { schedule, warmup: 15 });
    const average = (5 * 0.2 + 80 * 1.1) / 85;
    expect(config.initialRates).toBeCloseTo(best(average), 12);
    expect(config.schedule).toEqual([
      { time: 10, arrivalRate: 0.2, rates: config.initialRates },
      { time: 20, arrivalRate: 1.1, rates: config.initialRates },
    ]);
    // three periods and a third: 0.2 for 10 + 10 + 10 and nothing of the last, after 15
    const periodic = await configOf('static', { schedule, warmup: 15, period: 30 });
    const share = (5 + 10 + 10 + 0) * 0.2 + (100 - 15 - 25) * 1.1;
    expect(periodic.initialRates).toBeCloseTo(best(share / 85), 12);
  });

  it('take their parts of the time from the schedule as the engine does', () => {
    const random = new Sfc32(6);
    for (let i = 0; i < 50; i++) {
      const times = Array.from({ length: 4 }, () => 30 * random.uniform()).sort((a, b) => a - b);
      const schedule = times.map((time) => ({ time, arrivalRate: 0.1 + random.uniform() }));
      const period = i % 2 === 0 ? { period: 31 } : {};
      const config = validateConfig({
        ...base,
        schedule,
        ...period,
        warmup: 90 * random.uniform(),
      });
      const phases = phasesOf(config);
      const total = (value: (phase: (typeof phases)[number]) => number) =>
        phases.reduce((sum, phase) => sum + value(phase), 0);
      expect(total(({ share }) => share)).toBeCloseTo(1, 12);
      expect(total(({ share, arrivalRate }) => share * arrivalRate)).toBeCloseTo(
        meanArrivalRate(config, config.warmup as number, 100),
        12,
      );
    }
  });

  it('static with a cost that changes: the best one rate for the whole', async () => {
    const schedule = [{ time: 50, cost: { h: { family: 'power', b: 0.3, q: 2 } } }];
    const { initialRates } = await configOf('static', { schedule });
    expect(initialRates).toBeCloseTo((0.8 / (2 * 0.2)) ** (1 / 3), 12);
  });

  it('clairvoyant: at μ*(λ(t)) at every moment', async () => {
    const schedule = [
      { time: 10, arrivalRate: 0.2 },
      { time: 20, inverseStepSize: 5 },
      { time: 30, cost: { h: { family: 'power', b: 0.2, q: 2 } } },
    ];
    const config = await configOf('clairvoyant', { schedule });
    expect(config.initialRates).toBeCloseTo(best(0.8), 12);
    expect(config.schedule?.map(({ rates }) => rates)).toEqual(
      [best(0.2), best(0.2), (0.2 / 0.4) ** (1 / 3)].map((rate) => expect.closeTo(rate, 12)),
    );
    expect(config.schedule?.some((change) => 'inverseStepSize' in change)).toBe(false);
  });

  it('run as they say: frozen at one rate, or at that of every moment', async () => {
    const { variants } = await compare({
      base: {
        ...{ servers: 20, arrivalRate: 0.4, inverseStepSize: 50, horizon: 200, warmup: 40 },
        ...{
          schedule: [
            { time: 0, arrivalRate: 0.4 },
            { time: 10, arrivalRate: 1.2 },
          ],
          period: 20,
        },
      },
      variants: { own: {} },
      baselines: ['static', 'clairvoyant'],
      ...{ replications: 2, maxReplications: 2 },
    });
    const quantiles = (name: string) => {
      const figures = variants.find((variant) => variant.name === name)?.figures;
      return [figures?.['serviceRate.p05']?.mean, figures?.['serviceRate.p95']?.mean];
    };
    // quantiles of pooled rates are from bins of relative width 2^−14
    const close = (rate: number) => expect.closeTo(rate, 3);
    expect(quantiles('static')).toEqual([close(best(0.8)), close(best(0.8))]);
    expect(quantiles('clairvoyant')).toEqual([close(best(0.4)), close(best(1.2))]);
  });

  it('clairvoyant refuses a period whose first round differs', async () => {
    const schedule = [
      { time: 5, inverseStepSize: 20 },
      { time: 10, arrivalRate: 0.2 },
    ];
    await expect(configOf('clairvoyant', { schedule, period: 30 })).rejects.toThrow(
      /^baselines: clairvoyant: the first period starts otherwise than the later ones/,
    );
  });

  it('classes: one rate for all, by their mean cost of power', async () => {
    const classes = [
      { servers: 1, cost: { h: { family: 'power', b: 0.4, q: 2 } }, initialRates: 3 },
      { servers: 3 },
    ];
    const config = await configOf('static', { classes });
    const rate = (0.8 / (2 * ((0.4 + 3 * 0.1) / 4))) ** (1 / 3);
    expect(config.initialRates).toBeCloseTo(rate, 12);
    expect(config.classes?.map(({ initialRates }) => initialRates)).toEqual([
      config.initialRates,
      config.initialRates,
    ]);
  });
});

describe('the example', () => {
  it('is ranked by how fast the control follows the load, and clairvoyant costs what theory says', async () => {
    const text = readFileSync(new URL('../../examples/compare.json', import.meta.url), 'utf8');
    const plan = { ...JSON.parse(text), maxReplications: 10, level: 0.99 };
    const { variants, optimum } = await compare(plan);
    expect(variants.slice(0, 3).map(({ name }) => name)).toEqual([
      'clairvoyant',
      'm = 10',
      'm = 40',
    ]);
    const best = (load: number) => optimalRate(PAPER_COST, load);
    const costOf = (load: number) => load * COST.g(best(load)) + COST.h(best(load));
    expect(optimum.delay + optimum.power).toBeCloseTo(costOf(0.8), 12);
    // 200 servers hardly ever let a task wait; the interval errs with probability 1 %
    const { mean, halfWidth } = known(variants[0]?.figures['cost.total']);
    expect(Math.abs(mean - (costOf(0.5) + costOf(1.1)) / 2)).toBeLessThan(halfWidth);
  });
});

describe('the chart of a comparison', () => {
  it('has a point for each variant, and a curve that touches the optimum', async () => {
    const comparison = await completeComparison({ ...frozen, maxReplications: 10 });
    const result: ComparisonResult = await runComparison(comparison, { workers: 0 });
    const { series, x, y } = comparisonChart(result, comparison.ideal);
    for (const { name, figures } of result.variants) {
      const drawn = series.find((one) => one.name === name);
      expect(drawn).toMatchObject({
        kind: 'points',
        x: [figures['cost.power']?.mean],
        y: [figures['cost.delay']?.mean],
      });
    }
    // error bars of both costs: a rule along x, and one along y
    const { marks } = specificationOf(comparisonChart(result, comparison.ideal)) as {
      marks: { type: string; encode: { update: object } }[];
    };
    const rules = marks.filter(({ type }) => type === 'rule').map(({ encode }) => encode.update);
    expect(rules.filter((update) => 'x2' in update)).toHaveLength(3);
    expect(rules.filter((update) => 'y2' in update)).toHaveLength(3);
    const optimal = optimalRate(PAPER_COST, 0.8);
    expect(series.find(({ name }) => name === 'μ*')).toMatchObject({
      x: [expect.closeTo(COST.h(optimal), 12)],
      y: [expect.closeTo(0.8 * COST.g(optimal), 12)],
    });
    const curve = series.find(({ kind }) => kind === 'line') as { x: number[]; y: number[] };
    curve.x.forEach((power, i) => {
      const rate = Math.sqrt(power / 0.1);
      expect(curve.y[i]).toBeCloseTo(0.8 / rate, 9);
      // nothing on it is cheaper than the optimum
      const total = power + (curve.y[i] as number);
      expect(total).toBeGreaterThan(COST.h(optimal) + 0.8 * COST.g(optimal) - 1e-12);
    });
    expect([curve.x[0], curve.x.at(-1)]).toEqual(x.domain?.map((end) => expect.closeTo(end, 9)));
    expect(y.domain?.[1]).toBeGreaterThan(result.variants.at(-1)?.figures['cost.delay']?.mean ?? 0);
  });
});

describe('a bad plan', () => {
  const { base } = frozen;
  const two = { a: {}, b: { buffer: 2 } };
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^plan: is missing/],
    ['no base', { variants: two }, /^base: is missing/],
    ['no variants', { base }, /^variants: is missing/],
    ['one variant', { base, variants: { a: {} } }, /^variants: there is one; give at least two/],
    ['no name', { base, variants: { ...two, ' ': {} } }, /^variants: got " "; must be a name/],
    [
      'a list',
      { base, variants: [{}, {}] },
      /^variants: got \[\{\}, \{\}\]; must be an object with/,
    ],
    ['a text', { base, variants: { a: 'jiq' } }, /^variants\.a: got "jiq"; must be an object of/],
    [
      'servers',
      { base, variants: { ...two, c: { servers: 5 } } },
      /^variants\.c\.servers: must be the same for all: figures are per server/,
    ],
    [
      'horizon',
      { base, variants: { ...two, c: { horizon: 5 } } },
      /^variants\.c\.horizon: must be the same/,
    ],
    [
      'warmup',
      { base, variants: { ...two, c: { warmup: 5 } } },
      /^variants\.c\.warmup: must be the same/,
    ],
    [
      'seed',
      { base, variants: { ...two, c: { seed: 5 } } },
      /^variants\.c\.seed: must be the same for all: all/,
    ],
    [
      'recording',
      { base, variants: { ...two, c: { 'record.interval': 5 } } },
      /^variants\.c\.record\.interval: must/,
    ],
    [
      'a field',
      { base, variants: { ...two, c: { bufer: 5 } } },
      /^variants\.c\.bufer: unknown field; allowed/,
    ],
    [
      'a value',
      { base, variants: { ...two, c: { buffer: 0 } } },
      /^variants\.c\.buffer: got 0; must be/,
    ],
    ['a base', { base: { ...base, servers: 0 }, variants: two }, /^servers: got 0; must be/],
    [
      'twins',
      { base, variants: { ...two, c: { buffer: 1 } } },
      /^variants: "a" and "c" are the same system/,
    ],
    [
      'baseline',
      { base, variants: two, baselines: ['best'] },
      /^baselines\[0\]: got "best"; must be "static"/,
    ],
    [
      'a load',
      { base, variants: two, baselines: ['static:0'] },
      /^baselines\[0\]: got "static:0"; must be/,
    ],
    [
      'a name taken',
      { base, variants: { ...two, static: {} }, baselines: ['static'] },
      /^variants: two of them are called "static"/,
    ],
    [
      'a reference',
      { base, variants: two, reference: 'c' },
      /^reference: got "c"; must be the name of a variant: a, b$/,
    ],
    [
      'few',
      { base, variants: two, replications: 1 },
      /^replications: got 1; must be a whole number from 2/,
    ],
    [
      'a budget',
      { base, variants: two, maxReplications: 9 },
      /^maxReplications: got 9; must be at least replications, 10/,
    ],
    [
      'a large budget',
      { base, variants: two, maxReplications: 1e5 },
      /^maxReplications: got 100000; must be at most 1000 times/,
    ],
    [
      'a level',
      { base, variants: two, level: 95 },
      /^level: got 95; must be a number from 0\.5 to 0\.99/,
    ],
    [
      'something else',
      { base, variants: two, grid: {} },
      /^grid: unknown field; allowed here: base, variants/,
    ],
    [
      'too many',
      {
        base,
        variants: Object.fromEntries(
          Array.from({ length: 27 }, (_, i) => [`v${i}`, { buffer: i + 1 }]),
        ),
      },
      /^variants: there are 27, baselines included; at most 26/,
    ],
  ])('is refused: %s', async (_, plan, message) => {
    const error = await completeComparison(plan).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
  });
});
