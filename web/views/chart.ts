/**
 * A live chart: uPlot has the axes, the scales, the pointer and the pixels; what is within is drawn by a function that
 * does not know whether it draws on the screen or into a picture.
 */
import uPlot from 'uplot';
import { type Context, SvgContext } from './svg-context.js';
import { type Colour, onThemeChange, type Theme, themeOf } from './theme.js';

/** Where data lie in the picture. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** pixels of the picture in one of the page */
  ratio: number;
  x(value: number): number;
  y(value: number): number;
  /** by the axis at the right */
  y2(value: number): number;
}

export interface LegendEntry {
  name: string;
  colour: Colour;
  mark: 'line' | 'dashes' | 'dots' | 'area';
  /** as it is at present, or under the pointer */
  value: string;
}

export interface AxisSpecification {
  label: string;
  /** what is shown */
  range: () => [number, number];
  /** whole numbers only */
  whole?: boolean;
}

export interface ChartSpecification {
  title: string;
  height?: number | undefined;
  x: AxisSpecification;
  y: AxisSpecification;
  y2?: AxisSpecification;
  /** pixels kept free at the right */
  strip?: number;
  draw(context: Context, frame: Frame, theme: Theme): void;
  /** @param x under the pointer; null for the present */
  legend(x: number | null): LegendEntry[];
  /** what is seen, in a sentence or two */
  describe(): string;
}

type Ranges = Record<'x' | 'y' | 'y2', [number, number]>;

const HEIGHT = 260;
const FONT = 12;
/** Milliseconds between two texts of the alternative, and between two updates of numbers. */
const SPEAKING = 500;
const READING = 100;
/** Pixels of an exported picture in one of the page. */
const PNG_RATIO = 2;

