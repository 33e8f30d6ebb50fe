/** Lines and areas of columns of numbers. NaN leaves a gap. */
import type { Context } from './svg-context.js';

type Numbers = ArrayLike<number>;
type Map = (value: number) => number;

export interface LineStyle {
  colour: string;
  /** in pixels of the picture */
  width: number;
  dash?: number[];
  /** a value holds from its place to the next one */
  steps?: boolean;
}

export function line(
  context: Context,
  xs: Numbers,
  ys: Numbers,
  x: Map,
  y: Map,
  style: LineStyle,
): void {
  context.strokeStyle = style.colour;
  context.lineWidth = style.width;
  context.lineJoin = 'round';
  context.setLineDash(style.dash ?? []);
  context.beginPath();
  let drawing = false;
  let before = 0;
  for (let i = 0; i < xs.length; i++) {
    const value = ys[i] as number;
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    const at = x(xs[i] as number);
    const height = y(value);
    if (!drawing) context.moveTo(at, height);
    else {
      if (style.steps && height !== before) context.lineTo(at, before);
      context.lineTo(at, height);
    }
    drawing = true;
    before = height;
  }
  context.stroke();
  context.setLineDash([]);
}

/** Between two columns. */
export function area(
  context: Context,
  xs: Numbers,
  lows: Numbers,
  highs: Numbers,
  x: Map,
  y: Map,
  colour: string,
  opacity: number,
): void {
  context.beginPath();
  let first = 0;
  for (let i = 0; i <= xs.length; i++) {
    const known = i < xs.length && !Number.isNaN((lows[i] as number) + (highs[i] as number));
    if (known) continue;
    if (i - first > 1) {
      context.moveTo(x(xs[first] as number), y(highs[first] as number));
      for (let k = first + 1; k < i; k++) context.lineTo(x(xs[k] as number), y(highs[k] as number));
      for (let k = i - 1; k >= first; k--) context.lineTo(x(xs[k] as number), y(lows[k] as number));
      context.closePath();
    }
    first = i + 1;
  }
  context.fillStyle = colour;
  context.globalAlpha = opacity;
  context.fill();
  context.globalAlpha = 1;
}

/** Nothing is drawn outside. */
export function clipTo(
  context: Context,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

/** Index of the last value that is not above `at`; −1 if there is none. */
export function indexAt(values: Numbers, at: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
