import { describe, expect, it } from 'vitest';
import {
  BOUND,
  ERROR,
  ERROR_RATE_ABOVE_BOUND,
  ERROR_SERVER,
  RECORDS,
  ROWS,
  RUN_ERROR,
} from '../../src/engine/layout.js';
import { EngineError, Simulation } from '../../src/index.js';
import { rawKernel, smallSystem } from './raw-kernel.js';

describe('the bound on the rates', () => {
  it('is above every rate throughout, with little to spare', async () => {
    for (const inverseStepSize of [500, 10]) {
      const { kernel, plan, state } = await rawKernel({
        servers: 50,
        inverseStepSize,
        horizon: 1e4,
      });
      for (let t = 1; t <= 300; t++) {
        expect(kernel.run(plan.state, t * 2, 1e9)).toBe(0);
        const bound = state.getF64(BOUND);
        let largest = 0;
        for (let slot = 0; slot < 50; slot++)
          largest = Math.max(largest, kernel.rateOf(plan.state, slot));
        expect(largest).toBeLessThanOrEqual(bound);
        expect(bound).toBeLessThan(Math.max(2, Math.sqrt(5)) * (1 + 1e-8));
      }
    }
  });

  it.each(['release', 'checked'] as const)('is enforced in the %s build', async (variant) => {
    const { kernel, plan, state, memory } = await rawKernel({ inverseStepSize: 'inf' }, variant);
    state.setU32(ROWS, 0);
    kernel.run(plan.state, 1, 1e9);
    // what a bug in the rate equation would do: a rate that the bound does not cover
    const rates = new Float64Array(memory.buffer, state.getU32(RECORDS), 40);
    for (let v = 0; v < 10; v++) rates[4 * v] = 5;
    expect(kernel.run(plan.state, 100, 1e9)).toBe(RUN_ERROR);
    expect(state.getU32(ERROR)).toBe(ERROR_RATE_ABOVE_BOUND);
    expect(state.getU32(ERROR_SERVER)).toBeLessThan(10);
  });

  it('reaches the user as an EngineError that says what to do', async () => {
    const simulation = await Simulation.create({
      ...smallSystem,
      inverseStepSize: 'inf',
      horizon: 1000,
    });
    simulation.runUntil(1);
    // the trajectory's buffer is the engine's memory: spoil every double that looks like a rate
    const memory = new Float64Array(simulation.trajectory.mean.buffer);
    const rates = simulation.rates();
    memory.forEach((value, i) => {
      if (value > 0 && rates.includes(value)) memory[i] = 7;
    });
    expect(() => simulation.runUntil(1000)).toThrow(EngineError);
    expect(() => simulation.runUntil(1000)).toThrow(/has rate 7 .* please report it/);
  });
});
