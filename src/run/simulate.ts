import { processors } from '#platform';
import { confidenceOf, type Refusal } from '../analysis/batches.js';
import type { Confidence } from '../analysis/confidence.js';
import { relativeHalfWidth } from '../analysis/interval.js';
import { Sections } from '../analysis/sections.js';
import { type CompleteConfig, type SimulationConfig, validateConfig } from '../config/config.js';
import { number } from '../config/domain.js';
import { LATEST } from '../config/fields/run.js';
import { check, relativeWidth, thread, threadCount } from '../config/options.js';
import { MOST_MEMBERS } from '../engine/layout.js';
import { ConfigError } from '../errors.js';
import { figureOf, HEADLINE_FIGURES } from '../figures/figures.js';
import type { FigureName } from '../figures/registry.js';
import { serviceLaw } from '../service/law.js';
import { loadWarning } from '../theory/load.js';
import type { Signal, WorkerLike } from '../threads/foreign.js';
import { starterOf } from '../threads/web-port.js';
import { type Executor, here, mayMove } from './executor.js';
import { meanArrivalRate } from './load.js';
import type { SimulationResult } from './result.js';
import { Run } from './run.js';
import type { SimulationOptions } from './simulation.js';
import type { Trajectory } from './trajectory.js';

/**
 * A run that may end because its intervals are narrow ends the sooner the narrower they happen to be, and so covers less.
 * A half-width from so many batches errs by a sixth, which costs 1 % of the coverage; from ten it costs 2 to 3.
 */
const BATCHES_TO_STOP = 16;

/** How far a run has come. */
export interface Progress {
  time: number;
  horizon: number;
  /** time / horizon */
  fraction: number;
  /** accepted arrivals and departures so far */
  events: number;
  /** what has been recorded so far; it may be kept, and read at any time, also while the run goes on */
  trajectory: Trajectory;
}

export interface SimulateOptions extends SimulationOptions {
  /** an `AbortSignal`: aborting it ends the run early; the result then has status `'cancelled'` */
  signal?: Signal | undefined;
  /** called some twenty times a second or more */
  onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * run on until every headline figure (mean rate, its 5 % and 95 % quantile, busy fraction, mean sojourn time,
   * cost) has at most this relative half-width at 95 % confidence, from at least 16 batches: e.g. 0.01. The time from
   * the warm-up on is doubled until then, up to `maxHorizon`. Where a longer run would have no intervals either
   * (`confidenceRefused`), it ends at the configuration's horizon
   */
  precision?: number | undefined;
  /** with `precision`: the latest horizon; default 64 times the configuration's */
  maxHorizon?: number | undefined;
  /**
   * `'auto'` (default): a run that takes longer than a moment moves to another thread where there is one, so
   * that it does not hold up the caller's; `'here'`: it stays in the caller's, in slices
   */
  thread?: 'auto' | 'here' | undefined;
  /**
   * threads for a run of very many servers, which is in partitions (from 524,288 servers on; `docs/speed.md`): 1 … 64; default one
   * for each processor. Other runs take one. The result is the same whatever their number. Needs shared memory: a page must be
   * cross-origin isolated
   */
  threads?: number | undefined;
  /** how to start those threads, where a page's security policy forbids Blob workers */
  createWorker?: (() => WorkerLike) | undefined;
}

/**
 * Runs a configuration to its horizon without holding up the calling thread.
 * @returns the figures with their confidence, and the trajectory as views of the engine's memory
 * @throws {ConfigError} before anything runs
 * @throws {EngineError} if the engine contradicts itself, or its thread dies
 */
export async function simulate(
  config: SimulationConfig,
  options: SimulateOptions = {},
): Promise<SimulationResult> {
  const complete = validateConfig(config);
  const { horizon } = complete;
  const { precision, maxHorizon = 64 * horizon } = options;
  if (precision !== undefined) check('precision', precision, relativeWidth);
  if (precision !== undefined && complete.schedule) {
    throw new ConfigError(
      'precision',
      'is for systems that settle, and a schedule changes this one; replications with a precision do it',
    );
  }
  if (options.thread !== undefined) check('thread', options.thread, thread);
  const { threads = Math.min(MOST_MEMBERS, processors()) } = options;
  check('threads', threads, threadCount);
  check('maxHorizon', maxHorizon, number(horizon, Number.POSITIVE_INFINITY));
  const run = await Run.prepare(complete, options);
  const executor =
    options.thread === 'here' ? null : mayMove(starterOf(options.createWorker), threads);
  try {
    return await runInSections(
      run,
      executor ?? here,
      options,
      precision,
      Math.min(LATEST, maxHorizon),
    );
  } finally {
    executor?.end(run);
  }
}

