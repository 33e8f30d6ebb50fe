/**
 * What the engine's events do to memory, and nothing else: each reads a random record of 32 bytes and writes it, sixty-four
 * at a time so that misses overlap, as block.ts and commit.ts do. And the same one by one, each address coming from
 * the record before: what a single miss takes.
 */
const BLOCK: usize = 64;

/** Sixty-four pseudorandom numbers ahead of their use: an LCG of Knuth's, whose upper bits choose the record. */
export function overlapped(records: usize, count: u32, touches: u32, seed: u64): u64 {
  let x = seed;
  let sum: f64 = 0;
  const slots = memory.data(256);
  for (let done: u32 = 0; done < touches; done += <u32>BLOCK) {
    for (let k: usize = 0; k < BLOCK; k++) {
      x = x * 6364136223846793005 + 1442695040888963407;
      store<u32>(slots + (k << 2), <u32>(((x >> 32) * <u64>count) >> 32));
    }
    for (let k: usize = 0; k < BLOCK; k++) {
      const record = records + ((<usize>load<u32>(slots + (k << 2))) << 5);
      sum += load<f64>(record) + load<f64>(record, 16);
    }
    for (let k: usize = 0; k < BLOCK; k++) {
      const record = records + ((<usize>load<u32>(slots + (k << 2))) << 5);
      store<f64>(record, sum);
      store<f64>(record, sum, 8);
    }
  }
  return x ^ reinterpret<u64>(sum);
}

/** Each touch waits for the one before. */
export function chained(records: usize, count: u32, touches: u32, seed: u64): u64 {
  let x = seed;
  for (let done: u32 = 0; done < touches; done++) {
    x = x * 6364136223846793005 + 1442695040888963407;
    const slot = <u32>(((x >> 32) * <u64>count) >> 32);
    x ^= load<u64>(records + ((<usize>slot) << 5), 24);
  }
  return x;
}
