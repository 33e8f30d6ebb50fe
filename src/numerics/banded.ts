/**
 * A square matrix with entries only on the diagonal and on `reach` places to either side of it. Row i holds columns
 * i − reach … i + reach in order.
 */
export class BandMatrix {
  readonly #rows: Float64Array;
  readonly #width: number;

  constructor(
    readonly size: number,
    readonly reach: number,
  ) {
    this.#width = 2 * reach + 1;
    this.#rows = new Float64Array(size * this.#width);
  }

  get(row: number, column: number): number {
    return this.#rows[this.#place(row, column)] as number;
  }

  set(row: number, column: number, value: number): void {
    this.#rows[this.#place(row, column)] = value;
  }

  add(row: number, column: number, value: number): void {
    this.set(row, column, this.get(row, column) + value);
  }

  #place(row: number, column: number): number {
    return row * this.#width + column - row + this.reach;
  }
}

/**
 * The solution x of A x = right, by elimination without pivoting: exact enough for matrices with a dominant diagonal, such
 * as those of Markov chains. Overwrites A.
 */
export function solveBanded(a: BandMatrix, right: Float64Array): Float64Array {
  const { size, reach } = a;
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    const last = Math.min(size - 1, i + reach);
    for (let row = i + 1; row <= last; row++) {
      const factor = a.get(row, i) / a.get(i, i);
      if (factor === 0) continue;
      for (let column = i + 1; column <= last; column++) {
        a.add(row, column, -factor * a.get(i, column));
      }
      x[row] = (x[row] as number) - factor * (x[i] as number);
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let rest = x[i] as number;
    for (let column = i + 1; column <= Math.min(size - 1, i + reach); column++) {
      rest -= a.get(i, column) * (x[column] as number);
    }
    x[i] = rest / a.get(i, i);
  }
  return x;
}
