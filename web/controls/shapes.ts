/** A load curve: λ in equal parts of a period, and the schedule that says so. */
import type { Change } from '../../src/index.js';

export const PARTS = 24;
export const HIGHEST = 2;
export const LOWEST = 0.05;

const part = (f: (x: number) => number) =>
  Array.from({ length: PARTS }, (_, i) => rounded(f(i / PARTS)));

export const SHAPES = {
  steps: { title: 'Steps', values: part((x) => (x < 0.5 ? 0.4 : 1.2)) },
  wave: { title: 'Wave', values: part((x) => 0.8 - 0.6 * Math.cos(2 * Math.PI * x)) },
  peak: { title: 'Peak', values: part((x) => (Math.abs(x - 0.5) < 0.06 ? 1.8 : 0.5)) },
  flat: { title: 'Flat', values: part(() => 0.8) },
};

export function rounded(load: number): number {
  return Math.min(HIGHEST, Math.max(LOWEST, Math.round(load * 100) / 100));
}

/** A change wherever λ does; one at least. */
export function curveOf(
  values: readonly number[],
  period: number,
): { schedule: Change[]; period: number } {
  const schedule = values
    .map((arrivalRate, i) => ({
      time: Number(((i * period) / PARTS).toPrecision(12)),
      arrivalRate,
    }))
    .filter(({ arrivalRate }, i) => i === 0 || arrivalRate !== values[i - 1]);
  return { schedule, period };
}

/** The curve of a schedule that changes nothing but λ, at ends of parts; null for any other. */
export function valuesOf(
  schedule: readonly Change[] | undefined,
  period: number | undefined,
): number[] | null {
  if (schedule === undefined || period === undefined) return null;
  const values = new Array<number>(PARTS).fill(Number.NaN);
  for (const { time, arrivalRate, ...others } of schedule) {
    const i = Math.round((time / period) * PARTS);
    const regular = Math.abs(time - (i * period) / PARTS) < 1e-9 * period;
    if (arrivalRate === undefined || Object.keys(others).length > 0 || !regular) return null;
    values.fill(arrivalRate, i);
  }
  return values.some(Number.isNaN) ? null : values;
}
