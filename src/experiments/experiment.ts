/** An experiment: runs to be made, and what is concluded from them. */
import type { Chart } from '../charts/chart.js';
import type { CompleteConfig } from '../config/config.js';
import { costFunctions, PAPER_COST } from '../cost/cost.js';
import { figureOf } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import type { Trajectory } from '../run/trajectory.js';
import type { SweepPlan } from '../studies/plan.js';
import type { PointResult, Replication } from '../studies/result.js';
import { type Estimate, estimate } from './estimate.js';
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

/** The cost of the paper's experiments, g(x) = 1/x and h(x) = 0.1 x². */
export const COST = costFunctions(PAPER_COST);
