import { sleep } from '../cli/ratescale.js';

/** Waits until it is true. @throws {Error} after two minutes, with what there is to say */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  what: () => string | Promise<string>,
): Promise<void> {
  const began = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - began > 110_000) throw new Error(await what());
    await sleep(100);
  }
}
