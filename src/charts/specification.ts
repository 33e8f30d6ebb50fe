/** From a chart to a Vega specification: JSON that is drawn alike in Node and in a page. */
import type { Data, Mark, Scale, Spec } from 'vega';
import { type Axis, type Chart, type Row, rowsOf, type Series } from './chart.js';

/** Okabe and Ito's colours, which remain distinct to the colour-blind, from dark to light. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
export const FONT = 'Source Sans 3';
// quoted, or its digit would make browsers drop the whole list
const FONTS = `'${FONT}', 'Source Sans Pro', Helvetica, Arial, sans-serif`;

const WIDTH = 520;
const HEIGHT = 320;

/** The Vega specification (version 6) of a chart, JSON-able. */
export function specificationOf(chart: Chart): object {
  return specification(chart);
}

// apart, so that the declarations do not need Vega's
function specification({ title, x, y, series }: Chart): Spec {
  // what is not positive has no place on a logarithmic axis
  const fits = (row: Row) =>
    (x.scale !== 'log' || row.x > 0) &&
    (y.scale !== 'log' || [row.y, row.low, row.high].every((value) => value === null || value > 0));
  const rows = series.map((one) => rowsOf(one).filter(fits));
  const all = rows.flat();
  const legend = (name: string, range: unknown[]): Scale =>
    ({ name, type: 'ordinal', domain: series.map((s) => s.name), range }) as Scale;
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 8,
    width: WIDTH,
    height: HEIGHT,
    title: { text: title, anchor: 'start', offset: 12, fontSize: 15, fontWeight: 'normal' },
    config: {
      title: { font: FONTS },
      axis: {
        labelFont: FONTS,
        titleFont: FONTS,
        labelFontSize: 12,
        titleFontSize: 13,
        titleFontWeight: 'normal',
        titlePadding: 8,
        gridColor: '#e6e6e6',
        domainColor: '#555',
        tickColor: '#555',
      },
      legend: { labelFont: FONTS, labelFontSize: 12, labelLimit: 0 },
    },
    data: rows.map((values, i) => ({ name: `series${i}`, values }) as Data),
    scales: [
      scaleOf('x', 'width', x, all, ({ x, left = x, right = x }) => [x, left, right]),
      scaleOf('y', 'height', y, all, ({ y, low, high }) => [y, low, high]),
      legend(
        'colour',
        series.map((_, i) => COLOURS[i % COLOURS.length]),
      ),
      legend(
        'shape',
        series.map(({ kind }) => SHAPES[kind]),
      ),
      legend(
        'dash',
        series.map((one) => (isDashed(one) ? DASHED : SOLID)),
      ),
      legend('fill', series.map(fillOpacity)),
    ],
    axes: [
      { scale: 'x', orient: 'bottom', title: x.title, grid: true, tickCount: 8, ...labels(x) },
      { scale: 'y', orient: 'left', title: y.title, grid: true, tickCount: 6, ...labels(y) },
    ],
    legends: [
      {
        orient: 'bottom',
        direction: 'vertical',
        columns: 2,
        columnPadding: 24,
        offset: 14,
        fill: 'colour',
        stroke: 'colour',
        shape: 'shape',
        strokeDash: 'dash',
        symbolSize: 100,
        symbolStrokeWidth: 2,
        encode: { symbols: { update: { fillOpacity: { scale: 'fill', field: 'value' } } } },
      },
    ],
    marks: series.flatMap((one, i) => marksOf(one, `series${i}`)),
  };
}

const SHAPES = {
  line: 'stroke',
  dashed: 'stroke',
  lines: 'stroke',
  band: 'square',
  points: 'circle',
};

const DASHED = [5, 3];
const SOLID = [1, 0];

function isDashed(series: Series): boolean {
  return series.kind === 'dashed' || (series.kind === 'lines' && series.dashed === true);
}

function fillOpacity(series: Series): number {
  if (series.kind === 'band') return 0.25;
  return series.kind === 'points' && !series.hollow ? 1 : 0;
}

function scaleOf(
  name: string,
  range: 'width' | 'height',
  { scale = 'linear', domain }: Axis,
  rows: Row[],
  values: (row: Row) => (number | null)[],
): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of rows.flatMap(values)) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const extent = domain ?? (low < high ? [low, high] : [low - 1, low + 1]);
  const nice = domain === undefined && scale === 'linear';
  return { name, type: scale, range, domain: extent, zero: false, nice, clamp: false } as Scale;
}

function labels({ scale }: Axis) {
  return scale === 'log' ? { format: '~g', labelOverlap: true } : {};
}

function marksOf(series: Series, data: string): Mark[] {
  const colour = { scale: 'colour', value: series.name };
  const x = { scale: 'x', field: 'x' };
  const y = { scale: 'y', field: 'y' };
  const low = { scale: 'y', field: 'low' };
  const high = { scale: 'y', field: 'high' };
  const clip = true;
  switch (series.kind) {
    case 'band': {
      const update = { x, y: low, y2: high, fill: colour, fillOpacity: { value: 0.25 } };
      return [{ type: 'area', clip, from: { data }, encode: { update } }];
    }
    case 'points': {
      const bar = { stroke: colour, strokeWidth: { value: 1.5 } };
      const bars = { x, y: low, y2: high, ...bar };
      const left = { scale: 'x', field: 'left' };
      const across = { x: left, x2: { scale: 'x', field: 'right' }, y, ...bar };
      const update = {
        x,
        y,
        size: { value: 34 },
        stroke: colour,
        strokeWidth: { value: 1.5 },
        fill: series.hollow ? { value: 'white' } : colour,
      };
      return [
        ...(series.low ? [{ type: 'rule', from: { data }, encode: { update: bars } }] : []),
        ...(series.left ? [{ type: 'rule', from: { data }, encode: { update: across } }] : []),
        { type: 'symbol', from: { data }, encode: { update } },
      ] as Mark[];
    }
    case 'lines': {
      const update = series.dashed
        ? { x, y, stroke: colour, strokeWidth: { value: 1.5 }, strokeDash: { value: DASHED } }
        : { x, y, stroke: colour, strokeWidth: { value: 0.6 }, opacity: { value: 0.6 } };
      return [
        {
          type: 'group',
          clip,
          from: { facet: { name: `${data}member`, data, groupby: 'member' } },
          encode: { update: { width: { signal: 'width' }, height: { signal: 'height' } } },
          marks: [{ type: 'line', from: { data: `${data}member` }, encode: { update } }],
        },
      ];
    }
    default: {
      const dash = { value: isDashed(series) ? DASHED : SOLID };
      const update = { x, y, stroke: colour, strokeWidth: { value: 2 }, strokeDash: dash };
      return [{ type: 'line', clip, from: { data }, encode: { update } }];
    }
  }
}
