import { join } from 'node:path';
import type { Command } from 'commander';
import type { PointResult } from '../studies/result.js';
import { BadInput } from './bad-input.js';

const DETAILS = `
The page is one file that asks for nothing else: charts of the headline figures,
a table of all points with their intervals, and the plan that repeats it.
Drawing needs one more package: npm install vega

Examples:
  ratescale report results
  ratescale report results --html sweep.html`;

/** `ratescale report` */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .summary('a page to read about a sweep that is done')
    .description('Writes one HTML file about the sweep in a directory.')
    .argument('<dir>', 'directory of "ratescale sweep" or "ratescale merge"')
    .option('--html <file>', 'where to; - for standard output (default: DIR/report.html)')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action(report);
}

async function report(directory: string, flags: { html?: string }): Promise<void> {
  const [{ readManifest }, { readIfThere }, { requireDrawing }, { sweepPage }, { openOutputFile }] =
    await Promise.all([
      import('./store/manifest.js'),
      import('./store/files.js'),
      import('./reproduce/requirements.js'),
      import('./html/sweep-page.js'),
      import('./output-file.js'),
    ]);
  const manifest = readManifest(directory);
  if (!manifest) throw new BadInput(`${directory}: is not the directory of a sweep`);
  const path = join(directory, 'points.json');
  const text = readIfThere(path);
  if (text === null) {
    throw new BadInput(
      `${directory}: the sweep is not done; run it to its end, or merge its shards, first`,
    );
  }
  let points: PointResult[];
  try {
    points = JSON.parse(text);
  } catch (cause) {
    throw new BadInput(`${path}: is damaged: ${(cause as Error).message}`);
  }
  requireDrawing(['svg']);
  const target = flags.html ?? join(directory, 'report.html');
  const file = await openOutputFile('--html', target);
  await file.write([await sweepPage(points, { ...manifest, directory })]);
  if (target !== '-') process.stdout.write(`Report: ${target}\n`);
}
