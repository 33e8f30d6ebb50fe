import { processors } from '#platform';
import { type Interval, meanInterval, relativeHalfWidth } from '../analysis/interval.js';
import { nextReplications } from '../analysis/precision.js';
import type { CompleteConfig, SimulationConfig } from '../config/config.js';
import { ConfigError } from '../errors.js';
import {
  acceptedEvents,
  FIGURE_NAMES,
  type Figures,
  figureOf,
  HEADLINE_FIGURES,
} from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { loadStudent } from '../numerics/student.js';
import type { RunSummary, SimulationResult } from '../run/result.js';
import type { Trajectory } from '../run/trajectory.js';
import { starterOf } from '../threads/web-port.js';
import { Lane } from './lane.js';
import { type CompletePlan, completePlan, type Point, type SweepPlan } from './plan.js';
import { replicationConfig } from './stream.js';

/**
 * One replication of a point: the figures of its run, without those that differ from one machine or day to the next.
 * `config`, run by itself, gives the same bits.
 */
export type Replication = { point: number; replication: number } & Omit<
  RunSummary,
  'engine' | 'status' | 'confidence'
> & {
    /** what `measure` found in its trajectory */
    measured?: unknown;
  };

/** A point with the intervals of its figures. */
export interface PointResult extends Point {
  point: number;
  replications: number;
  /** mean over replications with its confidence interval (Student's t); `null` where a run has no such figure */
  figures: Record<FigureName, Interval | null>;
  /** if a precision was asked for: whether every headline figure has it, and which have not */
  precision?: { target: number; met: boolean; unmet: FigureName[] };
}

/** A replication that could not be run, and why. */
export interface Failure {
  point: number;
  replication: number;
  message: string;
}

export interface SweepProgress {
  /** replications done, and planned so far (a precision target may add some) */
  done: number;
  total: number;
  /** points with a replication under way */
  running: number[];
  /** accepted arrivals and departures, of all threads together */
  events: number;
  eventsPerSecond: number;
  /** `null` before there is anything to go by */
  secondsRemaining: number | null;
}

export interface ManyOptions {
  /** threads; default: as many as there are processors; 0: in the caller's own, in slices */
  workers?: number | undefined;
  /** aborting it ends the sweep: runs under way are dropped */
  signal?: AbortSignal | undefined;
  /** called ten times a second */
  onProgress?: ((progress: SweepProgress) => void) | undefined;
  /**
   * looks at the trajectory of every replication; what it returns, JSON-able, is kept as the replication's
   * `measured`, the trajectory is not
   */
  measure?: ((trajectory: Trajectory, config: CompleteConfig) => unknown) | undefined;
  /** called with every replication as it ends, in no particular order; the sweep waits for what it returns */
  onReplication?: ((replication: Replication) => void | Promise<void>) | undefined;
  /** told of a thread that died (its replication is tried once more), or of a replication that failed for good */
  onFailure?: ((failure: Failure & { final: boolean }) => void) | undefined;
  /** how to start a thread, where a page's security policy forbids Blob workers */
  createWorker?: (() => Worker) | undefined;
}

export interface SweepResult {
  points: PointResult[];
  /** by point and replication */
  replications: Replication[];
  failures: Failure[];
  status: 'completed' | 'cancelled';
}

/** What a scheduler beyond this process decides. */
export interface Division extends ManyOptions {
  /** figures that are known from before, by `placeOf` */
  known?: ReadonlyMap<string, Figures> | undefined;
  /** run nothing: what is not known counts as failed */
  onlyKnown?: boolean | undefined;
  /** which replications are ours */
  owns?: ((point: number, replication: number) => boolean) | undefined;
}

/** What names a replication within a plan. */
export function placeOf(point: number, replication: number): string {
  return `${point}/${replication}`;
}

/**
 * Runs every point of a plan as often as it says. The result depends on the plan alone: not on how many threads
 * there are, nor on which is done first.
 * @throws {ConfigError} before anything runs
 */
