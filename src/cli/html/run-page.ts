/** A run as a page. */
import type { SimulationResult } from '../../run/result.js';
import { runCharts } from '../picture/run-charts.js';
import { requireDrawing } from '../reproduce/requirements.js';
import { summaryLines, type Theory } from '../summary.js';
import { code, escaped, figureOfChart, page, table } from './page.js';

/** Lists longer than these are not printed in a page. */
const LONGEST_CONFIG = 100_000;

/** @throws {BadInput} if what draws its pictures is not installed */
export function runPage() {
  requireDrawing(['svg']);
  return async (result: SimulationResult, theory: Theory): Promise<string[]> => {
    const { servers, arrivalRate, inverseStepSize } = result.config;
    const figures = [];
    for (const chart of runCharts(result, theory)) figures.push(await figureOfChart(chart));
    const warnings = (result.warnings ?? []).map(
      (warning) => `<p class="warning">${escaped(warning)}</p>`,
    );
    const lines = summaryLines(result, theory).filter(([label, text]) => label || text);
    return [
      page(
        `A run of ${servers} server${servers === 1 ? '' : 's'}, λ = ${arrivalRate}, m = ${inverseStepSize}`,
        `${warnings.join('\n')}
${figures.join('\n')}
<h2>Figures</h2>
${table(lines, false)}
<h2>To repeat it</h2>
<p>Save this configuration as <code>config.json</code>. ratescale ${result.engine.version} gives the same bits again, and the same state hash.</p>
${code('npx ratescale run config.json')}
${configText(result.config)}`,
      ),
    ];
  };
}

function configText(config: object): string {
  const text = JSON.stringify(config, null, 2);
  if (text.length <= LONGEST_CONFIG) return code(text);
  return '<p>The configuration is too long for this page: <code>--json</code> prints it.</p>';
}
