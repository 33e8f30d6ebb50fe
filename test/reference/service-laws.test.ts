import { describe, expect, it } from 'vitest';
import { Sfc32 } from './random.js';
import { drawWork, phaseType, type ServiceLaw } from './service-laws.js';
import { mean, studentInterval } from './statistics.js';

/** Per comparison; 27 comparisons of a correct law with fresh seeds fail with probability below 3e-5. */
const FALSE_ALARM = 1e-6;

/** With the squared coefficient of variation of each. */
const laws: [string, ServiceLaw, number][] = [
  ['exponential', { kind: 'exponential' }, 1],
  ['erlang 3', { kind: 'erlang', k: 3 }, 1 / 3],
  // E[S] = .3/2 + .7/.5 = 1.55, E[S²] = 2 (.3/4 + .7/.25) = 5.75
  ['hyperexponential', { kind: 'hyperexponential', p: 0.3, r1: 2, r2: 0.5 }, 5.75 / 1.55 ** 2 - 1],
  ['scv 0.3', { kind: 'scv', c: 0.3 }, 0.3],
  ['scv 0.5', { kind: 'scv', c: 0.5 }, 0.5],
  ['scv 0.8', { kind: 'scv', c: 0.8 }, 0.8],
  ['scv 1', { kind: 'scv', c: 1 }, 1],
  ['scv 4', { kind: 'scv', c: 4 }, 4],
  // two stages, of rate 2 and 1, the second only with probability ½: mean ½ + ½ = 1
  [
    'a Coxian law',
    {
      kind: 'phase type',
      alpha: [1, 0],
      T: [
        [-2, 1],
        [0, -1],
      ],
    },
    // E[S²] = 2·¼ + 2·½·½·1 + ½·2 = 2
    1,
  ],
];

/** E[e^(−θS)] = α (θ − T)⁻¹ t for at most three phases in upper triangular form, from the last back. */
function transform(law: ServiceLaw, theta: number): number {
  const { alpha, T } = phaseType(law);
  const value: number[] = [];
  for (let i = alpha.length - 1; i >= 0; i--) {
    const exit = -T[i].reduce((a, b) => a + b, 0);
    const onward = T[i].reduce((sum, rate, j) => (j > i ? sum + rate * value[j] : sum), 0);
    value[i] = (exit + onward) / (theta - T[i][i]);
  }
  return alpha.reduce((sum, share, i) => sum + share * value[i], 0);
}

describe.each(laws)('%s', (_name, law, scv) => {
  it('has mean 1 and its coefficient of variation in phase-type form', () => {
    // derivatives of the transform at 0, by central differences: error of order step²
    const step = 1e-4;
    const [low, zero, high] = [-step, 0, step].map((theta) => transform(law, theta));
    expect(zero).toBeCloseTo(1, 12);
    expect((low - high) / (2 * step)).toBeCloseTo(1, 5);
    expect((low - 2 * zero + high) / step ** 2 - 1).toBeCloseTo(scv, 4);
  });

  it('is drawn as its phase-type form says', () => {
    const random = new Sfc32(1);
    const works = Array.from({ length: 40_000 }, () => drawWork(law, random));
    // mean, and the whole law by its transform at two points
    const { mean: centre, halfWidth } = studentInterval(works, FALSE_ALARM);
    expect(Math.abs(centre - 1)).toBeLessThan(halfWidth);
    for (const theta of [0.4, 5]) {
      const weights = works.map((work) => Math.exp(-theta * work));
      const interval = studentInterval(weights, FALSE_ALARM);
      expect(Math.abs(mean(weights) - transform(law, theta))).toBeLessThan(interval.halfWidth);
      expect(interval.halfWidth).toBeLessThan(0.01);
    }
  });
});
