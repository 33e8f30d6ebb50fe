import type { Interval } from '../analysis/interval.js';
import { FIGURES } from '../figures/registry.js';
import type { PointResult } from '../studies/result.js';
import { aligned, figure, grouped } from './format.js';

const COLUMNS = FIGURES.filter(({ headline }) => headline);

/** More points than these are for the files. */
const MOST_ROWS = 1000;

/** Points with the 95 % intervals of their headline figures, for people. */
export function pointsTable(all: Iterable<PointResult>): string {
  const points: PointResult[] = [];
  let left = 0;
  for (const point of all) {
    if (points.length < MOST_ROWS) points.push(point);
    else left++;
  }
  const more = left > 0 ? `… and ${grouped(left)} more points\n` : '';
  const names = [...new Set(points.flatMap(({ parameters }) => Object.keys(parameters)))];
  const rows = [
    ['point', ...names, 'runs', ...COLUMNS.map(({ heading }) => heading)],
    ...points.map(({ point, parameters, replications, figures, precision }) => [
      String(point),
      ...names.map((name) => short(parameters[name])),
      String(replications) + (precision && !precision.met ? '!' : ''),
      ...COLUMNS.map(({ name }) => withInterval(figures[name])),
    ]),
  ];
  const unmet = points.filter(({ precision }) => precision && !precision.met);
  if (unmet.length === 0) return `${aligned(rows)}${more}`;
  const which = unmet.map(
    ({ point, precision }) => `point ${point} (${precision?.unmet.join(', ')})`,
  );
  return `${aligned(rows)}${more}! not as precise as asked for: ${which.join(', ')}\n`;
}

/** 1.5865 ± 0.0007 */
function withInterval(interval: Interval | null): string {
  if (interval === null) return '–';
  const { mean, halfWidth } = interval;
  return halfWidth === null ? figure(mean) : `${figure(mean)} ± ${figure(halfWidth, 2)}`;
}

function short(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}
