/** Dispatch, classes and schedules: what is taken, what is refused, and with which words. */
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../src/config/config.js';
import { PAPER_COST } from '../../src/cost/cost.js';
import { simulate } from '../../src/index.js';

const system = { servers: 10, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100 };
const complete = (more: object) => validateConfig({ ...system, ...more });

describe('a plain system', () => {
  it('has the configuration that it had before there were choices', () => {
    const plain = JSON.stringify(complete({}));
    expect(JSON.stringify(complete({ dispatch: 'jiq', service: 'exponential' }))).toBe(plain);
    expect(plain).not.toMatch(/dispatch|service|classes|schedule|period|phases/);
  });
});

describe('classes', () => {
  it('have what they do not say from the system', () => {
    const { classes } = complete({
      initialRates: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      cost: { g: '2/x' },
      classes: [
        { servers: 3, cost: { h: '0.2*x^2' } },
        { servers: 7, initialRates: { uniform: [1, 2] }, initialTasks: 1 },
      ],
    });
    expect(classes).toEqual([
      { servers: 3, initialRates: [0, 1, 2], initialTasks: 0, cost: { g: '2/x', h: '0.2*x^2' } },
      {
        servers: 7,
        initialRates: { uniform: [1, 2] },
        initialTasks: 1,
        cost: { g: '2/x', h: PAPER_COST.h },
      },
    ]);
  });

  it.each([
    [[], 'classes: got []; must be a list of 1 to 100 classes'],
    [[{ servers: 9 }], 'classes: have 9 servers together; must be as many as the system, 10'],
    [[{ servers: 0 }, { servers: 10 }], 'classes[0].servers: got 0'],
    [[{ servers: 10, rates: 1 }], 'classes[0].rates: unknown field'],
    [
      [{ servers: 10, cost: { h: { family: 'power', b: -1, q: 2 } } }],
      'classes[0].cost.h.b: got -1',
    ],
    [
      [{ servers: 10, initialRates: [1, 2] }],
      'classes[0].initialRates: got 2 values; must be one for each of the 10',
    ],
    [[{ servers: 10, initialTasks: 2 }], 'classes[0].initialTasks: got 2; must be'],
  ])('%j are refused', (classes, message) => {
    expect(() => complete({ classes })).toThrow(message);
  });

  it('whose cost has no finite rates are refused by name', async () => {
    const classes = [{ servers: 5 }, { servers: 5, cost: { h: '-x' } }];
    await expect(simulate({ ...system, classes })).rejects.toThrow('classes[1].cost');
  });
});

describe('schedules', () => {
  it.each([
    [{ schedule: [] }, 'schedule: got []; must be a list'],
    [{ schedule: [{ time: 5 }] }, 'schedule[0]: changes nothing'],
    [{ schedule: [{ time: -1, arrivalRate: 1 }] }, 'schedule[0].time: got -1'],
    [
      {
        schedule: [
          { time: 5, arrivalRate: 1 },
          { time: 4, arrivalRate: 1 },
        ],
      },
      'schedule[1].time: got 4; must be at least the time before it, 5',
    ],
    [{ schedule: [{ time: 5, arrivalRate: 0 }] }, 'schedule[0].arrivalRate: got 0'],
    [{ schedule: [{ time: 5, arrivalRate: 1 }], period: 5 }, 'below the period, 5'],
    [{ period: 5 }, 'period: got 5 without a schedule'],
    [{ record: { phases: 4 } }, 'record.phases: got 4 without a period'],
    [{ schedule: [{ time: 5, arrivalRate: 1 }], warmup: 'auto' }, 'warmup: got "auto"'],
    [
      { schedule: [{ time: 5, cost: { h: 'x^2' } }], classes: [{ servers: 10 }] },
      'schedule[0].cost: cannot change where servers have classes',
    ],
    [
      { dispatch: 'jsq:11' },
      'dispatch: got "jsq:11"; must be "jsq:d" with d at most the number of servers, 10',
    ],
    [{ dispatch: 'jsq:0' }, 'dispatch: got "jsq:0"'],
    [{ dispatch: 'JSQ' }, 'dispatch: got "JSQ"; must be "jiq", "random"'],
  ])('%j is refused', (more, message) => {
    expect(() => complete(more)).toThrow(message);
  });

  it('take no precision: that needs a system that settles', async () => {
    const schedule = [{ time: 5, arrivalRate: 1 }];
    await expect(simulate({ ...system, schedule }, { precision: 0.1 })).rejects.toThrow(
      'precision: is for systems that settle',
    );
  });

  it('have intervals from whole periods, or say what is missing', async () => {
    const periodic = {
      servers: 50,
      arrivalRate: 0.8,
      inverseStepSize: 'inf' as const,
      initialRates: 1.5,
      warmup: 100,
      schedule: [
        { time: 0, arrivalRate: 1 },
        { time: 50, arrivalRate: 0.6 },
      ],
      period: 100,
    };
    const whole = await simulate({ ...periodic, horizon: 2100 });
    expect(whole.confidence?.batches).toBeGreaterThanOrEqual(10);
    expect((whole.confidence?.batchLength as number) % 100).toBeCloseTo(0, 9);
    const broken = await simulate({ ...periodic, horizon: 2150 });
    expect(broken.confidenceRefused).toMatch(/whole periods, and the statistics cover 20.5/);
    const { period: _, ...once } = periodic;
    expect((await simulate({ ...once, horizon: 2100 })).confidenceRefused).toMatch(/replications/);
  });
});
