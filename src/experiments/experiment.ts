/** An experiment: runs to be made, and what is concluded from them. */
import { meanInterval } from '../analysis/interval.js';
import type { Chart, Series } from '../charts/chart.js';
import type { CompleteConfig } from '../config/config.js';
import { costFunctions, PAPER_COST } from '../cost/cost.js';
import { figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import type { Trajectory } from '../run/trajectory.js';
import type { SweepPlan } from '../studies/plan.js';
import type { PointResult, Replication } from '../studies/result.js';
import type { Verdict } from './verdict.js';

export interface ExperimentOptions {
  /** `quick`: shorter and fewer runs, for wider intervals in a tenth of the time or less */
  size: 'quick' | 'full';
  seed: string | number;
  /** tasks at every server at the start of Figure 5 */
  backlog: number;
}

export interface Experiment {
  /** as on the command line, such as `fig1` */
  name: string;
  title: string;
  plan(options: ExperimentOptions): SweepPlan;
  /** what is kept of each run's trajectory, as its `measured` */
  measure?(trajectory: Trajectory, config: CompleteConfig): unknown;
  conclude(results: Results, options: ExperimentOptions): Conclusion;
}

export interface Conclusion {
  charts: Chart[];
  claims: Claim[];
  /** what the paper leaves open, and what was chosen */
  choices: string[];
}

/** A statement held against measurements. */
export interface Claim {
  /** in the paper's own terms, or, beyond it, as theory has it */
  claim: string;
  /** the numbers, with their intervals */
  measured: string;
  verdict: Verdict;
}

/** Runs of a plan, by point. */
export class Results {
  readonly points: readonly PointResult[];
  readonly #replications: Replication[][];

  constructor(points: readonly PointResult[], replications: readonly Replication[]) {
    this.points = points;
    this.#replications = points.map(({ point }) => {
      const ours = replications.filter((replication) => replication.point === point);
      return ours.sort((a, b) => a.replication - b.replication);
    });
  }

  /** replications of a point, in their order */
  of({ point }: PointResult): readonly Replication[] {
    return this.#replications[point] as Replication[];
  }

  /** what `measure` kept of each replication of a point */
  measured<T>(point: PointResult): T[] {
    return this.of(point).map(({ measured }) => measured as T);
  }

  /** a figure of a point with its interval; by default at 95 % confidence */
  figure(point: PointResult, name: FigureName, level = 0.95): Estimate {
    return estimate(
      this.of(point).map((replication) => figureOf(replication, name) as number),
      level,
    );
  }
}

/** A mean over independent runs with its confidence interval. */
export interface Estimate {
  mean: number;
  halfWidth: number;
  low: number;
  high: number;
}

export function estimate(values: readonly number[], level = 0.95): Estimate {
  const { mean, halfWidth } = meanInterval(values, level);
  const half = halfWidth ?? Number.POSITIVE_INFINITY;
  return { mean, halfWidth: half, low: mean - half, high: mean + half };
}

/** An estimate of how far a value is from a known one. */
export function minus({ mean, halfWidth, low, high }: Estimate, known: number): Estimate {
  return { mean: mean - known, halfWidth, low: low - known, high: high - known };
}

/** An estimate in units of a known positive value. */
export function over({ mean, halfWidth, low, high }: Estimate, known: number): Estimate {
  return { mean: mean / known, halfWidth: halfWidth / known, low: low / known, high: high / known };
}

/** Points with their intervals as error bars. */
export function pointsOf(name: string, x: number[], estimates: readonly Estimate[]): Series {
  return {
    kind: 'points',
    name,
    x,
    y: estimates.map(({ mean }) => mean),
    low: estimates.map(({ low }) => low),
    high: estimates.map(({ high }) => high),
  };
}

/** Level of each of `count` intervals that all hold at once with probability 99 % or more (Bonferroni). */
export function jointly(count: number): number {
  return 1 - 0.01 / count;
}

/** The cost of the paper's experiments, g(x) = 1/x and h(x) = 0.1 x². */
export const COST = costFunctions(PAPER_COST);

/** The number of digits that say something beside such a half-width. */
export function show({ mean, halfWidth }: Pick<Estimate, 'mean' | 'halfWidth'>): string {
  if (!(halfWidth > 0 && halfWidth < Number.POSITIVE_INFINITY)) return number(mean);
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
  return `${mean.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`;
}

/** A number with few digits. */
export function number(value: number, digits = 4): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4
    ? value.toExponential(digits - 1)
    : String(Number(value.toPrecision(digits)));
}

/** A ratio as a change in per cent: 1.012 → +1.20 %. */
export function percent(ratio: number): string {
  const change = 100 * (ratio - 1);
  return `${change < 0 ? '−' : '+'}${number(Math.abs(change), 3)} %`;
}
