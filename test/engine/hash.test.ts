import { describe, expect, it } from 'vitest';
import { rawKernel } from './raw-kernel.js';

describe('XXH64', () => {
  it.each([
    ['', 0n, 'ef46db3751d8e999'],
    ['abc', 0n, '44bc2cf5ad770999'],
    ['Nobody inspects the spammish repetition', 0n, 'fbcea83c8a378bf1'],
  ])('of %j is the published value', async (text, seed, digest) => {
    const { kernel, plan, memory } = await rawKernel();
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(memory.buffer, plan.lanes, bytes.length).set(bytes);
    const hash = BigInt.asUintN(64, kernel.hashBytes(plan.lanes, bytes.length, seed));
    expect(hash.toString(16)).toBe(digest);
  });
});
