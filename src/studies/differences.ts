/** By how much variants differ, and what that says of their order. */
import type { Interval } from '../analysis/interval.js';
import { pairedInterval } from '../analysis/paired.js';
import { COMPARED, type ComparedFigure, comparedFigureOf } from './compared-figures.js';
import type { Replication } from './result.js';

/** Intervals of paired differences; null where a run has no such figure. */
export type Differences = Record<ComparedFigure, Interval | null>;

/** Runs of one variant by replication. */
export type Runs = ReadonlyMap<number, Replication>;

/**
 * Differences of two variants, the first less the second, over the replications that both have.
 * @param alpha of each interval
 */
export function differencesOf(first: Runs, second: Runs, alpha: number): Differences {
  const common = [...first.keys()].filter((k) => second.has(k)).sort((a, b) => a - b);
  const entries = COMPARED.map(({ name }) => {
    const values = (runs: Runs) =>
      common.map((k) => comparedFigureOf(runs.get(k) as Replication, name));
    const [a, b] = [values(first), values(second)];
    const known = common.length > 0 && ![...a, ...b].includes(null);
    return [name, known ? pairedInterval(a as number[], b as number[], alpha) : null] as const;
  });
  return Object.fromEntries(entries) as Differences;
}

/** The sign of a difference: 0 if there is none in any pair; null if its interval leaves it open. */
export function signOf(difference: Interval | null): -1 | 0 | 1 | null {
  if (difference === null || difference.halfWidth === null) return null;
  const { mean, halfWidth } = difference;
  if (mean === 0 && halfWidth === 0) return 0;
  if (Math.abs(mean) <= halfWidth) return null;
  return mean > 0 ? 1 : -1;
}

/** Places in the order of cost that a variant may have: 1 is the cheapest. */
export interface Rank {
  best: number;
  worst: number;
}

/**
 * Places that the differences leave to each variant. As long as all their intervals hold, so do all places (Al Mohamad,
 * Goeman and van Zwet, Biometrics 78, 2022).
 * @param sign of the difference in cost of any two variants, the first less the second; null if it is open
 */
export function ranksOf(count: number, sign: (a: number, b: number) => number | null): Rank[] {
  return Array.from({ length: count }, (_, a) => {
    let [cheaper, dearer] = [0, 0];
    for (let b = 0; b < count; b++) {
      if (b === a) continue;
      if (sign(a, b) === 1) cheaper++;
      if (sign(a, b) === -1) dearer++;
    }
    return { best: 1 + cheaper, worst: count - dearer };
  });
}
