import { describe, expect, it } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { ConfigError } from '../../src/errors.js';
import { ExcessCosts, type PeriodicSchedule } from '../../src/theory/excess-cost.js';
import { fluctuationBand } from '../../src/theory/fluctuation-band.js';
import { meanField } from '../../src/theory/mean-field.js';
import { optimum } from '../../src/theory/optimal.js';
import { stepsOf } from '../../src/theory/tracking.js';
import { solveByOdex } from '../reference/odex.js';
import { cubicCost, expectRelative } from './tools.js';

const paper = costFunctions(PAPER_COST);

/** λ(t) = mean (1 + swing sin(2πt/period)) in steps. */
function sine(swing: number, period = 400, mean = 0.8, count = 256): PeriodicSchedule {
  const schedule = Array.from({ length: count }, (_, k) => ({
    time: (k * period) / count,
    arrivalRate: mean * (1 + swing * Math.sin((2 * Math.PI * (k + 0.5)) / count)),
  }));
  return { schedule, period };
}

const constant: PeriodicSchedule = { schedule: [{ time: 0, arrivalRate: 0.8 }], period: 400 };

describe('ExcessCosts', () => {
  it('gives the known totals with the noise of the mean load', () => {
    const costs = new ExcessCosts(paper, sine(0.5));
    const still = new ExcessCosts(paper, constant);
    // tracking + noise, from an independent computation that takes the noise to be that of λ = 0.8 at all times
    for (const [m, known] of [
      [5, 0.0024],
      [10, 0.0016],
      [20, 0.0021],
      [40, 0.0046],
      [80, 0.0086],
      [320, 0.0124],
    ] as const) {
      expect(Math.abs(costs.of(m).tracking + still.of(m).noise - known)).toBeLessThan(6e-5);
    }
  });

  it('averages the noise over the loads of the period', () => {
    // Var μ = h'² S/(2θm) with S = 2λe²(e² + eb + b²) at h = 0.1 x², g = 1/x, μ = (5λ)^{1/3}
    const noise = (load: number) => {
      const rate = Math.cbrt(5 * load);
      const [e, b] = [1 / load - 1 / rate, 1 / rate];
      const theta = 2 / rate ** 3 + 0.2 / load - 0.2 / rate;
      const variance =
        ((0.2 * rate) ** 2 * 2 * load * e ** 2 * (e ** 2 + e * b + b ** 2)) / (2 * theta);
      return variance * (0.2 * (1 - load / rate) + 0.1);
    };
    const load = sine(0.5);
    const mean = load.schedule.reduce((sum, step) => sum + noise(step.arrivalRate), 0) / 256;
    expect(mean).toBeGreaterThan(1.8 * noise(0.8)); // small loads are noisy
    for (const m of [5, 320])
      expectRelative(new ExcessCosts(paper, load).of(m).noise, mean / m, 1e-10);
  });

  it('tracks as ODEX does', () => {
    const load = sine(0.5, 400, 0.8, 64);
    const steps = stepsOf(load);
    for (const m of [5, 40]) {
      let state = [1.5, 0];
      for (let repeat = 0; repeat < 6; repeat++) {
        state[1] = 0;
        for (const { arrivalRate: load, duration } of steps) {
          state = solveByOdex(
            (_, [x = 0]) => [
              -(paper.dg(x) + paper.dh(x) / load) / m,
              load * paper.g(x) + paper.h(x),
            ],
            state,
            duration,
          );
        }
      }
      // μ*(λ) = (5λ)^{1/3}
      const clairvoyant = steps
        .map(
          ({ arrivalRate: x, duration }) =>
            duration * (x / Math.cbrt(5 * x) + 0.1 * Math.cbrt(5 * x) ** 2),
        )
        .reduce((sum, x) => sum + x, 0);
      const costs = new ExcessCosts(paper, load);
      expectRelative(costs.clairvoyantCost, clairvoyant / 400, 1e-12);
      const tracking = ((state[1] as number) - clairvoyant) / 400;
      expect(Math.abs(costs.of(m).tracking - tracking)).toBeLessThan(1e-9);
    }
  });

  it.each([
    ['the cost of the paper', paper],
    ['another cost', cubicCost],
  ])('weighs the spread of the rates as the mean field does, with %s', (_, cost) => {
    for (const arrivalRate of [0.1, 0.3]) {
      const { rate, cost: least } = optimum(cost, arrivalRate);
      const d = 1e-3 * rate;
      const { busyFraction } = meanField([rate - d, rate + d], arrivalRate);
      // E[S] = c/λ by Little's law
      const spread =
        arrivalRate * cost.g(arrivalRate / busyFraction) +
        (cost.h(rate - d) + cost.h(rate + d)) / 2;
      const load = { schedule: [{ time: 0, arrivalRate }], period: 1 };
      const { sd } = fluctuationBand(cost, arrivalRate, 100);
      expectRelative(
        new ExcessCosts(cost, load).of(100).noise,
        (spread - least) * (sd / d) ** 2,
        1e-4,
      );
    }
  });

  it('has no tracking part at a constant load, and no best m: slower is better', () => {
    const costs = new ExcessCosts(paper, constant);
    expect(Math.abs(costs.of(30).tracking)).toBeLessThan(1e-10);
    const { best, constant: frozen, clairvoyantCost } = costs.best();
    expect(best).toBeNull();
    expectRelative(frozen.rate, Math.cbrt(4), 1e-12);
    expect(Math.abs(frozen.excess)).toBeLessThan(1e-14);
    expectRelative(frozen.cost, clairvoyantCost, 1e-14);
    expect(new ExcessCosts(paper, sine(0.5, 2)).best().best).toBeNull();
  });

  it.each([
    ['the cost of the paper', paper, 400, 0.8],
    ['the cost of the paper, slowly', paper, 1e5, 0.8],
    ['another cost', cubicCost, 1000, 0.3],
  ])('finds the m with the smallest total, with %s', (_, cost, period, mean) => {
    const costs = new ExcessCosts(cost, sine(0.5, period, mean, 32));
    const { best } = costs.best();
    const m = best?.inverseStepSize as number;
    for (let log = -3; log <= 6; log += 0.2) {
      expect(costs.of(10 ** log).total).toBeGreaterThanOrEqual(
        (best?.total as number) * (1 - 1e-4),
      );
    }
    for (const factor of [0.9, 1.1]) {
      expect(costs.of(factor * m).total).toBeGreaterThan(best?.total as number);
    }
  });

  it('knows the best rate that never changes', () => {
    const load = sine(0.6, 100, 0.25);
    const { rate, cost, excess } = new ExcessCosts(cubicCost, load).best().constant;
    const average = (x: number) =>
      stepsOf(load).reduce(
        (sum, step) => sum + step.duration * (step.arrivalRate * cubicCost.g(x) + cubicCost.h(x)),
        0,
      ) / 100;
    expectRelative(average(rate), cost, 1e-12);
    for (const factor of [0.999, 1.001]) expect(average(factor * rate)).toBeGreaterThan(cost);
    expect(excess).toBeGreaterThan(0);
  });

  it('says where the noise is beyond its validity', () => {
    const costs = new ExcessCosts(paper, sine(0.5));
    expect(costs.of(14)).toMatchObject({
      valid: false,
      reason: expect.stringMatching(/^at λ = 0\.4: /),
    });
    expect(costs.of(1000)).toMatchObject({ valid: true, reason: null });
  });

  it('refuses a load that servers cannot keep up with', () => {
    const overload = () => new ExcessCosts(paper, sine(0.5, 400, 1.7));
    expect(overload).toThrow(ConfigError);
    expect(overload).toThrow(
      /^schedule: has the arrival rate 2\.\d+, at which servers cannot keep up/,
    );
  });
});
