import { describe, expect, it } from 'vitest';
import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { meanArrivalRate } from '../../src/run/load.js';
import { ExcessCosts } from '../../src/theory/excess-cost.js';
import { predictLoad } from '../../src/theory/load-prediction.js';
import { loadOf, periodicTracking } from '../../src/theory/tracking.js';

const CONFIG: SimulationConfig = {
  servers: 100,
  arrivalRate: 0.4,
  inverseStepSize: 50,
  schedule: [
    { time: 100, arrivalRate: 1.2 },
    { time: 300, arrivalRate: 0.8 },
  ],
  period: 400,
  horizon: 4000,
};

describe('loadOf', () => {
  it('begins with the arrival rate of the configuration, or with the last one of the period before, unless something else does at once', () => {
    expect(loadOf(CONFIG)).toEqual({
      schedule: [
        { time: 0, arrivalRate: 0.8 },
        { time: 100, arrivalRate: 1.2 },
        { time: 300, arrivalRate: 0.8 },
      ],
      period: 400,
    });
    expect(meanArrivalRate(validateConfig(CONFIG), 400, 800)).toBeCloseTo(
      (0.8 * 200 + 1.2 * 200) / 400,
      12,
    );
    const { period: _, ...once } = CONFIG;
    expect(loadOf(once)?.schedule[0]).toEqual({ time: 0, arrivalRate: 0.4 });
    const { schedule } = loadOf({ arrivalRate: 1, schedule: [{ time: 0, arrivalRate: 2 }] }) ?? {};
    expect(schedule).toEqual([{ time: 0, arrivalRate: 2 }]);
    expect(loadOf({ arrivalRate: 1 })?.schedule).toEqual([{ time: 0, arrivalRate: 1 }]);
  });

  it('is none where anything else changes', () => {
    expect(loadOf({ arrivalRate: 1, schedule: [{ time: 3, rates: 1 }] })).toBeNull();
    expect(
      loadOf({ arrivalRate: 1, schedule: [{ time: 3, arrivalRate: 1, rates: 1 }] }),
    ).toBeNull();
  });
});

describe('predictLoad', () => {
  it('gives the mean rates of the phases and the excess cost', async () => {
    const cost = costFunctions(PAPER_COST);
    const load = { ...loadOf(CONFIG), period: 400 } as { schedule: []; period: number };
    const costs = new ExcessCosts(cost, load);
    expect(await predictLoad({ ...CONFIG, record: { phases: 4 } })).toEqual({
      meanRates: periodicTracking(cost, load, 50, 4).meanRates,
      excess: costs.of(50),
      clairvoyantCost: costs.clairvoyantCost,
      constant: costs.constant,
    });
  });

  it.each<[change: Partial<SimulationConfig>, reason: RegExp]>([
    [{ inverseStepSize: 'inf' }, /^rates are frozen$/],
    [{ dispatch: 'random' }, /^known for Join-Idle-Queue/],
    [{ service: 'erlang:2' }, /^known for Join-Idle-Queue, exponential service/],
    [{ schedule: [{ time: 1, inverseStepSize: 9 }] }, /^more than the arrival rate changes$/],
    [{ schedule: [{ time: 1, arrivalRate: 3 }] }, /^schedule: has the arrival rate 3, at which/],
  ])('says why not: %j', async (change, reason) => {
    expect(await predictLoad({ ...CONFIG, ...change })).toMatch(reason);
  });

  it('is about loads that change and repeat', async () => {
    const { period: _, ...once } = CONFIG;
    expect(await predictLoad(once)).toBe('the load does not repeat; give a period');
    const { schedule: __, ...constant } = once;
    expect(await predictLoad(constant)).toBeNull();
  });
});
