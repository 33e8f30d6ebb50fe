/**
 * The directory of a sweep. `results.jsonl` grows by a line with every replication, as they end; at the end
 * of the sweep it is put in order. Whatever kills the process, at most the last line is incomplete.
 *
 * The file may be larger than any string, so the store keeps the figures of each replication and where its line is,
 * and reads a line again when somebody asks for it.
 */
import { closeSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from '../../figures/figures.js';
import { type CompletePlan, keyOf, placeOf } from '../../studies/plan.js';
import type { Replication } from '../../studies/result.js';
import { pointSeed } from '../../studies/stream.js';
import { VERSION } from '../../version.js';
import { BadInput, Failure, reason } from '../bad-input.js';
import { type Line, lineAt, linesOf, writeAll, writePieces } from './lines.js';
import { lockDirectory } from './lock.js';
import { FORMAT, type Manifest, readManifest, type Shard, writeManifest } from './manifest.js';

export const RESULTS = 'results.jsonl';

export interface StoreOptions {
  /** the plan as it was given, for the manifest */
  given: unknown;
  /** null: the whole sweep */
  shard: Shard | null;
  kernelHash: string;
  /** take over a lock whose owner cannot be asked; default false */
  forceUnlock?: boolean | undefined;
}

/** Where the line of a replication is. */
interface Place extends Pick<Line, 'offset' | 'length'> {
  point: number;
  replication: number;
}

export class Store {
  readonly directory: string;
  /** figures of the replications on disk, by `placeOf` */
  readonly known = new Map<string, Figures>();
  readonly #manifest: Manifest;
  readonly #plan: CompletePlan;
  readonly #path: string;
  #places: Place[] = [];
  #size = 0;
  #file: number | undefined;

  /**
   * Opens or makes the directory, for this process alone.
   * @throws {BadInput} if it cannot be used, is in use, or belongs to another engine, shard or plan
   */
  constructor(
    directory: string,
    plan: CompletePlan,
    { given, shard, kernelHash, forceUnlock = false }: StoreOptions,
  ) {
    this.directory = directory;
    this.#path = join(directory, RESULTS);
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
    lockDirectory(directory, forceUnlock);
    const present = readManifest(directory);
    if (present) this.#check(present);
    this.#read();
    writeManifest(directory, this.#manifest);
  }

  /** replications on disk */
  get count(): number {
    return this.#places.length;
  }

  /** The replications on disk, by point and replication; each is read when it is its turn. */
  *results(): Iterable<Replication> {
    if (this.#places.length === 0) return;
    this.#close();
    this.#places.sort((a, b) => a.point - b.point || a.replication - b.replication);
    const file = openSync(this.#path, 'r');
    try {
      for (const place of this.#places) {
        yield { ...JSON.parse(lineAt(file, place)), point: place.point };
      }
    } finally {
      closeSync(file);
    }
  }

  /** @throws {Failure} if it cannot be written, as when the disk is full */
  append(replication: Replication): void {
    const line = Buffer.from(`${JSON.stringify(replication)}\n`);
    try {
      this.#file ??= openSync(this.#path, 'a');
      writeAll(this.#file, line);
    } catch (cause) {
      throw new Failure(
        `${this.#path} could not be written: ${reason(cause)}; ` +
          'it keeps what was written before, and the same command continues from there',
      );
    }
    this.#add(replication, { offset: this.#size, length: line.length - 1 });
    this.#size += line.length;
  }

  /** Puts the results in order. @throws {Failure} */
  finish(): void {
    const ordered: Place[] = [];
    let offset = 0;
    const lines = function* (results: Iterable<Replication>) {
      for (const result of results) {
        const line = Buffer.from(`${JSON.stringify(result)}\n`);
        const { point, replication } = result;
        ordered.push({ point, replication, offset, length: line.length - 1 });
        offset += line.length;
        yield line;
      }
    };
    writePieces(this.#path, lines(this.results()));
    this.#places = ordered;
    this.#size = offset;
    writeManifest(this.directory, { ...this.#manifest, status: 'completed' });
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #add(replication: Replication, where: Pick<Line, 'offset' | 'length'>): void {
    const { point, replication: k } = replication;
    this.#places.push({ point, replication: k, ...where });
    this.known.set(placeOf(point, k), figuresOf(replication));
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

  /** Takes in the results there are, with their points as the plan numbers them. */
  #read(): void {
    const find = pointFinder(this.#plan);
    const seen = new Map<string, Omit<Line, 'text'>>();
    for (const { text, ...where } of linesOf(this.#path)) {
      const replication = parseLine(this.#path, text, where.number);
      const found = find(replication);
      if (typeof found === 'string') {
        throw new BadInput(
          `--out: "${this.directory}" has ${found}; extend the plan instead, or choose another directory`,
        );
      }
      this.#size = where.offset + where.length + 1;
      const key = placeOf(found, replication.replication);
      const before = seen.get(key);
      if (before) {
        this.#checkRepeated(before, { text, ...where });
        continue;
      }
      seen.set(key, where);
      this.#add({ ...replication, point: found }, where);
    }
    // the process that wrote it was killed: the beginning of a line goes
    if (sizeOf(this.#path) > this.#size) truncateSync(this.#path, this.#size);
  }

  /** A line may be there twice, but then both must say the same. */
  #checkRepeated(before: Omit<Line, 'text'>, { text, number }: Line): void {
    const file = openSync(this.#path, 'r');
    const first = lineAt(file, before);
    closeSync(file);
    const content = (line: string) => JSON.stringify({ ...JSON.parse(line), point: 0 });
    if (content(first) === content(text)) return;
    throw new BadInput(
      `${this.#path}: lines ${before.number} and ${number} give different results for the same replication; delete the wrong one`,
    );
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

/** Finds the number of a replication's point in a plan; a text says what the plan does not have. */
export function pointFinder(plan: CompletePlan): (replication: Replication) => number | string {
  const { points, streams, precision, replications, maxReplications } = plan;
  const most = precision === null ? replications : maxReplications;
  const numbers = new Map(points.map(({ config }, i) => [keyOf(config), i]));
  return ({ config, replication }) => {
    const seed = pointSeed(String(config.seed), streams);
    for (const value of seedsLike(seed)) {
      const number = numbers.get(keyOf({ ...config, seed: value }));
      if (number === undefined) continue;
      if (replication < most) return number;
      return `replication ${replication} of point ${number}, but the plan asks for ${most}`;
    }
    return `a point that is not in the plan (seed ${config.seed})`;
  };
}

/** A seed may have been given as a number or as its text. */
function* seedsLike(seed: string): Iterable<string | number> {
  yield seed;
  if (String(Number(seed)) === seed) yield Number(seed);
}

/** @throws {BadInput} naming the line if it is damaged */
export function parseLine(path: string, text: string, number: number): Replication {
  try {
    return JSON.parse(text) as Replication;
  } catch (cause) {
    throw new BadInput(`${path}: line ${number} is damaged: ${(cause as Error).message}`);
  }
}

/** What points need to know of a replication. */
export function figuresOf(replication: Replication): Figures {
  const { config: _config, measured: _measured, sojournTime: _law, ...figures } = replication;
  return figures;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
