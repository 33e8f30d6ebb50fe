import { ConfigError } from '../errors.js';
import { checkCount } from '../theory/arguments.js';

/** A half-width from few replications is itself uncertain: their number is at most doubled. */
const LARGEST_GROWTH = 2;
/** Fewer replications do not show that an interval is narrow: their half-width errs by a quarter or more. */
const FEWEST_TO_STOP = 10;

/**
 * How many replications to have next so that every confidence interval becomes as narrow as wanted. A half-width
 * falls like 1/√count, hence count·(worst/target)², kept between 1.2 and 2 times what there is, at least one
 * more, and at most `most`. The rule is deterministic: the same results lead to the same number.
 *
 * Stopping as soon as an interval happens to be narrow makes it cover less often than its level says; the effect
 * vanishes as the target falls (Chow and Robbins, Annals of Mathematical Statistics 36, 1965; Law, Simulation Modeling
 * and Analysis, 9.4.1). From two or three replications 95 % become 89 to 93 %, from ten 94 %; so it takes ten
 * to stop, if there may be so many, or results that do not differ at all.
 *
 * @param done replications there are, at least 0
 * @param most replications there may be, at least 1
 * @param relative relative half-width of each quantity, at least 0; null where it is unknown, which
 *   counts as infinite
 * @param target largest relative half-width wanted, above 0
 * @returns `done` if every relative half-width is at most `target` and `done` is 10 or more (or all are 0), or if
 *   `most` is reached already
 * @throws {ConfigError} for arguments outside these ranges
 */
export function nextReplications(
  done: number,
  most: number,
  relative: readonly (number | null)[],
  target: number,
): number {
  checkCount('done', done, 0);
  checkCount('most', most, 1);
  if (!(target > 0 && target < Number.POSITIVE_INFINITY)) {
    throw new ConfigError('target', `got ${target}; must be a finite number above 0`);
  }
  const worst = relative.reduce<number>((largest, value, i) => {
    if (value === null) return Number.POSITIVE_INFINITY;
    if (!(value >= 0)) {
      throw new ConfigError(`relative[${i}]`, `got ${value}; must be null or a number from 0`);
    }
    return Math.max(largest, value);
  }, 0);
  if (done >= most || worst === 0 || (worst <= target && done >= FEWEST_TO_STOP)) return done;
  const growth = Math.min((worst / target) ** 2, LARGEST_GROWTH);
  const least = Math.max(Math.ceil((done * 6) / 5), done + 1); // so that few steps are needed
  const next = Math.max(Math.ceil(done * growth), least, FEWEST_TO_STOP);
  return Math.min(next, Math.max(LARGEST_GROWTH * done, 1), most);
}
