import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../src/config/config.js';
import { type PhaseType, type Service, serviceLaw } from '../../src/service/law.js';
import { Sfc32 } from '../reference/random.js';

/** Mean and squared coefficient of variation, sampled by following the chain. */
function sampled({ alpha, T }: PhaseType, count: number, seed: number) {
  const random = new Sfc32(seed);
  const pick = (weights: number[], total: number) => {
    let level = random.uniform() * total;
    for (let i = 0; i < weights.length; i++) {
      level -= weights[i];
      if (level < 0) return i;
    }
    return -1;
  };
  let [sum, squares] = [0, 0];
  for (let k = 0; k < count; k++) {
    let time = 0;
    for (let phase = pick(alpha, 1); phase >= 0; ) {
      const rate = -T[phase][phase];
      time -= Math.log(1 - random.uniform()) / rate;
      phase = pick(
        T[phase].map((x, i) => (i === phase ? 0 : x)),
        rate,
      );
    }
    sum += time;
    squares += time * time;
  }
  const mean = sum / count;
  return { mean, scv: squares / count / mean ** 2 - 1 };
}

describe('laws of work', () => {
  it.each([
    ['exponential', 1],
    ['erlang:1', 1],
    ['erlang:2', 1 / 2],
    ['erlang:255', 1 / 255],
    ['hyperexponential:0.5,1,1', 1],
    // second moment 2 (p/r1² + q/r2²) over the square of p/r1 + q/r2
    ['hyperexponential:0.25,1,3', (2 * (0.25 + 0.75 / 9)) / 0.5 ** 2 - 1],
    ['scv:1', 1],
    ['scv:0.005', 0.005],
    ['scv:0.5', 0.5],
    ['scv:0.3', 0.3],
    ['scv:0.9', 0.9],
    ['scv:4', 4],
    ['scv:1000', 1000],
  ] as [Service, number][])('%s has mean 1 and its variation', (service, scv) => {
    const law = serviceLaw(service);
    expect(law.mean).toBeCloseTo(1, 12);
    expect(Math.abs(law.scv / scv - 1)).toBeLessThan(1e-9);
  });

  it('have the least number of phases that a variation below 1 needs', () => {
    expect(serviceLaw('scv:0.5').alpha).toHaveLength(2);
    expect(serviceLaw('scv:0.49').alpha).toHaveLength(3);
    expect(serviceLaw('scv:0.2').alpha).toHaveLength(5);
  });

  it('are scaled to mean 1, unless told not to', () => {
    const law = { alpha: [1], T: [[-4]] };
    expect(serviceLaw(law)).toEqual({ alpha: [1], T: [[-1]], mean: 1, scv: 1 });
    expect(serviceLaw({ ...law, scale: false })).toEqual({ ...law, mean: 0.25, scv: 1 });
  });

  it('have the moments of the chain that they are', () => {
    const law: PhaseType = {
      alpha: [0.2, 0.8, 0],
      T: [
        [-3, 1, 1],
        [0.5, -2, 0],
        [1, 1, -4],
      ],
      scale: false,
    };
    const { mean, scv } = serviceLaw(law);
    const sample = sampled(law, 200_000, 5);
    // 5 sd of either estimate, from the moments of an exponential law: 1e-6 false alarms
    expect(Math.abs(sample.mean / mean - 1)).toBeLessThan(0.012);
    expect(Math.abs(sample.scv - scv)).toBeLessThan(0.05);
  });
});

const system = { servers: 10, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100 };

describe('a law that cannot be simulated', () => {
  it.each([
    ['erlang', 'service: got "erlang"; must be'],
    ['erlang:0', 'erlang:k'],
    ['erlang:2.5', 'erlang:k'],
    ['erlang:256', 'erlang:k'],
    ['erlang:2,3', 'erlang:k'],
    ['exponential:1', 'must be "exponential"'],
    ['scv:0', 'c from 0.005 to 1000'],
    ['scv:-1', 'c from'],
    ['scv:1e9', 'c from'],
    ['scv:', 'c from'],
    ['scv: 2', 'c from'],
    ['hyperexponential:0.5,1', 'p,r1,r2'],
    ['hyperexponential:2,1,1', 'p,r1,r2'],
    ['hyperexponential:0.5,1e-9,1e9', 'times as fast as the mean; at most 10000'],
    ['pareto:2', 'must be "exponential"'],
    [7, 'got 7; must be'],
    [{ alpha: [1] }, 'service.T: is missing'],
    [{ alpha: [0.5, 0.4], T: [[-1], [-1]] }, 'service.alpha: got [0.5, 0.4]; must be'],
    [{ alpha: [1], T: [[-1, 0]] }, 'service.T: got'],
    [{ alpha: [1], T: [[1]] }, 'service.T[0]: got [1]; must be'],
    [
      {
        alpha: [0.5, 0.5],
        T: [
          [-1, 2],
          [0, -1],
        ],
      },
      'service.T[0]',
    ],
    [
      {
        alpha: [0.5, 0.5],
        T: [
          [-1, -0.5],
          [0, -1],
        ],
      },
      'service.T[0]',
    ],
    [
      {
        alpha: [0.5, 0.5],
        T: [
          [-1, 1],
          [1, -1],
        ],
      },
      'never ends',
    ],
    [{ alpha: [1], T: [[Number.NaN]] }, 'service.T[0][0]'],
    [{ alpha: [1], T: [[-1]], mean: 2 }, 'unknown field'],
  ])('%o is refused', (service, message) => {
    expect(() => validateConfig({ ...system, service })).toThrow(message);
  });

  it('is refused or has finite moments, whatever its rates', () => {
    const rate = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }).chain((k) =>
          fc.record({
            alpha: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
              minLength: k,
              maxLength: k,
            }),
            T: fc.array(fc.array(rate, { minLength: k, maxLength: k }), {
              minLength: k,
              maxLength: k,
            }),
            proper: fc.boolean(),
          }),
        ),
        ({ alpha, T, proper }) => {
          const total = alpha.reduce((sum, x) => sum + x, 0) || 1;
          const service = proper
            ? {
                alpha:
                  total === 1 && alpha.every((x) => x === 0)
                    ? alpha.map((_, i) => +(i === 0))
                    : alpha.map((x) => x / total),
                T: T.map((row, i) => {
                  const others = row.map((x, j) => (j === i ? 0 : Math.abs(x)));
                  const out = others.reduce((sum, x) => sum + x, 0);
                  return others.map((x, j) => (j === i ? -out - 0.01 - Math.abs(row[i]) : x));
                }),
              }
            : { alpha, T };
          let law: ReturnType<typeof serviceLaw>;
          try {
            validateConfig({ ...system, service });
            law = serviceLaw(service);
          } catch (error) {
            expect(error).toHaveProperty('name', 'ConfigError');
            return;
          }
          expect(law.mean).toBeCloseTo(1, 9);
          expect(law.scv).toBeGreaterThan(0);
          expect(law.scv).toBeLessThan(Number.POSITIVE_INFINITY);
        },
      ),
    );
  });
});

it('scv:1/k is Erlang with k phases, however 1/k is rounded', () => {
  for (let k = 2; k <= 199; k++) {
    for (const c of [1 / k, (1 / k) * (1 + 2 ** -52), (1 / k) * (1 - 2 ** -53)]) {
      const { alpha, scv } = serviceLaw(`scv:${c}`);
      expect(alpha.every((share) => share >= 0 && share <= 1)).toBe(true);
      expect(Math.abs(scv * k - 1)).toBeLessThan(1e-11);
    }
  }
});
