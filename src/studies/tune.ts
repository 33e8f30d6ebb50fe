/** Which m for a load that changes: theory of the excess cost, then simulation around its best m. */
import { type Interval, meanInterval } from '../analysis/interval.js';
import { type CompleteConfig, type SimulationConfig, validateConfig } from '../config/config.js';
import { number, whole } from '../config/domain.js';
import { LATEST } from '../config/fields/run.js';
import { refuse } from '../config/messages.js';
import { check } from '../config/options.js';
import { type CostFunctions, resolveCost } from '../cost/cost.js';
import { EngineError } from '../errors.js';
import { acceptedEvents } from '../figures/figures.js';
import {
  type BestStepSize,
  type ExcessCost,
  ExcessCosts,
  type PeriodicSchedule,
} from '../theory/excess-cost.js';
import { checkLoad, periodicTracking } from '../theory/tracking.js';
import type { ManyOptions } from './options.js';
import {
  meanLoad,
  measureDelay,
  type Realised,
  type Recording,
  rowsPerPeriod,
  timesOf,
} from './realised-cost.js';
import type { Replication } from './result.js';
import { sweep } from './sweep.js';

/** A system without its m, under a load that repeats. */
export interface TuneSystem extends Pick<SimulationConfig, 'servers' | 'buffer' | 'cost' | 'seed'> {
  /** λ(t) over a period, in steps from time 0 on; each below the optimal rate at it */
  load: PeriodicSchedule;
}

export interface TuneOptions
  extends Pick<ManyOptions, 'workers' | 'signal' | 'onProgress' | 'createWorker'> {
  /** the m to simulate a quarter to four times of, 1e-2 … 1e14; default the best in theory */
  around?: number | undefined;
  /**
   * most accepted arrivals and departures of all runs together, 1e4 … 1e12; default 5e7, which takes some seconds, or more if
   * a period of 20 servers takes more, up to 2e8
   */
  budget?: number | undefined;
  /** runs of each m, 2 … 1000; default 8 */
  replications?: number | undefined;
}

/** One m, simulated. */
export interface TunedPoint {
  inverseStepSize: number;
  /** realised cost, and that less the cost of `clairvoyant` */
  cost: Interval;
  excess: Interval;
  /** how much more it costs than the best of those simulated, on the same random numbers; 0 for that one */
  worse: Interval;
  theory: ExcessCost;
  /** mean rates of all servers at `times` */
  meanRates: number[];
}

export interface TuneResult {
  /** what was tuned */
  system: Pick<CompleteConfig, 'servers' | 'buffer' | 'cost' | 'seed'>;
  load: PeriodicSchedule;
  theory: BestStepSize & {
    /** from an eighth to eight times of `around`, or of the corner (`ExcessCosts`) where there is no best m */
    curve: ExcessCost[];
  };
  /** null: there is no best m to confirm, or the runs were stopped */
  simulation: {
    points: TunedPoint[];
    /** the simulated m with the smallest excess */
    best: TunedPoint;
    /** rates frozen at the best constant: their excess cost, and how much of it the best m saves, on the same random numbers */
    constant: { excess: Interval; saved: Interval };
    /** other values of m that the runs cannot tell from it, at 95 % */
    ties: number[];
    /** it is the smallest or largest m simulated: the best may lie beyond */
    atEdge: boolean;
    /** times within a period of `meanRates` */
    times: number[];
    /** of each run: servers, time left out and periods counted */
    servers: number;
    warmup: number;
    periods: number;
    replications: number;
    /** accepted arrivals and departures in the periods counted, of all runs */
    events: number;
  } | null;
  status: 'completed' | 'cancelled';
}

/** The curve has these multiples of the m that it is around, … */
const MULTIPLES = Array.from({ length: 13 }, (_, k) => 2 ** (k / 2 - 3));
/** … of which a quarter, half, the m itself, twice and four times of it are simulated. */
const SIMULATED = [2, 4, 6, 8, 10];
/** More servers than these only make the runs longer: the theory's error is of order 1/n. */
const MOST_SERVERS = 1000;
/** Fewer are simulated only if the system has no more. */
const FEWEST_SERVERS = 20;
/** Events of all runs: some seconds; and half a minute, for a period that takes so long. */
const USUAL_BUDGET = 5e7;
const LARGEST_USUAL_BUDGET = 2e8;
/** Relaxation times m/θ_c left out at the largest m. */
const RELAXATIONS = 5;
/** Times within a period at which mean rates are given. */
const MOST_TIMES = 64;
/** Recorded rates of a run: 12 bytes each. */
const MOST_RECORDED = 4e6;

