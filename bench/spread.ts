/** Spreads of ratios, and how they are drawn. */
import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Series } from '../src/charts/chart.js';

/**
 * Of one measurement over another, round by round: both were taken at about the same time, so what else the machine
 * did slowed both.
 */
export function ratioOf(above: readonly number[], below: readonly number[]): Spread {
  return spreadOf(above.map((value, i) => value / (below[i] as number)));
}

/** Medians with the least and the greatest as error bars. */
export function pointsOfSpreads(name: string, x: number[], spreads: readonly Spread[]): Series {
  return {
    kind: 'points',
    name,
    x,
    y: spreads.map(({ median }) => median),
    low: spreads.map(({ min }) => min),
    high: spreads.map(({ max }) => max),
  };
}
