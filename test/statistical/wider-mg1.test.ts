/**
 * Random dispatch makes each server an M/G/1 queue: mean tasks by Pollaczek and Khinchine's formula
 * ρ + ρ²(1 + c)/(2(1 − ρ)), sojourn times of tagged tasks with that over λ as mean, and an idle signal of mean
 * (1 − ρ²)/λ whatever the law. 18 comparisons of false-alarm probability 1e-6.
 */
import { describe, expect, it } from 'vitest';
import { type SimulationConfig, simulate } from '../../src/index.js';
import { studentInterval } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 20;

describe.each([0.2, 0.5, 1, 1.7, 4, 10])('scv:%d', (c) => {
  it('has the means of Pollaczek and Khinchine', async () => {
    const [arrivalRate, rate] = [0.9, 1.5];
    const rho = arrivalRate / rate;
    const config: SimulationConfig = {
      servers: 50,
      arrivalRate,
      inverseStepSize: 'inf',
      initialRates: rate,
      buffer: 'inf',
      dispatch: 'random',
      service: `scv:${c}`,
      warmup: 300,
      horizon: 2300,
      record: { interval: 2300, sojourns: 5000 },
    };
    const tasks = rho + (rho ** 2 * (1 + c)) / (2 * (1 - rho));
    const expected = [tasks, tasks / arrivalRate, (1 - rho ** 2) / arrivalRate];
    const replications: number[][] = [];
    for (let k = 0; k < REPLICATIONS; k++) {
      const result = await simulate({ ...config, seed: `M/G/1 ${k}` });
      replications.push([
        result.meanQueueLength,
        result.sojournTime?.mean,
        result.meanIdleSignal,
      ] as number[]);
    }
    expected.forEach((value, i) => {
      const { mean, halfWidth } = studentInterval(
        replications.map((figures) => figures[i]),
        FALSE_ALARM,
      );
      expect(Math.abs(mean - value), `figure ${i}`).toBeLessThan(halfWidth);
      expect(halfWidth, `figure ${i}`).toBeLessThan(0.1 * value);
    });
  });
});
