import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  batchMeans,
  correlated,
  joinSections,
  lag1,
  sectioningHalfWidth,
  sectionsPerBatch,
  startsApart,
} from '../../src/analysis/batch-means.js';
import { meanInterval } from '../../src/analysis/interval.js';
import { ConfigError } from '../../src/errors.js';
import { Sfc32 } from '../reference/random.js';
import { mean } from '../reference/statistics.js';
import { autoregression, fourSigma, frequency, normal } from './series.js';

const value = fc.double({ min: -100, max: 100, noNaN: true });
const values = fc.array(value, { minLength: 2, maxLength: 100 });

describe('lag-1 autocorrelation', () => {
  test('definition', () => {
    fc.assert(
      fc.property(values, (values) => {
        const d = values.map((x) => x - mean(values));
        const squares = d.reduce((sum, x) => sum + x * x, 0);
        fc.pre(squares > 1e-6);
        const products = d.slice(1).reduce((sum, x, i) => sum + d[i] * x, 0);
        expect(lag1(values)).toBeCloseTo(products / squares, 8);
      }),
    );
  });

  test('by hand', () => {
    expect(lag1([1, -1, 1, -1])).toBe(-0.75);
    expect(lag1([1, 2, 3, 4])).toBe(0.25);
    expect(lag1([5, 5, 5])).toBe(0);
    expect(lag1([5])).toBe(0);
    expect(() => lag1([])).toThrow(/^values: is empty/);
  });

  test('an AR(1) series (false-alarm rate with a fresh seed: 6e-5)', () => {
    const length = 100_000;
    const series = autoregression(0.9, length, new Sfc32(301));
    const sd = Math.sqrt((1 - 0.9 ** 2) / length);
    expect(Math.abs(lag1(series) - 0.9)).toBeLessThan(4 * sd);
  });
});

describe('joining sections', () => {
  test('pairs', () => {
    expect([...joinSections(Float64Array.of(1, 2, 3, 5), 2)]).toEqual([1.5, 4]);
    expect([...joinSections(Float64Array.of(99, 1, 2, 3, 5), 2)]).toEqual([1.5, 4]);
    expect(joinSections(Float64Array.of(1), 2)).toHaveLength(0);
    expect(joinSections(new Float64Array(0), 2)).toHaveLength(0);
  });

  test('any number, keeping the end', () => {
    expect([...joinSections([9, 9, 1, 2, 3, 4, 5, 6], 3)]).toEqual([2, 5]);
    expect([...joinSections([1, 2, 3], 1)]).toEqual([1, 2, 3]);
    expect(() => joinSections([1], 0)).toThrow(/^perBatch: got 0/);
    expect(() => joinSections([1], 1.5)).toThrow(ConfigError);
  });

  test('pairs of pairs are fours', () => {
    fc.assert(
      fc.property(values, (values) => {
        const whole = Float64Array.from(values.slice(values.length % 4));
        const fours = joinSections(whole, 4);
        joinSections(joinSections(whole, 2), 2).forEach((x, i) => {
          expect(x).toBeCloseTo(fours[i], 9);
        });
      }),
    );
  });
});

