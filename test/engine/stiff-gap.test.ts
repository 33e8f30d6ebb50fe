/** Gaps in which the idle signal damps a rate many times over, from hardly at all to beyond counting. */
import { describe, expect, it } from 'vitest';
import { PAPER_COST } from '../../src/cost/cost.js';
import { movingTrajectory } from '../reference/rate-trajectory.js';
import { rawKernel } from './raw-kernel.js';

/** Relative error allowed over one gap; the reference is good to about 1e-12. */
const TOLERANCE = 1e-10;
const cost = { ...PAPER_COST.g, ...PAPER_COST.h };
/** Damping ∫ h''(I + …) dt / m beyond which the reference would take too long. */
const PRACTICAL = 1000;

describe('a stiff gap', () => {
  it('is solved to 1e-10 over ten decades of m, idle signals, gaps and rates', {
    timeout: 60_000,
  }, async () => {
    let solved = 0;
    let worst = { error: 0, at: '' };
    for (const m of [1e-3, 1, 100, 1e4, 1e6]) {
      const { kernel, plan } = await rawKernel({ inverseStepSize: m });
      const reference = movingTrajectory(cost, m);
      for (const signal of [0, 1, 40, 1e3, 1e6]) {
        for (const dt of [1e-3, 0.1, 3, 12, 40, 150, 1e3, 1e5, 1e7]) {
          for (const idle of [true, false]) {
            const damping = (0.6 / m) * dt * (signal + (idle ? dt / 2 : 0));
            if (damping > PRACTICAL || dt / m > PRACTICAL) continue;
            for (const rate of [0, 1e-3, 0.05, 0.57, 2.2, 30]) {
              const got = kernel.advanceRate(plan.state, rate, signal, idle ? 1 : 0, dt);
              const want = reference.untilElapsed({ rate, idleSignal: signal, idle }, dt).rate;
              const error = Math.abs(got / want - 1);
              if (!(error <= worst.error)) {
                worst = { error, at: `m ${m}, I ${signal}, idle ${idle}, dt ${dt}, rate ${rate}` };
              }
              solved += 1;
            }
          }
        }
      }
    }
    expect(solved).toBeGreaterThan(1000);
    expect(worst.error, worst.at).toBeLessThan(TOLERANCE);
  });

  it('keeps the order of two rates to 1e-9, whatever way each is solved', async () => {
    // the bound on the rates of an epoch rests on it
    const crossed: string[] = [];
    for (const m of [1, 100, 1e4]) {
      const { kernel, plan } = await rawKernel({ inverseStepSize: m });
      for (const signal of [0, 5, 200]) {
        for (const slope of [0, 1]) {
          for (let dt = 0.5; dt < 2e4; dt *= 1.7) {
            let below = 0;
            for (let rate = 1e-3; rate < 100; rate *= 1.07) {
              const end = kernel.advanceRate(plan.state, rate, signal, slope, dt);
              if (!(end > below * (1 - 1e-9))) {
                crossed.push(`m ${m}, I ${signal}, slope ${slope}, dt ${dt}, rate ${rate}`);
              }
              below = end;
            }
          }
        }
      }
    }
    expect(crossed).toEqual([]);
  });
});
