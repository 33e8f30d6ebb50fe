import type { SimulationConfig } from '../../src/index.js';

export const systems: Record<string, SimulationConfig> = {
  paper: { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 300 },
  fewPlaces: {
    servers: 25,
    arrivalRate: 1.4,
    inverseStepSize: 50,
    buffer: 3,
    initialTasks: 2,
    horizon: 300,
  },
  unbounded: {
    servers: 7,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    buffer: 'inf',
    initialTasks: 30,
    horizon: 500,
  },
  otherCost: {
    servers: 12,
    arrivalRate: 0.3,
    inverseStepSize: 80,
    cost: { g: { family: 'shifted', a: 1, p: 1 }, h: { family: 'power', b: 0.05, q: 3 } },
    horizon: 300,
  },
  frozen: {
    servers: 3,
    arrivalRate: 0.8,
    inverseStepSize: 'inf',
    initialRates: [1, 2, 0.5],
    horizon: 1000,
  },
  expression: {
    servers: 15,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    cost: { g: 'exp(-x)', h: '0.1 * x^2.2 * log(2 + x)' },
    horizon: 300,
  },
  large: { servers: 120_000, arrivalRate: 0.8, inverseStepSize: 500, horizon: 3 },
  ...widerSystems(),
};

/** Every dispatch rule, kind of service law, classes, schedules, and all of it together. */
function widerSystems(): Record<string, SimulationConfig> {
  const base = { servers: 20, arrivalRate: 1, inverseStepSize: 100, horizon: 200 };
  const steep = { h: { family: 'power', b: 0.05, q: 3 } } as const;
  const schedule = [
    { time: 10, arrivalRate: 1.5 },
    { time: 33.3, inverseStepSize: 30 },
    { time: 60, arrivalRate: 0.2 },
    { time: 60, rates: 1.3 },
  ];
  return {
    longestIdle: { ...base, dispatch: 'longest-idle', buffer: 2 },
    shortestIdle: { ...base, dispatch: 'shortest-idle' },
    random: { ...base, dispatch: 'random', buffer: 'inf' },
    roundRobin: { ...base, dispatch: 'round-robin', buffer: 3 },
    shortestQueue: { ...base, dispatch: 'jsq', buffer: 'inf', initialTasks: 3 },
    shortestOfTwo: { ...base, dispatch: 'jsq:2', buffer: 4 },
    erlang: { ...base, service: 'erlang:3' },
    hyperexponential: { ...base, service: 'hyperexponential:0.3,0.4,2', buffer: 3 },
    scv: { ...base, service: 'scv:0.4', buffer: 'inf' },
    phaseType: {
      ...base,
      service: {
        alpha: [0.3, 0.7],
        T: [
          [-2, 1.5],
          [0.4, -0.8],
        ],
      },
      initialTasks: 1,
    },
    classes: {
      ...base,
      buffer: 2,
      classes: [{ servers: 5, cost: steep, initialRates: 2 }, { servers: 15 }],
    },
    schedule: { ...base, schedule },
    costOverTime: { ...base, schedule: [...schedule, { time: 100, cost: steep }] },
    period: { ...base, schedule, period: 75 },
    together: {
      ...base,
      dispatch: 'jsq:3',
      service: 'scv:2',
      buffer: 5,
      classes: [{ servers: 5, cost: steep, initialTasks: 2 }, { servers: 15 }],
      schedule,
      period: 70,
    },
  };
}

/**
 * Committed results: they change only when the engine's events change, which is a stated decision, since
 * nobody can then reproduce an earlier run with the new version.
 */
export const golden: Record<string, string> = {
  paper: '3e9095b7fb7492e8',
  fewPlaces: '954e14208184fdfe',
  unbounded: '7e26e57ba9591b79',
  otherCost: '2f0c3bc6350e1a37',
  frozen: '6d034f59784d7f4f',
  expression: 'd15bdfd248adeeef',
  large: '23e9b001aa893982',
  longestIdle: '1f7dbd1bb8ba2025',
  shortestIdle: '053c38443b0e6c89',
  random: '5f4f13d20ed13dae',
  roundRobin: 'a6c33b20141b41d3',
  shortestQueue: '88b7af9171a1e081',
  shortestOfTwo: '648174cdb0d7f0e6',
  erlang: '1cb5102fe8e32075',
  hyperexponential: '07a2eb744c7abe2e',
  scv: 'e39905e37c5a5d53',
  phaseType: '40e555216f2d76e7',
  classes: 'dfa68adc30f7b509',
  schedule: '6c9fb4dd4fb00e4b',
  costOverTime: '8bad8812801bb38e',
  period: '2466a8272793acaa',
  together: '8a908f289f55f052',
};
