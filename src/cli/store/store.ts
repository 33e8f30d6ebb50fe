/**
 * The directory of a sweep. `results.jsonl` grows by a line with every replication, as they end; at the end
 * of the sweep it is put in order. Whatever kills the process, at most the last line is incomplete.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompletePlan } from '../../studies/plan.js';
import type { Replication } from '../../studies/result.js';
import { VERSION } from '../../version.js';
import { BadInput, reason } from '../bad-input.js';
import { lockDirectory } from './lock.js';
import { FORMAT, type Manifest, readManifest, type Shard, writeManifest } from './manifest.js';
import { RESULTS, ResultsFile } from './results-file.js';
import { forgetSweepName, sweepName } from './sweep-name.js';

export interface StoreOptions {
  /** the plan as it was given, for the manifest */
  given: unknown;
  /** null: the whole sweep */
  shard: Shard | null;
  kernelHash: string;
  /** take over a lock whose owner cannot be asked; default false */
  forceUnlock?: boolean | undefined;
}

export class Store {
  readonly directory: string;
  readonly results: ResultsFile;
  readonly #manifest: Manifest;

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
    this.results = new ResultsFile(join(directory, RESULTS), plan, (what) => {
      throw new BadInput(
        `--out: "${directory}" has ${what}; extend the plan instead, or choose another directory`,
      );
    });
    this.results.dropIncompleteLine();
    writeManifest(directory, this.#manifest);
  }

  /** The name of this sweep on a queue. @throws {Failure} if it cannot be written down */
  get sweep(): string {
    return sweepName(this.directory, this.#manifest.plan);
  }

  /** Puts the results in order. @throws {Failure} */
  finish(): void {
    this.results.sort();
    forgetSweepName(this.directory);
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
        store.results.append(replication);
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
