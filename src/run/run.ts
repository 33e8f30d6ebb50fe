import { availableMemory } from '#platform';
import type { CompleteChange, CompleteConfig } from '../config/config.js';
import type { CostFunctions } from '../cost/cost.js';
import { type RunCosts, resolveCosts } from '../engine/costs.js';
import { readHistogram } from '../engine/histogram.js';
import { statisticsStart, writeInitialState, writeRecording } from '../engine/initial-state.js';
import { createInstance, growTo, type Instance, reuse } from '../engine/instance.js';
import { isWider, kernelFor } from '../engine/kernel.js';
import {
  ARRIVALS,
  BOUND,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  ERROR_RATE,
  ERROR_SERVER,
  MAX_TASKS,
  RECORD_BYTES,
  REVERSED,
  RUN_ERROR,
  RUN_REACHED,
  STARTED,
  TAG_AHEAD,
  TAG_ARRIVAL,
  TAG_BYTES,
  TAG_LEFT,
  TAG_SOJOURN,
  TAGS_USED,
  TIME_WHOLE,
  WARM,
  WINDOWS,
} from '../engine/layout.js';
import { type MemoryPlan, planMemory, untouchedBytes } from '../engine/memory.js';
import { type Partitioning, partitioning } from '../engine/partitions.js';
import { firstFreeAddress } from '../engine/scratch.js';
import { StateBlock } from '../engine/state.js';
import { EngineError } from '../errors.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { tallyAtWarmup, tallyNow } from '../figures/tally.js';
import type { System } from '../figures/window.js';
import { VERSION } from '../version.js';
import { meanArrivalRate } from './load.js';
import type { RunSummary, SimulationResult } from './result.js';
import { Trajectory } from './trajectory.js';

/** Blocks per call into the kernel: long enough to amortise the call, short enough for the optimiser. */
export const BLOCKS_PER_CALL = 4096;

/**
 * A configuration in an instance of the engine: what `Simulation` and `simulate` are made of. Its kernel may
 * be run by another thread meanwhile (`threads/`); between two such legs everything here holds.
 */
export class Run {
  /** what was changed by hand, in order of time */
  readonly steering: CompleteChange[] = [];
  /** seconds inside the kernel */
  wallSeconds = 0;
  /** most threads that have run it side by side */
  threads = 1;
  /** hash of the present state if it is known, e.g. from the thread that ran the kernel */
  knownHash: string | undefined;

  private constructor(
    readonly instance: Instance,
    public costs: RunCosts,
    readonly state: StateBlock,
    public config: CompleteConfig,
    public plan: MemoryPlan,
    readonly wider: Wider | null,
  ) {}

  /**
   * Everything written to memory but the servers that the kernel makes by itself: see `start`.
   * @param partitions default: those of the configuration
   * @param used instances whose last runs are over: one of the kernel that is needed is used; default a new one
   * @throws {ConfigError} if the cost cannot be used or memory not be had
   */
  static async prepare(
    config: CompleteConfig,
    options: {
      checked?: boolean | undefined;
      used?: Instance[];
      partitions?: Partitioning | null | undefined;
    } = {},
  ): Promise<Run> {
    const run = await Run.allocate(config, options);
    const { costs, plan } = run;
    const { memory } = run.instance;
    const tables = writeInitialState(config, costs, plan, memory);
    run.wider?.state.writeWiderState(config, costs, tables, plan, memory);
    return run;
  }

  /**
   * Zeroed memory for a configuration.
   * @param steering changes made by hand in the run that goes on in it
   * @throws {ConfigError} as `prepare`
   */
  static async allocate(
    config: CompleteConfig,
    {
      checked = false,
      used = [],
      steering = [],
      partitions = partitioning(config),
    }: {
      checked?: boolean | undefined;
      used?: Instance[];
      steering?: readonly CompleteChange[];
      partitions?: Partitioning | null | undefined;
    } = {},
  ): Promise<Run> {
    const build = await kernelFor(config, checked ? 'checked' : 'release', partitions);
    const costs = await resolveCosts(config, steering);
    const plan = planMemory(config, costs, await firstFreeAddress(build), partitions);
    const free = used.find((instance) => instance.build === build);
    if (free) reuse(free, plan);
    const instance = free ?? (await createInstance(build, plan.pages, availableMemory()));
    const wider = isWider(config)
      ? {
          state: await import('../engine/wider-state.js'),
          parts: await import('../figures/parts.js'),
        }
      : null;
    const state = new StateBlock(instance.memory, plan.state);
    const run = new Run(instance, costs, state, config, plan, wider);
    run.steering.push(...steering);
    return run;
  }

