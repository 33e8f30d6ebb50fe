import type { CompleteConfig } from '../config/config.js';
import type { CostChoice } from '../cost/cost.js';
import { figureOf } from '../figures/figures.js';
import { FIGURES, type FigureEntry, type FigureName } from '../figures/registry.js';
import type { RunSummary, SimulationResult } from '../run/result.js';
import type { Comparison } from '../theory/comparison.js';
import type { LoadPrediction } from '../theory/load-prediction.js';
import type { Prediction } from '../theory/prediction.js';
import { bytes, duration, figure, grouped, perSecond } from './format.js';
import { partLines, policiesText, scheduleText } from './parts.js';

/** What theory says of a run. */
export type Theory = Prediction & {
  comparison: Comparison | null;
  load?: LoadPrediction | string;
};

/** The figures of a run, for people, beside what theory predicts. */
export function summarise(result: SimulationResult, theory: Theory): string {
  const lines = summaryLines(result, theory);
  const width = Math.max(...lines.map(([label]) => label.length)) + 2;
  return `${lines.map(([label, text]) => label && label.padEnd(width) + text).join('\n')}\n`;
}

/** The lines of the summary; an empty one between its parts. */
export function summaryLines(
  result: SimulationResult,
  theory: Theory,
): [label: string, text: string][] {
  const { config, events, serviceRate, cost, engine, time } = result;
  const { horizon } = config;
  const within: Within = (name) => {
    const halfWidth = result.confidence?.halfWidths[name] ?? null;
    return halfWidth === null || halfWidth === 0 ? '' : ` ± ${figure(halfWidth, 2)}`;
  };
  const line = (name: FigureName): [string, string] => {
    const { label, unit } = FIGURES.find((entry) => entry.name === name) as FigureEntry;
    const value = figureOf(result, name);
    const aside = value === null || unit === '' ? '' : ` ${unit}`;
    return [label, `${figure(value)}${within(name)}${aside}`];
  };
  const cancelled = result.status === 'cancelled';
  return [
    ['system', system(config)],
    ...said('policies', policiesText(config)),
    ...said('schedule', scheduleText(config)),
    ['start', start(config)],
    ['cost', costFunctions(config.cost)],
    ['seed', String(config.seed)],
    ...(cancelled
      ? [['cancelled', `at t = ${moment(time.end)} of ${grouped(horizon)}`] as [string, string]]
      : []),
    ['statistics', statistics(result)],
    ...certainty(result),
    ['', ''],
    ['service rate', serviceRateText(serviceRate, within)],
    ['optimal rate', optimum(config, serviceRate.mean, theory)],
    ...(typeof theory.load === 'object'
      ? [following(theory.load)]
      : predicted(theory, config.inverseStepSize === 'inf')),
    line('busyFraction'),
    line('blockingProbability'),
    line('throughput'),
    line('meanSojournTime'),
    ...sojournLaw(result.sojournTime),
    [
      'queue length',
      `${figure(result.meanQueueLength)} mean, ${result.maxQueueLength === null ? '–' : grouped(result.maxQueueLength)} max, in service included`,
    ],
    line('meanIdleSignal'),
    ['cost', `${figure(cost.delay)} delay + ${figure(cost.power)} power = ${figure(cost.total)}`],
    ...partLines(result, config.inverseStepSize === 'inf' ? {} : theory),
    ['', ''],
    [
      'events',
      `${grouped(events.arrivals)} arrivals, ${grouped(events.dropped)} dropped, ${grouped(events.departures)} departures`,
    ],
    ['speed', speed(engine)],
    ['memory', `${engine.bytesPerServer} bytes per server, ${bytes(engine.memoryBytes)} in total`],
    ['state hash', result.stateHash],
  ];
}

/** What following the load costs; the rates stand beside those of each phase. */
function following({ excess, clairvoyantCost }: LoadPrediction): [string, string] {
  const part = (value: number) => figure(value, 3);
  return [
    'predicted',
    `rates of each phase below; cost ${part(excess.total)} above ${figure(clairvoyantCost)} at the best rate of every moment, ${part(excess.tracking)} by lagging and ${part(excess.noise)} by noise (n → ∞)`,
  ];
}

/** A line, if there is something to say. */
function said(label: string, text: string): [string, string][] {
  return text === '' ? [] : [[label, text]];
}

function system({ servers, arrivalRate, inverseStepSize, buffer }: CompleteConfig): string {
  const m = inverseStepSize === 'inf' ? 'inf (frozen rates)' : grouped(inverseStepSize);
  return `n = ${grouped(servers)}, λ = ${arrivalRate}, m = ${m}, buffer ${buffer === 'inf' ? 'inf' : grouped(buffer)}`;
}

function start({ initialRates, initialTasks }: CompleteConfig): string {
  const rates =
    typeof initialRates === 'number'
      ? `rates ${initialRates}`
      : 'uniform' in initialRates
        ? `rates uniform on [${initialRates.uniform.join(', ')}]`
        : 'rates given for each server';
  const tasks =
    typeof initialTasks === 'number'
      ? initialTasks === 0
        ? 'no tasks'
        : `tasks per server: ${grouped(initialTasks)}`
      : 'tasks given for each server';
  return `${rates}, ${tasks}`;
}

function costFunctions({ g, h }: CostChoice): string {
  return `g(x) = ${formula(g)}, h(x) = ${formula(h)}`;
}

function formula(cost: CostChoice['g'] | CostChoice['h']): string {
  if (typeof cost === 'string') return cost;
  if (typeof cost === 'function' || 'f' in cost) return '(code)';
  if ('b' in cost) return `${factor(cost.b)}x^${cost.q}`;
  return factor(cost.a) + (cost.family === 'power' ? `x^-${cost.p}` : `(1+x)^-${cost.p}`);
}

