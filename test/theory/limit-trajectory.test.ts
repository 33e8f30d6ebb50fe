/** The limit trajectory (2.3) in the mean-field limit against simulations. */
import { describe, expect, it } from 'vitest';
import { costFunctions, PAPER_COST, Simulation } from '../../src/index.js';
import { limitTrajectory } from '../../src/theory/index.js';

const M = 500;
const LAMBDA = 0.8;

/** Root mean square distance of the simulated mean rate from the limit started at the same rates. */
async function distance(servers: number): Promise<number> {
  const simulation = await Simulation.create({
    servers,
    arrivalRate: LAMBDA,
    inverseStepSize: M,
    horizon: 3 * M,
    record: { interval: M / 10 },
    seed: 'limit trajectory',
  });
  const initial = [...simulation.rates()];
  simulation.runUntil();
  const { time, mean } = simulation.trajectory;
  const limit = limitTrajectory(
    costFunctions(PAPER_COST),
    LAMBDA,
    initial,
    [...time].map((t) => t / M),
  );
  const squares = limit.map((point, row) => (point.mean - mean[row]) ** 2);
  return Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
}

describe('the simulated mean rate', () => {
  it('follows the limit trajectory, the closer the more servers', async () => {
    const few = await distance(100);
    const many = await distance(10_000);
    // noise falls like 1/√n, the bias of finite n like 1/n; what stays is of order 1/m
    expect(few).toBeLessThan(0.01);
    expect(many).toBeLessThan(0.001);
    expect(many).toBeLessThan(few / 3);
  });
});
