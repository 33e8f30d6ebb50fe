/** The files of results: one of JSON per suite, and one picture. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spread } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { svgOf } from '../src/charts/svg.js';
import { writeWhole } from '../src/cli/store/files.js';
import type { Accuracy } from './accuracy.js';
import { type Provenance, provenance } from './machine.js';
import { ROOT } from './root.js';

/** One thing measured at one number of servers. */
export interface Case {
  name: string;
  n: number;
  nanosecondsPerEvent: Spread;
  /** absent where the law at hand is not that of the case */
  accuracy?: Accuracy;
}

/** A figure that targets are set for, or that goes into one. */
export interface Quantity {
  /** such as `twin/engine` for a ratio */
  name: string;
  n?: number;
  unit: string;
  value: Spread;
}

export interface Findings {
  /** what was measured, in a sentence or two */
  what: string;
  rounds: number;
  cases?: Case[];
  quantities: Quantity[];
  /** what could not be measured, and why */
  missing?: string[];
}

export type Results = { suite: string } & Provenance & Findings;

const RESULTS = join(ROOT, 'bench', 'results');

/** Writes a suite's findings and its chart; each file is whole at any time. */
export async function publish(suite: string, findings: Findings, chart: Chart): Promise<void> {
  const results: Results = { suite, ...provenance(), ...findings };
  mkdirSync(RESULTS, { recursive: true });
  writeWhole(join(RESULTS, `${suite}.json`), `${JSON.stringify(results, significant, 2)}\n`);
  writeWhole(join(RESULTS, `${suite}.svg`), await svgOf(chart));
}

/** The last published findings of a suite, if there are any. */
export function lastResults(suite: string): Results | undefined {
  const path = join(RESULTS, `${suite}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined;
}

/** No clock is good for more than five digits. */
function significant(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(5))
    : value;
}