/**
 * Finds the m with the smallest cost under a load that changes: by theory (`ExcessCosts`), and by simulation at a quarter
 * to four times of that m, or of `around`. Runs begin where theory has the rates at the start of a period, leave out five relaxation times
 * of the largest m, and count whole periods. Every m has the same random numbers, and so have
 * rates frozen at the best constant. The result depends on the arguments alone,
 * not on how many threads there are.
 *
 * @throws {ConfigError} before anything is simulated; also for dispatch rules, service laws and classes, for which the
 *   theory does not hold
 */
export async function tune(
  { load, ...system }: TuneSystem,
  { around, budget, replications = 8, ...options }: TuneOptions = {},
): Promise<TuneResult> {
  if (around !== undefined) check('around', around, number(1e-2, 1e14));
  if (budget !== undefined) check('budget', budget, number(1e4, 1e12));
  check('replications', replications, whole(2, 1000));
  const base = baseOf(system, load);
  const cost = await resolveCost(base.cost);
  const costs = new ExcessCosts(cost, load);
  const found = costs.best();
  const centre = around ?? found.best?.inverseStepSize;
  const curve = curveAround(centre ?? costs.corner, costs);
  const theory = { ...found, curve };
  const { servers, buffer, seed } = base;
  const tuned = { system: { servers, buffer, cost: base.cost, seed }, load, theory };
  if (centre === undefined) return { ...tuned, simulation: null, status: 'completed' };

  const simulated = SIMULATED.map((k) => curve[k] as ExcessCost);
  const sizes = simulated.map(({ inverseStepSize }) => inverseStepSize);
  const relaxations = sizes.map((m) => m / costs.relaxation);
  const points = [...adaptive(cost, load, sizes), frozen(found.constant.rate)];
  const extent = extentOf(base, load, relaxations, points.length * replications, budget);
  const { failures, status, ...done } = await sweep(
    { base: { ...base, ...lengthOf(extent, load) }, points, replications, streams: 'common' },
    { ...options, measure: measureDelay(cost, load, extent) },
  );
  if (failures[0]) throw new EngineError(failures[0].message);
  if (status === 'cancelled') return { ...tuned, simulation: null, status };
  const { rows } = extent;
  const step = Math.ceil(rows / MOST_TIMES);
  const shown = Array.from({ length: Math.ceil(rows / step) }, (_, i) => i * step);
  const simulation = {
    ...conclude(done.replications, simulated, found.clairvoyantCost, shown),
    times: shown.map((row) => (row / rows) * load.period),
    servers: extent.servers,
    warmup: timesOf(extent, load.period).warmup,
    periods: extent.periods,
    replications,
    events: done.replications.reduce((sum, { events }) => sum + acceptedEvents(events), 0),
  };
  return { ...tuned, simulation, status };
}

/**
 * λ(t) = mean (1 + swing sin(2πt/period)) in equal steps, each at the value in its middle.
 * @param mean tasks per unit of time and per server
 * @param swing from 0 to less than 1
 * @param steps a whole number from 2; default 64
 * @throws {ConfigError} for other arguments
 */
export function sineLoad(
  mean: number,
  swing: number,
  period: number,
  steps = 64,
): PeriodicSchedule {
  if (!(swing >= 0 && swing < 1)) refuse('swing', swing, 'a number from 0 to less than 1');
  check('steps', steps, whole(2, 1e6));
  check('period', period, number(1e-9, LATEST));
  const schedule = Array.from({ length: steps }, (_, k) => ({
    time: (k / steps) * period,
    arrivalRate: mean * (1 + swing * Math.sin((2 * Math.PI * (k + 0.5)) / steps)),
  }));
  return { schedule, period };
}

/** The configuration that all runs share, but for their length; checked. */
function baseOf(system: Omit<TuneSystem, 'load'>, load: PeriodicSchedule): CompleteConfig {
  checkLoad(load);
  for (const field of ['dispatch', 'service', 'classes']) {
    const value = (system as Record<string, unknown>)[field];
    if (value === undefined) continue;
    refuse(
      field,
      value,
      'left out: the theory is of JIQ, exponential work and servers that are alike',
    );
  }
  const { schedule, period } = load;
  return validateConfig({
    ...system,
    arrivalRate: meanLoad(load),
    inverseStepSize: 1,
    schedule,
    period,
    horizon: period,
    warmup: 0,
  });
}

/** How many servers are simulated for how long. */
interface Extent extends Recording {
  servers: number;
}

/**
 * As many servers as there are, and as many periods as the events of a run allow; or fewer servers where these would not do
 * for one.
 * @param relaxations m/θ_c of every m, ascending
 */
