/** Compiles and runs bench/assembly/touch.ts, by the compiler and with the options of the kernel. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instantiateSync } from '@assemblyscript/loader';
import asc from 'assemblyscript/asc';
import { ROOT } from './root.js';

const PAGE = 65536;
/** Records begin behind the static data, on a cache line. */
const RECORDS = PAGE;

type Exports = Record<
  'overlapped' | 'chained',
  (records: number, count: number, touches: number, seed: bigint) => bigint
>;

/** Records in memory of their own, and nanoseconds per touch. */
export class Touch {
  readonly #exports: Exports;
  readonly #count: number;
  #seed = 1n;

  private constructor(exports: Exports, count: number) {
    this.#exports = exports;
    this.#count = count;
  }

  static async create(count: number): Promise<Touch> {
    const pages = Math.ceil((RECORDS + 32 * count) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
    new Float64Array(memory.buffer, RECORDS, 4 * count).fill(1); // pages exist once written
    const { exports } = instantiateSync<Exports>(await program(), { env: { memory } });
    return new Touch(exports, count);
  }

  nanoseconds(kind: keyof Exports, touches: number): number {
    const started = performance.now();
    this.#seed = this.#exports[kind](RECORDS, this.#count, touches, this.#seed);
    return (1e6 * (performance.now() - started)) / touches;
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

function program(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  const source = readFileSync(join(ROOT, 'bench', 'assembly', 'touch.ts'), 'utf8');
  const { options } = JSON.parse(readFileSync(join(ROOT, 'asconfig.json'), 'utf8'));
  const files: Record<string, string> = {
    'touch.ts': source,
    'asconfig.json': JSON.stringify({ options }),
  };
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['touch.ts', '--outFile', 'touch.wasm', '--config', 'asconfig.json'],
    {
      readFile: (name) => files[name] ?? null,
      writeFile: (name, contents) => {
        if (name === 'touch.wasm') binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`touch.ts does not compile: ${stderr.toString()}`);
  return WebAssembly.compile(binary as BufferSource);
}
