import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import seedrandom from 'seedrandom';

/**
 * The 256 bits that start the kernel's xoshiro256++, as eight 32-bit words: the first outputs of seedrandom's ARC4
 * for the SHA-256 (64 hex digits) of `String(seed)` in UTF-8, so 1 and '1' are the same seed.
 *
 * The hash stands in front because seedrandom by itself repeats a short text until its key is full and drops the
 * high byte of every character: 1, 11 and 111 would be one seed, and so would 'A' and 'Ł'.
 */
export function seedWords(seed: string | number): Uint32Array {
  const generator = seedrandom(bytesToHex(sha256(utf8ToBytes(String(seed)))));
  const words = new Uint32Array(8);
  for (let i = 0; i < 8; i++) words[i] = generator.int32();
  if (words.every((word) => word === 0)) words[0] = 1; // the one state xoshiro may not have
  return words;
}
