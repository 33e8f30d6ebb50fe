/**
 * XXH64 of Y. Collet (BSD-2-Clause specification, xxHash fast digest algorithm 0.1.1) over a range of
 * memory: names the state of a run, and guards checkpoints against damage. Not cryptographic.
 */
const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

const ACCUMULATORS: usize = memory.data(32, 16);

/**
 * Gigabytes are taken in pieces: an engine that compiles twice, at first quickly and what turns out to take long then well,
 * has a function's better code with the next call.
 */
const PIECE: usize = 65536;

/** Hash of `length` bytes from `start` on. */
export function hashBytes(start: usize, length: usize, seed: u64): u64 {
  return hashBytesWith(ACCUMULATORS, start, length, seed);
}

/** The same with 32 bytes of the caller's for the accumulators: threads that hash at the same time need bytes of their own. */
export function hashBytesWith(accumulators: usize, start: usize, length: usize, seed: u64): u64 {
  const end = start + length;
  let p = start;
  let hash: u64;
  if (length >= 32) {
    store<u64>(accumulators, seed + P1 + P2);
    store<u64>(accumulators, seed + P2, 8);
    store<u64>(accumulators, seed, 16);
    store<u64>(accumulators, seed - P1, 24);
    const behind = end - ((end - p) & 31);
    for (; behind - p > PIECE; p += PIECE) takeStripes(accumulators, p, p + PIECE);
    takeStripes(accumulators, p, behind);
    p = behind;
    const a = load<u64>(accumulators);
    const b = load<u64>(accumulators, 8);
    const c = load<u64>(accumulators, 16);
    const d = load<u64>(accumulators, 24);
    hash = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  } else {
    hash = seed + P5;
  }
  hash += <u64>length;
  for (; p + 8 <= end; p += 8) hash = rotl(hash ^ mix(0, load<u64>(p)), 27) * P1 + P4;
  if (p + 4 <= end) {
    hash = rotl(hash ^ (<u64>load<u32>(p) * P1), 23) * P2 + P3;
    p += 4;
  }
  for (; p < end; p++) hash = rotl(hash ^ (<u64>load<u8>(p) * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return hash ^ (hash >> 32);
}

/** Whole stripes of 32 bytes. */
function takeStripes(accumulators: usize, start: usize, end: usize): void {
  let a = load<u64>(accumulators);
  let b = load<u64>(accumulators, 8);
  let c = load<u64>(accumulators, 16);
  let d = load<u64>(accumulators, 24);
  for (let p = start; p < end; p += 32) {
    a = mix(a, load<u64>(p));
    b = mix(b, load<u64>(p, 8));
    c = mix(c, load<u64>(p, 16));
    d = mix(d, load<u64>(p, 24));
  }
  store<u64>(accumulators, a);
  store<u64>(accumulators, b, 8);
  store<u64>(accumulators, c, 16);
  store<u64>(accumulators, d, 24);
}

function mix(accumulator: u64, input: u64): u64 {
  return rotl(accumulator + input * P2, 31) * P1;
}

function merge(hash: u64, accumulator: u64): u64 {
  return (hash ^ mix(0, accumulator)) * P1 + P4;
}
