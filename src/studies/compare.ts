/** Variants of one system on common random numbers: which is the cheapest, and by how much they differ. */
import { meanInterval } from '../analysis/interval.js';
import { FIGURE_NAMES } from '../figures/figures.js';
import { refuseCode } from '../fleet/data-only.js';
import { COMPARED, comparedFigureOf } from './compared-figures.js';
import {
  type ComparisonPlan,
  type CompleteComparison,
  completeComparison,
} from './comparison-plan.js';
import type { ComparisonResult, VariantResult } from './comparison-result.js';
import { type Differences, differencesOf, ranksOf, reversed, signOf } from './differences.js';
import type { Division, ManyOptions } from './options.js';
import type { Point } from './points.js';
import type { Replication } from './result.js';
import { runPlan } from './run-plan.js';

/**
 * Compares variants of a system. Replication k of every variant has the same random numbers, so what chance does to all alike drops out of their
 * differences. Variants get more replications until it is clear which of any two is cheaper, or the budget is spent. The result depends on the
 * plan alone, not on how many threads there are.
 * @throws {ConfigError} before anything runs
 */
export async function compare(
  plan: ComparisonPlan,
  options: ManyOptions = {},
): Promise<ComparisonResult & { replications: Replication[] }> {
  if (options.queue !== undefined) refuseCode(plan);
  const comparison = await completeComparison(plan);
  const runs = new AllRuns(comparison.names.length);
  const result = await runComparison(comparison, options, runs);
  return { ...result, replications: runs.inOrder() };
}

/** How a comparison is run, with what is known from before. */
export interface ComparisonDivision extends Omit<Division, 'known' | 'onlyKnown' | 'owns'> {
  known?: { replication(point: number, replication: number): Replication | undefined } | undefined;
}

/** The runs of all variants. */
class AllRuns {
  readonly #of: readonly Map<number, Replication>[];

  constructor(variants: number) {
    this.#of = Array.from({ length: variants }, () => new Map());
  }

  add(run: Replication): void {
    this.#of[run.point]?.set(run.replication, run);
  }

  get(point: number, replication: number): Replication | undefined {
    return this.#of[point]?.get(replication);
  }

