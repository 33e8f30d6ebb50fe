/** The law of n equal servers with queues: which are busy, and how many tasks wait. */

import { BandMatrix, solveBanded } from '../numerics/banded.js';

/** Servers with the same waiting tasks, from the longest queue down; those that wait for nobody are left out. */
interface Queues {
  waiting: number[];
  /** All tasks that wait. */
  total: number;
  /** Index of the state with as many busy servers as there are queues; one more busy server is the next state. */
  offset: number;
  /** Where a completion at a server with such a queue leads, and how many have one. */
  shorter: { to: number; count: number }[];
  /** Where an arrival that finds all servers busy leads, and how many servers take it there; none where all are full. */
  longer: { to: number; count: number }[];
}

/**
 * E[I] of n equal servers under Join-Idle-Queue with buffers above 1, by servers and waiting tasks: exact but for more than
 * `mostWaiting` waiting tasks at a time, which are dropped.
 *
 * The state is the number of busy servers and, without order, how many tasks wait at each. Its stationary law comes from
 * block Gauss–Seidel, a block having the same queues. An idle server sees queues only get shorter, so that the mean time it stays
 * idle follows block by block. E[I] is then the mean of what is left of idle periods, which is that of their
 * age, plus P(idle)/μ for the one task that has the idle period as its signal (see `expectedIdleSignal`).
 */
export class QueueingChain {
  readonly #blocks: Queues[] = [];
  readonly #n: number;
  /** States in all. */
  readonly size: number = 0;
  #law: Float64Array;

  /** @returns undefined if there are more than `mostStates` states */
  static create(
    n: number,
    buffer: number,
    mostWaiting: number,
    mostStates: number,
  ): QueueingChain | undefined {
    const chain = new QueueingChain(n, buffer, mostWaiting, mostStates);
    return chain.size <= mostStates ? chain : undefined;
  }

