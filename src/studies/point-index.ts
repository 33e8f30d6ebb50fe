import type { CompleteConfig } from '../config/config.js';
import { keyOf, type Points } from './points.js';

/** Finds the number of a point by its configuration, with twelve bytes for each point: the texts of a million would not fit. */
export class PointIndex {
  readonly #points: Points;
  /** numbers of points from 1, at the first free place from where their hash points; at most half of the places are taken */
  readonly #places: Int32Array;
  readonly #hashes: Int32Array;
  /** a point and a later one with the same configuration, if there are any */
  readonly repeated: readonly [first: number, second: number] | null;

  constructor(points: Points) {
    this.#points = points;
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(2 * points.length + 1)));
    this.#hashes = new Int32Array(points.length);
    this.repeated = this.#fill();
  }

  find(config: CompleteConfig): number | undefined {
    const key = keyOf(config);
    return this.#find(key, hashOf(key));
  }

  #fill(): PointIndex['repeated'] {
    let number = 0;
    for (const { config } of this.#points) {
      const key = keyOf(config);
      const hash = hashOf(key);
      const before = this.#find(key, hash);
      if (before !== undefined) return [before, number];
      this.#hashes[number] = hash;
      this.#places[this.#placeOf(hash)] = ++number;
    }
    return null;
  }

  #find(key: string, hash: number): number | undefined {
    for (const number of this.#chain(hash)) {
      if (this.#hashes[number] !== hash) continue;
      const point = this.#points.at(number);
      if (point && keyOf(point.config) === key) return number;
    }
    return undefined;
  }

  *#chain(hash: number): Iterable<number> {
    const mask = this.#places.length - 1;
    for (let place = hash & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      yield (this.#places[place] as number) - 1;
    }
  }

  /** The free place at the end of a chain. */
  #placeOf(hash: number): number {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    return place;
  }
}

/** FNV-1a of a text's code units, with its bits mixed once more (as MurmurHash3 ends). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
