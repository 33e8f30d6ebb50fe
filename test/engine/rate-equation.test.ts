import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cost } from '../../src/cost/cost.js';
import { PAPER_COST } from '../../src/cost/cost.js';
import { Simulation } from '../../src/index.js';
import { movingTrajectory } from '../reference/rate-trajectory.js';
import { rawKernel, smallSystem } from './raw-kernel.js';
import { shiftedTrajectory } from './shifted-trajectory.js';

/** Relative error allowed over one interval; the reference is good to about 1e-12. */
const TOLERANCE = 1e-10;

const power = (a: number, p: number, b: number, q: number): Cost => ({
  g: { family: 'power', a, p },
  h: { family: 'power', b, q },
});
const shifted = (a: number, p: number, b: number, q: number): Cost => ({
  g: { family: 'shifted', a, p },
  h: { family: 'power', b, q },
});

/** Largest relative error of the kernel against the reference over random starts and gaps. */
async function compare(cost: Cost, m: number, longest: number, runs: number): Promise<number> {
  const { kernel, plan } = await rawKernel({ cost, inverseStepSize: m });
  const reference =
    cost.g.family === 'power' ? movingTrajectory({ ...cost.g, ...cost.h }, m) : null;
  let worst = 0;
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.boolean(),
      fc.double({ min: 1e-3, max: longest, noNaN: true }),
      (rate, idleSignal, idle, dt) => {
        const got = kernel.advanceRate(plan.state, rate, idleSignal, idle ? 1 : 0, dt);
        const want = reference
          ? reference.untilElapsed({ rate, idleSignal, idle }, dt).rate
          : shiftedTrajectory(cost, m, rate, idleSignal, idle ? 1 : 0, dt);
        worst = Math.max(worst, Math.abs(got / want - 1));
        return Math.abs(got / want - 1) < TOLERANCE;
      },
    ),
    { numRuns: runs, seed: 20 },
  );
  return worst;
}

