/** Gets memory for the kernel, and says what is missing where there is none. */
import { ConfigError } from '../errors.js';

export const PAGE_BYTES = 65536;
/** 4 GiB */
export const MAX_PAGES = 65536;

/**
 * Zeroed shared memory of that many pages, able to grow up to 4 GiB.
 * @throws {ConfigError} if the machine does not have it
 * @internal
 */
export function allocateMemory(pages: number, available: number): WebAssembly.Memory {
  const bytes = pages * PAGE_BYTES;
  if (bytes > available) {
    throw new ConfigError(
      'servers',
      `the run needs ${gigabytes(bytes)} of memory and ${gigabytes(available)} are free; reduce servers or the recording`,
    );
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
  } catch {
    throw noAddresses(bytes);
  }
}

/** V8 reserves addresses for all that a memory may grow to, and for guards around it, however little is used. */
export function noAddresses(bytes: number): ConfigError {
  return new ConfigError(
    'memory',
    `this process cannot reserve the 10 GiB of addresses that WebAssembly asks for, although the run needs only ${gigabytes(bytes)} of memory; ` +
      'raise the limit on its address space (ulimit -v unlimited)',
  );
}

/** A size for people. */
export function gigabytes(bytes: number): string {
  return bytes < 2 ** 29
    ? `${Math.ceil(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
