import { describe, expect, it } from 'vitest';
import {
  forgottenAfter,
  memoryFactor,
  type RelaxationTimes,
  relaxationTimes,
  shortestBatch,
} from '../../src/analysis/relaxation.js';
import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { relaxationRate } from '../../src/theory/thresholds.js';

const cost = costFunctions(PAPER_COST);
const costs = {
  objective: cost,
  classes: [{ choice: PAPER_COST, functions: cost, tabulated: false }],
  changes: [],
  byHand: [],
};
const frozen: SimulationConfig = {
  servers: 1,
  arrivalRate: 0.8,
  inverseStepSize: 'inf',
  horizon: 100,
};

function of(config: Partial<SimulationConfig>, mean = 1, smallest = mean) {
  return relaxationTimes(
    { config: validateConfig({ ...frozen, ...config }), costs },
    { mean, smallest },
  );
}

/**
 * The smallest decay rate x > 0 of M/M/1/K: f₀ = 1 and −x f_k = λ (f_{k+1} − f_k) + μ (f_{k−1} − f_k) give f₁ … f_K, and
 * x is the smallest root of what the equation at K, where nothing arrives, leaves over.
 */
function decayRate(lambda: number, mu: number, K: number): number {
  const leftOver = (x: number) => {
    let [before, here] = [1, 1 - x / lambda];
    for (let k = 1; k < K; k++) {
      [before, here] = [here, here - (x * here + mu * (before - here)) / lambda];
    }
    return mu * (before - here) + x * here;
  };
  const step = (lambda + mu) / 1e5;
  let low = step; // at 0 there is the root of the stationary law
  const above = leftOver(low) > 0;
  while (leftOver(low + step) > 0 === above) low += step;
  let high = low + step;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (leftOver(middle) > 0 === above) low = middle;
    else high = middle;
  }
  return low;
}

describe('relaxation times', () => {
  it.each([
    [0.8, 1, 2],
    [0.3, 1, 5],
    [1, 1, 10],
    [2, 1, 7],
    [0.95, 1, 30],
  ])('of M/M/1/K: the spectral gap of its generator, λ %d, μ %d, K %d', (lambda, mu, buffer) => {
    const times = of({ arrivalRate: lambda, buffer }, mu) as RelaxationTimes;
    expect(times.queues * decayRate(lambda, mu, buffer)).toBeCloseTo(1, 8);
    expect(times).toMatchObject({ rates: 0, cycle: 1 / lambda + 1 / mu });
  });

  it('of unbounded queues: 1/(√Σμ − √(λn))²', () => {
    const times = of({ servers: 4, arrivalRate: 0.95, buffer: 'inf' }) as RelaxationTimes;
    expect(times.queues).toBeCloseTo((Math.sqrt(4) - Math.sqrt(4 * 0.95)) ** -2, 8);
    expect(of({ buffer: 'inf' }, 0.8)).toMatch(/queues grow/);
    expect(of({ buffer: 'inf' }, 0.7)).toMatch(/queues grow/);
    expect(of({ buffer: 100 }, 0.7)).toHaveProperty('queues');
  });

  it('of adaptive rates: m/θ, unknown where μ* ≤ λ', () => {
    const times = of({ inverseStepSize: 500 }, 1.5) as RelaxationTimes;
    expect(times).toMatchObject({ rates: 500 / relaxationRate(cost, 0.8), queues: 0 });
    expect(of({ inverseStepSize: 500, arrivalRate: 2.3 }, 2)).toMatch(/not below the optimal rate/);
  });

  it('of one cycle of the slowest server, if rates are frozen', () => {
    expect(of({ servers: 2 }, 2.505, 0.01)).toMatchObject({ cycle: 1 / 0.8 + 100 });
    expect(of({ servers: 2 }, 2.505, 0)).toMatch(/never finishes/);
    expect(of({ inverseStepSize: 500 }, 1.5, 0.01)).toMatchObject({ cycle: 1 / 0.8 + 1 / 1.5 });
  });

  it('decide how long a batch and a warm-up are', () => {
    expect(shortestBatch({ rates: 100, cycle: 1, queues: 2 })).toEqual({
      length: 500,
      reason: '5 relaxation times of the rates',
    });
    expect(shortestBatch({ rates: 1, cycle: 2, queues: 3 }).length).toBe(48);
    expect(shortestBatch({ rates: 1, cycle: 10, queues: 3 }).length).toBe(200);
    expect(forgottenAfter({ rates: 1, cycle: 10, queues: 30 })).toBe(150);
  });
});

describe('the correction for memory', () => {
  it.each([
    [5, 10],
    [8, 16],
    [20, 32],
  ])('is that of an exponential autocorrelation: %d relaxation times, %d batches', (x, batches) => {
    // covariances of batch means by summing e^{−|s − t|} over a fine grid
    const points = 400;
    const between = (lag: number) => {
      let sum = 0;
      for (let i = 0; i < points; i++) {
        for (let j = 0; j < points; j++) sum += Math.exp(-Math.abs((lag + (j - i) / points) * x));
      }
      return sum / points ** 2;
    };
    const covariances = Array.from({ length: batches }, (_, lag) => between(lag));
    let ofMean = 0;
    for (let a = 0; a < batches; a++) {
      for (let b = 0; b < batches; b++) ofMean += covariances[Math.abs(a - b)] as number;
    }
    ofMean /= batches ** 2;
    // what batches show: Σ (xᵢ − x̄)² / (b − 1) / b
    const shown = ((covariances[0] as number) - ofMean) / (batches - 1);
    expect(memoryFactor(x, batches) / Math.sqrt(ofMean / shown)).toBeCloseTo(1, 2);
  });
});
