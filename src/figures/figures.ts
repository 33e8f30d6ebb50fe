/** From tallies and a histogram to the figures of a window of time. */
import { type Histogram, histogramQuantile } from '../engine/histogram.js';
import type { Tally } from './tally.js';

/**
 * Figures of a window of time, JSON-able. **Exact** ones come from the events themselves, **grid** ones
 * from the rates of all servers at the times of the recording grid. `null`: nothing to tell (no time
 * passed, no task left, no grid time).
 */
export interface Figures {
  /** exact counts: tasks that came, were dropped and left; candidates of the thinning, rejected ones included */
  events: { arrivals: number; dropped: number; departures: number; candidates: number };
  /** grid: rates pooled over servers and time; quantiles from bins of relative width 2^−14, interpolated */
  serviceRate: {
    mean: number | null;
    sd: number | null;
    p05: number | null;
    p50: number | null;
    p95: number | null;
  };
  /** exact: time average of busy servers / n */
  busyFraction: number | null;
  /** exact: dropped / arrivals */
  blockingProbability: number | null;
  /** exact: departures per server per unit time */
  throughput: number | null;
  /** exact integrals, Little's law: meanQueueLength / throughput */
  meanSojournTime: number | null;
  /** exact: time average of tasks per server, waiting and in service */
  meanQueueLength: number | null;
  /** exact: time and server average of I_v */
  meanIdleSignal: number | null;
  /** terms of (2.1): delay = λ g(1 / meanSojournTime), exact, with the time average of λ if it was changed; power = time and server average of h(μ), grid */
  cost: { delay: number | null; power: number | null; total: number | null };
}

/** Accepted arrivals and departures. */
export function acceptedEvents({ arrivals, dropped, departures }: Figures['events']): number {
  return arrivals - dropped + departures;
}

/** What the figures need to know of the system. */
export interface System {
  servers: number;
  /** time average of λ over a window, within which it may have been changed by hand */
  meanArrivalRate: (from: number, until: number) => number;
  g: (x: number) => number;
}

/** @param rates of the window's grid times, pooled */
export function figuresBetween(
  start: Tally,
  end: Tally,
  rates: Histogram,
  system: System,
): Figures {
  const { servers, meanArrivalRate, g } = system;
  const events = {
    arrivals: end.arrivals - start.arrivals,
    dropped: end.dropped - start.dropped,
    departures: end.departures - start.departures,
    candidates: end.candidates - start.candidates,
  };
  const serverTime = servers * Math.max(0, end.time - start.time);
  const meanQueueLength = ratio(end.taskTime - start.taskTime, serverTime);
  const throughput = ratio(events.departures, serverTime);
  const meanSojournTime =
    meanQueueLength === null || throughput === null ? null : ratio(meanQueueLength, throughput);

  const rows = end.rows - start.rows;
  const offset = ratio(end.rateSum - start.rateSum, rows);
  const square = ratio(end.squareSum - start.squareSum, rows);
  const delay =
    meanSojournTime === null
      ? null
      : meanArrivalRate(start.time, end.time) * g(1 / meanSojournTime);
  const power = ratio(end.powerSum - start.powerSum, rows);
  return {
    events,
    serviceRate: {
      mean: offset === null ? null : end.centre + offset,
      sd: offset === null || square === null ? null : Math.sqrt(Math.max(0, square - offset ** 2)),
      p05: histogramQuantile(rates, 0.05),
      p50: histogramQuantile(rates, 0.5),
      p95: histogramQuantile(rates, 0.95),
    },
    busyFraction: ratio(end.busyTime - start.busyTime, serverTime),
    blockingProbability: ratio(events.dropped, events.arrivals),
    throughput,
    meanSojournTime,
    meanQueueLength,
    meanIdleSignal: ratio(end.signalTime - start.signalTime, serverTime),
    cost: { delay, power, total: delay === null || power === null ? null : delay + power },
  };
}

export function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

/** The figures that intervals are given for, by their paths in `Figures`. */
export const FIGURE_NAMES = [
  'serviceRate.mean',
  'serviceRate.sd',
  'serviceRate.p05',
  'serviceRate.p50',
  'serviceRate.p95',
  'busyFraction',
  'blockingProbability',
  'throughput',
  'meanSojournTime',
  'meanQueueLength',
  'meanIdleSignal',
  'cost.total',
] as const;

export type FigureName = (typeof FIGURE_NAMES)[number];

/**
 * The headline figures, which a precision target is about. The blocking probability is not among them: the
 * relative error of a rare event is out of reach.
 */
export const HEADLINE_FIGURES = [
  'serviceRate.mean',
  'serviceRate.p05',
  'serviceRate.p95',
  'busyFraction',
  'meanSojournTime',
  'cost.total',
] as const satisfies readonly FigureName[];

/** One figure by name. */
export function figureOf(figures: Figures, name: FigureName): number | null {
  const { serviceRate } = figures;
  switch (name) {
    case 'serviceRate.mean':
      return serviceRate.mean;
    case 'serviceRate.sd':
      return serviceRate.sd;
    case 'serviceRate.p05':
      return serviceRate.p05;
    case 'serviceRate.p50':
      return serviceRate.p50;
    case 'serviceRate.p95':
      return serviceRate.p95;
    case 'cost.total':
      return figures.cost.total;
    default:
      return figures[name];
  }
}
