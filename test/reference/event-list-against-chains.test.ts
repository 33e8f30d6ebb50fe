/**
 * The event list against brute-force chains at frozen rates: every dispatch rule with three service laws.
 * 21 systems of 10 figures each: with fresh seeds all pass with probability above 1 − 3e-4.
 */
import { describe, expect, it } from 'vitest';
import { chainLaw } from './chains.js';
import type { DispatchRule } from './dispatch-rules.js';
import { simulateEventList } from './event-list.js';
import type { ServiceLaw } from './service-laws.js';
import { mean, studentInterval } from './statistics.js';

const FALSE_ALARM = 1e-6;
const REPLICATIONS = 30;

const laws: ServiceLaw[] = [
  { kind: 'exponential' },
  { kind: 'erlang', k: 2 },
  { kind: 'hyperexponential', p: 0.2, r1: 0.3, r2: 2 },
];
const rules: DispatchRule[] = [
  'jiq',
  'longest-idle',
  'shortest-idle',
  'random',
  'round-robin',
  'jsq',
  { choices: 2 },
];

describe.each(rules)('%j', (dispatch) => {
  it.each(laws)('has the law of the chain with $kind work', (service) => {
    const [rates, arrivalRate, capacity] = [[1, 2, 0.5], 0.8, 2];
    const law = chainLaw({ rates, arrivalRate, capacity, dispatch, service });
    const [start, length] = [60, 4000];
    const replications = Array.from({ length: REPLICATIONS }, (_, seed) => {
      const snapshots = simulateEventList({
        servers: rates.length,
        arrivalRate,
        bufferCapacity: capacity,
        dispatch,
        service,
        inverseStepSize: Number.POSITIVE_INFINITY,
        initialRates: rates,
        sampleTimes: Array.from({ length: length + 1 }, (_, i) => start + i),
        seed,
      });
      const [first, last] = [snapshots[0], snapshots[length]];
      const departures = last.departures - first.departures;
      return [
        ...rates.map((_, v) => (last.busyTimes[v] - first.busyTimes[v]) / length),
        (last.taskIntegral - first.taskIntegral) / length,
        (last.dropped - first.dropped) / length,
        departures / length,
        (last.sojournTimes - first.sojournTimes) / departures,
        ...rates.map((_, v) => mean(snapshots.map(({ idleSignals }) => idleSignals[v]))),
      ];
    });
    const arrivals = rates.length * arrivalRate;
    const expected = [
      ...law.busyProbability,
      law.meanTasks.reduce((a, b) => a + b, 0),
      arrivals * law.blockingProbability,
      arrivals * (1 - law.blockingProbability),
      law.meanSojournTime,
      ...law.idleSignal,
    ];
    expected.forEach((value, i) => {
      const interval = studentInterval(
        replications.map((figures) => figures[i]),
        FALSE_ALARM,
      );
      expect(Math.abs(interval.mean - value), `figure ${i}`).toBeLessThan(interval.halfWidth);
      expect(interval.halfWidth, `figure ${i}`).toBeLessThan(0.15 * value);
    });
  });
});
