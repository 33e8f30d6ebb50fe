/// <reference types="node" />
import { describe, expect, it } from 'vitest';
import { solveByOdex } from './odex.js';
import {
  type Departure,
  frozenTrajectory,
  movingTrajectory,
  type PowerLawCost,
  paperCost,
} from './rate-trajectory.js';

/** Equation (2.2) as it is printed, with the work done as a second unknown. */
function odexSolution(cost: PowerLawCost, m: number, departure: Departure, elapsed: number) {
  const { a, p, b, q } = cost;
  const derivative = (t: number, [x]: number[]) => {
    const signal = departure.idle ? departure.idleSignal + t : departure.idleSignal;
    const slopeOfG = -a * p * x ** (-p - 1);
    const slopeOfH = b * q * x ** (q - 1);
    return [-(slopeOfG + slopeOfH * (signal + 1 / x)) / m, x];
  };
  const [rate, work] = solveByOdex(derivative, [departure.rate, 0], elapsed);
  return { rate, work };
}

function expectRelative(actual: number, expected: number, error: number) {
  expect(Math.abs(actual / expected - 1)).toBeLessThan(error);
}

describe('the rate of one server between events', () => {
  it('stands still when frozen', () => {
    const departure = { rate: 2, idleSignal: 3, idle: true };
    expect(frozenTrajectory.untilElapsed(departure, 5)).toEqual({ rate: 2, elapsed: 5, work: 10 });
    expect(frozenTrajectory.untilWorkDone(departure, 5)).toEqual({
      rate: 2,
      elapsed: 2.5,
      work: 5,
    });
  });

  it('follows the closed form of a busy server with I = 0 under the paper’s cost', () => {
    // dx/dt = (1/x² − 1/5)/m: separation of variables gives t = m [F(x) − F(x0)] and, from
    // d(work) = x dt, work = m [G(x) − G(x0)], with r = √5 and
    const r = Math.sqrt(5);
    const F = (x: number) => 5 * (r * Math.atanh(x / r) - x);
    const G = (x: number) => -12.5 * Math.log1p((-x * x) / 5) - 2.5 * x * x;
    for (const m of [1, 30, 500]) {
      const trajectory = movingTrajectory(paperCost, m);
      for (const [start, end] of [
        [0.05, 0.3],
        [0.4, 2],
        [1.5, 1.51],
        [2, 2.2],
      ]) {
        const departure = { rate: start, idleSignal: 0, idle: false };
        const elapsed = m * (F(end) - F(start));
        const work = m * (G(end) - G(start));
        expectRelative(trajectory.untilElapsed(departure, elapsed).rate, end, 1e-11);
        expectRelative(trajectory.untilWorkDone(departure, work).rate, end, 1e-11);
        expectRelative(trajectory.untilWorkDone(departure, work).elapsed, elapsed, 1e-11);
      }
    }
  });

  it('leaves rate 0 as a power of time when running is free', () => {
    // h = 0: dx/dt = a p x^(−p−1)/m, so x^(p+2) = x0^(p+2) + (p + 2) a p t/m.
    for (const p of [0.5, 1, 2, 3]) {
      const trajectory = movingTrajectory({ a: 0.7, p, b: 0, q: 2 }, 20);
      for (const rate of [p === 0.5 ? 1e-4 : 0, 1e-6, 0.1, 3]) {
        for (const elapsed of [1e-9, 0.3, 50]) {
          const expected = (rate ** (p + 2) + ((p + 2) * 0.7 * p * elapsed) / 20) ** (1 / (p + 2));
          const arrival = trajectory.untilElapsed({ rate, idleSignal: 1, idle: true }, elapsed);
          expectRelative(arrival.rate, expected, 1e-12);
        }
      }
    }
  });

  it('agrees with ODEX on the equation as printed, for several costs', { timeout: 30_000 }, () => {
    const costs = [paperCost, { a: 2, p: 0.5, b: 0.3, q: 3 }, { a: 1, p: 2, b: 0.05, q: 2.5 }];
    for (const cost of costs) {
      for (const m of [1, 10, 500]) {
        const trajectory = movingTrajectory(cost, m);
        for (const rate of [0.1, 1, 2.5]) {
          for (const idle of [false, true]) {
            for (const elapsed of [0.01, 2, 60]) {
              const departure = { rate, idleSignal: 1.3, idle };
              const expected = odexSolution(cost, m, departure, elapsed);
              const arrival = trajectory.untilElapsed(departure, elapsed);
              expectRelative(arrival.rate, expected.rate, 5e-11); // ODEX loses the last digits
              expectRelative(arrival.work, expected.work, 5e-11);
              const finished = trajectory.untilWorkDone(departure, expected.work);
              expectRelative(finished.elapsed, elapsed, 1e-10);
            }
          }
        }
      }
    }
  });

  it('does not care whether it is followed in one go or in pieces', () => {
    const trajectory = movingTrajectory(paperCost, 5);
    const start = { rate: 0, idleSignal: 0, idle: true };
    const half = trajectory.untilElapsed(start, 7);
    const end = trajectory.untilElapsed({ rate: half.rate, idleSignal: 7, idle: true }, 9);
    expectRelative(end.rate, trajectory.untilElapsed(start, 16).rate, 1e-12);
  });
});
