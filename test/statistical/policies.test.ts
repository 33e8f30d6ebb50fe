/**
 * A new policy takes its own file and a line where policies are registered: the kernel's sources are compiled with that much
 * added, and the exact laws of the systems that come of it must hold.
 */
import { describe, expect, it } from 'vitest';
import type { SimulationConfig } from '../../src/config/config.js';
import type { KernelBuild } from '../../src/engine/kernel.js';
import { kernelBuild } from '../../src/engine/kernel.js';
import { ID, QUEUE, RUN_BUDGET } from '../../src/engine/layout.js';
import { kernelWith } from '../engine/kernel-with.js';
import { rawKernel } from '../engine/raw-kernel.js';

const SAMPLES = 4000;

/** The number of tasks at each server at samples that far apart, for what is left of their correlation not to matter. */
async function tasksAt(build: KernelBuild, config: Partial<SimulationConfig>, spacing: number) {
  const { kernel, plan, memory } = await rawKernel(
    { ...config, horizon: SAMPLES * spacing },
    build,
  );
  const servers = config.servers ?? 10;
  const tasks = Array.from({ length: servers }, () => new Float64Array(SAMPLES));
  for (let sample = 0; sample < SAMPLES; sample++) {
    while (kernel.run(plan.state, (sample + 1) * spacing, 1e6) === RUN_BUDGET);
    const view = new DataView(memory.buffer);
    for (let record = plan.records; record < plan.records + 32 * servers; record += 32) {
      tasks[view.getUint32(record + ID, true)][sample] = view.getUint32(record + QUEUE, true);
    }
  }
  return tasks;
}

/** Erlang's loss formula for 0 … n servers. */
function erlangB(n: number, load: number): number[] {
  const blocking = [1];
  for (let k = 1; k <= n; k++) {
    const carried = load * blocking[k - 1];
    blocking.push(carried / (k + carried));
  }
  return blocking;
}

function zOf(samples: Float64Array, exact: number): number {
  const mean = samples.reduce((sum, x) => sum + x) / SAMPLES;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (SAMPLES - 1);
  return Math.abs(mean - exact) / Math.sqrt(variance / SAMPLES);
}

const frozen = { inverseStepSize: 'inf', initialRates: 1, seed: 7 } as const;

/** A false alarm in 1.5e5 seeds for each z. */
const LIMIT = 4.5;

describe('a policy that is added', () => {
  it('dispatches: the first idle server', async () => {
    const build = await kernelWith({
      policy: 'FirstIdle',
      file: 'first-idle',
      folder: 'dispatch',
      instead: { policy: 'JoinIdleQueue', file: 'join-idle-queue' },
    });
    const system = { ...frozen, servers: 5, arrivalRate: 0.8 };
    // ordered hunt (Erlang): server k carries what overflows from k − 1 servers and not from k
    const blocking = erlangB(5, 4);
    const carried = [0, 1, 2, 3, 4].map((v) => 4 * (blocking[v] - blocking[v + 1]));
    const tasks = await tasksAt(build, system, 10);
    tasks.forEach((samples, v) => {
      expect(zOf(samples, carried[v]), `server ${v}`).toBeLessThan(LIMIT);
    });
    // the paper's kernel, whose servers share the load alike, would not pass
    const alike = await tasksAt(await kernelBuild('checked'), system, 10);
    expect(zOf(alike[4], carried[4])).toBeGreaterThan(LIMIT);
  });

  it('serves: two phases of work', async () => {
    const build = await kernelWith({
      policy: 'Erlang2Work',
      file: 'erlang-2',
      folder: 'service',
      instead: { policy: 'ExponentialWork', file: 'exponential' },
    });
    const system = { ...frozen, servers: 1, arrivalRate: 0.5, buffer: 'inf' } as const;
    // Pollaczek–Khinchine: ρ + ρ² (1 + c)/(2 (1 − ρ)), c = 1/2; with c = 1, exponential work, it is 1
    const [samples] = await tasksAt(build, system, 60);
    expect(zOf(samples, 0.875)).toBeLessThan(LIMIT);
    expect(zOf(samples, 1)).toBeGreaterThan(LIMIT);
  });
});
