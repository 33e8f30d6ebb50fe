/** Findings as lines to read while a suite runs. */

import type { Spread } from '../src/analysis/spread.js';
import { aligned } from '../src/cli/format.js';
import type { Case, Quantity } from './results.js';

export function casesTable(cases: readonly Case[]): string {
  return aligned([
    ['n', 'case', 'ns/event', 'min … max', 'busy fraction less the law', 'mean rate less the law'],
    ...cases.map(({ n, name, nanosecondsPerEvent: { median, min, max }, accuracy }) => [
      String(n),
      name,
      number(median),
      `${number(min)} … ${number(max)}`,
      error(accuracy?.busyFraction),
      error(accuracy?.meanRate),
    ]),
  ]);
}

export function quantitiesTable(quantities: readonly Quantity[]): string {
  return aligned(
    quantities.map(({ name, n, unit, value }) => [
      n === undefined ? name : `${name}, n = ${n}`,
      `${spread(value)}${unit && ` ${unit}`}`,
    ]),
  );
}

/** 1.23 (1.1 … 1.4) */
export function spread({ median, min, max }: Spread): string {
  if (min === max) return number(median);
  return `${number(median)} (${number(min)} … ${number(max)})`;
}

function number(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** +1.2e-4 ± 3e-4 */
export function error(within: { error: number; halfWidth: number | null } | undefined): string {
  if (!within) return '–';
  const { error, halfWidth } = within;
  const sign = error < 0 ? '−' : '+';
  const width = halfWidth === null ? '?' : halfWidth.toExponential(0);
  return `${sign}${Math.abs(error).toExponential(1)} ± ${width}`;
}
