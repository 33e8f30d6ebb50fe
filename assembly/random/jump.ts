import { RNG } from '../../src/engine/layout';
import { nextBits } from './random';

/** The jump polynomial of xoshiro256++ (Blackman and Vigna, reference implementation at prng.di.unimi.it). */
const POLYNOMIAL = memory.data<u64>([
  0x180ec6d33cfd0aba, 0xd5a61266f0c9392c, 0xa9582618e03fc9aa, 0x39abdc4529b1661c,
]);

/** Moves the generator on by 2^128 outputs: so far apart, two sequences never meet. */
export function jump(state: usize): void {
  let s0: u64 = 0;
  let s1: u64 = 0;
  let s2: u64 = 0;
  let s3: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) {
    const word = load<u64>(POLYNOMIAL + i);
    for (let bit: u64 = 0; bit < 64; bit++) {
      if ((word >> bit) & 1) {
        s0 ^= load<u64>(state, RNG);
        s1 ^= load<u64>(state, RNG + 8);
        s2 ^= load<u64>(state, RNG + 16);
        s3 ^= load<u64>(state, RNG + 24);
      }
      nextBits(state);
    }
  }
  store<u64>(state, s0, RNG);
  store<u64>(state, s1, RNG + 8);
  store<u64>(state, s2, RNG + 16);
  store<u64>(state, s3, RNG + 24);
}
