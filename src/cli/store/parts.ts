/** The directories of all shards of one sweep, to be merged. */
import { join } from 'node:path';
import { type CompletePlan, completePlan } from '../../studies/plan.js';
import { BadInput } from '../bad-input.js';
import { type Manifest, readManifest, type Shard, samePlan } from './manifest.js';
import { RESULTS, ResultsFile } from './results-file.js';

export interface Part extends Manifest {
  directory: string;
  shard: Shard;
}

/**
 * @returns the parts, at least one
 * @throws {BadInput} unless they are the finished shards of one sweep, each of them once
 */
export function partsOf(directories: readonly string[]): [Part, ...Part[]] {
  const parts = directories.map((directory): Part => {
    const manifest = readManifest(directory);
    if (manifest === null) throw new BadInput(`"${directory}" is not a directory of a sweep`);
    const { shard } = manifest;
    if (shard === null) throw new BadInput(`"${directory}" holds a whole sweep, not a shard`);
    return { directory, ...manifest, shard };
  }) as [Part, ...Part[]];
  const [first] = parts;
  const plan = completePlan(first.plan);
  const { count } = first.shard;
  const holders = new Map<number, string>();
  for (const { directory, shard, plan: given, kernelHash } of parts) {
    if (shard.count !== count || !samePlan(completePlan(given), plan)) {
      throw new BadInput(`"${directory}" and "${first.directory}" are of different sweeps`);
    }
    if (kernelHash !== first.kernelHash) {
      throw new BadInput(`"${directory}" and "${first.directory}" were made by different engines`);
    }
    const other = holders.get(shard.index);
    if (other !== undefined) {
      throw new BadInput(
        `shard ${shard.index}/${count} is there twice: "${other}", "${directory}"`,
      );
    }
    holders.set(shard.index, directory);
  }
  const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !holders.has(i));
  if (missing.length > 0) {
    throw new BadInput(
      `missing: ${missing.map((i) => `shard ${i}/${count}`).join(', ')}; give the directories of all shards`,
    );
  }
  const unfinished = parts.filter(({ status }) => status !== 'completed');
  if (unfinished.length > 0) {
    throw new BadInput(
      `not finished: ${unfinished.map(({ directory, shard }) => `shard ${shard.index}/${count} ("${directory}")`).join(', ')}`,
    );
  }
  return parts;
}

/** The results of the parts, with their points as the plan numbers them. @throws {BadInput} if one is not the plan's */
export function resultsOf(parts: readonly Part[], plan: CompletePlan): ResultsFile[] {
  return parts.map(({ directory }) => {
    const path = join(directory, RESULTS);
    return new ResultsFile(path, plan, (what, line) => {
      throw new BadInput(`${path}: line ${line} has ${what}`);
    });
  });
}
