/** Charts of a run against time. */
import type { Chart, Series } from '../../charts/chart.js';
import type { SimulationResult } from '../../run/result.js';
import type { Theory } from '../summary.js';

/** More points than these no picture can show. */
const MOST_POINTS = 600;
/** More lines than these are one blot. */
const MOST_LINES = 100;

const TIME = { title: 'time t (mean service requirements)' };

/** Rates, with the band of the recorded quantiles and of the recorded servers themselves, beside the optimum. */
export function ratesChart({ config, trajectory }: SimulationResult, theory: Theory): Chart {
  const pick = picker(trajectory.rows);
  const x = pick(trajectory.time);
  const { levels, servers } = trajectory;
  const shown = Math.min(MOST_LINES, servers === 'all' ? config.servers : servers.length);
  const series: Series[] = [];
  if (levels.length > 1) {
    series.push({
      kind: 'band',
      name: `${percent(levels[0])} to ${percent(levels.at(-1))} quantile over servers`,
      x,
      low: pick(trajectory.quantiles[0] as Float64Array),
      high: pick(trajectory.quantiles.at(-1) as Float64Array),
    });
  }
  if (shown > 0) {
    series.push({
      kind: 'lines',
      name: `rates of ${shown} recorded server${shown === 1 ? '' : 's'}`,
      x,
      ys: Array.from({ length: shown }, (_, k) => pick(trajectory.serverRates(k))),
    });
  }
  series.push({ kind: 'line', name: 'mean rate', x, y: pick(trajectory.mean) });
  const { optimalRate } = theory;
  if (optimalRate !== null && x.length > 0) {
    series.push({
      kind: 'dashed',
      name: 'optimal rate μ*',
      x: [x[0] as number, x.at(-1) as number],
      y: [optimalRate, optimalRate],
    });
  }
  return {
    name: 'rates',
    title: 'Service rates',
    caption: 'Rates of the servers over time.',
    x: TIME,
    y: { title: 'service rate (tasks per unit of time)' },
    series,
  };
}

/** What a page shows of a run. */
export function runCharts(result: SimulationResult, theory: Theory): Chart[] {
  const { config, trajectory } = result;
  const pick = picker(trajectory.rows);
  const x = pick(trajectory.time);
  const line = (name: string, y: number[]): Series => ({ kind: 'line', name, x, y });
  return [
    ratesChart(result, theory),
    {
      name: 'busy',
      title: 'Busy servers',
      caption: 'The part of the servers that are busy, at the times of the recording grid.',
      x: TIME,
      y: { title: 'busy servers (part of all)' },
      series: [
        line(
          'busy fraction',
          pick(trajectory.busy).map((count) => count / config.servers),
        ),
      ],
    },
    ...(config.buffer === 1
      ? []
      : [
          {
            name: 'queues',
            title: 'Queues',
            caption: 'Tasks at a server, the one in service included.',
            x: TIME,
            y: { title: 'tasks' },
            series: [
              line('longest queue', pick(trajectory.maxQueue)),
              line('mean queue', pick(trajectory.meanQueue)),
            ],
          },
        ]),
  ];
}

/** Takes evenly spaced rows of a column, the first and the last among them. */
export function picker(rows: number, most = MOST_POINTS): (column: Float64Array) => number[] {
  const count = Math.min(rows, most);
  const places = Array.from({ length: count }, (_, k) =>
    count === 1 ? 0 : Math.round((k * (rows - 1)) / (count - 1)),
  );
  return (column) => places.map((row) => column[row] as number);
}

function percent(level: number | undefined): string {
  return `${Number((100 * (level ?? 0)).toPrecision(6))} %`;
}
