/**
 * Random bits: xoshiro256++ 1.0 of Blackman and Vigna (2019), public domain reference at
 * prng.di.unimi.it; 256 bits of state, period 2^256 − 1. The state lives in the state block, so a
 * checkpoint of the memory holds it.
 */
import { RNG } from '../../src/engine/layout';

/** The next 64 random bits. */
export function nextBits(state: usize): u64 {
  const rng = state + RNG;
  const s1 = load<u64>(rng, 8);
  let s0 = load<u64>(rng);
  let s2 = load<u64>(rng, 16);
  let s3 = load<u64>(rng, 24);
  const result = rotl(s0 + s3, 23) + s0;
  s2 ^= s0;
  s3 ^= s1;
  store<u64>(rng, s1 ^ s2, 8);
  store<u64>(rng, s0 ^ s3);
  store<u64>(rng, s2 ^ (s1 << 17), 16);
  store<u64>(rng, rotl(s3, 45), 24);
  return result;
}

/** The next `count` outputs of the same sequence, written to `out`: the generator stays in registers. */
export function fillBits(state: usize, out: usize, count: u32): void {
  const rng = state + RNG;
  let s0 = load<u64>(rng);
  let s1 = load<u64>(rng, 8);
  let s2 = load<u64>(rng, 16);
  let s3 = load<u64>(rng, 24);
  const end = out + ((<usize>count) << 3);
  for (let p = out; p < end; p += 8) {
    store<u64>(p, rotl(s0 + s3, 23) + s0);
    const shifted = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl(s3, 45);
  }
  store<u64>(rng, s0);
  store<u64>(rng, s1, 8);
  store<u64>(rng, s2, 16);
  store<u64>(rng, s3, 24);
}

/** Uniform on {0, 1, …, 2^53 − 1} / 2^53, from the upper 53 bits. */
export function toUnit(bits: u64): f64 {
  return <f64>(<i64>(bits >> 11)) * (1.0 / 9007199254740992.0);
}

/**
 * `toUnit` of two outputs. The upper 21 and the lower 32 of the 53 bits become the low mantissa bits of 2^31
 * and of 1/2, and what those add is taken off again: no step rounds.
 */
export function toUnits(bits: v128): v128 {
  const upper = v128.or(i64x2.shr_u(bits, 43), i64x2.splat(0x41e0000000000000));
  const middle = v128.and(i64x2.shr_u(bits, 11), i64x2.splat(0xffffffff));
  const lower = v128.or(middle, i64x2.splat(0x3fe0000000000000));
  return f64x2.add(f64x2.sub(upper, f64x2.splat(2147483648.5)), lower);
}

/** Uniform on {0, …, count − 1}; the bias is below count / 2^53. */
export function nextIndex(state: usize, count: u32): u32 {
  return <u32>(toUnit(nextBits(state)) * <f64>count);
}
