/**
 * Unit buffers at frozen rates: the law of the busy set under jiq, and under the two orders of idleness, depends on
 * the service law by its mean alone. Far from exponential work, against the product form. 108 comparisons
 * of false-alarm probability 1e-6.
 */
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import { productForm } from '../reference/exact-laws.js';
import type { ServiceLaw } from '../reference/service-laws.js';
import { studentInterval } from '../reference/statistics.js';
import { asService } from './as-config.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 30;
const rates = [0.3, 1.1, 2.2, 1.7, 0.9, 1.3];
const arrivalRate = 0.8;

const laws: ServiceLaw[] = [
  { kind: 'exponential' },
  { kind: 'erlang', k: 20 },
  { kind: 'scv', c: 0.3 },
  { kind: 'scv', c: 10 },
];

describe.each(['jiq', 'longest-idle', 'shortest-idle'] as const)('%s', (dispatch) => {
  it.each(laws)('has the product form with $kind work', async (service) => {
    const law = productForm(rates, arrivalRate);
    const [warmup, samples, spacing] = [200, 500, 5];
    const horizon = warmup + samples * spacing;
    const replications: number[][] = [];
    for (let k = 0; k < REPLICATIONS; k++) {
      const simulation = await Simulation.create({
        servers: rates.length,
        arrivalRate,
        inverseStepSize: 'inf',
        initialRates: rates,
        dispatch,
        service: asService(service),
        warmup,
        horizon,
        record: { interval: horizon },
        seed: `insensitive ${k}`,
      });
      const busy = rates.map(() => 0);
      for (let i = 1; i <= samples; i++) {
        simulation.runUntil(warmup + i * spacing);
        simulation.queueLengths().forEach((tasks, v) => {
          busy[v] += tasks / samples;
        });
      }
      const { blockingProbability, throughput, meanSojournTime } = simulation.result();
      replications.push([
        ...busy,
        ...([blockingProbability, throughput, meanSojournTime] as number[]),
      ]);
    }
    const expected = [
      ...law.busyProbability,
      law.blockingProbability,
      law.throughputPerServer,
      law.meanSojournTime,
    ];
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
