import seedrandom from 'seedrandom';

/**
 * The 256 bits that start the kernel's xoshiro256++, as eight 32-bit words: the first outputs of
 * seedrandom's ARC4 for `String(seed)` (so 1 and '1' are the same seed).
 */
export function seedWords(seed: string | number): Uint32Array {
  const generator = seedrandom(String(seed));
  const words = new Uint32Array(8);
  for (let i = 0; i < 8; i++) words[i] = generator.int32();
  if (words.every((word) => word === 0)) words[0] = 1; // the one state xoshiro may not have
  return words;
}