export class Chart {
  readonly element = document.createElement('div');
  readonly #specification: ChartSpecification;
  readonly #legend = document.createElement('div');
  readonly #plot: uPlot;
  readonly #resize: ResizeObserver;
  readonly #forgetTheme: () => void;
  #theme: Theme;
  #ranges: Ranges = { x: [0, 1], y: [0, 1], y2: [0, 1] };
  #scheduled = 0;
  #spoken = Number.NEGATIVE_INFINITY;
  #read = Number.NEGATIVE_INFINITY;
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(specification: ChartSpecification) {
    this.#specification = specification;
    const { title, x, y, y2, height = HEIGHT, strip = 0 } = specification;
    this.element.className = 'chart';
    this.element.setAttribute('role', 'img');
    this.element.setAttribute('aria-label', title);
    const heading = document.createElement('div');
    heading.className = 'chart-title';
    heading.textContent = title;
    this.#legend.className = 'chart-legend';
    const area = document.createElement('div');
    area.className = 'chart-area';
    this.element.append(heading, this.#legend, area);
    this.#theme = themeOf(document.body); // until the element is somewhere

    const scale = (name: 'x' | 'y' | 'y2'): uPlot.Scale => ({
      time: false,
      range: () => this.#ranges[name],
    });
    const axis = (of: AxisSpecification, more: uPlot.Axis): uPlot.Axis => ({
      label: of.label,
      labelSize: 18,
      labelGap: 2,
      gap: 4,
      font: `${FONT}px ${this.#theme.font}`,
      labelFont: `${FONT}px ${this.#theme.font}`,
      stroke: () => this.#theme.muted,
      grid: { stroke: () => this.#theme.grid, width: 1 },
      ticks: { show: false },
      values: (_, splits) => splits.map(numberText),
      ...(of.whole && {
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9],
      }),
      ...more,
    });
    this.#plot = new uPlot(
      {
        width: 320,
        height,
        padding: [8, strip + (y2 ? 0 : strip > 0 ? 12 : 24), 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: { x: scale('x'), y: scale('y'), ...(y2 && { y2: scale('y2') }) },
        axes: [
          axis(x, { size: 24, space: 70 }),
          axis(y, { size: 52, space: 34 }),
          ...(y2
            ? [axis(y2, { side: 1, scale: 'y2', size: 44, space: 34, grid: { show: false } })]
            : []),
        ],
        series: [
          {},
          { paths: () => null, points: { show: false } },
          ...(y2 ? [{ scale: 'y2', paths: () => null, points: { show: false } }] : []),
        ],
        hooks: {
          draw: [
            (plot) => {
              const context = plot.ctx;
              context.save();
              specification.draw(context, frameOf(plot, uPlot.pxRatio), this.#theme);
              context.restore();
            },
          ],
          setCursor: [() => this.#showLegend(performance.now())],
        },
      },
      this.#show(),
      area,
    );
    this.#resize = new ResizeObserver(([entry]) => {
      const width = Math.floor((entry as ResizeObserverEntry).contentRect.width);
      if (width === 0) return;
      this.#theme = themeOf(this.element);
      this.#plot.setSize({ width, height });
    });
    this.#resize.observe(area);
    this.#forgetTheme = onThemeChange(() => {
      this.#theme = themeOf(this.element);
      this.changed();
    });
    this.#showLegend(0);
  }

  /** Draws with the next frame. */
  changed(): void {
    if (this.#scheduled === 0) this.#scheduled = requestAnimationFrame(() => this.#draw());
  }

  toSvg(): string {
    const context = new SvgContext();
    const { width, height } = this.#paint(context, 1);
    const { title } = this.#specification;
    return context.toString(width, height, title, this.#specification.describe());
  }

  toPng(): Promise<Blob> {
    const canvas = document.createElement('canvas');
    const { width, height } = this.#layOut();
    canvas.width = width * PNG_RATIO;
    canvas.height = height * PNG_RATIO;
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.scale(PNG_RATIO, PNG_RATIO);
    this.#paint(context, 1);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) =>
        blob ? resolve(blob) : reject(new Error('the picture is too large')),
      );
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.#scheduled);
    clearTimeout(this.#late);
    this.#resize.disconnect();
    this.#forgetTheme();
    this.#plot.destroy();
    this.element.remove();
  }

  /** Decides what is shown. @returns data for uPlot, which asks for the scales where there are some */
  #show(): uPlot.AlignedData {
    const { x, y, y2 } = this.#specification;
    const ranges = { x: x.range(), y: y.range(), y2: y2?.range() ?? [0, 1] } satisfies Ranges;
    this.#ranges = ranges;
    return [ranges.x, ranges.y, ...(y2 ? [ranges.y2] : [])];
  }

  #draw(): void {
    this.#scheduled = 0;
    const before = String(this.#ranges.y);
    this.#plot.setData(this.#show());
    if (String(this.#ranges.y) !== before) this.changed(); // on its way
    const now = performance.now();
    clearTimeout(this.#late);
    if (now - this.#read >= READING) this.#showLegend(now);
    if (now - this.#spoken >= SPEAKING) {
      this.#spoken = now;
      const { title } = this.#specification;
      this.element.setAttribute('aria-label', `${title}. ${this.#specification.describe()}`);
    } else {
      // the last of a row of changes is told, too
      this.#late = setTimeout(() => this.changed(), SPEAKING);
    }
  }

  #showLegend(now: number): void {
    this.#read = now;
    const { left = -1 } = this.#plot?.cursor ?? {};
    const at = left >= 0 ? this.#plot.posToVal(left, 'x') : null;
    const entries = this.#specification.legend(at);
    while (this.#legend.childElementCount > entries.length) this.#legend.lastElementChild?.remove();
    entries.forEach(({ name, colour, mark, value }, i) => {
      const existing = this.#legend.children[i] as HTMLElement | undefined;
      const item = existing ?? document.createElement('span');
      if (!existing) {
        item.append(...['i', 'span', 'b'].map((tag) => document.createElement(tag)));
        this.#legend.append(item);
      }
      const [swatch, label, number] = item.children as unknown as [
        HTMLElement,
        HTMLElement,
        HTMLElement,
      ];
      swatch.className = `chart-${mark}`;
      swatch.style.color = this.#theme[colour];
      if (label.textContent !== name) label.textContent = name;
      if (number.textContent !== value) number.textContent = value;
    });
  }

  /** How large a picture is, and where the entries of its legend stand. */
  #layOut() {
    const { width, height } = this.#plot;
    let [left, top] = [MARGIN, 36];
    const legend = this.#specification.legend(null).map((entry) => {
      const words = entry.value ? `${entry.name} ${entry.value}` : entry.name;
      const length = 22 + LETTER * words.length;
      if (left > MARGIN && left + length > width) [left, top] = [MARGIN, top + 18];
      const place = { ...entry, words, left, top };
      left += length + 14;
      return place;
    });
    const down = top + 22;
    return { width, height: height + down, down, legend };
  }

  /** The whole picture: title, legend, axes and what is within. */
  #paint(context: Context, ratio: number): { width: number; height: number } {
    const { width, height, down, legend } = this.#layOut();
    const { title, x, y, y2 } = this.#specification;
    const theme = this.#theme;
    const font = (size: number, weight = '') => `${weight}${size}px ${theme.font}`;
    context.fillStyle = theme.surface;
    context.beginPath();
    context.rect(0, 0, width, height);
    context.fill();
    const text = (
      words: string,
      left: number,
      top: number,
      colour: string,
      align: CanvasTextAlign,
    ) => {
      context.fillStyle = colour;
      context.textAlign = align;
      context.fillText(words, left, top);
    };
    context.textBaseline = 'middle';
    context.font = font(14, '600 ');
    text(title, MARGIN, 16, theme.ink, 'left');
    context.font = font(FONT);
    for (const { mark, colour, words, left, top } of legend) {
      drawMark(context, mark, theme[colour], left, top);
      text(words, left + 22, top, theme.ink, 'left');
    }

    const plot = this.#plot;
    const frame = frameOf(plot, ratio, down);
    const bottom = frame.top + frame.height;
    const right = frame.left + frame.width;
    const ticks = (axis: number): [number, string][] => {
      // uPlot keeps the places and texts of the ticks that it has drawn
      const { _splits, _values } = plot.axes[axis] as { _splits?: number[]; _values?: string[] };
      return (_splits ?? []).map((split, i) => [split, _values?.[i] ?? '']);
    };
    context.lineWidth = 1;
    context.strokeStyle = theme.grid;
    context.beginPath();
    for (const [value] of ticks(0)) {
      context.moveTo(frame.x(value), frame.top);
      context.lineTo(frame.x(value), bottom);
    }
    for (const [value] of ticks(1)) {
      context.moveTo(frame.left, frame.y(value));
      context.lineTo(right, frame.y(value));
    }
    context.stroke();
    for (const [value, words] of ticks(0))
      text(words, frame.x(value), bottom + 12, theme.muted, 'center');
    for (const [value, words] of ticks(1)) {
      text(words, frame.left - 5, frame.y(value), theme.muted, 'right');
    }
    if (y2) {
      for (const [value, words] of ticks(2))
        text(words, right + 5, frame.y2(value), theme.muted, 'left');
      text(y2.label, right + 40, frame.top - 8, theme.muted, 'right');
    }
    text(x.label, frame.left + frame.width / 2, bottom + 31, theme.muted, 'center');
    text(y.label, MARGIN, frame.top - 8, theme.muted, 'left');
    context.save();
    this.#specification.draw(context, frame, theme);
    context.restore();
    return { width, height };
  }
}