export async function sweep(plan: SweepPlan, options: ManyOptions = {}): Promise<SweepResult> {
  const complete = completePlan(plan);
  const replications: Replication[] = [];
  const outcome = await runPlan(complete, {
    ...options,
    async onReplication(replication) {
      replications.push(replication);
      await options.onReplication?.(replication);
    },
  });
  replications.sort((a, b) => a.point - b.point || a.replication - b.replication);
  return { ...outcome, replications };
}

export interface ReplicateOptions extends ManyOptions {
  /** runs with independent streams: default 10 */
  replications?: number | undefined;
  /** add replications until every headline figure has this relative half-width, e.g. 0.01 */
  precision?: number | undefined;
  /** with `precision`: default 64 times `replications` */
  maxReplications?: number | undefined;
}

/**
 * Runs one configuration several times with independent random numbers: a sweep with one point.
 * @throws {ConfigError} before anything runs
 */
export async function replicate(
  config: SimulationConfig,
  { replications, precision, maxReplications, ...options }: ReplicateOptions = {},
): Promise<SweepResult & { figures: PointResult['figures'] }> {
  const result = await sweep(
    {
      base: config,
      ...(replications !== undefined && { replications }),
      ...(precision !== undefined && { precision }),
      ...(maxReplications !== undefined && { maxReplications }),
    },
    options,
  );
  return { ...result, figures: (result.points[0] as PointResult).figures };
}

/** One point's state while the plan is being run. */
class Ledger {
  /** replications wanted so far, and handed out */
  wanted: number;
  next = 0;
  /** figures by replication */
  readonly done = new Map<number, Figures>();
  /** replications not ours, or failed */
  skipped = 0;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  get settled(): boolean {
    return this.done.size + this.skipped === this.wanted;
  }

  /** over replications, in their order, so that sums round the same way every time */
  figures(): PointResult['figures'] {
    const ordered = [...this.done].sort(([a], [b]) => a - b).map(([, figures]) => figures);
    const interval = (name: FigureName) => {
      const values = ordered.map((figures) => figureOf(figures, name));
      if (values.length === 0 || values.some((value) => value === null)) return null;
      return meanInterval(values as number[]);
    };
    return Object.fromEntries(
      FIGURE_NAMES.map((name) => [name, interval(name)]),
    ) as PointResult['figures'];
  }
}

/** Headline figures whose interval is wider than the target. */
function unmetBy(figures: PointResult['figures'], target: number): FigureName[] {
  return HEADLINE_FIGURES.filter((name) => !((relative(figures[name]) ?? 2) <= target));
}

function relative(interval: Interval | null): number | null {
  return interval && relativeHalfWidth(interval);
}

