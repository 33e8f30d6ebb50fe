/** What a results directory is for: its plan, its part of it, and the engine that made it. */
import { join } from 'node:path';
import type { CompletePlan } from '../../studies/plan.js';
import { keyOf, type Point } from '../../studies/points.js';
import { BadInput } from '../bad-input.js';
import { readIfThere, writeWhole } from './files.js';

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

export const FORMAT = 1;
const MANIFEST = 'manifest.json';

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

export function writeManifest(directory: string, manifest: Manifest): void {
  writeWhole(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Whether two plans run the same systems as often, however they are written down. */
export function samePlan(a: CompletePlan, b: CompletePlan): boolean {
  const rest = ({ points: _, ...others }: CompletePlan) => JSON.stringify(others);
  if (a.points.length !== b.points.length || rest(a) !== rest(b)) return false;
  for (let number = 0; number < a.points.length; number++) {
    const [one, other] = [a.points.at(number) as Point, b.points.at(number) as Point];
    if (keyOf(one.config) !== keyOf(other.config)) return false;
  }
  return true;
}
