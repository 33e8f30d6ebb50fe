import { describe, expect, it } from 'vitest';
import { RNG } from '../../src/engine/layout.js';
import { seedWords } from '../../src/engine/seed.js';
import { rawKernel } from './raw-kernel.js';

describe('xoshiro256++', () => {
  it('gives the outputs published with the reference implementation for the state 1, 2, 3, 4', async () => {
    const { kernel, plan, state } = await rawKernel();
    [1, 2, 3, 4].forEach((word, i) => {
      state.setU32(RNG + 8 * i, word);
      state.setU32(RNG + 8 * i + 4, 0);
    });
    const outputs = Array.from({ length: 10 }, () =>
      BigInt.asUintN(64, kernel.nextBits(plan.state)),
    );
    expect(outputs).toEqual([
      41943041n,
      58720359n,
      3588806011781223n,
      3591011842654386n,
      9228616714210784205n,
      9973669472204895162n,
      14011001112246962877n,
      12406186145184390807n,
      15849039046786891736n,
      10450023813501588000n,
    ]);
  });

  it('gives the same sequence in bulk as one by one', async () => {
    const one = await rawKernel();
    const bulk = await rawKernel();
    const singly = Array.from({ length: 200 }, () =>
      BigInt.asUintN(64, one.kernel.nextBits(one.plan.state)),
    );
    bulk.kernel.fillBits(bulk.plan.state, bulk.plan.lanes, 150);
    const inBulk = [...new BigUint64Array(bulk.memory.buffer, bulk.plan.lanes, 150)];
    for (let i = 0; i < 50; i++) {
      inBulk.push(BigInt.asUintN(64, bulk.kernel.nextBits(bulk.plan.state)));
    }
    expect(inBulk).toEqual(singly);
  });
});

describe('seeds', () => {
  it('reach the generator as the first eight int32 of seedrandom', () => {
    // Math.seedrandom('hello.') of the seedrandom README begins 0.9282578795792454, that is int32 -308129938
    expect(seedWords('hello.')[0]).toBe(Math.floor(0.9282578795792454 * 2 ** 32));
  });

  it('are equal when they print alike, and differ otherwise', () => {
    expect(seedWords(1)).toEqual(seedWords('1'));
    expect(seedWords(1)).not.toEqual(seedWords(2));
    expect(seedWords('')).not.toEqual(seedWords('a'));
    expect(new Set(seedWords(1)).size).toBe(8);
  });
});
