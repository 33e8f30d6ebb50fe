import type { SimulationConfig } from '../../src/index.js';

export const systems = {
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
} satisfies Record<string, SimulationConfig>;

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
};

/** Systems of the wider model, one for each policy at least. */
export const wider = {
  random: { ...small(), buffer: 'inf', dispatch: 'random' },
  roundRobin: { ...small(), buffer: 3, dispatch: 'round-robin' },
  sampled: { ...small(), buffer: 4, dispatch: 'jsq:2' },
  sorted: { ...small(), buffer: 4, dispatch: 'jsq:20' },
  shortest: { ...small(), buffer: 4, dispatch: 'jsq' },
  longestIdle: { ...small(), dispatch: 'longest-idle' },
  shortestIdle: { ...small(), dispatch: 'shortest-idle' },
  erlang: { ...small(), service: 'erlang:3' },
  hyperexponential: { ...small(), service: 'hyperexponential:0.3,0.5,2' },
  steady: { ...small(), service: 'scv:0.3' },
  bursty: { ...small(), buffer: 'inf', service: 'scv:4' },
  phases: {
    ...small(),
    service: {
      alpha: [0.5, 0.5],
      T: [
        [-2, 1],
        [0, -1],
      ],
    },
  },
  classes: {
    ...small(),
    classes: [
      { servers: 10, initialRates: 1 },
      { servers: 20, cost: { h: '0.2 * x^2' } },
    ],
  },
  schedule: {
    ...small(),
    schedule: [
      { time: 50, arrivalRate: 1.2, cost: { h: { family: 'power', b: 0.05, q: 2 } } },
      { time: 120, cost: { g: 'exp(-x) + 1/x' }, inverseStepSize: 20 },
    ],
  },
  periodic: {
    ...small(),
    schedule: [
      { time: 0, arrivalRate: 1 },
      { time: 20, arrivalRate: 0.5 },
    ],
    period: 40,
  },
} satisfies Record<string, SimulationConfig>;

function small() {
  return { servers: 30, arrivalRate: 0.8, inverseStepSize: 50, horizon: 200 };
}