/** The engine of sweeps, replications, shards and resumed sweeps. */
export async function runPlan(
  plan: CompletePlan,
  {
    workers = processors(),
    signal,
    onProgress,
    measure,
    onReplication,
    onFailure,
    createWorker,
    known = new Map(),
    onlyKnown = false,
    owns = () => true,
  }: Division,
): Promise<Omit<SweepResult, 'replications'>> {
  if (!(Number.isInteger(workers) && workers >= 0 && workers <= 1024)) {
    throw new ConfigError('workers', `got ${workers}; must be a whole number from 0 to 1024`);
  }
  await loadStudent();
  const { points, streams, precision, maxReplications } = plan;
  const ledgers = points.map(() => new Ledger(plan.replications));
  const failures: Failure[] = [];
  const running = new Map<Lane, number>();
  const began = performance.now();
  let eventsDone = 0;
  let doneHere = 0;
  let first = 0; // points before this one are settled or all handed out
  let wake = () => {};
  let changed = new Promise<void>((resolve) => {
    wake = resolve;
  });

  /** Whether a point needs more replications, once all it has are done. */
  function settle(point: number): void {
    const ledger = ledgers[point] as Ledger;
    while (ledger.settled && precision !== null && ledger.skipped === 0) {
      const figures = ledger.figures();
      const widths = HEADLINE_FIGURES.map((name) => relative(figures[name]));
      const wanted = nextReplications(ledger.wanted, maxReplications, widths, precision);
      if (wanted === ledger.wanted) return;
      ledger.wanted = wanted;
      first = Math.min(first, point);
    }
  }

  /** The next replication to be run; those known or not ours are booked on the way. */
  async function take(): Promise<{
    point: number;
    replication: number;
    config: CompleteConfig;
  } | null> {
    while (first < points.length) {
      const point = first;
      const ledger = ledgers[point] as Ledger;
      if (ledger.next >= ledger.wanted) {
        first = point + 1;
        continue;
      }
      const replication = ledger.next++;
      if (!owns(point, replication)) {
        ledger.skipped++;
        settle(point);
        continue;
      }
      const { config: common } = points[point] as Point;
      const config = await replicationConfig(common, replication, streams);
      const figures = known.get(placeOf(point, replication));
      if (figures) {
        ledger.done.set(replication, figures);
      } else if (onlyKnown) {
        ledger.skipped++;
        failures.push({ point, replication, message: 'is missing' });
      } else {
        return { point, replication, config };
      }
      settle(point);
    }
    return null;
  }

  // taking is serial, so that lanes get replications in order
  let queue: Promise<unknown> = Promise.resolve();
  const takeInTurn = () => {
    const turn = queue.then(take);
    queue = turn.catch(() => {});
    return turn;
  };

  async function work(lane: Lane): Promise<void> {
    while (!signal?.aborted) {
      const notice = changed;
      const job = await takeInTurn();
      if (!job) {
        if (running.size === 0) return;
        await notice; // a replication under way may turn out to need more of them
        continue;
      }
      const { point, replication, config } = job;
      const fail = (message: string, final: boolean) =>
        onFailure?.({ point, replication, message, final });
      running.set(lane, point);
      const ledger = ledgers[point] as Ledger;
      let result: SimulationResult | undefined;
      try {
        result = await lane.simulate(config, signal, (why) => fail(why, false));
      } catch (error) {
        const message = (error as Error).message;
        ledger.skipped++;
        failures.push({ point, replication, message });
        fail(message, true);
      }
      running.delete(lane);
      if (result?.status === 'completed') {
        eventsDone += acceptedEvents(result.events);
        const { engine: _engine, status: _status, confidence: _confidence, ...summary } = result;
        const measured = measure?.(result.trajectory, config);
        ledger.done.set(replication, summary);
        doneHere++;
        await onReplication?.({
          point,
          replication,
          ...summary,
          ...(measured !== undefined && { measured }),
        });
      }
      settle(point);
      wake();
      changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const inline = workers === 0;
  const start = starterOf(createWorker);
  const most = Math.max(1, Math.min(workers, plan.points.length * maxReplicationsOf(plan)));
  const lanes = Array.from({ length: most }, () => new Lane({ start, none: inline }));
  const report = () => {
    const total = ledgers.reduce((sum, { wanted, skipped }) => sum + wanted - skipped, 0);
    const done = ledgers.reduce((sum, ledger) => sum + ledger.done.size, 0);
    const seconds = (performance.now() - began) / 1000;
    const events = eventsDone + [...running.keys()].reduce((sum, lane) => sum + lane.events, 0);
    onProgress?.({
      done,
      total,
      running: [...new Set(running.values())].sort((a, b) => a - b),
      events,
      eventsPerSecond: events / seconds,
      secondsRemaining: doneHere > 0 ? (seconds * (total - done)) / doneHere : null,
    });
  };
  const watch = onProgress && setInterval(report, 100);
  try {
    await Promise.all(lanes.map(work));
  } finally {
    clearInterval(watch);
    for (const lane of lanes) lane.end();
  }
  report();
  return {
    points: points.map((point, i) => pointResult(point, i, ledgers[i] as Ledger, precision)),
    failures: failures.sort((a, b) => a.point - b.point || a.replication - b.replication),
    status: signal?.aborted ? 'cancelled' : 'completed',
  };
}

function pointResult(point: Point, i: number, ledger: Ledger, target: number | null): PointResult {
  const figures = ledger.figures();
  const unmet = target === null ? [] : unmetBy(figures, target);
  return {
    point: i,
    ...point,
    replications: ledger.done.size,
    figures,
    ...(target !== null && { precision: { target, met: unmet.length === 0, unmet } }),
  };
}

function maxReplicationsOf({ precision, replications, maxReplications }: CompletePlan): number {
  return precision === null ? replications : maxReplications;
}
