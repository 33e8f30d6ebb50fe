/**
 * The directory of a sweep. `results.jsonl` grows by a line with every replication, as they end; at the end
 * of the sweep it is put in order. Whatever kills the process, at most the last line is incomplete.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from '../../figures/figures.js';
import { type CompletePlan, keyOf } from '../../studies/plan.js';
import { pointSeed } from '../../studies/stream.js';
import type { Replication } from '../../studies/sweep.js';
import { VERSION } from '../../version.js';
import { BadInput, Failure, reason } from '../bad-input.js';
import { readIfThere, writeWhole } from './files.js';
import { lockDirectory } from './lock.js';

/** One of `count` parts of a sweep; from 0. */
export interface Shard {
  index: number;
  count: number;
}

export interface Manifest {
  format: 1;
  version: string;
  kernelHash: string;
  /** null: the whole sweep */
  shard: Shard | null;
  /** as given */
  plan: unknown;
  status: 'running' | 'completed';
}

const FORMAT = 1;
export const RESULTS = 'results.jsonl';
const MANIFEST = 'manifest.json';

export class Store {
  readonly directory: string;
  readonly #manifest: Manifest;
  readonly #plan: CompletePlan;
  /** replications on disk, by the key of their configuration */
  readonly known = new Map<string, Figures>();
  #lines: Replication[] = [];
  #file: number | undefined;

  /**
   * Opens or makes the directory, for this process alone.
   * @throws {BadInput} if it cannot be used, is in use, or belongs to another engine, shard or plan
   */
  constructor(
    directory: string,
    plan: CompletePlan,
    given: unknown,
    shard: Shard | null,
    kernelHash: string,
  ) {
    this.directory = directory;
    this.#plan = plan;
    this.#manifest = {
      format: FORMAT,
      version: VERSION,
      kernelHash,
      shard,
      plan: given,
      status: 'running',
    };
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw new BadInput(`--out: "${directory}" cannot be made: ${reason(cause)}`);
    }
    lockDirectory(directory);
    const present = readManifest(directory);
    if (present) this.#check(present);
    this.#lines = this.#read();
    writeManifest(directory, this.#manifest);
  }

  get results(): readonly Replication[] {
    return this.#lines;
  }

  /** @throws {Failure} if it cannot be written, as when the disk is full */
  append(replication: Replication): void {
    this.#lines.push(replication);
    try {
      this.#file ??= openSync(join(this.directory, RESULTS), 'a');
      writeAll(this.#file, `${JSON.stringify(replication)}\n`);
    } catch (cause) {
      throw new Failure(
        `${join(this.directory, RESULTS)} could not be written: ${reason(cause)}; ` +
          'what had been written before is kept, and the same command goes on from there',
      );
    }
  }

  /** Puts the results in order. @throws {Failure} */
  finish(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#lines.sort((a, b) => a.point - b.point || a.replication - b.replication);
    writeWhole(
      join(this.directory, RESULTS),
      this.#lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    writeManifest(this.directory, { ...this.#manifest, status: 'completed' });
  }

  #check({ kernelHash, shard, version }: Manifest): void {
    const refuse = (what: string) => {
      throw new BadInput(`--out: "${this.directory}" ${what}; choose another directory`);
    };
    if (kernelHash !== this.#manifest.kernelHash) {
      refuse(
        `has results of another engine (version ${version}, kernel ${kernelHash.slice(0, 12)})`,
      );
    }
    if (JSON.stringify(shard) !== JSON.stringify(this.#manifest.shard)) {
      refuse(`is for ${shard ? `shard ${shard.index}/${shard.count}` : 'a whole sweep'}`);
    }
  }

  /** The results there are, with their points as the plan numbers them. */
  #read(): Replication[] {
    const path = join(this.directory, RESULTS);
    const text = readIfThere(path) ?? '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      // the process that wrote it was killed: its last line goes
      const file = openSync(path, 'r+');
      ftruncateSync(file, Buffer.byteLength(whole));
      closeSync(file);
    }
    const { points, streams, precision, replications, maxReplications } = this.#plan;
    const most = precision === null ? replications : maxReplications;
    const numbers = new Map(points.map(({ config }, i) => [keyOf(config), i]));
    return parseResults(path, whole).map((line) => {
      const seed = pointSeed(String(line.config.seed), streams);
      const number = [...seedsLike(seed)]
        .map((value) => numbers.get(keyOf({ ...line.config, seed: value })))
        .find((found) => found !== undefined);
      if (number === undefined || line.replication >= most) {
        throw new BadInput(
          `--out: "${this.directory}" has ${number === undefined ? `a point that the plan has not (seed ${line.config.seed})` : `replication ${line.replication} of point ${number}, and the plan asks for ${most}`}: ` +
            'extend a plan, or choose another directory',
        );
      }
      const { point: _, ...rest } = line;
      const renumbered = { point: number, ...rest } as Replication;
      this.known.set(keyOf(line.config), renumbered);
      return renumbered;
    });
  }
}

/**
 * A sweep's `onReplication` that puts its results into a store, and calls `stop` if that fails: without a place for its
 * results a sweep is of no use. `check` then throws why.
 */
export function recordInto(store: Store, stop: () => void) {
  let failure: unknown;
  return {
    onReplication(replication: Replication): void {
      if (failure) return;
      try {
        store.append(replication);
      } catch (error) {
        failure = error;
        stop();
      }
    },
    check(): void {
      if (failure) throw failure;
    },
  };
}

/** A seed may have been given as a number or as its text. */
function* seedsLike(seed: string): Iterable<string | number> {
  yield seed;
  if (String(Number(seed)) === seed) yield Number(seed);
}

/** @throws {BadInput} naming the line that is none */
export function parseResults(path: string, text: string): Replication[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      try {
        return JSON.parse(line) as Replication;
      } catch (cause) {
        throw new BadInput(`${path}: line ${i + 1} is damaged: ${(cause as Error).message}`);
      }
    });
}

/** @throws {BadInput} if there is one that this version cannot read */
export function readManifest(directory: string): Manifest | null {
  const path = join(directory, MANIFEST);
  const text = readIfThere(path);
  if (text === null) return null;
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new BadInput(`${path}: is damaged: ${(cause as Error).message}`);
  }
  if (manifest.format !== FORMAT) {
    throw new BadInput(
      `${path}: has format ${manifest.format}; this version reads format ${FORMAT}`,
    );
  }
  return manifest;
}

function writeManifest(directory: string, manifest: Manifest): void {
  writeWhole(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A write may take less than it is given, as on a disk that fills up. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
}