/** Of a picture: pixels at the left, and of a letter, about. */
const MARGIN = 12;
const LETTER = 6.6;

function frameOf(plot: uPlot, ratio: number, down = 0): Frame {
  const scaled = ratio / uPlot.pxRatio;
  const left = plot.bbox.left * scaled;
  const top = plot.bbox.top * scaled + down;
  const width = plot.bbox.width * scaled;
  const height = plot.bbox.height * scaled;
  const map = (key: string, start: number, length: number) => {
    const { min = 0, max = 1 } = plot.scales[key] ?? {};
    const perUnit = length / ((max as number) - (min as number) || 1);
    return (value: number) => start + (value - (min as number)) * perUnit;
  };
  const bottom = top + height;
  return {
    left,
    top,
    width,
    height,
    ratio,
    x: map('x', left, width),
    y: map('y', bottom, -height),
    y2: map('y2', bottom, -height),
  };
}

function drawMark(
  context: Context,
  mark: LegendEntry['mark'],
  colour: string,
  left: number,
  middle: number,
): void {
  context.save();
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.beginPath();
  if (mark === 'area') {
    context.globalAlpha = 0.35;
    context.rect(left, middle - 5, 16, 10);
    context.fill();
  } else if (mark === 'dots') {
    context.arc(left + 8, middle, 3, 0, 2 * Math.PI);
    context.fill();
  } else {
    if (mark === 'dashes') context.setLineDash([5, 3]);
    context.lineWidth = 2;
    context.moveTo(left, middle);
    context.lineTo(left + 16, middle);
    context.stroke();
    context.setLineDash([]);
  }
  context.restore();
  context.globalAlpha = 1;
}

/** Short, without noise in the last digits. */
function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(6)));
}

/** Of a figure that is read off while it moves: always as many digits. */
export function figureText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(digits - 1);
  return value.toFixed(Math.max(0, digits - Math.max(0, Math.floor(Math.log10(size || 1)) + 1)));
}