describe('sections per batch', () => {
  test('is least times a power of two, between the limits where that can be', () => {
    const limits = fc.record({
      fewest: fc.integer({ min: 1, max: 12 }),
      most: fc.integer({ min: 24, max: 50 }),
      least: fc.integer({ min: 1, max: 5 }),
    });
    const sections = fc.array(value, { maxLength: 400 });
    fc.assert(
      fc.property(sections, limits, (sections, limits) => {
        const perBatch = sectionsPerBatch(sections, limits);
        expect(Number.isInteger(Math.log2(perBatch / limits.least))).toBe(true);
        const batches = Math.floor(sections.length / perBatch);
        expect(batches).toBeLessThanOrEqual(limits.most);
        if (Math.floor(sections.length / limits.least) >= limits.fewest) {
          expect(batches).toBeGreaterThanOrEqual(limits.fewest);
        } else {
          expect(perBatch).toBe(limits.least);
        }
      }),
    );
  });

  test('alternating sections are joined no further than needed', () => {
    const alternating = Array.from({ length: 1000 }, (_, i) => i % 2);
    expect(sectionsPerBatch(alternating)).toBe(32);
    expect(sectionsPerBatch(alternating.slice(0, 30))).toBe(1);
    expect(sectionsPerBatch(new Array(1000).fill(1))).toBe(32);
  });

  test('a trend is joined as far as allowed', () => {
    const trend = Array.from({ length: 1000 }, (_, i) => i);
    expect(sectionsPerBatch(trend)).toBe(64);
    expect(sectionsPerBatch(trend, { fewest: 2 })).toBe(256);
    expect(sectionsPerBatch(trend, { fewest: 50, most: 100 })).toBe(16);
  });

  test('independent sections: one doubling too many in at most one of ten series', () => {
    // 5 % by design; more than 10 % of 1000 series has probability below 1e-8
    const random = new Sfc32(302);
    const doubled = frequency(1000, () => {
      const sections = Array.from({ length: 640 }, () => normal(random));
      return sectionsPerBatch(sections) > 32;
    });
    expect(doubled).toBeLessThan(0.1);
    expect(doubled).toBeGreaterThan(0.01);
  });

  test('batches that are short against the correlation are found out', () => {
    // of the first candidates, batches of 32, the quarters have lag-1 autocorrelation 0.59, four standard errors
    // above the limit or so: a fresh seed fails with probability below 1e-6
    const random = new Sfc32(303);
    const found = frequency(300, () => sectionsPerBatch(autoregression(0.9, 640, random)) > 32);
    expect(found).toBeGreaterThan(0.9);
  });

  test('refuses bad arguments by name', () => {
    expect(() => sectionsPerBatch([1], { fewest: 0 })).toThrow(/^fewest: got 0/);
    expect(() => sectionsPerBatch([1], { most: 0.5 })).toThrow(/^most: got 0.5/);
    expect(() => sectionsPerBatch([1], { least: Number.NaN })).toThrow(/^least: got NaN/);
    expect(() => sectionsPerBatch([1], { fewest: 20 })).toThrow(/^fewest: got 20/);
    const sections = new Array(100).fill(Number.NaN);
    expect(() => sectionsPerBatch(sections)).toThrow(/^sections\[0\]: got NaN/);
  });
});

describe('batch means', () => {
  test('the interval over the means of the batches', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 4 }), (values, perBatch) => {
        fc.pre(values.length >= 2 * perBatch);
        const result = batchMeans(values, perBatch, 0.9);
        const reference = meanInterval(joinSections(values, perBatch), 0.9);
        expect(result.batches).toBe(reference.count);
        expect(result.mean).toBe(reference.mean);
        expect(result.halfWidth).toBeCloseTo(reference.halfWidth as number, 9);
        expect(result.lag1).toBe(lag1(joinSections(values, perBatch)));
        expect(result.level).toBe(0.9);
      }),
    );
  });

  test('effective sample size', () => {
    // one value per batch: every value counts
    expect(batchMeans([1, 4, 2, 8], 1).effectiveSampleSize).toBeCloseTo(4, 12);
    expect(batchMeans([1, 1, 1, 1], 2).effectiveSampleSize).toBe(null);
  });

  test('effective sample size of AR(1) series within 12 %', () => {
    // relative sd √(2 / 511 / 5) = 2.8 %, bias 1 %: false-alarm rate with a fresh seed 1e-4
    const random = new Sfc32(304);
    const length = 512 * 1000;
    const sizes = Array.from(
      { length: 5 },
      () => batchMeans(autoregression(0.9, length, random), 1000).effectiveSampleSize as number,
    );
    const expected = (length * (1 - 0.9)) / (1 + 0.9);
    expect(Math.abs(mean(sizes) / expected - 1)).toBeLessThan(0.12);
  });

  test('refuses bad arguments by name', () => {
    expect(() => batchMeans([1, 2, 3], 2)).toThrow(/^perBatch: got 2/);
    expect(() => batchMeans([1, 2, 3], 0)).toThrow(/^perBatch: got 0/);
    expect(() => batchMeans([1, 2, Number.NaN], 1)).toThrow(/^values\[2\]: got NaN/);
    expect(() => batchMeans([1, 2], 1, 1)).toThrow(/^level: got 1/);
  });
});

