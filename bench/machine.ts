/** Where and with what something was measured. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.js';

export interface Provenance {
  date: string;
  version: string;
  kernel: { sha256: string; bytes: number };
  machine: { processor: string; cores: number; memoryGiB: number; system: string };
  /** of what runs and of what compiled */
  versions: Record<string, string | null>;
}

export function provenance(): Provenance {
  const kernel = readFileSync(join(ROOT, 'dist', 'kernel.wasm'));
  const { version, devDependencies } = packageOf('.') as {
    version: string;
    devDependencies: Record<string, string>;
  };
  const compilers = ['assemblyscript', 'typescript', 'esbuild'].filter(
    (it) => it in devDependencies,
  );
  return {
    date: new Date().toISOString(),
    version,
    kernel: { sha256: createHash('sha256').update(kernel).digest('hex'), bytes: kernel.length },
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()} ${process.arch}`,
    },
    versions: {
      node: process.versions.node,
      v8: process.versions.v8,
      ...Object.fromEntries(
        compilers.map((name) => [name, packageOf(join('node_modules', name)).version as string]),
      ),
      'g++': firstLine('g++', '--version'),
      python: firstLine('python3', '--version'),
    },
  };
}

function packageOf(directory: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, directory, 'package.json'), 'utf8'));
}

function firstLine(program: string, ...args: string[]): string | null {
  try {
    return execFileSync(program, args, { stdio: 'pipe' }).toString().split('\n')[0] ?? null;
  } catch {
    return null; // it is not installed
  }
}
