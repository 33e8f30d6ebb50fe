import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostFunctions, costFunctions, PAPER_COST, upperRate } from '../../src/cost/cost.js';
import { ConfigError } from '../../src/errors.js';
import { optimum } from '../../src/theory/optimal.js';
import {
  type Load,
  type LoadStep,
  periodicTracking,
  stepsOf,
  trackingFilter,
  trackingTrajectory,
} from '../../src/theory/tracking.js';
import { solveByOdex } from '../reference/odex.js';
import { cubicCost, expectRelative } from './tools.js';

const paper = costFunctions(PAPER_COST);
const PERIOD = 400;

/** λ(t) = 0.8 (1 + A sin(2πt/400)) */
function sine(swing: number): { arrivalRate: (t: number) => number; period: number } {
  return {
    arrivalRate: (t) => 0.8 * (1 + swing * Math.sin((2 * Math.PI * t) / PERIOD)),
    period: PERIOD,
  };
}

/** The right side of the tracking equation, written down once more. */
function speed(cost: CostFunctions, m: number, rate: number, load: number): number {
  const idle = rate > load ? 1 / load - 1 / rate : 0;
  return -(cost.dg(rate) + cost.dh(rate) * (idle + 1 / rate)) / m;
}

/** Rate, its integral and that of the cost at the end of some steps, by ODEX, step by step. */
function reference(
  cost: CostFunctions,
  m: number,
  steps: readonly { arrivalRate: number; duration: number }[],
  initialRate: number,
): number[] {
  let state = [initialRate, 0, 0];
  for (const { arrivalRate: load, duration } of steps) {
    state = solveByOdex(
      (_, [rate = 0]) => [speed(cost, m, rate, load), rate, load * cost.g(rate) + cost.h(rate)],
      state,
      duration,
    );
  }
  return state;
}