  /** of one variant, in their order; the first ones, or all */
  of(point: number, count = Number.POSITIVE_INFINITY): Replication[] {
    return [...(this.#of[point]?.values() ?? [])]
      .filter(({ replication }) => replication < count)
      .sort((a, b) => a.replication - b.replication);
  }

  /** by variant and replication */
  inOrder(): Replication[] {
    return this.#of.flatMap((_, point) => this.of(point));
  }
}

/** The comparison itself: look by look, each a sweep that knows what came before. */
export async function runComparison(
  comparison: CompleteComparison,
  { known, onReplication, ...division }: ComparisonDivision,
  runs = new AllRuns(comparison.names.length),
): Promise<ComparisonResult> {
  const { names, sweep, looks } = comparison;
  /** a run from an earlier look, or from before */
  const find = (point: number, replication: number) => {
    const run = runs.get(point, replication) ?? known?.replication(point, replication);
    if (run) runs.add(run);
    return run;
  };
  let wanted = names.map(() => looks[0]?.replications as number);
  let seen = wanted;
  let outcome: Awaited<ReturnType<typeof runPlan>>;
  while (true) {
    const now = wanted;
    const owns = (point: number, replication: number) => replication < (now[point] as number);
    outcome = await runPlan(
      { ...sweep, replications: Math.max(...now) },
      {
        ...division,
        owns,
        known: {
          has: (point, replication) => find(point, replication) !== undefined,
          replication: find,
        },
        async onReplication(run) {
          runs.add(run);
          await onReplication?.(run);
        },
      },
    );
    if (outcome.status === 'cancelled') break; // what was seen last still holds
    seen = now;
    if (outcome.failures.length > 0) break;
    wanted = nextWanted(comparison, allDifferences(comparison, runs, seen), seen);
    if (wanted.every((count, point) => count === now[point])) break;
  }
  const { failures, status } = outcome;
  return { ...resultOf(comparison, runs, seen), failures, status };
}

/** The next number of replications of each variant: more for those that are not told apart from another. */
function nextWanted(
  comparison: CompleteComparison,
  differences: readonly Differences[],
  seen: readonly number[],
): number[] {
  const wanted = [...seen];
  comparison.pairs.forEach(([a, b], i) => {
    if (signOf(differences[i]?.['cost.total'] ?? null) !== null) return;
    const next = comparison.looks[lookAt(comparison, seen, a, b) + 1]?.replications ?? 0;
    for (const point of [a, b]) wanted[point] = Math.max(wanted[point] as number, next);
  });
  return wanted;
}

/** The last look at two variants: it has as many replications as the one with fewer. */
function lookAt(
  { looks }: CompleteComparison,
  seen: readonly number[],
  a: number,
  b: number,
): number {
  const count = Math.min(seen[a] as number, seen[b] as number);
  return looks.findIndex(({ replications }) => replications === count);
}

/** The differences of all pairs, in their order. */
function allDifferences(
  comparison: CompleteComparison,
  runs: AllRuns,
  seen: readonly number[],
): Differences[] {
  return comparison.pairs.map(([a, b]) => {
    const { replications = 0, alpha = 1 } = comparison.looks[lookAt(comparison, seen, a, b)] ?? {};
    return differencesOf(runs.of(a, replications), runs.of(b, replications), alpha);
  });
}

function resultOf(
  comparison: CompleteComparison,
  runs: AllRuns,
  seen: readonly number[],
): Omit<ComparisonResult, 'failures' | 'status'> {
  const { names, sweep, pairs, reference, looks, level, ideal } = comparison;
  const figures = names.map((_, point) => figuresOf(runs.of(point), level));
  const cost = (point: number) => figures[point]?.['cost.total']?.mean ?? Number.POSITIVE_INFINITY;
  const order = [...names.keys()].sort((a, b) => cost(a) - cost(b) || a - b);
  const place = (point: number) => order.indexOf(point);
  const known = allDifferences(comparison, runs, seen);
  const signs = known.map((difference) => signOf(difference['cost.total']));
  const ranks = reference === null ? ranksOf(names.length, pairs, signs) : null;
  const ordered = pairs.map(([a, b], i) => {
    const asIs = reference === null ? place(a) > place(b) : b === reference;
    const difference = known[i] as Differences;
    return asIs ? { a, b, difference } : { a: b, b: a, difference: reversed(difference) };
  });
  ordered.sort((one, other) => place(one.b) - place(other.b) || place(one.a) - place(other.a));
  return {
    variants: order.map((point) => ({
      name: names[point] as string,
      point,
      ...(sweep.points.at(point) as Point),
      replications: runs.of(point).length,
      rank: ranks?.[point] ?? null,
      figures: figures[point] as VariantResult['figures'],
    })),
    differences: ordered.map(({ a, b, difference }) => ({
      variant: names[a] as string,
      against: names[b] as string,
      replications: Math.max(0, ...Object.values(difference).map((one) => one?.count ?? 0)),
      figures: difference,
    })),
    family: {
      level,
      pairs: pairs.length,
      figures: COMPARED.length,
      looks: looks.map(({ replications }) => replications),
    },
    optimum: {
      rate: ideal.rate,
      delay: ideal.delay(ideal.rate),
      power: ideal.power(ideal.rate),
    },
  };
}

/** Intervals of one variant's figures. */
function figuresOf(runs: readonly Replication[], level: number): VariantResult['figures'] {
  const names = [...FIGURE_NAMES, 'sojournTime.p95', 'sojournTime.p99'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const values = runs.map((run) => comparedFigureOf(run, name));
      const known = values.length > 0 && !values.includes(null);
      return [name, known ? meanInterval(values as number[], level) : null];
    }),
  ) as VariantResult['figures'];
}
