/**
 * What measurements say of a claim. A verdict is computed, never typed; and where the measurements could not have
 * told a false claim from a true one, it says that nothing is decided.
 */
import type { Estimate } from './estimate.js';

export type Verdict = 'agrees' | 'differs' | 'not decided';

/**
 * A measured error, whose true value the claim says is 0 or close to it.
 * @param tolerance how large an error the claim still allows, such as terms of higher order
 * @param resolution an error that would make the claim worthless. The verdict is `agrees` only if such an error would
 *   have been seen with the interval's confidence: twice the half-width and the tolerance together fit into it
 */
export function judge(
  { mean, halfWidth }: Pick<Estimate, 'mean' | 'halfWidth'>,
  { tolerance = 0, resolution }: { tolerance?: number; resolution: number },
): Verdict {
  if (Math.abs(mean) > halfWidth + tolerance) return 'differs';
  return 2 * halfWidth + tolerance <= resolution ? 'agrees' : 'not decided';
}

/** Whether the true value is below a limit. */
export function below({ low, high }: Pick<Estimate, 'low' | 'high'>, limit: number): Verdict {
  if (high < limit) return 'agrees';
  return low > limit ? 'differs' : 'not decided';
}

/** Whether the true value is above a limit. */
export function above({ low, high }: Pick<Estimate, 'low' | 'high'>, limit: number): Verdict {
  if (low > limit) return 'agrees';
  return high < limit ? 'differs' : 'not decided';
}

/**
 * Whether values fall from each to the next. It differs if one is higher than the one before it beyond what their
 * intervals leave open, and agrees if all estimates fall and the first and the last are apart beyond doubt.
 */
export function falling(values: readonly Estimate[]): Verdict {
  const pairs = values.slice(1).map((value, i) => [values[i] as Estimate, value] as const);
  if (pairs.some(([before, value]) => value.low > before.high)) return 'differs';
  const [first, last] = [values[0] as Estimate, values.at(-1) as Estimate];
  const all = pairs.every(([before, value]) => value.mean < before.mean);
  return all && last.high < first.low ? 'agrees' : 'not decided';
}

/** The same for values that rise. */
export function rising(values: readonly Estimate[]): Verdict {
  return falling(values.toReversed());
}

/** Of a statement that needs no statistics. */
export function known(holds: boolean): Verdict {
  return holds ? 'agrees' : 'differs';
}

/** Of a claim that holds if all its parts do; at least one. */
export function together(parts: readonly Verdict[]): Verdict {
  if (parts.includes('differs')) return 'differs';
  return parts.includes('not decided') ? 'not decided' : 'agrees';
}
