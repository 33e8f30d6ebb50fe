/**
 * The wider model from a start far from rest, by the engine and by the event list: dispatch rules and
 * schedules. 10 systems of 16 comparisons each: over the choice of seeds a correct engine fails this file with
 * probability below 2e-4.
 */
import { describe, it } from 'vitest';
import type { SimulationConfig } from '../../src/index.js';
import type { DispatchRule } from '../reference/dispatch-rules.js';
import type { EventListOptions } from '../reference/event-list.js';
import type { PowerLawCost } from '../reference/rate-trajectory.js';
import { expectAgreement } from './agreement.js';
import { asDispatch } from './as-config.js';

type System = [string, Partial<SimulationConfig>, Partial<EventListOptions>];

const rules: DispatchRule[] = ['random', 'round-robin', 'jsq', { choices: 2 }];
/** All busy at the start, so that no idle servers have been idle equally long. */
const busy = { buffer: 3, initialTasks: [1, 2, 1, 1], arrivalRate: 1.1 };

const steep = { a: 1, p: 1, b: 0.1, q: 3 };
const asCost = ({ a, p, b, q }: PowerLawCost) => ({
  g: { family: 'power' as const, a, p },
  h: { family: 'power' as const, b, q },
});

/** Of λ, m and rates, in units of time that the observations at 2 and 20 do not divide. */
const changes = [
  { time: 1.3, arrivalRate: 2 },
  { time: 4, inverseStepSize: 10 },
  { time: 9, arrivalRate: 0.3, rates: 0.6 },
  { time: 15, inverseStepSize: 100, arrivalRate: 1 },
];

const systems: System[] = [
  ...rules.map(
    (dispatch): System => [
      `dispatch ${JSON.stringify(dispatch)}`,
      { ...busy, dispatch: asDispatch(dispatch) },
      { dispatch },
    ],
  ),
  ['a schedule', { schedule: changes }, { schedule: changes }],
  [
    'a schedule with a period',
    { schedule: changes, period: 15.5 },
    { schedule: changes, period: 15.5 },
  ],
  [
    'a cost that changes, and rates that freeze',
    {
      schedule: [
        { time: 5, cost: asCost(steep) },
        { time: 12, inverseStepSize: 'inf' },
      ],
    },
    {
      schedule: [
        { time: 5, cost: steep },
        { time: 12, inverseStepSize: Number.POSITIVE_INFINITY },
      ],
    },
  ],
  [
    'hardly any arrivals for a while, then many',
    {
      buffer: 'inf',
      initialTasks: 2,
      schedule: [
        { time: 2, arrivalRate: 1e-4 },
        { time: 8, arrivalRate: 2 },
      ],
    },
    {
      schedule: [
        { time: 2, arrivalRate: 1e-4 },
        { time: 8, arrivalRate: 2 },
      ],
    },
  ],
  [
    'Erlang work by jsq:2 under a schedule with a period',
    { ...busy, dispatch: 'jsq:2', service: 'erlang:2', schedule: changes, period: 16 },
    {
      dispatch: { choices: 2 },
      service: { kind: 'erlang', k: 2 },
      schedule: changes,
      period: 16,
    },
  ],
  [
    'the longest idle first with variable work under a schedule',
    { ...busy, dispatch: 'longest-idle', service: 'scv:2', schedule: changes },
    { dispatch: 'longest-idle', service: { kind: 'scv', c: 2 }, schedule: changes },
  ],
];

describe.each(systems)('%s', (_name, changed, reference) => {
  it('reaches the same law', async () => {
    await expectAgreement(changed, reference, { runs: 400, falseAlarm: 1e-6 });
  });
});
