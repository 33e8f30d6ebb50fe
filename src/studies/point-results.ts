import { relativeHalfWidth } from '../analysis/interval.js';
import { FIGURE_NAMES, HEADLINE_FIGURES } from '../figures/figures.js';
import { FigureIntervals } from './figure-intervals.js';
import type { CompletePlan } from './plan.js';
import type { Point } from './points.js';
import type { PointResult, Replication } from './result.js';

/**
 * The points of a plan with their intervals, one after the other, from replications by point and number.
 * @param wanted how many replications of a point count; there may be more, from an earlier plan
 */
export function* pointResults(
  plan: CompletePlan,
  replications: Iterable<Replication>,
  wanted: (point: number) => number,
): Iterable<PointResult> {
  const source = replications[Symbol.iterator]();
  let next = source.next();
  let number = 0;
  for (const point of plan.points) {
    const figures = new FigureIntervals(FIGURE_NAMES);
    let count = 0;
    for (; !next.done && next.value.point === number; next = source.next()) {
      if (next.value.replication >= wanted(number)) continue;
      figures.add(next.value);
      count++;
    }
    yield resultOf(plan, point, number, count, figures);
    number++;
  }
}

function resultOf(
  { precision: target }: CompletePlan,
  point: Point,
  number: number,
  replications: number,
  intervals: FigureIntervals,
): PointResult {
  const figures = Object.fromEntries(intervals.intervals()) as PointResult['figures'];
  const unmet = HEADLINE_FIGURES.filter((name) => {
    const interval = figures[name];
    const width = interval && relativeHalfWidth(interval);
    return width === null || !(width <= (target as number));
  });
  return {
    point: number,
    ...point,
    replications,
    figures,
    ...(target !== null && { precision: { target, met: unmet.length === 0, unmet } }),
  };
}
