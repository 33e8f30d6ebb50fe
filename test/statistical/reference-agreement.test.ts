/**
 * The engine against an independent simulator of the same model: an event list instead of thinning, rates
 * by extrapolation in another variable, another random number generator. False-alarm probability 1e-6 per
 * comparison; 80 comparisons.
 */
import { describe, it } from 'vitest';
import type { SimulationConfig } from '../../src/index.js';
import { expectAgreement } from './agreement.js';

const systems: [string, Partial<SimulationConfig>][] = [
  ['unit buffers', { buffer: 1, initialTasks: [0, 1, 1, 0] }],
  ['three places with backlog', { buffer: 3, initialTasks: [3, 0, 2, 1], arrivalRate: 1.5 }],
  ['unbounded with backlog', { buffer: 'inf', initialTasks: [12, 3, 0, 8] }],
  ['m = 10', { inverseStepSize: 10, initialTasks: 0 }],
  [
    'g = 1/x², h = 0.05 x³',
    { cost: { g: { family: 'power', a: 1, p: 2 }, h: { family: 'power', b: 0.05, q: 3 } } },
  ],
];

describe.each(systems)('%s', (_name, changed) => {
  it('reaches the same law', async () => {
    await expectAgreement(changed, {}, { runs: 800, falseAlarm: 1e-6 });
  });
});
