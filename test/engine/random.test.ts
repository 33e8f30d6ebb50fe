import { createHash } from 'node:crypto';
import seedrandom from 'seedrandom';
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
  it('reach the generator as the first eight int32 of seedrandom, of the SHA-256 of the text', () => {
    const key = createHash('sha256').update('hello.').digest('hex');
    const generator = seedrandom(key);
    const expected = Array.from({ length: 8 }, () => generator.int32() >>> 0);
    expect([...seedWords('hello.')]).toEqual(expected);
    // Math.seedrandom('hello.') of the seedrandom README begins 0.9282578795792454: the library is what it says
    expect(seedrandom('hello.')()).toBe(0.9282578795792454);
  });

  it('are equal when they print alike', () => {
    expect(seedWords(1)).toEqual(seedWords('1'));
    expect(seedWords(0.1)).toEqual(seedWords('0.1'));
  });

  it('differ otherwise: repeated texts, other alphabets, prefixes, the names of replications', () => {
    const texts = new Set<string>();
    for (let i = 0; i < 40_000; i++) texts.add(String(i));
    for (let i = 0; i < 10_000; i++) texts.add(`${2026 + i}`.repeat(1 + (i % 3)));
    for (let i = 0; i < 20_000; i++) texts.add(`1/${(i * 2654435761).toString(16)}/${i % 7}`);
    for (let code = 1; code < 20_000; code++) {
      if (code < 0xd800 || code > 0xdfff) texts.add(String.fromCodePoint(code));
      texts.add(String.fromCodePoint(0x10000 + code));
    }
    for (let length = 0; length < 1000; length++) {
      for (const part of ['a', 'ab', 'Ł', '\0', ' ']) texts.add(part.repeat(length));
    }
    for (let i = 0; i < 5000; i++) texts.add(String(Math.sin(i) * 10 ** (i % 40)));
    expect(texts.size).toBeGreaterThan(100_000);
    // the first output of the kernel's generator is a function of all 256 bits; compare the bits themselves
    const streams = new Set(Array.from(texts, (text) => seedWords(text).join()));
    expect(streams.size).toBe(texts.size);
    // no word of the state is the same more often than chance has it: of 10⁵ words of 32 bits 1.2 pairs are
    // equal on average, and more than 12 with probability 1e-8
    const first = new Set(Array.from(streams, (words) => words.slice(0, words.indexOf(','))));
    expect(streams.size - first.size).toBeLessThan(12);
  });
});
