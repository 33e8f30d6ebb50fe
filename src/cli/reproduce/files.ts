/** The files of a chart: pictures, and its data as CSV and JSON. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { type Chart, rowsOf } from '../../charts/chart.js';
import { svgOf } from '../../charts/svg.js';
import { writeWhole } from '../store/files.js';
import type { Format } from './formats.js';
import { pngOf } from './png.js';

/**
 * Writes a chart in the formats asked for.
 * @param provenance what its data come from; in the JSON
 * @returns the picture, for the report
 * @throws {Failure}
 */
export async function writeChart(
  directory: string,
  chart: Chart,
  provenance: object,
  formats: readonly Format[],
): Promise<string> {
  const svg = await svgOf(chart);
  const content: Record<Format, () => string | Uint8Array | Promise<Uint8Array>> = {
    svg: () => svg,
    png: () => pngOf(svg),
    csv: () => csvOf(chart),
    json: () => `${JSON.stringify({ ...chart, provenance }, null, 1)}\n`,
  };
  for (const format of formats) {
    writeWhole(join(directory, `${chart.name}.${format}`), await content[format]());
  }
  return svg;
}

/** One row for each value drawn, in full precision; empty where a series has no such column. */
function csvOf({ series }: Chart): string {
  const rows = series.flatMap(rowsOf);
  return stringify(rows, { header: true, columns: ['series', 'member', 'x', 'y', 'low', 'high'] });
}
