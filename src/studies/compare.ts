/** Variants of one system on common random numbers: which is the cheapest, and by how much they differ. */
import { type Interval, meanInterval } from '../analysis/interval.js';
import { FIGURE_NAMES } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { COMPARED, comparedFigureOf, type SojournQuantile } from './compared-figures.js';
import {
  type ComparisonPlan,
  type CompleteComparison,
  completeComparison,
} from './comparison-plan.js';
import { type Differences, differencesOf, type Rank, ranksOf, signOf } from './differences.js';
import type { Division, ManyOptions } from './options.js';
import type { Point } from './plan.js';
import type { Failure, PointResult, Replication } from './result.js';
import { runPlan } from './run-plan.js';

/** One variant with its figures. */
export interface VariantResult extends Omit<PointResult, 'figures' | 'precision'> {
  name: string;
  /** in the order of cost, as the differences leave it open; null if variants were compared with a reference only */
  rank: Rank | null;
  /**
   * mean over replications with its interval (Student's t), each by itself at the plan's level; `null` where a run has no such figure. The
   * quantiles of the sojourn time are means of those of single runs
   */
  figures: Record<FigureName | SojournQuantile, Interval | null>;
}

/** How two variants differ. */
export interface Difference {
  variant: string;
  against: string;
  /** pairs of runs on the same random numbers */
  replications: number;
  /** `variant` less `against`, with intervals that all hold together */
  figures: Differences;
}

/** What holds together with the plan's probability: intervals of all these pairs, figures and looks. */
export interface Family {
  level: number;
  pairs: number;
  figures: number;
  /** replications at each look at the differences */
  looks: number[];
}

export interface ComparisonResult {
  /** in the order of their mean cost, the cheapest first */
  variants: VariantResult[];
  /** of every pair, the dearer one less the cheaper one; or of each variant less the reference. In the order of the variants */
  differences: Difference[];
  family: Family;
  /** μ* of the ideal system, in which no task waits, and its cost */
  optimum: { rate: number; delay: number; power: number };
  failures: Failure[];
  status: 'completed' | 'cancelled';
}

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
  const comparison = await completeComparison(plan);
  const runs = new AllRuns(comparison.names.length);
  const result = await runComparison(comparison, options, runs);
  return { ...result, replications: runs.inOrder() };
}

/** How a comparison is run, with what is known from before. */
export interface ComparisonDivision extends Omit<Division, 'known' | 'onlyKnown' | 'owns'> {
  known?: ((point: number, replication: number) => Replication | undefined) | undefined;
}

/** The runs of all variants. */
export class AllRuns {
  readonly of: readonly Map<number, Replication>[];

  constructor(variants: number) {
    this.of = Array.from({ length: variants }, () => new Map());
  }

  add(run: Replication): void {
    this.of[run.point]?.set(run.replication, run);
  }

  get(point: number, replication: number): Replication | undefined {
    return this.of[point]?.get(replication);
  }

  /** by variant and replication */
  inOrder(): Replication[] {
    return this.of.flatMap((runs) =>
      [...runs.values()].sort((a, b) => a.replication - b.replication),
    );
  }
}

/** The comparison itself, look by look. */
export async function runComparison(
  comparison: CompleteComparison,
  { known, onReplication, ...division }: ComparisonDivision,
  runs = new AllRuns(comparison.names.length),
): Promise<ComparisonResult> {
  const { names, sweep, looks } = comparison;
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
        known(point, replication) {
          if (!owns(point, replication)) return undefined;
          const run = runs.get(point, replication) ?? known?.(point, replication);
          if (run) runs.add(run);
          return run;
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
    wanted = nextWanted(comparison, runs, seen);
    if (wanted.every((count, point) => count === seen[point])) break;
  }
  const { failures, status } = outcome;
  return { ...resultOf(comparison, runs, seen), failures, status };
}

/** The next number of replications of each variant: more for those that are not told apart from another. */
function nextWanted(
  comparison: CompleteComparison,
  runs: AllRuns,
  seen: readonly number[],
): number[] {
  const { pairs, looks } = comparison;
  const wanted = [...seen];
  for (const [a, b] of pairs) {
    if (signOf(differencesAt(comparison, runs, seen, a, b)['cost.total']) !== null) continue;
    const next = looks[lookOf(comparison, seen, a, b) + 1]?.replications ?? 0;
    for (const point of [a, b]) wanted[point] = Math.max(wanted[point] as number, next);
  }
  return wanted;
}

/** The last look at two variants: it has as many replications as the one with fewer. */
function lookOf(
  { looks }: CompleteComparison,
  seen: readonly number[],
  a: number,
  b: number,
): number {
  const count = Math.min(seen[a] as number, seen[b] as number);
  return looks.findIndex(({ replications }) => replications === count);
}

function differencesAt(
  comparison: CompleteComparison,
  runs: AllRuns,
  seen: readonly number[],
  a: number,
  b: number,
): Differences {
  const look = comparison.looks[lookOf(comparison, seen, a, b)];
  const { replications = 0, alpha = 0 } = look ?? {};
  const part = (point: number) =>
    new Map([...(runs.of[point] ?? [])].filter(([k]) => k < replications));
  return differencesOf(part(a), part(b), alpha);
}

function resultOf(
  comparison: CompleteComparison,
  runs: AllRuns,
  seen: readonly number[],
): Omit<ComparisonResult, 'failures' | 'status'> {
  const { names, sweep, pairs, reference, looks, level, ideal } = comparison;
  const figures = runs.of.map((map) => figuresOf([...map.values()], level));
  const cost = (point: number) => figures[point]?.['cost.total']?.mean ?? Number.POSITIVE_INFINITY;
  const order = [...names.keys()].sort((a, b) => cost(a) - cost(b) || a - b);
  const place = (point: number) => order.indexOf(point);
  const sign = (a: number, b: number) =>
    signOf(differencesAt(comparison, runs, seen, a, b)['cost.total']);
  const ranks = reference === null ? ranksOf(names.length, sign) : null;
  const ordered = pairs
    .map(([a, b]) => {
      const first = reference === null ? place(a) > place(b) : b === reference;
      return first ? ([a, b] as const) : ([b, a] as const);
    })
    .sort(([a, b], [c, d]) => place(b) - place(d) || place(a) - place(c));
  return {
    variants: order.map((point) => ({
      name: names[point] as string,
      point,
      ...(sweep.points[point] as Point),
      replications: runs.of[point]?.size as number,
      rank: ranks?.[point] ?? null,
      figures: figures[point] as VariantResult['figures'],
    })),
    differences: ordered.map(([a, b]) => {
      const figures = differencesAt(comparison, runs, seen, a, b);
      return {
        variant: names[a] as string,
        against: names[b] as string,
        replications: Math.max(0, ...Object.values(figures).map((one) => one?.count ?? 0)),
        figures,
      };
    }),
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
  const sorted = runs.toSorted((a, b) => a.replication - b.replication);
  const names = [...FIGURE_NAMES, 'sojournTime.p95', 'sojournTime.p99'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const values = sorted.map((run) => comparedFigureOf(run, name));
      const known = values.length > 0 && !values.includes(null);
      return [name, known ? meanInterval(values as number[], level) : null];
    }),
  ) as VariantResult['figures'];
}
