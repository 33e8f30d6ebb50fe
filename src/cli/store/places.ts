/** Where the line of each replication is in a file of results: 28 to 56 bytes for each, as a sweep may have millions. */
import type { Line } from './lines.js';

export type Place = Pick<Line, 'offset' | 'length'>;

const FEWEST = 1024;

export class Places {
  #count = 0;
  #points = new Uint32Array(FEWEST);
  #replications = new Uint32Array(FEWEST);
  #offsets = new Float64Array(FEWEST);
  #lengths = new Uint32Array(FEWEST);
  /** numbers of places from 1, each at the first free slot from where its hash points; at most half of the slots are taken */
  #slots = new Uint32Array(2 * FEWEST);

  get count(): number {
    return this.#count;
  }

  add(point: number, replication: number, { offset, length }: Place): void {
    if (this.#count === this.#points.length) this.#grow();
    const number = this.#count++;
    this.#points[number] = point;
    this.#replications[number] = replication;
    this.#offsets[number] = offset;
    this.#lengths[number] = length;
    this.#slots[this.#slotOf(point, replication)] = number + 1;
  }

  at(point: number, replication: number): Place | undefined {
    const number = this.#slots[this.#slotOf(point, replication)] as number;
    return number === 0 ? undefined : this.#place(number - 1);
  }

  /** All places, by point and replication. */
  *inOrder(): Iterable<Place & { point: number; replication: number }> {
    for (const number of this.#order()) {
      const point = this.#points[number] as number;
      const replication = this.#replications[number] as number;
      yield { point, replication, ...this.#place(number) };
    }
  }

  /**
   * The lines have been written anew, in order and one after the other.
   * @param lengths of the lines in their order, without their ends
   * @returns bytes of all lines
   */
  settle(lengths: Uint32Array): number {
    let size = 0;
    for (const [i, number] of this.#order().entries()) {
      this.#offsets[number] = size;
      this.#lengths[number] = lengths[i] as number;
      size += (lengths[i] as number) + 1;
    }
    return size;
  }

  #order(): Uint32Array {
    const [points, replications] = [this.#points, this.#replications];
    const order = new Uint32Array(this.#count);
    for (let number = 0; number < order.length; number++) order[number] = number;
    return order.sort(
      (a, b) =>
        (points[a] as number) - (points[b] as number) ||
        (replications[a] as number) - (replications[b] as number),
    );
  }

  #place(number: number): Place {
    return { offset: this.#offsets[number] as number, length: this.#lengths[number] as number };
  }

  /** The slot of a place, or the free one where it belongs. */
  #slotOf(point: number, replication: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(point, 0x9e3779b1) ^ Math.imul(replication + 1, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === 0) return slot;
      const same =
        this.#points[number - 1] === point && this.#replications[number - 1] === replication;
      if (same) return slot;
    }
  }

  #grow(): void {
    const size = 2 * this.#points.length;
    this.#points = enlarged(this.#points, new Uint32Array(size));
    this.#replications = enlarged(this.#replications, new Uint32Array(size));
    this.#offsets = enlarged(this.#offsets, new Float64Array(size));
    this.#lengths = enlarged(this.#lengths, new Uint32Array(size));
    this.#slots = new Uint32Array(2 * size);
    for (let number = 0; number < this.#count; number++) {
      const slot = this.#slotOf(
        this.#points[number] as number,
        this.#replications[number] as number,
      );
      this.#slots[slot] = number + 1;
    }
  }
}

function enlarged<T extends Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
