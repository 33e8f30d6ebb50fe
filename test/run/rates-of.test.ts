import { expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';

it('rates of some servers are those of all', async () => {
  const simulation = await Simulation.create({
    servers: 50,
    arrivalRate: 0.8,
    inverseStepSize: 20,
    horizon: 100,
  });
  simulation.runUntil(33.3);
  const hash = simulation.stateHash();
  const all = simulation.rates();
  const some = [49, 0, 7, 7];
  expect([...simulation.ratesOf(some)]).toEqual(some.map((id) => all[id]));
  expect(simulation.stateHash()).toBe(hash);
  expect(() => simulation.ratesOf([50])).toThrow(/^servers: got 50/);
  expect(() => simulation.ratesOf([-1])).toThrow(/^servers: got -1/);
});