describe('the rate equation (2.2) between two events', () => {
  it.each([
    ['the paper, m = 500', PAPER_COST, 500, 10],
    ['the paper, m = 500, long gaps', PAPER_COST, 500, 1000],
    ['the paper, m = 100', PAPER_COST, 100, 40],
    ['the paper, m = 10, gaps as long as at λ = 0.025', PAPER_COST, 10, 200],
    ['the paper, m = 1', PAPER_COST, 1, 20],
    ['g = 2/x, h = 0.3 x²', power(2, 1, 0.3, 2), 50, 20],
    ['g = 1/x², h = 0.05 x³', power(1, 2, 0.05, 3), 100, 50],
    ['g = 1/x, h = 0.4 x (linear)', power(1, 1, 0.4, 1), 100, 50],
    ['g = 1/(1+x), h = 0.05 x³ (Remark 2.2)', shifted(1, 1, 0.05, 3), 100, 50],
    ['g = 3/(1+x)², h = 0.1 x²', shifted(3, 2, 0.1, 2), 20, 50],
  ])('is solved to 1e-10: %s', async (_name, cost, m, longest) => {
    expect(await compare(cost, m, longest, 300)).toBeLessThan(TOLERANCE);
  });

  it('is solved from rate 0, where it is singular', async () => {
    for (const [cost, m] of [
      [PAPER_COST, 500],
      [PAPER_COST, 10],
      [power(1, 2, 0.05, 3), 100],
    ] as const) {
      const { kernel, plan } = await rawKernel({ cost, inverseStepSize: m });
      const reference = movingTrajectory({ ...cost.g, ...cost.h }, m);
      for (const dt of [1e-9, 1e-3, 1, 30]) {
        for (const idle of [true, false]) {
          const got = kernel.advanceRate(plan.state, 0, 0.5, idle ? 1 : 0, dt);
          const want = reference.untilElapsed({ rate: 0, idleSignal: 0.5, idle }, dt).rate;
          expect(Math.abs(got / want - 1)).toBeLessThan(TOLERANCE);
        }
      }
    }
    const cost = shifted(1, 1, 0.05, 3);
    const { kernel, plan } = await rawKernel({ cost, inverseStepSize: 100 });
    for (const dt of [1e-3, 1, 30]) {
      const got = kernel.advanceRate(plan.state, 0, 0.5, 1, dt);
      const want = shiftedTrajectory(cost, 100, 0, 0.5, 1, dt);
      expect(Math.abs(got / want - 1)).toBeLessThan(TOLERANCE);
    }
  });

  it('does not depend on where it is interrupted (beyond rounding)', async () => {
    const { kernel, plan } = await rawKernel({ inverseStepSize: 20 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (rate, signal, first, second) => {
          const whole = kernel.advanceRate(plan.state, rate, signal, 1, first + second);
          const middle = kernel.advanceRate(plan.state, rate, signal, 1, first);
          const split = kernel.advanceRate(plan.state, middle, signal + first, 1, second);
          return Math.abs(split / whole - 1) < TOLERANCE;
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });

  it('is solved after gaps far longer than the relaxation time, where the start is forgotten', async () => {
    // the slow manifold takes over from the series at a damping × I of 1000: both sides of that
    for (const [cost, m] of [
      [PAPER_COST, 10],
      [power(1, 2, 0.05, 3), 10],
      [power(1, 1, 0.4, 1), 10],
    ] as const) {
      const { kernel, plan } = await rawKernel({ cost, inverseStepSize: m });
      const reference = movingTrajectory({ ...cost.g, ...cost.h }, m);
      for (const rate of [0, 0.02, 1.5, 50]) {
        for (const [signal, slope, dt] of [
          [0, 1, 150],
          [0, 1, 400],
          [50, 1, 200],
          [100, 0, 300],
          [0, 0, 3000],
        ]) {
          const got = kernel.advanceRate(plan.state, rate, signal, slope, dt);
          const want = reference.untilElapsed(
            { rate, idleSignal: signal, idle: slope === 1 },
            dt,
          ).rate;
          expect(
            Math.abs(got / want - 1),
            `${cost.h.q} ${rate} ${signal} ${slope} ${dt}`,
          ).toBeLessThan(TOLERANCE);
        }
      }
    }
  });

  it('costs no more for the longest gaps', async () => {
    const { kernel, plan } = await rawKernel({ inverseStepSize: 10 });
    // after an idle time I the rate is the root of 1/μ² = 0.2 (1 + μ I), up to corrections of order 1/I²
    for (const dt of [1e5, 1e8, 1e12]) {
      const rate = kernel.advanceRate(plan.state, 1.5, 0, 1, dt);
      expect(Math.abs(rate * rate * 0.2 * (1 + rate * dt) - 1)).toBeLessThan(1e-6);
    }
  });

  it('leaves frozen rates alone, to the bit', async () => {
    const { kernel, plan } = await rawKernel({ inverseStepSize: 'inf' });
    expect(kernel.advanceRate(plan.state, 1.1, 3, 1, 1e6)).toBe(1.1);
    expect(kernel.advanceRate(plan.state, 0, 3, 1, 1e6)).toBe(0);
  });

  it('is the same, to the bit, for servers taken one by one and in pairs', async () => {
    // rates() solves server by server, the recorded columns two lanes at a time
    for (const inverseStepSize of [500, 10]) {
      const config = {
        ...smallSystem,
        servers: 33,
        inverseStepSize,
        record: { interval: 7, servers: 'all' as const },
      };
      const simulation = await Simulation.create(config);
      for (let row = 1; row <= 14; row++) {
        simulation.runUntil(7 * row);
        const recorded = Array.from(
          { length: 33 },
          (_, v) => simulation.trajectory.serverRates(v)[row],
        );
        expect([...simulation.rates()]).toEqual(recorded);
      }
    }
  });
});
