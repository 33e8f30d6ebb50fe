/** Hashing and `__heap_base` need an instance, but no simulation: one small instance per build. */

import { PAGE_BYTES } from './allocate.js';
import { createInstance, type Instance } from './instance.js';
import type { KernelBuild } from './kernel.js';

/** Hash of some bytes, at most 1 MiB, continuing from the hash of those before. */
export type Hash = (bytes: Uint8Array, seed: bigint) => bigint;

/** One page of static data, and room for 1 MiB to hash. */
const PAGES = 18;

const instances = new WeakMap<KernelBuild, Promise<Instance>>();

function scratch(build: KernelBuild): Promise<Instance> {
  let instance = instances.get(build);
  if (!instance) {
    instance = createInstance(build, PAGES, Number.POSITIVE_INFINITY);
    instances.set(build, instance);
  }
  return instance;
}

/** First address that a simulation may use, on a cache line. */
export async function firstFreeAddress(build: KernelBuild): Promise<number> {
  const { kernel } = await scratch(build);
  return Math.ceil(kernel.heapBase() / 64) * 64;
}

/** The kernel's XXH64. */
export async function hasher(build: KernelBuild): Promise<Hash> {
  const { kernel, memory } = await scratch(build);
  return (bytes, seed) => {
    new Uint8Array(memory.buffer, PAGE_BYTES, bytes.length).set(bytes);
    return BigInt.asUintN(64, kernel.hashBytes(PAGE_BYTES, bytes.length, seed));
  };
}
