/**
 * The shortest of d queues among very many servers: a share s_k = ρ^((d^k − 1)/(d − 1)) of them has k tasks or more
 * (Vvedenskaya, Dobrushin and Karpelevich, Problems of Information Transmission 32, 1996). At n = 100,000 the limit
 * is off by terms of order 1e-5. Over the choice of seeds a correct engine fails with probability below 1e-5.
 */
import { expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import { batchMeans, studentInterval } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;

it.each([
  [2, 0.8],
  [3, 0.9],
] as const)('jsq:%i at load %d', async (d, rho) => {
  const [servers, warmup, samples, batches] = [100_000, 60, 100, 20];
  const horizon = warmup + 2 * samples;
  const simulation = await Simulation.create({
    servers,
    arrivalRate: rho,
    inverseStepSize: 'inf',
    initialRates: 1,
    initialTasks: 1,
    buffer: 'inf',
    dispatch: `jsq:${d}`,
    horizon,
    record: { interval: horizon },
    seed: 'tail',
  });
  const levels = [1, 2, 3, 4];
  const shares: number[][] = levels.map(() => []);
  for (let i = 0; i < samples; i++) {
    simulation.runUntil(warmup + 2 * i);
    const queues = simulation.queueLengths();
    levels.forEach((k, row) => {
      shares[row].push(queues.filter((tasks) => tasks >= k).length / servers);
    });
  }
  levels.forEach((k, row) => {
    const expected = rho ** ((d ** k - 1) / (d - 1));
    const { mean, halfWidth } = studentInterval(batchMeans(shares[row], batches), FALSE_ALARM);
    expect(Math.abs(mean - expected), `k = ${k}`).toBeLessThan(halfWidth + 1e-5);
    expect(halfWidth, `k = ${k}`).toBeLessThan(0.01);
  });
});
