import { instantiateKernel, kernelBuild } from './kernel.js';

/** Names of the functions of assembly/elementary.ts, in the order of their codes. */
export const ELEMENTARY = [
  'pow',
  'exp',
  'expm1',
  'log',
  'log1p',
  'log2',
  'log10',
  'sqrt',
  'cbrt',
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'atan',
] as const;

export type Elementary = (name: string, x: number, y: number) => number;

let functions: Promise<Elementary> | undefined;

/** Elementary functions computed by the kernel: the same to the bit wherever it runs. */
export function elementaryFunctions(): Promise<Elementary> {
  functions ??= load();
  return functions;
}

async function load(): Promise<Elementary> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { elementary } = await instantiateKernel(await kernelBuild('release'), memory);
  const codes = new Map<string, number>(ELEMENTARY.map((name, code) => [name, code]));
  return (name, x, y) => elementary(codes.get(name) ?? -1, x, y);
}
