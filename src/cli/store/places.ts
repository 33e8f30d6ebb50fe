/** Where the line of each replication is in a file of results. */
import type { Line } from './lines.js';

export type Place = Pick<Line, 'offset' | 'length'>;

export class Places {
  /** by point and replication, the number of a place in the two lists below: a sweep may have millions of lines */
  readonly #numbers: number[][] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];

  get count(): number {
    return this.#offsets.length;
  }

  add(point: number, replication: number, { offset, length }: Place): void {
    this.#numbers[point] ??= [];
    (this.#numbers[point] as number[])[replication] = this.count;
    this.#offsets.push(offset);
    this.#lengths.push(length);
  }

  at(point: number, replication: number): Place | undefined {
    const number = this.#numbers[point]?.[replication];
    return number === undefined ? undefined : this.#place(number);
  }

  /** All places, by point and replication. */
  *inOrder(): Iterable<Place & { point: number; replication: number }> {
    for (const [point, numbers = []] of this.#numbers.entries()) {
      for (const [replication, number] of numbers.entries()) {
        if (number !== undefined) yield { point, replication, ...this.#place(number) };
      }
    }
  }

  #place(number: number): Place {
    return { offset: this.#offsets[number] as number, length: this.#lengths[number] as number };
  }
}
