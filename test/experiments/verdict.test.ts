import { describe, expect, it } from 'vitest';
import { type Estimate, estimate } from '../../src/experiments/estimate.js';
import {
  above,
  below,
  falling,
  judge,
  known,
  rising,
  together,
} from '../../src/experiments/verdict.js';
import { Sfc32 } from '../reference/random.js';

const interval = (mean: number, halfWidth: number): Estimate => ({
  mean,
  halfWidth,
  low: mean - halfWidth,
  high: mean + halfWidth,
});

/** Box and Muller */
const normal = (random: Sfc32) =>
  Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.uniform());

describe('an error that should be 0', () => {
  it('agrees only if an error that matters would have shown', () => {
    expect(judge(interval(0.02, 0.1), { resolution: 0.5 })).toBe('agrees');
    expect(judge(interval(0.02, 0.3), { resolution: 0.5 })).toBe('not decided');
    expect(judge(interval(0.02, Number.POSITIVE_INFINITY), { resolution: 0.5 })).toBe(
      'not decided',
    );
  });

  it('differs beyond its interval and what the claim allows for', () => {
    expect(judge(interval(-0.2, 0.1), { resolution: 0.5 })).toBe('differs');
    expect(judge(interval(-0.2, 0.1), { tolerance: 0.15, resolution: 0.5 })).toBe('agrees');
    expect(judge(interval(-0.2, 0.19), { tolerance: 0.15, resolution: 0.5 })).toBe('not decided');
  });

  it('never agrees with nothing, or with twice the prediction, where a prediction is resolved', () => {
    // ten runs with a relative error of each of 10 … 300 %; a verdict that agrees with a wrong prediction happens
    // with a probability of at most 0.5 % (99 % intervals, one side), so in 2000 trials at most 26 times (1e-4)
    const random = new Sfc32(1);
    let wrong = 0;
    let right = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const sd = 0.1 + 2.9 * random.uniform();
      for (const truth of [0, 1, 2]) {
        const runs = Array.from({ length: 10 }, () => truth - 1 + sd * normal(random));
        const verdict = judge(estimate(runs, 0.99), { resolution: 1 });
        if (verdict === 'agrees') truth === 1 ? right++ : wrong++;
      }
    }
    expect(wrong).toBeLessThan(26);
    expect(right).toBeGreaterThan(100);
  });
});

describe('limits and trends', () => {
  it('are decided by the whole interval', () => {
    expect(below(interval(1, 0.5), 2)).toBe('agrees');
    expect(below(interval(1.8, 0.5), 2)).toBe('not decided');
    expect(below(interval(3, 0.5), 2)).toBe('differs');
    expect(above(interval(3, 0.5), 2)).toBe('agrees');
    expect(above(interval(1, 0.5), 2)).toBe('differs');
  });

  it('fall if every value does and the ends are apart', () => {
    const values = [interval(3, 0.2), interval(2, 1.5), interval(1, 0.2)];
    expect(falling(values)).toBe('agrees');
    expect(rising(values)).toBe('not decided');
    expect(rising(values.toReversed())).toBe('agrees');
    expect(falling([interval(3, 2), interval(2, 2)])).toBe('not decided');
    expect(falling([interval(3, 0.1), interval(1, 0.1), interval(2, 0.1)])).toBe('differs');
  });

  it('a claim of several parts is as good as its weakest', () => {
    expect(together(['agrees', 'agrees'])).toBe('agrees');
    expect(together(['agrees', 'not decided'])).toBe('not decided');
    expect(together(['not decided', 'differs'])).toBe('differs');
    expect([known(true), known(false)]).toEqual(['agrees', 'differs']);
  });
});