function extentOf(
  { servers: all, arrivalRate }: CompleteConfig,
  load: PeriodicSchedule,
  relaxations: readonly number[],
  runs: number,
  budget?: number,
): Extent {
  const { period } = load;
  const rows = rowsPerPeriod(load, relaxations[0] as number);
  const interval = period / rows;
  const warmup = Math.ceil((RELAXATIONS * (relaxations.at(-1) as number)) / interval);
  const settling = warmup * interval;
  const perTime = 2 * arrivalRate; // events of a server
  const fewest = Math.min(all, FEWEST_SERVERS);
  const needed = roundedUp(runs * perTime * fewest * (settling + period));
  const given = budget ?? Math.min(Math.max(USUAL_BUDGET, needed), LARGEST_USUAL_BUDGET);
  if (given < needed) {
    refuse(
      'budget',
      given,
      `at least ${needed} events, for ${runs} runs of ${fewest} servers over a period of ${period}`,
    );
  }
  const affordable = Math.min(given / runs / perTime, MOST_RECORDED * interval); // servers × time
  const servers = Math.min(all, MOST_SERVERS, Math.floor(affordable / (settling + period)));
  const periods = Math.floor((affordable / servers - settling) / period);
  return { servers, rows, warmup, periods };
}

/** The extent as fields of a configuration. */
function lengthOf({ servers, ...recording }: Extent, load: PeriodicSchedule) {
  const { horizon, warmup, interval } = timesOf(recording, load.period);
  return { servers, horizon, warmup, record: { interval, servers: 'all' as const, quantiles: [] } };
}

/** A point for each m, starting at the rate where theory has it at the start of a period. */
function adaptive(cost: CostFunctions, load: PeriodicSchedule, sizes: readonly number[]) {
  return sizes.map((inverseStepSize) => ({
    inverseStepSize,
    initialRates: periodicTracking(cost, load, inverseStepSize, 1).initialRate,
  }));
}

function frozen(initialRates: number) {
  return { inverseStepSize: 'inf' as const, initialRates };
}

/**
 * Intervals of every m, and the best.
 * @param shown rows of the period whose mean rates are given
 */
function conclude(
  runs: readonly Replication[],
  simulated: readonly ExcessCost[],
  clairvoyantCost: number,
  shown: readonly number[],
) {
  const of = (point: number) => runs.filter((run) => run.point === point);
  const costs = simulated.map((_, k) => of(k).map(realisedCost));
  const means = costs.map((ofPoint) => meanInterval(ofPoint).mean);
  const smallest = means.indexOf(Math.min(...means));
  const best = costs[smallest] as number[];
  const excess = (cost: number) => cost - clairvoyantCost;
  const worse = (cost: number, replication: number) => cost - (best[replication] as number);
  const constant = of(simulated.length).map(realisedCost);
  const points = simulated.map((theory, k): TunedPoint => {
    const ofPoint = costs[k] as number[];
    const paths = of(k).map(({ measured }) => (measured as Realised).meanRates);
    return {
      inverseStepSize: theory.inverseStepSize,
      cost: meanInterval(ofPoint),
      excess: meanInterval(ofPoint.map(excess)),
      worse: meanInterval(ofPoint.map(worse)),
      theory,
      meanRates: shown.map((row) => meanInterval(paths.map((path) => path[row] as number)).mean),
    };
  });
  const ties = points.filter(
    ({ worse: { mean, halfWidth } }) => mean > 0 && mean <= (halfWidth ?? 0),
  );
  return {
    points,
    best: points[smallest] as TunedPoint,
    constant: {
      excess: meanInterval(constant.map(excess)),
      saved: meanInterval(constant.map(worse)),
    },
    ties: ties.map(({ inverseStepSize }) => inverseStepSize),
    atEdge: smallest === 0 || smallest === points.length - 1,
  };
}

/** That of power is a mean over the same rows as that of delay. */
function realisedCost({ cost, measured }: Replication): number {
  return (measured as Realised).delay + (cost.power as number);
}

function curveAround(centre: number, costs: ExcessCosts): ExcessCost[] {
  return MULTIPLES.map((multiple) => costs.of(rounded(multiple * rounded(centre))));
}

/** To three digits, not less. */
function roundedUp(events: number): number {
  const unit = 10 ** (Math.floor(Math.log10(events)) - 2);
  return Math.ceil(events / unit) * unit;
}

/** To three digits: nobody needs to know m better, and runs are named by it. */
function rounded(inverseStepSize: number): number {
  return Number(inverseStepSize.toPrecision(3));
}
