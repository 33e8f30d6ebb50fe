/**
 * The engine's peers: other programs for the same systems, to be measured beside it. What is missing on this machine
 * is reported with the reason, never left out.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { seedWords } from '../../src/engine/seed.js';
import { runEngine } from './engine.js';
import type { Measurement, PeerParameters } from './measurement.js';
import { runTypeScriptTwin } from './twin.js';

export type { Measurement, PeerParameters } from './measurement.js';

export type Peer =
  | { name: string; available: true; run(parameters: PeerParameters): Promise<Measurement> }
  | { name: string; available: false; reason: string };

/** The engine first, then every peer, built and ready, or the reason why not. */
export async function findPeers(): Promise<Peer[]> {
  return Promise.all([
    { name: 'WASM engine', available: true, run: runEngine },
    compiledPeer('C++ twin', 'twin.cpp', [...TWIN_FLAGS, ...portableFlags()]),
    compiledPeer('C++ twin', 'twin.cpp', [...TWIN_FLAGS, ...nativeFlags()]),
    compiledPeer('C++ event list', 'event-list.cpp', nativeFlags()),
    { name: 'TypeScript twin', available: true, run: async (p) => runTypeScriptTwin(p) },
    simpyPeer(),
  ]);
}

const run = promisify(execFile);
const ROOT = packageRoot();
const SOURCES = join(ROOT, 'bench', 'peers');
const BUILD = join(ROOT, 'build', 'peers');

// ---------------------------------------------------------------- C++

/** Fused multiply-adds would change the twin's bits. */
const TWIN_FLAGS = ['-ffp-contract=off'];

/** What a binary distributed for today's PCs could assume: AVX2, where there is AVX2. */
function portableFlags(): string[] {
  return cpuHas('avx2', 'bmi2', 'fma') ? ['-march=x86-64-v3'] : [];
}

function nativeFlags(): string[] {
  const wide = cpuHas('avx512f', 'avx512dq', 'avx512vl') ? ['-mprefer-vector-width=512'] : [];
  return ['-march=native', ...wide];
}

function cpuHas(...features: string[]): boolean {
  if (process.arch !== 'x64' || !existsSync('/proc/cpuinfo')) return false;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ');
  return features.every((feature) => flags?.includes(feature));
}

async function compiledPeer(name: string, source: string, flags: string[]): Promise<Peer> {
  const title = [name, ...flags.filter((flag) => flag.startsWith('-march'))].join(' ');
  try {
    const binary = await compile(source, flags);
    return { name: title, available: true, run: (p) => runProgram(binary, argumentsOf(p)) };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason =
      code === 'ENOENT'
        ? 'g++ is not installed'
        : `g++ fails: ${stderr?.match(/^.*error.*$/m)?.[0] ?? String(error)}`;
    return { name: title, available: false, reason };
  }
}

/** Builds a program, unless it is newer than all sources; returns its path. */
async function compile(source: string, flags: string[]): Promise<string> {
  const binary = join(BUILD, [source.replace('.cpp', ''), ...flags].join('').replaceAll('=', '-'));
  const changed = readdirSync(SOURCES)
    .filter((file) => /\.[ch]pp$/.test(file))
    .map((file) => statSync(join(SOURCES, file)).mtimeMs);
  if (existsSync(binary) && statSync(binary).mtimeMs > Math.max(...changed)) {
    await run('g++', ['--version']); // a binary left from better days is no toolchain
    return binary;
  }
  mkdirSync(BUILD, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  await run('g++', ['-O3', '-std=c++20', ...flags, join(SOURCES, source), '-o', unfinished]);
  renameSync(unfinished, binary);
  return binary;
}

// ---------------------------------------------------------------- Python

function simpyPeer(): Peer {
  const name = 'SimPy';
  // Debian's packages belong to its own Python, which need not come first in the path
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const command = ['-c', 'import simpy; print(simpy.__version__)'];
      const version = execFileSync(python, command, { stdio: 'pipe' }).toString().trim();
      const program = join(SOURCES, 'simpy_model.py');
      return {
        name: `${name} ${version}`,
        available: true,
        run: (p) => runProgram(python, [program, ...argumentsOf(p)]),
      };
    } catch {
      // the next one may have it
    }
  }
  const reason = 'no python3 with simpy (pip install simpy, or Debian: apt install python3-simpy3)';
  return { name, available: false, reason };
}

// ---------------------------------------------------------------- programs

/** The same command line for all; each program takes from it what it knows. */
function argumentsOf({ seed, ...parameters }: PeerParameters): string[] {
  const words = seedWords(seed);
  return Object.entries({ ...parameters, seed: words[0], words: words.join() }).map(
    ([key, value]) => `${key}=${value}`,
  );
}

async function runProgram(program: string, args: string[]): Promise<Measurement> {
  const { stdout } = await run(program, args);
  return JSON.parse(stdout) as Measurement;
}

/** Sources are not compiled to where this file is. */
function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
