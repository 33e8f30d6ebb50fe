/** A sweep as a page. */
import type { Chart } from '../../charts/chart.js';
import { FIGURES, type FigureEntry } from '../../figures/registry.js';
import type { PointResult } from '../../studies/result.js';
import { pointRows } from '../points-table.js';
import { code, figureOfChart, page, table } from './page.js';

/** More points than these make no readable table. */
const MOST_ROWS = 1000;
const FEWEST_FOR_CHART = 2;
/** A parameter whose values span more than this is shown on a logarithmic axis. */
const WIDE = 50;

/** What a page says of a sweep besides its points. */
export interface SweepOrigin {
  directory: string;
  version: string;
  kernelHash: string;
  plan: unknown;
}

export async function sweepPage(
  points: readonly PointResult[],
  { directory, version, kernelHash, plan }: SweepOrigin,
): Promise<string> {
  const figures = [];
  for (const chart of sweepCharts(points)) figures.push(await figureOfChart(chart));
  const rows = pointRows(points.slice(0, MOST_ROWS));
  const left = points.length - MOST_ROWS;
  const runs = points.reduce((sum, { replications }) => sum + replications, 0);
  return page(
    `A sweep of ${points.length} point${points.length === 1 ? '' : 's'}, ${runs} runs`,
    `${figures.join('\n')}
<h2>Figures</h2>
<p>Means over replications with their 95 % confidence intervals.</p>
<div class="wide">${table(rows, true)}</div>
${left > 0 ? `<p>${left} more points are in <code>points.csv</code>.</p>` : ''}
<h2>To repeat it</h2>
<p>Save this plan as <code>plan.json</code>. ratescale ${version} (kernel ${kernelHash.slice(0, 12)}) gives the same bits again.</p>
${code(`npx ratescale sweep plan.json --out ${/^[\w./-]+$/.test(directory) ? directory : 'results'}`)}
${code(JSON.stringify(plan, null, 2))}`,
  );
}

/** Each headline figure against the first parameter that varies as a number; lines of one kind share the others. */
function sweepCharts(points: readonly PointResult[]): Chart[] {
  const names = [...new Set(points.flatMap(({ parameters }) => Object.keys(parameters)))];
  const field = names.find((name) => valuesOf(points, name).length >= FEWEST_FOR_CHART);
  if (field === undefined) return [];
  const values = valuesOf(points, field);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = low > 0 && high / low >= WIDE ? 'log' : 'linear';
  return FIGURES.filter(({ headline }) => headline).map((entry: FigureEntry) => ({
    name: entry.name,
    title: `${entry.name} against ${field}`,
    caption: 'Means over replications, with 95 % confidence intervals.',
    x: { title: field, scale },
    y: { title: `${entry.heading}${entry.unit && ` (${entry.unit})`}` },
    series: groupsOf(points, field).map(({ name, members }) => {
      const shown = members
        .filter(({ figures }) => figures[entry.name as keyof typeof figures] !== null)
        .toSorted((a, b) => Number(a.parameters[field]) - Number(b.parameters[field]));
      const of = (part: -1 | 0 | 1) =>
        shown.map(({ figures }) => {
          const { mean, halfWidth } = figures[entry.name as keyof typeof figures] as {
            mean: number;
            halfWidth: number | null;
          };
          return mean + part * (halfWidth ?? 0);
        });
      return {
        kind: 'points' as const,
        name,
        x: shown.map(({ parameters }) => parameters[field] as number),
        y: of(0),
        low: of(-1),
        high: of(1),
      };
    }),
  }));
}

/** Different values of a field, if all points have a number there. */
function valuesOf(points: readonly PointResult[], field: string): number[] {
  const values = points.map(({ parameters }) => parameters[field]);
  return values.every((value) => typeof value === 'number') ? [...new Set(values)] : [];
}

/** Most kinds of points that a legend can tell apart. */
const MOST_GROUPS = 7;

/** Points that differ in the field alone; all together where there would be too many kinds. */
function groupsOf(points: readonly PointResult[], field: string) {
  const groups = new Map<string, PointResult[]>();
  for (const point of points) {
    const { [field]: _, ...others } = point.parameters;
    const name = Object.entries(others)
      .map(
        ([key, value]) => `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      .join(', ');
    groups.set(name, [...(groups.get(name) ?? []), point]);
  }
  if (groups.size > MOST_GROUPS) return [{ name: 'all points', members: [...points] }];
  return [...groups].map(([name, members]) => ({ name: name.slice(0, 80) || 'points', members }));
}