function factor(value: number): string {
  return value === 1 ? '' : `${value} `;
}

function statistics({ config, time, trajectory }: SimulationResult): string {
  const { start, end } = time;
  if (end > start) {
    // few grid times, as in a run cancelled early, make poor averages of the rates: say how many
    const samples = trajectory.time.reduce((count, t) => count + (t >= start ? 1 : 0), 0);
    return `from t = ${grouped(start)} to ${moment(end)}, rates sampled ${grouped(samples)} times`;
  }
  return config.warmup !== 0
    ? `none: the warm-up, until t = ${grouped(config.warmup)}, took the whole run; shorten it or run longer`
    : 'none: no time passed';
}

/** ± half-width, where it is known. */
type Within = (name: FigureName) => string;

function serviceRateText(
  { mean, sd, p05, p95 }: RunSummary['serviceRate'],
  within: Within,
): string {
  return (
    `${figure(mean)}${within('serviceRate.mean')} mean, ${figure(sd, 3)} sd, ` +
    `5 % below ${figure(p05)}${within('serviceRate.p05')}, 5 % above ${figure(p95)}${within('serviceRate.p95')}`
  );
}

function certainty({ confidence, confidenceRefused, precision }: RunSummary): [string, string][] {
  const lines: [string, string][] = [];
  if (confidence) {
    const { level, batches, batchLength, lag1, effectiveSampleSize } = confidence;
    const size =
      effectiveSampleSize === null
        ? ''
        : `, as good as ${figure(effectiveSampleSize, 2)} independent samples of the mean rate`;
    lines.push([
      'intervals',
      `${100 * level} % (±), from ${batches} batches of ${figure(batchLength, 3)}, lag-1 autocorrelation ${figure(lag1, 2)}${size}`,
    ]);
  }
  if (confidenceRefused) lines.push(['intervals', `none: ${confidenceRefused}`]);
  if (precision) {
    lines.push([
      'precision',
      precision.met
        ? `${precision.target} reached by every headline figure`
        : confidence
          ? `${precision.target} not reached by ${precision.unmet.join(', ')}`
          : `${precision.target} not reached: there are no intervals`,
    ]);
  }
  return lines;
}

function sojournLaw(law: RunSummary['sojournTime']): [string, string][] {
  if (!law) return [];
  const { tagged, finished, mean, sd, p50, p95, p99 } = law;
  return [
    [
      'sojourn law',
      `${grouped(finished)} of ${grouped(tagged)} followed tasks: ${figure(mean)} mean, ${figure(sd, 3)} sd, ` +
        `50 % below ${figure(p50)}, 95 % below ${figure(p95)}, 99 % below ${figure(p99)}`,
    ],
  ];
}

function optimum(
  { inverseStepSize }: CompleteConfig,
  mean: number | null,
  { optimalRate: best, reasons }: Prediction,
) {
  if (best === null) return `not known: ${reasons.optimalRate}`;
  if (inverseStepSize === 'inf') return `${figure(best)} (rates are frozen and do not seek it)`;
  if (mean === null) return figure(best);
  const distance = 100 * Math.abs(mean / best - 1);
  const side = mean < best ? 'below' : 'above';
  return `${figure(best)} (the mean is ${figure(distance, 2)} % ${side})`;
}

function predicted(
  {
    fixedPoint,
    band,
    comparison,
    stationaryLaw,
    reasons,
  }: Prediction & { comparison: Comparison | null },
  frozen: boolean,
): [string, string][] {
  if (stationaryLaw) {
    const { busyFraction, blockingProbability, meanTasks, approximation } = stationaryLaw;
    const tasks = meanTasks === busyFraction ? '' : `, ${figure(meanTasks)} tasks at a server`;
    const blocked = `${figure(blockingProbability)} blocked${tasks}`;
    return [['theory', `${figure(busyFraction)} busy, ${blocked}, ${approximation ?? 'exactly'}`]];
  }
  if (frozen) return [['theory', `nothing: ${reasons.stationaryLaw}`]];
  if (!fixedPoint) return [['predicted', `nothing: ${reasons.fixedPoint}`]];
  const z = comparison
    ? `, z = ${figure(comparison.z, 2)} from ${comparison.batches} batches`
    : fixedPoint.approximation
      ? `, ${fixedPoint.approximation}`
      : ', no z-score: no interval of the mean, or m is too small for this';
  const limit = `${figure(fixedPoint.rate)}${fixedPoint.mean === null ? ' mean (m → ∞)' : ' for m → ∞'}`;
  const mean =
    fixedPoint.mean === null ? limit : `${figure(fixedPoint.mean)} mean at this m, ${limit}`;
  const lines: [string, string][] = [['predicted', `${mean}${z}`]];
  if (!band) return [...lines, ['band', `none: ${reasons.band}`]];
  const values = band.levels.map(
    (level, i) => `${100 * level} % below ${figure(band.values[i] as number)}`,
  );
  lines.push([
    'band',
    [`${figure(band.sd, 3)} sd`, ...values].join(', ') +
      (band.valid ? '' : `; not valid: ${band.reason}`),
  ]);
  return lines;
}

function speed({ eventsPerSecond, wallSeconds }: RunSummary['engine']): string {
  if (eventsPerSecond === 0) return `no events (${duration(wallSeconds)})`;
  return (
    `${perSecond(eventsPerSecond)} events/s, ${figure(1e9 / eventsPerSecond, 3)} ns per event, ` +
    `${duration(wallSeconds)} in all`
  );
}

/** A time, without the digits below what matters. */
function moment(time: number): string {
  return grouped(Number(time.toPrecision(8)));
}