  get partitions(): Partitioning | null {
    const { parts, partEvents: events, partSets: sets, partDeviations: deviations } = this.plan;
    return parts > 0 ? { parts, events, sets, deviations } : null;
  }

  /** The functions of the objective. */
  get cost(): CostFunctions {
    return this.costs.objective;
  }

  /** The system at t = 0, unless it has been made already. Takes O(n). */
  start(): void {
    if (this.state.getU32(STARTED) === 0) this.instance.kernel.initialise(this.plan.state);
  }

  get time(): number {
    return this.state.getF64(EPOCH_START) + this.state.getF64(CLOCK);
  }

  /** Accepted arrivals and departures since t = 0. */
  get events(): number {
    const { state } = this;
    return state.getCount(ARRIVALS) - state.getCount(DROPPED) + state.getCount(DEPARTURES);
  }

  get trajectory(): Trajectory {
    return new Trajectory(this.instance.memory, this.plan, this.config.record);
  }

  /** Runs at most `blocks` blocks of candidates; true once `until` is reached. @throws {EngineError} */
  advance(until: number, blocks: number): boolean {
    const started = performance.now();
    this.knownHash = undefined;
    const code = this.instance.kernel.run(this.plan.state, until, blocks);
    this.wallSeconds += (performance.now() - started) / 1000;
    return this.reached(code);
  }

  /** What the kernel's return code says. @throws {EngineError} */
  reached(code: number): boolean {
    if (code === RUN_ERROR) {
      const { state } = this;
      throw new EngineError(
        `server ${state.getU32(ERROR_SERVER)} has rate ${state.getF64(ERROR_RATE)} at t ≈ ${this.time}, above the proven ` +
          `bound ${state.getF64(BOUND)}: a bug in the engine; please report it with the configuration`,
      );
    }
    return code === RUN_REACHED;
  }

  /** The configuration that repeats the run: what was changed by hand is in its schedule. */
  get repeatable(): CompleteConfig {
    if (this.steering.length === 0) return this.config;
    const schedule = [...(this.config.schedule ?? []), ...this.steering];
    // of equal times the schedule's own come first, as they did
    return { ...this.config, schedule: schedule.sort((a, b) => a.time - b.time) };
  }

  /** Moves the horizon of `config` further away. @throws {ConfigError} if the recording does not fit */
  extend(config: CompleteConfig): void {
    const plan = planMemory(config, this.costs, this.plan.state, this.partitions);
    growTo(this.instance.memory, plan.pages, 'horizon');
    this.layOut(config, plan);
  }

  /** Takes up another plan, for which there is room. */
  layOut(config: CompleteConfig, plan: MemoryPlan): void {
    const moves = plan.trajectory !== this.plan.trajectory || plan.rows !== this.plan.rows;
    const recorded = moves ? this.trajectory.copy() : null;
    this.config = config;
    this.plan = plan;
    writeRecording(config, plan, this.state);
    if (recorded) this.trajectory.overwrite(recorded);
  }

  /** What figures need to know of the system. */
  get system(): System {
    const load = this.repeatable;
    return {
      servers: this.config.servers,
      meanArrivalRate: (from, until) => meanArrivalRate(load, from, until),
      g: this.cost.g,
    };
  }

  /** The figures from the warm-up on. */
  figures(): Figures {
    this.instance.kernel.summarise(this.plan.state);
    const { memory } = this.instance;
    const end = tallyNow(this.state);
    const warm = this.state.getU32(WARM) === 1;
    const start = warm ? tallyAtWarmup(this.state, this.warmup) : end;
    const rates = readHistogram(memory, this.plan, this.state);
    return figuresOf({ start, end, rates, system: this.system });
  }

  /** Start of the kernel's statistics. */
  get warmup(): number {
    return statisticsStart(this.config);
  }

