/** By how much variants differ, and what that says of their order. */
import type { Interval } from '../analysis/interval.js';
import { pairedInterval } from '../analysis/paired.js';
import { COMPARED, type ComparedFigure, comparedFigureOf } from './compared-figures.js';
import type { Replication } from './result.js';

/** Intervals of paired differences; null where a run has no such figure. */
export type Differences = Record<ComparedFigure, Interval | null>;

/** Sums in another order round otherwise: figures that agree to so many digits are equal. */
const ROUNDING = 1e-12;

/**
 * Differences of two variants, the first less the second, over the replications that both have; in their order, so that sums round
 * the same way every time.
 * @param alpha of each interval
 */
export function differencesOf(
  first: readonly Replication[],
  second: readonly Replication[],
  alpha: number,
): Differences {
  const others = new Map(second.map((run) => [run.replication, run]));
  const paired = first.flatMap((run) => {
    const other = others.get(run.replication);
    return other ? [[run, other] as const] : [];
  });
  const entries = COMPARED.map(({ name }) => {
    const a = paired.map(([run]) => comparedFigureOf(run, name));
    const b = paired.map(([, run]) => comparedFigureOf(run, name));
    if (paired.length === 0 || a.includes(null) || b.includes(null)) return [name, null] as const;
    const rounded = (b as number[]).map((y, k) => {
      const x = a[k] as number;
      return Math.abs(x - y) <= ROUNDING * Math.abs(y) ? x : y;
    });
    return [name, pairedInterval(a as number[], rounded, alpha)] as const;
  });
  return Object.fromEntries(entries) as Differences;
}

/** The second less the first. */
export function reversed(differences: Differences): Differences {
  const entries = Object.entries(differences).map(([name, difference]) => [
    name,
    difference && { ...difference, mean: 0 - difference.mean },
  ]);
  return Object.fromEntries(entries);
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
 * @param pairs every two of the variants, once
 * @param signs of the difference in cost of each pair, the first less the second; null if it is open
 */
export function ranksOf(
  count: number,
  pairs: readonly [number, number][],
  signs: readonly (number | null)[],
): Rank[] {
  const ranks = Array.from({ length: count }, () => ({ best: 1, worst: count }));
  pairs.forEach(([a, b], i) => {
    const sign = signs[i];
    if (!sign) return;
    const [dearer, cheaper] = sign > 0 ? [a, b] : [b, a];
    (ranks[dearer] as Rank).best++;
    (ranks[cheaper] as Rank).worst--;
  });
  return ranks;
}
