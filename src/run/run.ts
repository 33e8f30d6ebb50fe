import { availableMemory } from '#platform';
import type { CompleteConfig } from '../config/config.js';
import { type CostFunctions, resolveCost } from '../cost/cost.js';
import { readHistogram } from '../engine/histogram.js';
import { statisticsStart, writeInitialState, writeRecording } from '../engine/initial-state.js';
import { createInstance, growTo, type Instance, reuse } from '../engine/instance.js';
import { type KernelBuild, kernelBuild } from '../engine/kernel.js';
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
  RUN_ERROR,
  RUN_REACHED,
  STARTED,
  TAG_AHEAD,
  TAG_ARRIVAL,
  TAG_BYTES,
  TAG_LEFT,
  TAG_SOJOURN,
  TAGS_USED,
  WARM,
} from '../engine/layout.js';
import { type MemoryPlan, planMemory, untouchedBytes } from '../engine/memory.js';
import { firstFreeAddress } from '../engine/scratch.js';
import { StateBlock } from '../engine/state.js';
import { EngineError } from '../errors.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { tallyAtWarmup, tallyNow } from '../figures/tally.js';
import type { System } from '../figures/window.js';
import { VERSION } from '../version.js';
import type { ParameterChange, RunSummary, SimulationResult } from './result.js';
import { Trajectory } from './trajectory.js';

/** Blocks per call into the kernel: long enough to amortise the call, short enough for the optimiser. */
export const BLOCKS_PER_CALL = 4096;

/**
 * A configuration in an instance of the engine: what `Simulation` and `simulate` are made of. Its kernel may
 * be run by another thread meanwhile (`threads/`); between two such legs everything here holds.
 */
export class Run {
  readonly changes: ParameterChange[] = [];
  /** seconds inside the kernel */
  wallSeconds = 0;
  /** hash of the present state if it is known, e.g. from the thread that ran the kernel */
  knownHash: string | undefined;

  private constructor(
    readonly instance: Instance,
    readonly cost: CostFunctions,
    readonly state: StateBlock,
    public config: CompleteConfig,
    public plan: MemoryPlan,
  ) {}

  /**
   * Everything written to memory but the servers that the kernel makes by itself: see `start`.
   * @param used an instance whose last run is over; default a new one
   * @throws {ConfigError} if the cost cannot be used or memory not be had
   */
  static async prepare(
    config: CompleteConfig,
    { checked = false, used }: { checked?: boolean | undefined; used?: Instance | undefined } = {},
  ): Promise<Run> {
    const run = await Run.allocate(config, { checked, used });
    writeInitialState(config, run.cost, run.plan, run.instance.memory);
    return run;
  }

  /** Zeroed memory for a configuration. @throws {ConfigError} as `prepare` */
  static async allocate(
    config: CompleteConfig,
    { checked = false, used }: { checked?: boolean | undefined; used?: Instance | undefined } = {},
  ): Promise<Run> {
    const build: KernelBuild = used?.build ?? (await kernelBuild(checked ? 'checked' : 'release'));
    const cost = await resolveCost(config.cost);
    const plan = planMemory(config, cost, await firstFreeAddress(build));
    if (used) reuse(used, plan);
    const instance = used ?? (await createInstance(build, plan.pages, availableMemory()));
    return new Run(instance, cost, new StateBlock(instance.memory, plan.state), config, plan);
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

  /** Moves the horizon of `config` further away. @throws {ConfigError} if the recording does not fit */
  extend(config: CompleteConfig): void {
    const plan = planMemory(config, this.cost, this.plan.state);
    const recorded = this.trajectory.copy();
    growTo(this.instance.memory, plan.pages, 'horizon');
    this.config = config;
    this.plan = plan;
    writeRecording(config, plan, this.state);
    this.trajectory.overwrite(recorded);
  }

  /** What figures need to know of the system. */
  get system(): System {
    return {
      servers: this.config.servers,
      meanArrivalRate: (from, until) => this.#meanArrivalRate(from, until),
      g: this.cost.g,
    };
  }

  /** Time average of λ, from the changes made by hand. */
  #meanArrivalRate(from: number, until: number): number {
    let integral = 0;
    let start = from;
    for (const { time, previous } of this.changes) {
      if (previous.arrivalRate === undefined) continue;
      const end = Math.min(Math.max(time, from), until);
      integral += previous.arrivalRate * (end - start);
      start = end;
    }
    const { arrivalRate } = this.config;
    if (start === from) return arrivalRate;
    return (integral + arrivalRate * (until - start)) / (until - from);
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
    const { state, config, time } = this;
    const accepted = state.getCount(ARRIVALS) - state.getCount(DROPPED);
    const warm = state.getU32(WARM) === 1;
    const summary: RunSummary = {
      config,
      ...figures,
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
      },
      stateHash: this.stateHash(),
      status: time >= config.horizon ? 'completed' : 'cancelled',
      ...(this.changes.length > 0 && { changes: [...this.changes] }),
    };
    // not enumerable, so that JSON.stringify leaves the megabytes out
    return Object.defineProperty(summary, 'trajectory', {
      value: this.trajectory,
    }) as SimulationResult;
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
