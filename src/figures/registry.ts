/**
 * All figures of a run, one entry each. Whatever lists figures (results, intervals, precision targets, tables, summaries)
 * takes them from here, so that one more figure is one more entry, and a field in `Figures` that documents it.
 */
import { histogramQuantile } from '../engine/histogram.js';
import type { Window } from './window.js';

export interface FigureEntry<Name extends string = string> {
  /** path in `Figures` */
  name: Name;
  /** for people, in a summary */
  label: string;
  /** for people, in the heading of a column */
  heading: string;
  /** for people, behind the number in a summary: its unit, or what it counts */
  unit: string;
  /**
   * whether a precision target is about it. The blocking probability is not a headline figure: the relative error of a
   * rare event is out of reach
   */
  headline: boolean;
  /** its value over a window of time; null: nothing to tell (no time passed, no task left, no grid time) */
  value: (window: Window) => number | null;
}

const RATE = 'tasks per unit of time';
const TIME = 'units of time on average';

const busyFraction = (w: Window) => ratio(w.end.busyTime - w.start.busyTime, serverTime(w));
const throughput = (w: Window) => ratio(departures(w), serverTime(w));
const meanQueueLength = (w: Window) => ratio(w.end.taskTime - w.start.taskTime, serverTime(w));
const meanIdleSignal = (w: Window) => ratio(w.end.signalTime - w.start.signalTime, serverTime(w));
const blockingProbability = (w: Window) =>
  ratio(w.end.dropped - w.start.dropped, w.end.arrivals - w.start.arrivals);

/** Little's law */
function meanSojournTime(w: Window): number | null {
  const tasks = meanQueueLength(w);
  const rate = throughput(w);
  return tasks === null || rate === null ? null : ratio(tasks, rate);
}

/** Mean rate less the common centre of the sums, over rows of the grid. */
const offset = (w: Window) => ratio(w.end.rateSum - w.start.rateSum, rows(w));

function meanRate(w: Window): number | null {
  const mean = offset(w);
  return mean === null ? null : w.end.centre + mean;
}

function sdOfRates(w: Window): number | null {
  const mean = offset(w);
  const square = ratio(w.end.squareSum - w.start.squareSum, rows(w));
  return mean === null || square === null ? null : Math.sqrt(Math.max(0, square - mean ** 2));
}

const quantile = (level: number) => (w: Window) => histogramQuantile(w.rates, level);

/** λ g(1/E[S]), the first term of (2.1) */
function delayCost(w: Window): number | null {
  const { start, end, system } = w;
  const sojourn = meanSojournTime(w);
  if (sojourn === null) return null;
  return system.meanArrivalRate(start.time, end.time) * system.g(1 / sojourn);
}

/** the time and server average of h(μ), the second term of (2.1) */
const powerCost = (w: Window) => ratio(w.end.powerSum - w.start.powerSum, rows(w));

function totalCost(w: Window): number | null {
  const delay = delayCost(w);
  const power = powerCost(w);
  return delay === null || power === null ? null : delay + power;
}

const HEADLINE = true;
const OTHER = false;

export const FIGURES = [
  entry('serviceRate.mean', 'service rate', 'mean rate', RATE, HEADLINE, meanRate),
  entry('serviceRate.sd', 'sd of the rates', 'sd', RATE, OTHER, sdOfRates),
  entry('serviceRate.p05', '5 % below', '5 % below', RATE, HEADLINE, quantile(0.05)),
  entry('serviceRate.p50', '50 % below', 'median', RATE, OTHER, quantile(0.5)),
  entry('serviceRate.p95', '5 % above', '5 % above', RATE, HEADLINE, quantile(0.95)),
  entry('busyFraction', 'busy fraction', 'busy', '', HEADLINE, busyFraction),
  entry(
    'blockingProbability',
    'blocking',
    'blocked',
    'of arrivals dropped',
    OTHER,
    blockingProbability,
  ),
  entry(
    'throughput',
    'throughput',
    'throughput',
    'tasks per server per unit time',
    OTHER,
    throughput,
  ),
  entry('meanSojournTime', 'sojourn time', 'sojourn', TIME, HEADLINE, meanSojournTime),
  entry('meanQueueLength', 'queue length', 'queue', 'tasks', OTHER, meanQueueLength),
  entry('meanIdleSignal', 'idle signal', 'idle signal', TIME, OTHER, meanIdleSignal),
  entry('cost.delay', 'cost of delay', 'delay cost', '', OTHER, delayCost),
  entry('cost.power', 'cost of power', 'power cost', '', OTHER, powerCost),
  entry('cost.total', 'cost', 'cost', '', HEADLINE, totalCost),
] as const;

export type FigureName = (typeof FIGURES)[number]['name'];

function entry<Name extends string>(
  name: Name,
  label: string,
  heading: string,
  unit: string,
  headline: boolean,
  value: FigureEntry['value'],
): FigureEntry<Name> {
  return { name, label, heading, unit, headline, value };
}

function serverTime({ start, end, system }: Window): number {
  return system.servers * Math.max(0, end.time - start.time);
}

function departures({ start, end }: Window): number {
  return end.departures - start.departures;
}

/** Rows of the recording grid. */
function rows({ start, end }: Window): number {
  return end.rows - start.rows;
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}
