/**
 * Adaptive rates in steady state against theory: the fixed point for m → ∞ at finite n, and the
 * linear-noise band at finite m. Seeds are fixed; false-alarm probability 1e-6 per comparison.
 */
import { describe, expect, it } from 'vitest';
import { optimalRate, PAPER_COST, Simulation, type SimulationConfig } from '../../src/index.js';
import { fixedPoint, fluctuationSd } from '../reference/exact-laws.js';
import { studentInterval } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 20;

async function steadyStates(config: Partial<SimulationConfig>) {
  const results = [];
  for (let k = 0; k < REPLICATIONS; k++) {
    const simulation = await Simulation.create({
      servers: 100,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      horizon: 30_000,
      // m/θ = 801 at m = 500: from Unif[0, 2] the mean is within 1e-4 of its limit at t = 10 m
      warmup: 5000,
      seed: `adaptive ${k}`,
      ...config,
    });
    simulation.runUntil();
    results.push(
      simulation.result().serviceRate as { mean: number; sd: number; p05: number; p95: number },
    );
  }
  return results;
}

describe('the mean rate at m = 500', () => {
  it.each([2, 5, 10, 25, 100])('is at the fixed point for n = %i', async (n) => {
    const horizon = 5000 + Math.max(12_000, 1_100_000 / n);
    const results = await steadyStates({ servers: n, horizon, record: { interval: 20 } });
    const { mean, halfWidth } = studentInterval(
      results.map((r) => r.mean),
      FALSE_ALARM,
    );
    // the fixed point is the limit m → ∞; at m = 500 the mean is off by less than 2e-4, inside the interval
    expect(Math.abs(mean - fixedPoint(0.8, n))).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(1.5e-3);
  });

  it('is below the optimum by the finite-n bias, and by no more', () => {
    expect(optimalRate(PAPER_COST, 0.8)).toBeCloseTo(1.58740105, 8);
    expect(fixedPoint(0.8, 100)).toBeCloseTo(1.58603377, 8);
  });
});

describe('the spread of the rates at n = 100', () => {
  it.each([
    [500, 5000],
    [100, 1000],
  ])('is that of linear noise at m = %i', async (m, warmup) => {
    const results = await steadyStates({
      inverseStepSize: m,
      warmup,
      horizon: warmup + 25 * m,
      record: { interval: m / 25 },
    });
    const predicted = fluctuationSd(0.8, m);
    const sd = studentInterval(
      results.map((r) => r.sd),
      FALSE_ALARM,
    );
    const low = studentInterval(
      results.map((r) => r.mean - r.p05),
      FALSE_ALARM,
    );
    const high = studentInterval(
      results.map((r) => r.p95 - r.mean),
      FALSE_ALARM,
    );
    // first order in 1/m and 1/n: good to 2 % here (0.7 and 0.3 % measured in long runs)
    expect(Math.abs(sd.mean - predicted)).toBeLessThan(sd.halfWidth + 0.02 * predicted);
    expect(sd.halfWidth).toBeLessThan(0.05 * predicted);
    // normal quantiles, up to the skewness that second order brings: 7 % of the sd
    expect(Math.abs(low.mean - 1.645 * predicted)).toBeLessThan(low.halfWidth + 0.07 * predicted);
    expect(Math.abs(high.mean - 1.645 * predicted)).toBeLessThan(high.halfWidth + 0.07 * predicted);
  });
});

describe('where the timescales do not separate', () => {
  it('the simulated mean is the model’s, not the optimum: λ = 0.025, m = 100', async () => {
    const results = await steadyStates({
      arrivalRate: 0.025,
      inverseStepSize: 100,
      warmup: 1500,
      horizon: 5000,
    });
    const { mean, halfWidth } = studentInterval(
      results.map((r) => r.mean),
      FALSE_ALARM,
    );
    expect(halfWidth).toBeLessThan(0.015);
    expect(Math.abs(mean - 0.573)).toBeLessThan(halfWidth + 0.0005);
  });
});

describe('the limit trajectory (2.3)', () => {
  it('is followed from Unif[0, 2] within 0.002 at n = 1000, m = 500', async () => {
    const simulation = await Simulation.create({
      servers: 1000,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      horizon: 5000,
      record: { interval: 250 },
      seed: 'limit',
    });
    simulation.runUntil();
    const { mean } = simulation.trajectory;
    // mean rates at t/m = 0.5, 1, 2, 4, 10 of the mean-field equation; the initial mean of 1000 uniform
    // rates has sd 0.018 and is forgotten like e^{−θt/m}, θ = 1.88
    const initial = mean[0] - 1;
    for (const [t, rate] of [
      [0.5, 1.3382],
      [1, 1.4408],
      [2, 1.5287],
      [4, 1.576],
      [10, 1.5873],
    ]) {
      const error = mean[2 * t] - rate;
      expect(Math.abs(error)).toBeLessThan(0.002 + Math.abs(initial) * Math.exp(-t));
    }
  });
});
