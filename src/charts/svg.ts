import type { Spec, ViewOptions } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import type { Chart } from './chart.js';
import { specificationOf } from './specification.js';

/** Mean width of a character of our fonts, in units of the font size. */
const CHARACTER = 0.48;

/**
 * The chart as the text of an SVG file; in Node and in pages.
 * @throws Error if Vega, which draws it, is not installed
 */
export async function svgOf(chart: Chart): Promise<string> {
  const { parse, textMetrics, View } = await loadVega();
  // without a canvas Vega takes texts to be almost twice as wide as they are, and leaves gaps
  if (textMetrics.width === textMetrics.estimateWidth) {
    textMetrics.width = ({ fontSize = 11 }, text) => CHARACTER * fontSize * String(text).length;
  }
  // expressions are interpreted: Vega would compile them, which a content security policy may forbid
  const flow = parse(specificationOf(chart) as Spec, undefined, { ast: true });
  const view = new View(flow, { renderer: 'none', expr: expressionInterpreter } as ViewOptions);
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

async function loadVega(): Promise<Vega> {
  try {
    return (await import('vega')) as unknown as Vega;
  } catch (cause) {
    throw new Error('pictures need Vega, which is not installed: npm install vega', { cause });
  }
}

type TextWidth = (item: { fontSize?: number }, text: unknown) => number;
/** `textMetrics` is not in Vega's types. */
type Vega = typeof import('vega') & {
  textMetrics: { width: TextWidth; estimateWidth: TextWidth };
};
