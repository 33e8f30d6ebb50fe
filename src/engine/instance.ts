/** A kernel and the memory it runs in: for one simulation at a time, and then perhaps for another. */
import { ConfigError } from '../errors.js';
import { allocateMemory, PAGE_BYTES } from './allocate.js';
import { instantiateKernel, type Kernel, type KernelBuild } from './kernel.js';
import type { MemoryPlan } from './memory.js';

export interface Instance {
  build: KernelBuild;
  memory: WebAssembly.Memory;
  kernel: Kernel;
}

/**
 * @param pages of memory, zeroed
 * @throws {ConfigError} if it cannot be had
 */
export async function createInstance(
  build: KernelBuild,
  pages: number,
  available: number,
): Promise<Instance> {
  const memory = allocateMemory(pages, available);
  return { build, memory, kernel: await instantiateKernel(build, memory) };
}

/**
 * Makes room for at least `pages` pages; what is there stays.
 * @throws {ConfigError} naming `field` if they cannot be had
 */
export function growTo(memory: WebAssembly.Memory, pages: number, field: string): void {
  const missing = pages - memory.buffer.byteLength / PAGE_BYTES;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw new ConfigError(
      field,
      `needs ${Math.ceil((missing * PAGE_BYTES) / 2 ** 20)} MiB more memory than can be had (${String(cause)})`,
    );
  }
}

/** Readies a used instance for another run. @throws {ConfigError} as `growTo` */
export function reuse({ memory, kernel }: Instance, plan: MemoryPlan): void {
  growTo(memory, plan.pages, 'servers');
  kernel.clear(plan.state, plan.histogramPool - plan.state);
}
