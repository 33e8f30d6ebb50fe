import { ConfigError } from '../errors.js';

/** What several rounds of one measurement say: the middle, and how far they were apart. */

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @throws {ConfigError} for no values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0)
    throw new ConfigError('values', 'is empty; must hold at least one number');
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] as number;
  const lower = sorted[(sorted.length - 1) >> 1] as number;
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}
