import type { CompleteConfig } from '../config/config.js';
import type { RunSummary } from '../run/result.js';
import type { LoadPrediction } from '../theory/load-prediction.js';
import type { Prediction } from '../theory/prediction.js';
import { figure, grouped } from './format.js';

/** More phases than these are for the JSON. */
const MOST_LINES = 24;

/** What of a system is not the paper's: `dispatch jsq:2, work scv:4, 2 classes of servers`; empty if nothing is. */
export function policiesText({ dispatch, service, classes }: CompleteConfig): string {
  const law = typeof service === 'object' ? `of ${service.alpha.length} phases` : service;
  return [
    dispatch && `dispatch ${dispatch}`,
    service && `work ${law}`,
    classes && `${classes.length} classes of servers`,
  ]
    .filter((text) => text !== undefined)
    .join(', ');
}

/** `8 changes, repeated every 400` */
export function scheduleText({ schedule, period }: CompleteConfig): string {
  if (!schedule) return '';
  const changes = `${grouped(schedule.length)} change${schedule.length === 1 ? '' : 's'}`;
  return period === undefined ? changes : `${changes}, repeated every ${grouped(period)}`;
}

/** A line for each class of servers, beside what theory predicts of its rate, and for each phase of the period. */
export function partLines(
  { classes = [], phases = [] }: Pick<RunSummary, 'classes' | 'phases'>,
  {
    classes: predicted = [],
    load,
  }: Partial<Pick<Prediction, 'classes'>> & { load?: LoadPrediction | string },
): [label: string, text: string][] {
  const shown = phases.slice(0, MOST_LINES);
  const left = phases.length - shown.length;
  return [
    ...classes.map((own, k): [string, string] => [
      `class ${k}`,
      `${grouped(own.servers)} servers: rate ${figure(own.serviceRate.mean)}${beside(predicted[k])}, busy ${figure(own.busyFraction)}, ` +
        `throughput ${figure(own.throughput)}, sojourn ${figure(own.meanSojournTime)}, power ${figure(own.cost.power)}`,
    ]),
    ...shown.map((phase, k): [string, string] => [
      `phase ${grouped(phase.start)} … ${grouped(phase.end)}`,
      `λ ${figure(phase.arrivalRate)}, rate ${figure(phase.serviceRate.mean)}${followed(load, k)}, busy ${figure(phase.busyFraction)}, ` +
        `sojourn ${figure(phase.meanSojournTime)}, cost ${figure(phase.cost.total)}`,
    ]),
    ...(left > 0 ? [['', `${grouped(left)} more phases: see --json`] as [string, string]] : []),
  ];
}

/** ` (predicted 1.4963)`: of many servers, by the tracking equation */
function followed(load: LoadPrediction | string | undefined, phase: number): string {
  if (typeof load !== 'object') return '';
  return ` (predicted ${figure(load.meanRates[phase] ?? null)})`;
}

/** ` (predicted 1.6770 for m → ∞, optimal 1.8120)` */
function beside(predicted: NonNullable<Prediction['classes']>[number] | undefined): string {
  if (!predicted) return '';
  const { rate, optimalRate } = predicted;
  return ` (predicted ${figure(rate)} for m → ∞, optimal ${figure(optimalRate)})`;
}
