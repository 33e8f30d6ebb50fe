/** The compiled kernel: its exports, its identity, and its instances. The one user of the AS loader. */
import { instantiate, instantiateSync } from '@assemblyscript/loader';
import { inflate, mayInstantiateAtOnce } from '#platform';
import { KERNEL_DEFLATED, KERNEL_HASH } from './kernel-binary.js';

/** Exports of `assembly/index.ts`. A `state` is the address of a state block (layout.ts). */
export type Kernel = {
  heapBase(): number;
  clear(start: number, length: number): void;
  initialise(state: number): void;
  run(state: number, until: number, maxBlocks: number): number;
  changeParameters(state: number): void;
  summarise(state: number): void;
  rateOf(state: number, slot: number): number;
  signalOf(state: number, slot: number): number;
  hashState(state: number): bigint;
  hashBytes(start: number, length: number, seed: bigint): bigint;
  advanceRate(state: number, rate: number, signal: number, slope: number, dt: number): number;
  nextBits(state: number): bigint;
  fillBits(state: number, out: number, count: number): void;
  nextExponential(state: number): number;
};

/** A kernel build: `release`, or `checked`, the same source with its assertions compiled in. */
export interface KernelBuild {
  module: WebAssembly.Module;
  /** SHA-256 of the binary, hex */
  hash: string;
}

let release: Promise<KernelBuild> | undefined;
let checked: Promise<KernelBuild> | undefined;

/** Compiles the kernel, once per process. */
export function kernelBuild(variant: 'release' | 'checked'): Promise<KernelBuild> {
  if (variant === 'release') {
    release ??= compile(KERNEL_DEFLATED, KERNEL_HASH);
    return release;
  }
  checked ??= import('./kernel-checked-binary.js').then((binary) =>
    compile(binary.KERNEL_DEFLATED, binary.KERNEL_HASH),
  );
  return checked;
}

async function compile(deflated: string, hash: string): Promise<KernelBuild> {
  return { module: await WebAssembly.compile(await inflate(deflated)), hash };
}

/** An instance over the caller's memory, which must be shared and zeroed. Nothing is kept outside of it. */
export async function instantiateKernel(
  build: KernelBuild,
  memory: WebAssembly.Memory,
): Promise<Kernel> {
  // the loader adds to the imports it is given, hence a fresh object every time
  const imports = { env: { memory } };
  const { exports } = mayInstantiateAtOnce
    ? instantiateSync<Kernel>(build.module, imports)
    : await instantiate<Kernel>(build.module, imports);
  return exports;
}
