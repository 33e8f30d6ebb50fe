/**
 * The engine at frozen rates against brute-force chains of few servers: random systems of all dispatch rules
 * and service laws. For each system at most 13 figures are compared, each with false-alarm probability
 * FALSE_ALARM: over the choice of seeds a correct engine fails this file with probability below 2e-4.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import { type ChainOptions, chainLaw } from '../reference/chains.js';
import type { DispatchRule } from '../reference/dispatch-rules.js';
import type { ServiceLaw } from '../reference/service-laws.js';
import { mean, studentInterval } from '../reference/statistics.js';
import { asDispatch, asService } from './as-config.js';

const FALSE_ALARM = 1e-7;
const REPLICATIONS = 30;
const SYSTEMS_PER_RULE = 12;

const rules: DispatchRule[] = [
  'jiq',
  'longest-idle',
  'shortest-idle',
  'random',
  'round-robin',
  'jsq',
  { choices: 2 },
  { choices: 3 },
];

/**
 * Starts in either phase, goes on to the other one, and may come back. Unscaled its mean is
 * α (−T)⁻¹ 1 with (−T)⁻¹ = [[0.8, 1.5], [0.4, 2]].
 */
const loop: ServiceLaw = {
  kind: 'phase type',
  alpha: [0.3, 0.7],
  T: [
    [-2, 1.5],
    [0.4, -0.8],
  ].map((row) => row.map((rate) => rate * (0.3 * 2.3 + 0.7 * 2.4))),
};

const laws: fc.Arbitrary<ServiceLaw> = fc.oneof(
  fc.constant<ServiceLaw>({ kind: 'exponential' }),
  fc.constant<ServiceLaw>({ kind: 'erlang', k: 2 }),
  fc.record({
    kind: fc.constant<'hyperexponential'>('hyperexponential'),
    p: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    r1: fc.double({ min: 0.3, max: 1, noNaN: true }),
    r2: fc.double({ min: 1, max: 3, noNaN: true }),
  }),
  fc.record({ kind: fc.constant<'scv'>('scv'), c: fc.double({ min: 0.5, max: 3, noNaN: true }) }),
  fc.constant(loop),
);

const systems = (dispatch: DispatchRule): fc.Arbitrary<ChainOptions> =>
  fc.noBias(
    fc.record({
      rates: fc.array(fc.double({ min: 0.4, max: 2.5, noNaN: true }), {
        minLength: typeof dispatch === 'object' ? dispatch.choices : 1,
        maxLength: 4,
      }),
      arrivalRate: fc.double({ min: 0.4, max: 1.5, noNaN: true }),
      capacity: fc.integer({ min: 1, max: 3 }),
      dispatch: fc.constant(dispatch),
      service: laws,
    }),
  );

const [warmup, samples, spacing] = [200, 400, 10];
const horizon = warmup + samples * spacing;

/** Figures of the whole system, then busy probability and idle signal of each server. */
async function simulated(system: ChainOptions, seed: string): Promise<number[]> {
  const { rates, arrivalRate, capacity, dispatch, service } = system;
  const simulation = await Simulation.create({
    servers: rates.length,
    arrivalRate,
    buffer: capacity,
    dispatch: asDispatch(dispatch),
    service: asService(service),
    inverseStepSize: 'inf',
    initialRates: [...rates],
    warmup,
    horizon,
    record: { interval: horizon },
    seed,
  });
  const busy = rates.map(() => 0);
  const signals = rates.map(() => 0);
  for (let i = 1; i <= samples; i++) {
    simulation.runUntil(warmup + i * spacing);
    simulation.queueLengths().forEach((tasks, v) => {
      busy[v] += Math.min(tasks, 1) / samples;
    });
    simulation.idleSignals().forEach((signal, v) => {
      signals[v] += signal / samples;
    });
  }
  const result = simulation.result();
  return [
    result.busyFraction as number,
    result.meanQueueLength as number,
    result.meanSojournTime as number,
    result.meanIdleSignal as number,
    ...busy,
    ...signals,
    result.blockingProbability as number,
  ];
}

/** The same by the chain. Losses are left out where a run has too few of them for a normal law. */
function exact(system: ChainOptions): number[] {
  const law = chainLaw(system);
  const losses = system.rates.length * system.arrivalRate * horizon * law.blockingProbability;
  return [
    mean(law.busyProbability),
    mean(law.meanTasks),
    law.meanSojournTime,
    mean(law.idleSignal),
    ...law.busyProbability,
    ...law.idleSignal,
    ...(losses > 50 ? [law.blockingProbability] : []),
  ];
}

describe.each(rules)('%j', (dispatch) => {
  it('has the stationary law of the chain', async () => {
    await fc.assert(
      fc.asyncProperty(systems(dispatch), async (system) => {
        const expected = exact(system);
        fc.pre(Math.max(...expected) < 10); // idle periods that a run has many of
        const replications: number[][] = [];
        for (let k = 0; k < REPLICATIONS; k++) {
          replications.push(await simulated(system, `chain ${k}`));
        }
        expected.forEach((value, i) => {
          const column = replications.map((figures) => figures[i]);
          const interval = studentInterval(column, FALSE_ALARM);
          const error = Math.abs(interval.mean - value);
          expect(error, `figure ${i}`).toBeLessThan(interval.halfWidth);
        });
      }),
      { numRuns: SYSTEMS_PER_RULE, seed: 7, endOnFailure: true },
    );
  });
});
