/** What a comparison gives. */
import type { Interval } from '../analysis/interval.js';
import type { FigureName } from '../figures/registry.js';
import type { SojournQuantile } from './compared-figures.js';
import type { Differences, Rank } from './differences.js';
import type { Failure, PointResult } from './result.js';

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

/** What holds together with the plan's probability: the intervals of all these pairs, figures and looks. */
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
