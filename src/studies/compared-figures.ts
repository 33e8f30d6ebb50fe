import { figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import type { Replication } from './result.js';

/** The figures in which variants are compared; the first decides their ranking. */
export const COMPARED = [
  { name: 'cost.total', heading: 'cost' },
  { name: 'meanSojournTime', heading: 'sojourn' },
  { name: 'sojournTime.p95', heading: 'sojourn 95 %' },
  { name: 'sojournTime.p99', heading: 'sojourn 99 %' },
  { name: 'cost.power', heading: 'power cost' },
  { name: 'blockingProbability', heading: 'blocked' },
] as const satisfies readonly { name: ComparedFigure; heading: string }[];

/** Quantiles of the sojourn times of tagged tasks. */
export type SojournQuantile = 'sojournTime.p95' | 'sojournTime.p99';

export type ComparedFigure =
  | 'cost.total'
  | 'meanSojournTime'
  | 'cost.power'
  | 'blockingProbability'
  | SojournQuantile;

/** A figure of one run; null if it has none. */
export function comparedFigureOf(
  run: Replication,
  name: FigureName | SojournQuantile,
): number | null {
  if (name === 'sojournTime.p95') return run.sojournTime?.p95 ?? null;
  if (name === 'sojournTime.p99') return run.sojournTime?.p99 ?? null;
  return figureOf(run, name);
}
