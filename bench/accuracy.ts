/** How far measured runs are from the exact law, with the half-width that chance explains. */
import { meanInterval } from '../src/analysis/interval.js';
import { costFunctions, PAPER_COST } from '../src/index.js';
import { expectedBusyFraction } from '../src/run/speed.js';

import { fixedPoint, relaxationRate } from '../src/theory/index.js';

import type { Measurement, PeerParameters } from './peers/measurement.js';

/** An error, measured less exact, and the half-width of its 95 % interval over the rounds. */
export interface ErrorWithin {
  error: number;
  halfWidth: number | null;
}

export interface Accuracy {
  /** against the M/G/∞ law of the busy servers at the rates' fixed point */
  busyFraction: ErrorWithin;
  /** against the fixed point; absent where a run is too short for rates to forget how they started */
  meanRate?: ErrorWithin;
}

/** From the errors of independent rounds. */
export function errorWithin(errors: readonly number[]): ErrorWithin {
  const { mean, halfWidth } = meanInterval(errors);
  return { error: mean, halfWidth };
}

/** The rate at which n servers rest under the paper's cost. */
export function restingRate(n: number, lambda: number): number {
  return fixedPoint(costFunctions(PAPER_COST), lambda, n).rate;
}

/** Whether a run is at least five relaxation times m/θ long. */
function forgets({ lambda, m, from, until }: PeerParameters): boolean {
  return until - from >= (5 * m) / relaxationRate(costFunctions(PAPER_COST), lambda);
}

/** Of runs with independent random numbers that start with idle servers at their fixed point. */
export function accuracyOf(
  runs: readonly { parameters: PeerParameters; measurement: Measurement }[],
): Accuracy {
  return {
    busyFraction: errorWithin(
      runs.map(({ parameters: { lambda, low, from, until }, measurement: { busyFraction } }) => {
        return busyFraction - expectedBusyFraction(lambda, low, from, until);
      }),
    ),
    ...(runs.every(({ parameters }) => forgets(parameters)) && {
      meanRate: errorWithin(
        runs.map(({ parameters: { low }, measurement: { meanRate } }) => meanRate - low),
      ),
    }),
  };
}