  private constructor(n: number, buffer: number, mostWaiting: number, mostStates: number) {
    this.#n = n;
    const index = new Map<string, number>();
    let layer: number[][] = [[]];
    for (let total = 0; total <= mostWaiting && this.size <= mostStates; total++) {
      const next = new Map<string, number[]>();
      for (const waiting of layer) {
        index.set(waiting.join(), this.#blocks.length);
        this.#blocks.push({ waiting, total, offset: this.size, shorter: [], longer: [] });
        this.size += n + 1 - waiting.length;
        for (const { queues } of changes(waiting, 1, n, buffer)) next.set(queues.join(), queues);
      }
      layer = [...next.values()];
    }
    for (const block of this.#blocks) {
      for (const { queues, count } of changes(block.waiting, -1, n, buffer)) {
        block.shorter.push({ to: index.get(queues.join()) as number, count });
      }
      for (const { queues, count } of changes(block.waiting, 1, n, buffer)) {
        const to = index.get(queues.join());
        if (to !== undefined) block.longer.push({ to, count });
      }
    }
    this.#law = new Float64Array(this.size).fill(1 / this.size);
  }

  /**
   * @param rate μ, service rate of every server
   * @param arrivalRate arrival rate per server
   */
  idleSignal(rate: number, arrivalRate: number): number {
    const law = this.#stationaryLaw(rate, arrivalRate);
    const remaining = this.#remainingIdleTimes(rate, arrivalRate);
    let [idle, age] = [0, 0];
    for (const { waiting, offset } of this.#blocks) {
      for (let k = waiting.length; k < this.#n; k++) {
        const i = offset + k - waiting.length;
        const share = ((law[i] as number) * (this.#n - k)) / this.#n;
        idle += share;
        age += share * (remaining[i] as number);
      }
    }
    return age + idle / rate;
  }

  #stationaryLaw(rate: number, arrivalRate: number): Float64Array {
    const n = this.#n;
    const arrivals = arrivalRate * n;
    const law = this.#law; // that of the last rate is a good start
    // what flows into a block: from longer queues at each number of busy servers, from shorter ones where all are busy
    const into: { from: Queues; speed: number; longer: boolean }[][] = this.#blocks.map(() => []);
    for (const from of this.#blocks) {
      for (const { to, count } of from.shorter) {
        into[to]?.push({ from, speed: count * rate, longer: true });
      }
      const room = from.longer.reduce((sum, { count }) => sum + count, 0);
      for (const { to, count } of from.longer) {
        into[to]?.push({ from, speed: (arrivals * count) / room, longer: false });
      }
    }
    const solve = (b: number) => {
      const { waiting, offset, longer } = this.#blocks[b] as Queues;
      const least = waiting.length;
      const size = n + 1 - least;
      const source = new Float64Array(size);
      for (const { from, speed, longer: all } of into[b] as (typeof into)[0]) {
        const gap = from.waiting.length - least; // 0 or 1 fewer or more queues
        for (let i = all ? Math.max(0, gap) : size - 1; i < size; i++) {
          const at = (source[i] as number) + speed * (law[from.offset + i - gap] as number);
          source[i] = at;
        }
      }
      const matrix = new BandMatrix(size, 1);
      for (let i = 0; i < size; i++) {
        const k = least + i;
        const taking = k < n || longer.length > 0 ? arrivals : 0;
        matrix.set(i, i, taking + k * rate);
        if (i > 0) matrix.set(i, i - 1, -arrivals);
        if (i + 1 < size) matrix.set(i, i + 1, -(i + 1) * rate);
      }
      return {
        offset,
        values: source.every((x) => x === 0) ? source : solveBanded(matrix, source),
      };
    };
    const order = [...this.#blocks.keys()];
    for (let sweep = 0; sweep < 2000; sweep++) {
      let change = 0;
      for (const b of order.reverse()) {
        const { offset, values } = solve(b);
        for (let i = 0; i < values.length; i++) {
          change += Math.abs((values[i] as number) - (law[offset + i] as number));
        }
        law.set(values, offset);
      }
      const total = law.reduce((sum, p) => sum + p, 0);
      for (let i = 0; i < law.length; i++) law[i] = (law[i] as number) / total;
      if (change <= 1e-12 * total) return law;
    }
    throw new RangeError('the stationary law with queues does not converge');
  }

  #remainingIdleTimes(rate: number, arrivalRate: number): Float64Array {
    const n = this.#n;
    const arrivals = arrivalRate * n;
    const remaining = new Float64Array(this.size);
    for (const { waiting, offset, shorter } of this.#blocks) {
      const least = waiting.length;
      const size = n - least; // the tagged server is idle
      if (size === 0) continue;
      const matrix = new BandMatrix(size, 1);
      const right = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        const k = least + i;
        matrix.set(i, i, arrivals + k * rate);
        if (i > 0) matrix.set(i, i - 1, -i * rate);
        if (i + 1 < size) matrix.set(i, i + 1, (-arrivals * (n - k - 1)) / (n - k));
        right[i] = 1;
        for (const { to, count } of shorter) {
          const target = this.#blocks[to] as Queues;
          right[i] =
            (right[i] as number) +
            count * rate * (remaining[target.offset + k - target.waiting.length] as number);
        }
      }
      remaining.set(solveBanded(matrix, right), offset);
    }
    return remaining;
  }
}

/** The queues with one more or one fewer waiting task, and at how many servers that may happen. */
function changes(
  waiting: readonly number[],
  step: 1 | -1,
  n: number,
  buffer: number,
): { queues: number[]; count: number }[] {
  const counts = new Map<number, number>();
  for (const queue of waiting) counts.set(queue, (counts.get(queue) ?? 0) + 1);
  if (step === 1 && waiting.length < n) counts.set(0, n - waiting.length);
  return [...counts]
    .filter(([queue]) => queue + step < buffer)
    .map(([queue, count]) => {
      const queues = [...waiting];
      if (queue === 0) queues.push(0);
      queues[queues.indexOf(queue)] = queue + step;
      return { queues: queues.filter((q) => q > 0).sort((a, b) => b - a), count };
    });
}
