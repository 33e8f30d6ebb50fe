/** Reads and writes the fields of a block of memory, such as the state block, by their offsets (layout.ts), little-endian as WASM is. */
export class StateBlock {
  readonly #memory: WebAssembly.Memory;
  readonly #address: number;

  /** @internal */
  constructor(memory: WebAssembly.Memory, address: number) {
    this.#memory = memory;
    this.#address = address;
  }

  getU32(offset: number): number {
    return this.#view().getUint32(this.#address + offset, true);
  }

  setU32(offset: number, value: number): void {
    this.#view().setUint32(this.#address + offset, value, true);
  }

  getF64(offset: number): number {
    return this.#view().getFloat64(this.#address + offset, true);
  }

  setF64(offset: number, value: number): void {
    this.#view().setFloat64(this.#address + offset, value, true);
  }

  /** A u64 count; exact up to 2^53. */
  getCount(offset: number): number {
    return Number(this.#view().getBigUint64(this.#address + offset, true));
  }

  getBits(offset: number): bigint {
    return this.#view().getBigUint64(this.#address + offset, true);
  }

  setBits(offset: number, value: bigint): void {
    this.#view().setBigUint64(this.#address + offset, value, true);
  }

  setF64s(offset: number, values: Float64Array): void {
    new Float64Array(this.#memory.buffer, this.#address + offset, values.length).set(values);
  }

  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }
}
