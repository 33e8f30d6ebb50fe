import { beforeAll, describe, expect, it } from 'vitest';
import { chiSquarePValue, chiSquareTest } from '../reference/statistics.js';
import { rawKernel } from './raw-kernel.js';

// All seeds are fixed. A correct sampler passes each test but for a false alarm of probability ≤ 1e-6.
const FALSE_ALARM = 1e-6;
const SIZE = 4_000_000;
/** Where the ziggurat's tail begins. */
const TAIL = 7.69711747013105;

describe('exponential variates', () => {
  const sample = new Float64Array(SIZE);

  beforeAll(async () => {
    const { kernel, plan } = await rawKernel({ seed: 'exponential' });
    for (let i = 0; i < SIZE; i++) sample[i] = kernel.nextExponential(plan.state);
  });

  it('have the distribution function 1 − e^−x (chi-square, 1000 bins of equal probability)', () => {
    const counts = new Array<number>(1000).fill(0);
    for (const x of sample) counts[Math.min(999, Math.floor(-Math.expm1(-x) * 1000))] += 1;
    expect(
      chiSquareTest(
        counts,
        counts.map(() => 1 / 1000),
      ).pValue,
    ).toBeGreaterThan(FALSE_ALARM);
  });

  it('have the right density at every layer of the ziggurat (chi-square, one bin per layer)', () => {
    // the wedges are where a slip hides: bins that end at the abscissae, found by the recursion
    const area = 0.003949659822581557;
    const edges = [TAIL];
    while (edges.length < 255) {
      const x = edges[edges.length - 1];
      edges.push(-Math.log(area / x + Math.exp(-x)));
    }
    edges.reverse();
    const counts = new Array<number>(edges.length + 1).fill(0);
    for (const x of sample) {
      let low = 0;
      let high = edges.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (edges[middle] <= x) low = middle + 1;
        else high = middle;
      }
      counts[low] += 1;
    }
    const survival = [1, ...edges.map((x) => Math.exp(-x)), 0];
    const probabilities = counts.map((_, i) => survival[i] - survival[i + 1]);
    expect(chiSquareTest(counts, probabilities).pValue).toBeGreaterThan(FALSE_ALARM);
  });

  it('have an exponential tail', () => {
    const tail = [...sample.filter((x) => x > TAIL)].map((x) => x - TAIL);
    const expected = SIZE * Math.exp(-TAIL);
    // normal approximation of a binomial count: 4.9 sd leave 1e-6 outside
    expect(Math.abs(tail.length - expected)).toBeLessThan(4.9 * Math.sqrt(expected));
    const mean = tail.reduce((sum, x) => sum + x, 0) / tail.length;
    expect(Math.abs(mean - 1)).toBeLessThan(4.9 / Math.sqrt(tail.length));
    expect(Math.max(...tail)).toBeGreaterThan(4);
  });

  it('have moments 1, 2 and 6', () => {
    let first = 0;
    let second = 0;
    let third = 0;
    for (const x of sample) {
      first += x;
      second += x * x;
      third += x * x * x;
    }
    // variances of x, x² and x³: 1, 24 − 4, 720 − 36
    expect(Math.abs(first / SIZE - 1)).toBeLessThan(4.9 * Math.sqrt(1 / SIZE));
    expect(Math.abs(second / SIZE - 2)).toBeLessThan(4.9 * Math.sqrt(20 / SIZE));
    expect(Math.abs(third / SIZE - 6)).toBeLessThan(4.9 * Math.sqrt(684 / SIZE));
  });

  it('are independent of their predecessors (chi-square on pairs of deciles)', () => {
    const counts = new Array<number>(100).fill(0);
    const decile = (x: number) => Math.min(9, Math.floor(-Math.expm1(-x) * 10));
    for (let i = 0; i + 1 < SIZE; i += 2)
      counts[10 * decile(sample[i]) + decile(sample[i + 1])] += 1;
    const expected = SIZE / 200;
    const statistic = counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
    expect(chiSquarePValue(statistic, 99)).toBeGreaterThan(FALSE_ALARM);
  });
});