describe('what contradicts independent batches', () => {
  // false-alarm rates with fresh seeds below 1e-4: frequencies at four sigma
  test('is seen by chance in 1 % and in 0.1 % of independent batches', () => {
    const random = new Sfc32(308);
    const trials = 20_000;
    const batches = () => Array.from({ length: 10 }, () => normal(random));
    // the normal limit is a little too far out for ten batches
    const r = frequency(trials, () => correlated(batches()));
    expect(r).toBeGreaterThan(0.005);
    expect(r).toBeLessThan(0.01 + fourSigma(0.01, trials));
    const apart = frequency(trials, () => startsApart(batches()));
    expect(Math.abs(apart - 0.001)).toBeLessThan(fourSigma(0.001, trials));
  });

  test('a trend is correlated, and a start at ten standard deviations apart', () => {
    const random = new Sfc32(309);
    const noise = () => Array.from({ length: 12 }, () => normal(random));
    expect(frequency(500, () => correlated(noise().map((x, i) => x + i)))).toBeGreaterThan(0.99);
    const started = () => noise().map((x, i) => (i === 0 ? x + 10 : x));
    expect(frequency(500, () => startsApart(started()))).toBeGreaterThan(0.99);
    // which the test of correlation does not see
    expect(frequency(500, () => correlated(started()))).toBeLessThan(0.05);
  });

  test('is not there in equal batches', () => {
    expect(correlated([1, 1, 1])).toBe(false);
    expect(startsApart([1, 1, 1])).toBe(false);
  });
});

describe('sectioning', () => {
  test('about the mean of the batches it is their interval, elsewhere wider', () => {
    fc.assert(
      fc.property(values, value, (values, centre) => {
        const { mean, halfWidth } = meanInterval(values);
        const own = sectioningHalfWidth(mean, values) as number;
        expect(own).toBeCloseTo(halfWidth as number, 9);
        expect(sectioningHalfWidth(centre, values)).toBeGreaterThanOrEqual(own * (1 - 1e-12));
      }),
    );
  });

  test('by hand', () => {
    // deviations 1 and 3 about 0: √(10 / 1 / 2)
    expect(sectioningHalfWidth(0, [1, 3])).toBeCloseTo(12.7062047 * Math.sqrt(5), 4);
    expect(sectioningHalfWidth(0, [1])).toBe(null);
    expect(sectioningHalfWidth(0, [])).toBe(null);
  });

  test('refuses bad arguments by name', () => {
    expect(() => sectioningHalfWidth(Number.NaN, [1, 2])).toThrow(/^centre: got NaN/);
    expect(() => sectioningHalfWidth(0, [1, Number.NaN])).toThrow(/^batchValues\[1\]: got NaN/);
    expect(() => sectioningHalfWidth(0, [1], 2)).toThrow(/^level: got 2/);
  });
});

describe('coverage', () => {
  test('batches of chosen length on AR(1) series: 93.5 % to 95.5 % for a level of 95 %', () => {
    // each is between those limits in longer experiments; four sigma more on either side: false-alarm rate with
    // a fresh seed below 3e-4
    const random = new Sfc32(305);
    for (const [phi, length] of [
      [0, 640],
      [0.5, 1000],
      [0.9, 3000],
      [0.9, 10_000],
    ]) {
      const trials = 600;
      const covered = frequency(trials, () => {
        const series = autoregression(phi, length, random);
        const { mean, halfWidth } = batchMeans(series, sectionsPerBatch(series));
        return Math.abs(mean) <= halfWidth;
      });
      expect(covered).toBeGreaterThan(0.935 - fourSigma(0.935, trials));
      expect(covered).toBeLessThan(0.955 + fourSigma(0.955, trials));
    }
  });

  test('batches far too short cover far less', () => {
    // batches of 1: half-width √19 times too small, coverage 35 %
    const random = new Sfc32(306);
    const covered = frequency(300, () => {
      const { mean, halfWidth } = batchMeans(autoregression(0.9, 1000, random), 1);
      return Math.abs(mean) <= halfWidth;
    });
    expect(Math.abs(covered - 0.35)).toBeLessThan(fourSigma(0.35, 300));
  });

  test('sectioning on a ratio of means', () => {
    // exponential over uniform, 20 batches of 100: the bias of the ratio is far below its error, so that
    // four sigma mean a false-alarm rate with a fresh seed of about 1e-4
    const random = new Sfc32(307);
    const trials = 1000;
    const covered = frequency(trials, () => {
      const pairs = Array.from({ length: 20 }, () => {
        let [above, below] = [0, 0];
        for (let i = 0; i < 100; i++) {
          above += random.exponential();
          below += random.uniform();
        }
        return { above, below };
      });
      const total = (key: 'above' | 'below') => pairs.reduce((sum, pair) => sum + pair[key], 0);
      const ratio = total('above') / total('below');
      const halfWidth = sectioningHalfWidth(
        ratio,
        pairs.map(({ above, below }) => above / below),
      ) as number;
      return Math.abs(ratio - 2) <= halfWidth;
    });
    expect(Math.abs(covered - 0.95)).toBeLessThan(fourSigma(0.95, trials));
  });
});
