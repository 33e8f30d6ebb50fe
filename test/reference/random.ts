/**
 * Chris Doty-Humphrey's "small fast counting" generator sfc32, from PractRand: three words of
 * chaotic state and a counter, seeded by running it for a while from the seed.
 */
export class Sfc32 {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** Any integer from 0 to 2^53 − 1; different seeds give unrelated streams. */
  constructor(seed: number) {
    this.a = 0;
    this.b = seed | 0;
    this.c = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 20; round++) this.word();
  }

  /** 32 random bits, as an unsigned integer. */
  word(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform on [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** Uniform on 0, …, bound − 1, for bounds far below 2^53. */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Exponential with mean 1, by inversion. */
  exponential(): number {
    return -Math.log1p(-this.uniform());
  }
}
