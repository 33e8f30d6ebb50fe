/** The name by which a sweep's packs on a queue are known, kept in its directory until the sweep is done. */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../configuration.js';
import { readIfThere, writeWhole } from './files.js';

const FILE = 'queue.json';

/** The same as long as the plan is: packs of another plan are of no use. */
export function sweepName(directory: string, given: unknown): string {
  const path = join(directory, FILE);
  const plan = createHash('sha256').update(JSON.stringify(given)).digest('hex');
  const before = parse(readIfThere(path));
  if (before.plan === plan && typeof before.sweep === 'string') return before.sweep;
  const sweep = randomBytes(16).toString('hex');
  writeWhole(path, `${JSON.stringify({ sweep, plan })}\n`);
  return sweep;
}

export function forgetSweepName(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

function parse(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
