import { inflate } from '#platform';
import { noAddresses, PAGE_BYTES } from './allocate.js';

type Real = (x: number) => number;

/** Exports of `assembly/elementary.ts`. */
export interface Elementary {
  pow: (x: number, y: number) => number;
  exp: Real;
  expm1: Real;
  log: Real;
  log1p: Real;
  log2: Real;
  log10: Real;
  cbrt: Real;
  sin: Real;
  cos: Real;
  tan: Real;
  sinh: Real;
  cosh: Real;
  tanh: Real;
  asinh: Real;
  atan: Real;
}

let functions: Promise<Elementary> | undefined;

/** Elementary functions compiled as the kernel is: the same to the bit wherever they run. Loaded on the first use. @throws {ConfigError} if they cannot be loaded */
export function elementaryFunctions(): Promise<Elementary> {
  functions ??= load();
  return functions;
}

async function load(): Promise<Elementary> {
  const { ELEMENTARY_DEFLATED } = await import('./elementary-binary.js');
  try {
    const { instance } = await WebAssembly.instantiate(await inflate(ELEMENTARY_DEFLATED));
    return instance.exports as unknown as Elementary;
  } catch (cause) {
    throw cause instanceof RangeError ? noAddresses(PAGE_BYTES) : cause;
  }
}
