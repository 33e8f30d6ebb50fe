import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import type { KernelBuild } from '../../src/engine/kernel.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A policy's class, its file in test/assembly/, where that belongs in assembly/, and the class whose place it takes. */
export interface TestPolicy {
  policy: string;
  file: string;
  folder: string;
  instead: { policy: string; file: string };
}

/**
 * Compiles the kernel's sources, with their assertions, as they are but for one more file and the registration of the policy in
 * it. Nothing is written to the disk.
 */
export async function kernelWith({
  policy,
  file,
  folder,
  instead,
}: TestPolicy): Promise<KernelBuild> {
  const registration = readFileSync(`${root}assembly/policies.ts`, 'utf8')
    .replaceAll(instead.policy, policy)
    .replace(`./${folder}/${instead.file}`, `./${folder}/${file}`);
  const added = new Map([
    ['assembly/policies.ts', registration],
    [`assembly/${folder}/${file}.ts`, readFileSync(`${root}test/assembly/${file}.ts`, 'utf8')],
  ]);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      '--config',
      'asconfig.json',
      '--target',
      'checked',
      '--outFile',
      'kernel.wasm',
    ],
    {
      readFile: (name) => {
        const text = added.get(name);
        if (text !== undefined) return text;
        try {
          return readFileSync(`${root}${name}`, 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`${policy} does not compile: ${stderr.toString()}`);
  return { module: await WebAssembly.compile(binary as BufferSource), hash: policy };
}
