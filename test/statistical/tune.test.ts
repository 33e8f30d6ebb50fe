/** Simulation against theory: what a load that changes costs adaptive rates. */
import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../src/analysis/interval.js';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { measureDelay, type Realised, timesOf } from '../../src/studies/realised-cost.js';
import { sweep } from '../../src/studies/sweep.js';
import { sineLoad, type TuneOptions, type TuneSystem, tune } from '../../src/studies/tune.js';
import { ExcessCosts } from '../../src/theory/excess-cost.js';
import { periodicTracking, trackingTrajectory } from '../../src/theory/tracking.js';

const paper = costFunctions(PAPER_COST);

async function simulated(system: TuneSystem, options: TuneOptions) {
  const { simulation } = await tune(system, options);
  if (!simulation) throw new Error('no simulation');
  return simulation;
}

describe('tune', () => {
  it('agrees with theory where that is valid, for a slow load and many servers', async () => {
    // what theory leaves out is of order 1/m and 1/n
    const slow = sineLoad(0.8, 0.5, 8000);
    const { points, times } = await simulated(
      { servers: 400, load: slow },
      { budget: 1.2e8, replications: 6 },
    );
    const { clairvoyantCost } = new ExcessCosts(paper, slow);
    for (const { inverseStepSize: m, excess, cost, theory, meanRates } of points.slice(2)) {
      expect(cost.mean - excess.mean).toBeCloseTo(clairvoyantCost, 12);
      // t with 5 degrees of freedom at 99.9 % is 2.7 times that at 95 %; what is left out,
      // of order 1/m and 1/n, was 1 to 2 % in longer runs: 3 %. Fixed seeds; at others this fails once in 300 times
      const tolerance = 2.7 * (excess.halfWidth as number) + 0.03 * theory.total;
      expect(Math.abs(excess.mean - theory.total)).toBeLessThan(tolerance);
      expect(excess.halfWidth).toBeLessThan(1e-4); // or this would say little
      const { initialRate } = periodicTracking(paper, slow, m, 1);
      const tracked = trackingTrajectory(paper, slow, m, initialRate, times);
      const distances = meanRates.map((rate, i) => Math.abs(rate - (tracked[i] as number)));
      expect(Math.max(...distances)).toBeLessThan(0.01);
    }
  });

  it('finds the m of the simulation, below that of theory for a fast load, and says what is alike', async () => {
    const { points, best, ties, atEdge } = await simulated(
      { servers: 100, load: sineLoad(0.8, 0.5, 400) },
      { budget: 2e7 },
    );
    const [m3, m7, m14, m28, m57] = points as [
      typeof best,
      typeof best,
      typeof best,
      typeof best,
      typeof best,
    ];
    expect([m7, m14]).toContain(best);
    expect(atEdge).toBe(false);
    expect(ties.every((m) => m === m7.inverseStepSize || m === m14.inverseStepSize)).toBe(true);
    expect(best.worse).toMatchObject({ mean: 0, halfWidth: 0 });
    for (const { worse } of [m3, m28, m57])
      expect(worse.mean).toBeGreaterThan(worse.halfWidth as number);
    // theory overestimates the noise of a small m; at a larger one it lacks 4 %, in longer runs, of order 1/m
    expect(m3.excess.mean).toBeLessThan(0.7 * m3.theory.total);
    for (const { excess, theory } of [m28, m57]) {
      expect(Math.abs(excess.mean / theory.total - 1.04)).toBeLessThan(0.04);
    }
    expect(best.excess.mean).toBeLessThan(0.25 * 0.0111); // a quarter of what frozen rates cost
  });

  it('measures the delay that tasks have, phase by phase', async () => {
    const load = sineLoad(0.8, 0.5, 400);
    const recording = { rows: 192, warmup: 192, periods: 10 };
    const { horizon, warmup, interval } = timesOf(recording, load.period);
    const { replications } = await sweep(
      {
        base: {
          ...load,
          servers: 200,
          arrivalRate: 0.8,
          inverseStepSize: 20,
          initialRates: 1.5,
          horizon,
          warmup,
          record: { interval, servers: 'all', phases: 64 },
        },
        replications: 24,
      },
      { measure: measureDelay(paper, load, recording) },
    );
    const differences = replications.map(({ phases = [], measured }) => {
      const counted = phases.map(
        (phase, k) => (load.schedule[k]?.arrivalRate as number) * (phase.meanSojournTime as number),
      );
      const mean = counted.reduce((sum, delay) => sum + delay, 0) / 64;
      return (measured as Realised).delay - mean;
    });
    // fixed seed; at others this fails with probability 1e-3
    const { mean, halfWidth } = meanInterval(differences, 0.999);
    expect(Math.abs(mean)).toBeLessThan(halfWidth as number);
    expect(halfWidth).toBeLessThan(1e-3); // of 0.53
  });
});
