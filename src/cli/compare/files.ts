/** What a comparison leaves in its directory beside the runs. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { COMPARED } from '../../studies/compared-figures.js';
import { comparisonChart } from '../../studies/comparison-chart.js';
import type { CompleteComparison } from '../../studies/comparison-plan.js';
import type { ComparisonResult } from '../../studies/comparison-result.js';
import { writeChart } from '../reproduce/files.js';
import type { Format } from '../reproduce/formats.js';
import { missingFor } from '../reproduce/requirements.js';
import { writeWhole } from '../store/files.js';
import type { Store } from '../store/store.js';
import { writeTables } from '../store/tables.js';

/** Pictures that can be drawn here; PNG needs what SVG needs, and more. */
export function drawable(): Format[] {
  return (['svg', 'png'] as const).filter((format) => missingFor([format]).length === 0);
}

/**
 * Writes the tables of the runs, with the variant's name, `comparison.json`, `differences.csv` and the pictures.
 * @throws {Failure}
 */
export async function writeComparison(
  store: Store,
  result: ComparisonResult,
  { ideal }: CompleteComparison,
): Promise<void> {
  const { directory } = store;
  const points = result.variants
    .toSorted((a, b) => a.point - b.point)
    .map(({ name, rank: _, ...point }) => ({ ...point, parameters: { variant: name } }));
  writeTables(
    directory,
    points,
    () => points,
    () => store.results.replications(),
  );
  writeWhole(join(directory, 'comparison.json'), `${JSON.stringify(result, null, 1)}\n`);
  writeWhole(join(directory, 'differences.csv'), differencesCsv(result));
  const formats = drawable();
  if (formats.length > 0) await writeChart(directory, comparisonChart(result, ideal), {}, formats);
}

/** One row for each pair, in full precision; empty where a run has no such figure. */
function differencesCsv({ differences }: ComparisonResult): string {
  const header = COMPARED.flatMap(({ name }) => [name, `${name}.halfWidth`]);
  return stringify([
    ['variant', 'against', 'replications', ...header],
    ...differences.map(({ variant, against, replications, figures }) => [
      variant,
      against,
      replications,
      ...COMPARED.flatMap(({ name }) => [figures[name]?.mean, figures[name]?.halfWidth]),
    ]),
  ]);
}
