import { fileURLToPath } from 'node:url';
import { FONT } from '../../charts/specification.js';

/** Pixels per unit of the SVG: about 300 dots per inch in a column of a paper. */
const SCALE = 2.5;

/** The picture of an SVG, with a font of our own, so that it looks alike on every machine. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = fileURLToPath(import.meta.resolve('#font'));
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: FONT },
  })
    .render()
    .asPng();
}
