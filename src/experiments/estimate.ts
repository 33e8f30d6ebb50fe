/** Means over independent runs with their intervals, and how they are written and drawn. */
import { meanInterval } from '../analysis/interval.js';
import type { Series } from '../charts/chart.js';

/** A mean over independent runs with its confidence interval. */
export interface Estimate {
  mean: number;
  halfWidth: number;
  low: number;
  high: number;
}

export function estimate(values: readonly number[], level = 0.95): Estimate {
  const { mean, halfWidth } = meanInterval(values, level);
  const half = halfWidth ?? Number.POSITIVE_INFINITY;
  return { mean, halfWidth: half, low: mean - half, high: mean + half };
}

/** An estimate of how far a value is from a known one. */
export function minus({ mean, halfWidth, low, high }: Estimate, known: number): Estimate {
  return { mean: mean - known, halfWidth, low: low - known, high: high - known };
}

/** An estimate in units of a known positive value. */
export function over({ mean, halfWidth, low, high }: Estimate, known: number): Estimate {
  return { mean: mean / known, halfWidth: halfWidth / known, low: low / known, high: high / known };
}

/** Points with their intervals as error bars. */
export function pointsOf(name: string, x: number[], estimates: readonly Estimate[]): Series {
  return {
    kind: 'points',
    name,
    x,
    y: estimates.map(({ mean }) => mean),
    low: estimates.map(({ low }) => low),
    high: estimates.map(({ high }) => high),
  };
}

/** Level of each of `count` intervals that all hold at once with probability 99 % or more (Bonferroni). */
export function jointly(count: number): number {
  return 1 - 0.01 / count;
}

/** The number of digits that say something beside such a half-width. */
export function show({ mean, halfWidth }: Pick<Estimate, 'mean' | 'halfWidth'>): string {
  if (!(halfWidth > 0 && halfWidth < Number.POSITIVE_INFINITY)) return number(mean);
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
  return `${mean.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`;
}

/** A number with few digits. */
export function number(value: number, digits = 4): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4
    ? value.toExponential(digits - 1)
    : String(Number(value.toPrecision(digits)));
}

/** A ratio as a change in per cent: 1.012 → +1.20 %. */
export function percent(ratio: number): string {
  const change = 100 * (ratio - 1);
  return `${change < 0 ? '−' : '+'}${number(Math.abs(change), 3)} %`;
}
