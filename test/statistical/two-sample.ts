/** Two programs that should have the same means: independent replications by each, compared by Welch's test. */
import { expect } from 'vitest';
import { mean, studentQuantile, variance } from '../reference/statistics.js';

/**
 * Expects equal means of every figure, with the given false-alarm probability for each (Student's law with the fewest
 * degrees of freedom that Welch's test can have: on the safe side), and differences that would be seen from
 * `precision` of the mean on.
 */
export function expectSameMeans(
  names: readonly string[],
  a: number[][],
  b: number[][],
  falseAlarm: number,
  precision: number,
): void {
  const quantile = studentQuantile(1 - falseAlarm / 2, Math.min(a.length, b.length) - 1);
  names.forEach((name, i) => {
    const [x, y] = [a, b].map((replications) => replications.map((figures) => figures[i]));
    const limit = quantile * Math.sqrt(variance(x) / x.length + variance(y) / y.length);
    expect(Math.abs(mean(x) - mean(y)), name).toBeLessThanOrEqual(limit);
    expect(limit, name).toBeLessThan(precision * mean(y));
  });
}
