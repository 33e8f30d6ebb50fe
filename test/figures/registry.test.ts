import { describe, expect, it } from 'vitest';
import { FIGURE_NAMES, figureOf, figuresOf, HEADLINE_FIGURES } from '../../src/figures/figures.js';
import { FIGURES } from '../../src/figures/registry.js';
import type { Tally } from '../../src/figures/tally.js';
import { simulate } from '../../src/index.js';

const NOTHING: Tally = {
  time: 0,
  arrivals: 0,
  dropped: 0,
  departures: 0,
  candidates: 0,
  busyTime: 0,
  taskTime: 0,
  signalTime: 0,
  rows: 0,
  rateSum: 0,
  squareSum: 0,
  powerSum: 0,
  centre: 0,
};
const system = { servers: 2, meanArrivalRate: () => 0.5, g: (x: number) => 1 / x };
const rates = {
  bins: new Uint32Array(0),
  counts: new Float64Array(0),
  complete: true,
  smallest: 0,
  largest: 0,
};

describe('the registry of figures', () => {
  it('names each figure once, and finds each in the result of a run with its interval', async () => {
    expect(new Set(FIGURE_NAMES).size).toBe(FIGURE_NAMES.length);
    expect(new Set(FIGURES.map(({ heading }) => heading)).size).toBe(FIGURES.length);
    expect(FIGURE_NAMES).toEqual(expect.arrayContaining([...HEADLINE_FIGURES]));
    const result = await simulate({
      servers: 10, // more drop too few tasks for an interval of the blocking probability
      arrivalRate: 0.8,
      inverseStepSize: 20,
      horizon: 4000,
      warmup: 500,
    });
    for (const name of FIGURE_NAMES) {
      expect(figureOf(result, name), name).toEqual(expect.any(Number));
      expect(result.confidence?.halfWidths[name], name).toEqual(expect.any(Number));
    }
  });

  it('computes each from the tallies at the ends of a window', () => {
    const end: Tally = {
      ...NOTHING,
      time: 10,
      arrivals: 12,
      dropped: 3,
      departures: 8,
      candidates: 30,
      busyTime: 5,
      taskTime: 6,
      signalTime: 7,
      rows: 4,
      rateSum: 2,
      squareSum: 5,
      powerSum: 1,
      centre: 1,
    };
    const figures = figuresOf({ start: NOTHING, end, rates, system });
    expect(figures.events).toEqual({ arrivals: 12, dropped: 3, departures: 8, candidates: 30 });
    const expected = {
      'serviceRate.mean': 1.5,
      'serviceRate.sd': 1,
      busyFraction: 5 / 20,
      blockingProbability: 3 / 12,
      throughput: 8 / 20,
      meanQueueLength: 6 / 20,
      meanSojournTime: 6 / 8,
      meanIdleSignal: 7 / 20,
      'cost.delay': 0.5 * (6 / 8),
      'cost.power': 1 / 4,
      'cost.total': 0.375 + 0.25,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(figureOf(figures, name as keyof typeof expected), name).toBeCloseTo(value, 14);
    }
  });

  it('has nothing to tell of a window in which no time passed', () => {
    const figures = figuresOf({ start: NOTHING, end: NOTHING, rates, system });
    for (const name of FIGURE_NAMES) expect(figureOf(figures, name), name).toBeNull();
  });
});
