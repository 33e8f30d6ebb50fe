/** A chart as data: what is drawn, and what is written as CSV and JSON. */
export interface Chart {
  /** file name without its ending, such as `fig1` */
  name: string;
  /** one line, above the chart */
  title: string;
  /** what the chart shows, in sentences */
  caption: string;
  x: Axis;
  y: Axis;
  series: Series[];
}

export interface Axis {
  /** with the unit in brackets */
  title: string;
  /** default `linear` */
  scale?: 'linear' | 'log';
  /** default: what holds all values */
  domain?: [low: number, high: number];
}

/**
 * What one entry of the legend stands for. `line`: y over x; `band`: from low to high; `points`: y, with an error bar
 * from low to high, and from left to right, where there is one; `lines`: several lines of one kind.
 */
export type Series =
  | { kind: 'line' | 'dashed'; name: string; x: number[]; y: number[] }
  | { kind: 'band'; name: string; x: number[]; low: number[]; high: number[] }
  | {
      kind: 'points';
      name: string;
      x: number[];
      y: number[];
      low?: number[];
      high?: number[];
      /** ends of an error bar along x, where x is uncertain, too */
      left?: number[];
      right?: number[];
      /** drawn as rings, for what a theory does not cover */
      hollow?: boolean;
    }
  | { kind: 'lines'; name: string; x: number[]; ys: number[][]; dashed?: boolean };

/** A row of a series as a table: `member` counts the lines of `lines`. */
export interface Row {
  series: string;
  member: number;
  x: number;
  y: number | null;
  low: number | null;
  high: number | null;
  /** only where x has error bars */
  left?: number;
  right?: number;
}

/** All values of a series, one row each. */
export function rowsOf(series: Series): Row[] {
  const { name, x } = series;
  const lines = series.kind === 'lines' ? series.ys : [series.kind === 'band' ? [] : series.y];
  const { low = [], high = [] } = 'low' in series ? series : {};
  const { left, right } = series.kind === 'points' ? series : {};
  return lines.flatMap((y, member) =>
    x.map((value, i) => ({
      series: name,
      member,
      x: value,
      y: y[i] ?? null,
      low: low[i] ?? null,
      high: high[i] ?? null,
      ...(left && right && { left: left[i] as number, right: right[i] as number }),
    })),
  );
}