/**
 * Runs to the horizon, and further if precision asks for it, stopping at the end of every section.
 * @internal
 */
export async function runInSections(
  run: Run,
  executor: Executor,
  { signal, onProgress }: Pick<SimulateOptions, 'signal' | 'onProgress'> = {},
  precision?: number,
  maxHorizon = run.config.horizon,
): Promise<SimulationResult> {
  const sections = new Sections(run);
  const leg = {
    signal,
    bringServers: precision !== undefined,
    onProgress:
      onProgress &&
      (({ time, events }: { time: number; events: number }) => {
        const { trajectory } = run;
        const { horizon } = run.config;
        onProgress({ time, horizon, fraction: time / horizon, events, trajectory });
      }),
  };
  // a longer horizon, or a look back for the end of the warm-up, needs sections
  const all = precision !== undefined || run.config.warmup === 'auto';
  let ends = Sections.ends(run, all);
  while (true) {
    let closed = 0;
    for (const end of ends) {
      if (!(await executor.advance(run, end, leg))) break;
      sections.close();
      closed++;
    }
    const finished = closed === ends.length;
    const { result, hopeless } = summarise(run, sections, finished, precision !== undefined);
    const overload = loadWarning(loadOf(run), run.cost);
    if (overload) result.warnings = [...(result.warnings ?? []), overload];
    if (precision === undefined) return result;
    const unmet = HEADLINE_FIGURES.filter((name) => !precise(result, name, precision));
    result.precision = { target: precision, met: unmet.length === 0, unmet };
    const horizon = run.warmup + 2 * (run.config.horizon - run.warmup);
    if (
      !finished ||
      hopeless ||
      unmet.length === 0 ||
      horizon > maxHorizon ||
      run.warmup === run.config.horizon
    ) {
      return result;
    }
    try {
      run.extend(validateConfig({ ...run.config, horizon }));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // what was reached is not lost because more does not fit
      const warning = `the run ends at t = ${run.config.horizon}, before its precision is reached: ${error.message}`;
      return Object.assign(result, { warnings: [...(result.warnings ?? []), warning] });
    }
    sections.merge();
    ends = Sections.ends(run, all).slice(ends.length === 1 ? 0 : sections.count);
  }
}

/** `hopeless`: a longer run would have no intervals either. */
function summarise(
  run: Run,
  sections: Sections,
  finished: boolean,
  sequential: boolean,
): { result: SimulationResult; hopeless: boolean } {
  // cut short: what there is, without the parts of an unfinished section that a truncation would need
  if (!finished) return certain(run.result(), refuse('the run was stopped before its horizon'));
  if (!(run.config.horizon > run.warmup)) {
    return certain(run.result(), refuse('the warm-up took the whole run', true));
  }
  if (run.config.warmup !== 'auto') {
    const result = run.result();
    return certain(result, confidenceOf(sections, result, sequential));
  }
  const { warmup, warning } = sections.findWarmup();
  const result = run.result(sections.figures(), warmup);
  return certain(
    Object.assign(result, warning && { warnings: [warning] }),
    confidenceOf(sections, result, sequential),
  );
}

function refuse(reason: string, always = false): Refusal {
  return { reason, always };
}

function certain(result: SimulationResult, certainty: Confidence | Refusal) {
  if ('level' in certainty) {
    return { result: Object.assign(result, { confidence: certainty }), hopeless: false };
  }
  const { reason, always } = certainty;
  return {
    result: Object.assign(result, { confidence: null, confidenceRefused: reason }),
    hopeless: always,
  };
}

function precise(result: SimulationResult, name: FigureName, target: number): boolean {
  const mean = figureOf(result, name);
  const { halfWidths, batches } = result.confidence ?? { halfWidths: null, batches: 0 };
  const halfWidth = halfWidths?.[name] ?? null;
  if (mean === null || halfWidth === null) return false;
  if (halfWidth > 0 && batches < BATCHES_TO_STOP) return false;
  return (relativeHalfWidth({ mean, halfWidth }) ?? Number.POSITIVE_INFINITY) <= target;
}

/** The system with the mean work that comes to it, as far as that decides whether servers keep up. */
function loadOf({ config, warmup }: Run): CompleteConfig {
  const { service, horizon } = config;
  const work = service === undefined ? 1 : serviceLaw(service).mean;
  return { ...config, arrivalRate: work * meanArrivalRate(config, warmup, horizon) };
}