  /** @param figures from time `start` on; default those from the warm-up on */
  result(figures = this.figures(), start = this.warmup): SimulationResult {
    const { state, time } = this;
    const config = this.repeatable;
    const accepted = state.getCount(ARRIVALS) - state.getCount(DROPPED);
    const warm = state.getU32(WARM) === 1;
    const summary: RunSummary = {
      config,
      ...figures,
      ...this.#parts(config, start),
      ...(config.record.sojourns > 0 && {
        sojournTime: { tagged: this.#tags(start), ...describe(this.sojournTimes(start)) },
      }),
      maxQueueLength: warm ? Math.max(state.getU32(MAX_TASKS), accepted > 0 ? 1 : 0) : null,
      time: { start, end: time },
      engine: {
        version: VERSION,
        kernelHash: this.instance.build.hash,
        wallSeconds: this.wallSeconds,
        eventsPerSecond: this.wallSeconds > 0 ? this.events / this.wallSeconds : 0,
        memoryBytes: this.instance.memory.buffer.byteLength - untouchedBytes(this.plan, state),
        bytesPerServer: RECORD_BYTES,
        threads: this.threads,
        partitions: this.#partitionsRun(),
      },
      stateHash: this.stateHash(),
      status: time >= config.horizon ? 'completed' : 'cancelled',
    };
    // not enumerable, so that JSON.stringify leaves the megabytes out
    return Object.defineProperty(summary, 'trajectory', {
      value: this.trajectory,
    }) as SimulationResult;
  }

  /** Figures of the classes of servers and of the phases of the period. */
  #parts(config: CompleteConfig, start: number): Pick<RunSummary, 'classes' | 'phases'> {
    if (!this.wider || this.state.getU32(WARM) === 0 || start !== this.warmup) return {};
    const place = { config, plan: this.plan, memory: this.instance.memory };
    const classes = this.wider.parts.classFigures(place, this.time - start);
    const phases = this.wider.parts.phaseFigures(place, this.cost.g);
    return { ...(classes.length > 1 && { classes }), ...(phases.length > 0 && { phases }) };
  }

  #partitionsRun(): RunSummary['engine']['partitions'] {
    const { state, plan, events } = this;
    if (plan.parts === 0) return null;
    return {
      count: plan.parts,
      windows: state.getCount(WINDOWS),
      reversed: events > 0 ? state.getCount(REVERSED) / events : 0,
      timeWhole: state.getF64(TIME_WHOLE),
    };
  }

  /** 16 hex digits. */
  stateHash(): string {
    this.knownHash ??= hashName(this.instance.kernel.hashState(this.plan.state));
    return this.knownHash;
  }

  /** Sojourn times of the tagged tasks that came from `start` on and have left, in order of arrival. */
  sojournTimes(start = 0): Float64Array {
    const view = new DataView(this.instance.memory.buffer, this.plan.tags);
    const used = this.state.getU32(TAGS_USED);
    const times = new Float64Array(used);
    let finished = 0;
    for (let i = 0; i < used; i++) {
      const left = view.getUint32(i * TAG_BYTES + TAG_AHEAD, true) === TAG_LEFT;
      const arrival = view.getFloat64(i * TAG_BYTES + TAG_ARRIVAL, true);
      if (left && arrival >= start) {
        times[finished++] = view.getFloat64(i * TAG_BYTES + TAG_SOJOURN, true);
      }
    }
    return times.subarray(0, finished);
  }

  /** Tagged tasks that came from `start` on. */
  #tags(start: number): number {
    const view = new DataView(this.instance.memory.buffer, this.plan.tags);
    const used = this.state.getU32(TAGS_USED);
    let tags = 0;
    for (let i = 0; i < used; i++) {
      if (view.getFloat64(i * TAG_BYTES + TAG_ARRIVAL, true) >= start) tags++;
    }
    return tags;
  }
}

/** What a run of the wider model needs besides. */
interface Wider {
  state: typeof import('../engine/wider-state.js');
  parts: typeof import('../figures/parts.js');
}

/** A hash of a state as people see it. */
export function hashName(hash: bigint): string {
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0');
}

/** Mean, sd and quantiles (order statistics, interpolated) of a sample, which is sorted in place. */
function describe(sample: Float64Array) {
  const finished = sample.length;
  if (finished === 0) return { finished, mean: null, sd: null, p50: null, p95: null, p99: null };
  sample.sort();
  const mean = sample.reduce((sum, x) => sum + x, 0) / finished;
  const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finished;
  const quantile = (level: number) => {
    const position = level * (finished - 1);
    const low = sample[Math.floor(position)] as number;
    const high = sample[Math.ceil(position)] as number;
    return low + (position - Math.floor(position)) * (high - low);
  };
  return {
    finished,
    mean,
    sd: Math.sqrt(variance),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}
