import { type SimulationConfig, validateConfig } from '../../src/config/config.js';
import { allocateMemory } from '../../src/engine/allocate.js';
import { resolveCosts } from '../../src/engine/costs.js';
import { writeInitialState } from '../../src/engine/initial-state.js';
import {
  instantiateKernel,
  type Kernel,
  type KernelBuild,
  kernelBuild,
} from '../../src/engine/kernel.js';
import { type MemoryPlan, planMemory } from '../../src/engine/memory.js';
import { StateBlock } from '../../src/engine/state.js';

/** The kernel with its memory laid open, for tests of what the API hides. */
export interface RawKernel {
  kernel: Kernel;
  plan: MemoryPlan;
  memory: WebAssembly.Memory;
  state: StateBlock;
}

export const smallSystem: SimulationConfig = {
  servers: 10,
  arrivalRate: 0.8,
  inverseStepSize: 500,
  horizon: 100,
};

export async function rawKernel(
  config: Partial<SimulationConfig> = {},
  variant: 'release' | 'checked' | KernelBuild = 'checked',
): Promise<RawKernel> {
  const complete = validateConfig({ ...smallSystem, ...config });
  const costs = await resolveCosts(complete);
  const plan = planMemory(complete, costs, 65536);
  const memory = allocateMemory(plan.pages, Number.POSITIVE_INFINITY);
  const build = typeof variant === 'string' ? await kernelBuild(variant) : variant;
  const kernel = await instantiateKernel(build, memory);
  writeInitialState(complete, costs, plan, memory);
  kernel.initialise(plan.state);
  return { kernel, plan, memory, state: new StateBlock(memory, plan.state) };
}
