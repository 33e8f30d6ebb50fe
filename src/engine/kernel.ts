/** The compiled kernel: its exports, its identity, and its instances. The one user of the AS loader. */
import { instantiate, instantiateSync } from '@assemblyscript/loader';
import { inflate, mayInstantiateAtOnce } from '#platform';
import type { CompleteConfig } from '../config/config.js';
import { KERNEL_DEFLATED, KERNEL_HASH } from './kernel-binary.js';
import { partitioning } from './partitions.js';

/** Exports of `assembly/index.ts`, `assembly/wider.ts` and `assembly/parted.ts`. A `state` is the address of a state block (layout.ts). */
export type Kernel = {
  heapBase(): number;
  clear(start: number, length: number): void;
  initialise(state: number): void;
  run(state: number, until: number, maxBlocks: number): number;
  settle(state: number, now: number): void;
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
  /** of the kernel for partitions alone: another thread helps with tasks after `seen` (assembly/partitions/team.ts) */
  assist?(state: number, member: number, seen: number): number;
  dismiss?(state: number): void;
};

/** A kernel build: `release`, or `checked`, the same source with its assertions compiled in. */
export interface KernelBuild {
  module: WebAssembly.Module;
  /** SHA-256 of the binary, hex */
  hash: string;
}

interface Binary {
  KERNEL_DEFLATED: string;
  KERNEL_HASH: string;
}

/** All but the paper's release build are loaded when they are needed. */
const BINARIES = {
  paper: {
    release: async (): Promise<Binary> => ({ KERNEL_DEFLATED, KERNEL_HASH }),
    checked: (): Promise<Binary> => import('./kernel-checked-binary.js'),
  },
  wider: {
    release: (): Promise<Binary> => import('./wider-binary.js'),
    checked: (): Promise<Binary> => import('./wider-checked-binary.js'),
  },
  parted: {
    release: (): Promise<Binary> => import('./parted-binary.js'),
    checked: (): Promise<Binary> => import('./parted-checked-binary.js'),
  },
};

const builds = new Map<() => Promise<Binary>, Promise<KernelBuild>>();

/** Compiles a kernel, once per process: the paper's, the wider one with all policies, or that for systems in partitions. */
export function kernelBuild(
  variant: 'release' | 'checked',
  kernel: keyof typeof BINARIES = 'paper',
): Promise<KernelBuild> {
  const load = BINARIES[kernel][variant];
  const build = builds.get(load) ?? load().then(compile);
  builds.set(load, build);
  return build;
}

/** The kernel that a configuration needs. */
export function kernelFor(
  config: CompleteConfig,
  variant: 'release' | 'checked' = 'release',
  partitions = partitioning(config),
): Promise<KernelBuild> {
  if (partitions) return kernelBuild(variant, 'parted');
  return kernelBuild(variant, isWider(config) ? 'wider' : 'paper');
}

/** Whether a system has more than the paper's: other policies, several classes of servers, or a schedule. */
export function isWider({ dispatch, service, classes, schedule }: CompleteConfig): boolean {
  return !!(dispatch || service || schedule) || (classes?.length ?? 1) > 1;
}

async function compile({ KERNEL_DEFLATED, KERNEL_HASH }: Binary): Promise<KernelBuild> {
  return { module: await WebAssembly.compile(await inflate(KERNEL_DEFLATED)), hash: KERNEL_HASH };
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