const randomSchedule = fc
  .array(
    fc.record({
      duration: fc.double({ min: 0.5, max: 200, noNaN: true }),
      arrivalRate: fc.double({ min: 0.1, max: 1.9, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => {
    let time = 0;
    const schedule: LoadStep[] = steps.map(({ duration, arrivalRate }) => {
      const step = { time, arrivalRate };
      time += duration;
      return step;
    });
    return { schedule, period: time };
  });

describe('trackingTrajectory', () => {
  it.each([
    ['the cost of the paper', paper],
    ['another cost', cubicCost],
  ])('agrees with ODEX over any steps, with %s', (_, cost) => {
    fc.assert(
      fc.property(
        randomSchedule,
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        (load, logM, initialRate) => {
          const m = 10 ** logM;
          const [end] = trackingTrajectory(cost, load, m, initialRate, [load.period]);
          const [expected] = reference(cost, m, stepsOf(load), initialRate);
          expectRelative(end as number, expected as number, 1e-8);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('agrees with ODEX under a load that changes continuously', () => {
    const load = sine(0.5);
    for (const m of [1, 50, 1000]) {
      const [at100, at950] = trackingTrajectory(paper, load, m, 1.5, [100, 950]);
      for (const [time, rate] of [
        [100, at100],
        [950, at950],
      ] as const) {
        const [expected] = solveByOdex(
          (t, [rate = 0]) => [speed(paper, m, rate, load.arrivalRate(t))],
          [1.5],
          time,
        );
        expectRelative(rate as number, expected as number, 1e-8);
      }
    }
  });

  it('is the same whatever times are asked for, also where a period repeats', () => {
    const load = {
      schedule: [
        { time: 0, arrivalRate: 0.4 },
        { time: 3, arrivalRate: 1.2 },
        { time: 500, arrivalRate: 0.9 },
      ],
      period: 510,
    };
    const times = [0, 0, 1, 3, 7, 300, 509, 510, 512, 1000, 1530];
    const together = trackingTrajectory(paper, load, 4, 1.1, times);
    expect(together[0]).toBe(1.1);
    times.forEach((time, i) => {
      const [alone] = trackingTrajectory(paper, load, 4, 1.1, [time]);
      expectRelative(together[i] as number, alone as number, 1e-8);
    });
    const { period: _, ...once } = load;
    expectRelative(
      trackingTrajectory(paper, once, 4, 1.1, [1e6])[0] as number,
      optimum(paper, 0.9).rate,
      1e-9,
    );
  });

  it('settles at μ*, and at μ₊ where servers cannot keep up', () => {
    for (const [arrivalRate, rate] of [
      [0.8, Math.cbrt(4)],
      [2.2, Math.cbrt(11)],
      [2.3, Math.sqrt(5)],
      [50, upperRate(paper)],
    ] as const) {
      const [end] = trackingTrajectory(paper, { arrivalRate: () => arrivalRate }, 20, 0.01, [1e4]);
      expectRelative(end as number, rate, 1e-9);
      const steps = { schedule: [{ time: 0, arrivalRate }] };
      expectRelative(trackingTrajectory(paper, steps, 20, 0.01, [1e4])[0] as number, rate, 1e-9);
    }
  });

  it.each<[load: Load, m: number, initialRate: number, times: number[], complaint: RegExp]>([
    [{ schedule: [] }, 1, 1, [1], /^schedule: is empty/],
    [
      { schedule: [{ time: 1, arrivalRate: 1 }] },
      1,
      1,
      [1],
      /^schedule\[0\]\.time: got 1; must be 0/,
    ],
    [{ schedule: [{ time: 0, arrivalRate: 0 }] }, 1, 1, [1], /^schedule\[0\]\.arrivalRate: got 0/],
    [
      { schedule: [0, 2, 2].map((time) => ({ time, arrivalRate: 1 })) },
      1,
      1,
      [1],
      /^schedule\[2\]\.time: got 2; must be above the time before it, 2/,
    ],
    [
      { schedule: [0, 2].map((time) => ({ time, arrivalRate: 1 })), period: 2 },
      1,
      1,
      [1],
      /^schedule\[1\]\.time: got 2; must be below the period/,
    ],
    [sine(0.5), 0, 1, [1], /^inverseStepSize: got 0/],
    [sine(0.5), 1, 0, [1], /^initialRate: got 0/],
    [sine(0.5), 1, 1, [2, 1], /^times\[1\]: got 1/],
  ])('refuses %j, m = %d, from %d, at %j', (load, m, initialRate, times, complaint) => {
    const run = () => trackingTrajectory(paper, load, m, initialRate, times);
    expect(run).toThrow(ConfigError);
    expect(run).toThrow(complaint);
  });
});

describe('periodicTracking', () => {
  it('gives the known mean rates over eighths of a period', () => {
    // λ(t) = 0.8 (1 + ½ sin(2πt/400)), m = 50, from an independent computation with four digits
    const known = [1.4963, 1.6162, 1.6975, 1.7153, 1.6371, 1.459, 1.3279, 1.3717];
    const { meanRates } = periodicTracking(paper, sine(0.5), 50);
    meanRates.forEach((rate, k) => {
      expect(Math.abs(rate - (known[k] as number))).toBeLessThan(1.5e-4);
    });
    const steps = Array.from({ length: 256 }, (_, k) => ({
      time: (k * PERIOD) / 256,
      arrivalRate: sine(0.5).arrivalRate(((k + 0.5) * PERIOD) / 256),
    }));
    periodicTracking(paper, { schedule: steps, period: PERIOD }, 50).meanRates.forEach(
      (rate, k) => {
        expect(Math.abs(rate - (meanRates[k] as number))).toBeLessThan(2e-5);
      },
    );
  });

  it.each([
    ['the cost of the paper', paper],
    ['another cost', cubicCost],
  ])('comes back to where it started, by ODEX, with %s', (_, cost) => {
    fc.assert(
      fc.property(randomSchedule, fc.double({ min: -1, max: 5, noNaN: true }), (load, logM) => {
        const m = 10 ** logM;
        const { initialRate, meanRates, meanCost } = periodicTracking(cost, load, m, 1);
        const [rate = 0, integral = 0, total = 0] = reference(cost, m, stepsOf(load), initialRate);
        expectRelative(rate, initialRate, 1e-8);
        expectRelative(meanRates[0] as number, integral / load.period, 1e-8);
        expectRelative(meanCost, total / load.period, 1e-8);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('is what every trajectory becomes', () => {
    const load = sine(0.5);
    const { initialRate } = periodicTracking(paper, load, 50);
    for (const start of [0.1, 1, 2.2]) {
      const [end] = trackingTrajectory(paper, load, 50, start, [20 * PERIOD]);
      expectRelative(end as number, initialRate, 1e-8);
    }
  });

  it('does not change with the parts it is averaged over', () => {
    const load = {
      schedule: [0.3, 0.9, 1.4].map((arrivalRate, k) => ({ time: 7 * k, arrivalRate })),
      period: 30,
    };
    const whole = periodicTracking(paper, load, 11, 1);
    for (const parts of [2, 7, 64]) {
      const { meanRates, meanCost } = periodicTracking(paper, load, 11, parts);
      const mean = meanRates.reduce((sum, rate) => sum + rate, 0) / parts;
      expectRelative(mean, whole.meanRates[0] as number, 1e-9);
      expectRelative(meanCost, whole.meanCost, 1e-9);
    }
  });
});

describe('trackingFilter', () => {
  it('has θ_c = 0.75 at λ = 0.8', () => {
    expect(trackingFilter(paper, 0.8, 50, 1).relaxation).toBeCloseTo(0.75, 12);
  });

  it.each([1, 20, 50, 200])('is what becomes of a small swing, m = %d', (m) => {
    const swing = 1e-3;
    const parts = 64;
    const { meanRates } = periodicTracking(paper, sine(swing), m, parts);
    // first Fourier coefficient of means over parts, which pass a sine with the factor sin(x)/x
    let [re, im] = [0, 0];
    meanRates.forEach((rate, k) => {
      const angle = (2 * Math.PI * (k + 0.5)) / parts;
      re += (2 / parts) * rate * Math.sin(angle);
      im += (2 / parts) * rate * Math.cos(angle);
    });
    const passed = Math.sin(Math.PI / parts) / (Math.PI / parts);
    // dμ*/dλ = μ*/(3λ)
    const expected = (swing * Math.cbrt(4)) / 3;
    const { gain, lag } = trackingFilter(paper, 0.8, m, (2 * Math.PI) / PERIOD);
    expectRelative(Math.hypot(re, im) / passed / expected, gain, 1e-5);
    expect(Math.abs((Math.atan2(-im, re) * PERIOD) / (2 * Math.PI) - lag)).toBeLessThan(1e-3);
  });
});
