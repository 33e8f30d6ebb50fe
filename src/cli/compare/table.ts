import type { Interval } from '../../analysis/interval.js';
import { show } from '../../experiments/estimate.js';
import { COMPARED } from '../../studies/compared-figures.js';
import type { ComparisonResult, VariantResult } from '../../studies/comparison-result.js';
import { signOf } from '../../studies/differences.js';
import { aligned, figure } from '../format.js';

/** A comparison, for people: the variants in their order, their differences, and what the intervals mean. */
export function comparisonTable(result: ComparisonResult): string {
  const { variants, differences, family, optimum } = result;
  // nothing to tell apart: no such figure, or nothing was ever dropped
  const columns = COMPARED.filter(({ name }) =>
    variants.some(({ figures }) => figures[name] !== null && figures[name].mean !== 0),
  );
  const headings = columns.map(({ heading }) => heading);
  const ranked = variants.some(({ rank }) => rank !== null);
  const table = aligned([
    [...(ranked ? ['rank'] : []), 'variant', 'runs', ...headings],
    ...variants.map((variant) => [
      ...(ranked ? [rankOf(variant)] : []),
      variant.name,
      String(variant.replications),
      ...columns.map(({ name }) => withInterval(variant.figures[name])),
    ]),
  ]);
  const pairs = aligned([
    ['difference', 'runs', ...headings],
    ...differences.map(({ variant, against, replications, figures }) => [
      `${variant} − ${against}`,
      String(replications),
      ...columns.map(({ name }) => difference(figures[name])),
    ]),
  ]);
  const { level, looks } = family;
  const when = looks.length > 1 ? `, and looks at ${looks.join(', ')} runs` : '';
  return `${table}
${pairs}
± of a variant: ${100 * level} %, each by itself. ± of a difference: with probability ${100 * level} % all of them hold
together (Student's t of paired runs; Bonferroni over ${family.pairs} pair${family.pairs === 1 ? '' : 's'}, ${family.figures} figures${when}).
?: may be 0.${ranked ? ' A rank is a range where the order is open.' : ''}
no waiting, one rate for all: at best ${figure(optimum.delay + optimum.power)} (${figure(optimum.delay)} delay + ${figure(optimum.power)} power), at μ* = ${figure(optimum.rate)}
`;
}

/** 2, or 2–3 */
function rankOf({ rank }: VariantResult): string {
  if (rank === null) return '';
  return rank.best === rank.worst ? String(rank.best) : `${rank.best}–${rank.worst}`;
}

/** 0.7556 ± 0.0004: as many digits as the interval tells */
function withInterval(interval: Interval | null): string {
  if (interval === null) return '–';
  const { mean, halfWidth } = interval;
  // what is known to all digits but for rounding needs no interval
  const certain = halfWidth === null || halfWidth < 1e-9 * Math.abs(mean);
  return show({ mean, halfWidth: certain ? 0 : halfWidth }).replace(/^-/, '−');
}

function difference(interval: Interval | null): string {
  return `${withInterval(interval)}${interval && signOf(interval) === null ? ' ?' : ''}`;
}
