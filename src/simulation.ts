import { availableMemory } from '#platform';
import {
  type CheckpointHeader,
  decodeCheckpoint,
  encodeCheckpoint,
  type Hash,
} from './checkpoint.js';
import { type CompleteConfig, type SimulationConfig, validateConfig } from './config.js';
import { type CostFunctions, isFamilyCost, resolveCost } from './cost.js';
import { costTableCells } from './engine/cost-table.js';
import { fromInf, largestRate, writeInitialState, writeRecording } from './engine/initial-state.js';
import { instantiateKernel, type Kernel, type KernelBuild, kernelBuild } from './engine/kernel.js';
import {
  ARRIVAL_RATE,
  ARRIVALS,
  BLOCK_SIZE,
  BOUND,
  BUSY,
  CANDIDATES,
  CLOCK,
  DEPARTURES,
  DROPPED,
  EPOCH_START,
  ERROR_RATE,
  ERROR_SERVER,
  ID,
  INVERSE_STEP_SIZE,
  MAX_TASKS,
  NOW_BUSY_TIME,
  NOW_SIGNAL_TIME,
  NOW_TASK_TIME,
  QUEUE,
  RECORD_BYTES,
  RUN_ERROR,
  RUN_REACHED,
  SAMPLE_CENTRE,
  SAMPLE_MAX,
  SAMPLE_MEAN,
  SAMPLE_MIN,
  SAMPLE_POWER,
  SAMPLE_ROWS,
  SAMPLE_SQUARE,
  TAG_BYTES,
  TAG_SOJOURN,
  TAGS_USED,
  WARM,
  WARM_ARRIVALS,
  WARM_BUSY_TIME,
  WARM_CANDIDATES,
  WARM_DEPARTURES,
  WARM_DROPPED,
  WARM_SIGNAL_TIME,
  WARM_TASK_TIME,
} from './engine/layout.js';
import { allocateMemory, type MemoryPlan, PAGE_BYTES, planMemory } from './engine/memory.js';
import { StateBlock } from './engine/state.js';
import { CheckpointError, ConfigError, EngineError } from './errors.js';
import type { ParameterChange, SimulationResult } from './result.js';
import { Trajectory } from './trajectory.js';
import { VERSION } from './version.js';

export interface SimulationOptions {
  /** run the kernel build that asserts its invariants; the same results, slower; default false */
  checked?: boolean;
}

/**
 * One simulation: step it, look at it, steer it, save it. What it does depends on the configuration and on
 * changes made by hand alone, never on how it is stepped or what is looked at.
 *
 * ```ts
 * const simulation = await Simulation.create({ servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 5000 });
 * simulation.runUntil(1000);
 * simulation.rates();           // Float64Array, by server
 * simulation.runUntil(5000);
 * simulation.result().serviceRate.mean;
 * ```
 */
export class Simulation {
  readonly #build: KernelBuild;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: Kernel;
  readonly #state: StateBlock;
  readonly #changes: ParameterChange[] = [];
  readonly #cost: CostFunctions;
  #config: CompleteConfig;
  #plan: MemoryPlan;
  #wallSeconds = 0;

  private constructor(
    build: KernelBuild,
    memory: WebAssembly.Memory,
    kernel: Kernel,
    config: CompleteConfig,
    cost: CostFunctions,
    plan: MemoryPlan,
  ) {
    this.#build = build;
    this.#memory = memory;
    this.#kernel = kernel;
    this.#config = config;
    this.#cost = cost;
    this.#plan = plan;
    this.#state = new StateBlock(memory, plan.state);
  }

  /**
   * The system at t = 0.
   * @throws {ConfigError} before anything is allocated, or if the memory cannot be had
   */
  static async create(
    config: SimulationConfig,
    options: SimulationOptions = {},
  ): Promise<Simulation> {
    const simulation = await Simulation.#allocate(validateConfig(config), options);
    const largest = writeInitialState(
      simulation.#config,
      simulation.#cost,
      simulation.#plan,
      simulation.#memory,
    );
    simulation.#kernel.initialise(simulation.#plan.state, largest);
    return simulation;
  }

  /**
   * Continues from `checkpoint()`, bit for bit.
   * @throws {CheckpointError} if the bytes are damaged, not a checkpoint, or of another kernel build
   */
  static async restore(bytes: Uint8Array, options: SimulationOptions = {}): Promise<Simulation> {
    const build = await kernelBuild(options.checked ? 'checked' : 'release');
    const { header, state } = decodeCheckpoint(bytes, build.hash, await hasher(build));
    const simulation = await Simulation.#allocate(header.config, options);
    simulation.#stateBytes().set(state);
    simulation.#changes.push(...header.changes);
    simulation.#wallSeconds = header.wallSeconds;
    return simulation;
  }

  static async #allocate(config: CompleteConfig, options: SimulationOptions): Promise<Simulation> {
    const build = await kernelBuild(options.checked ? 'checked' : 'release');
    const cost = await resolveCost(config.cost);
    const cells = isFamilyCost(config.cost) ? 0 : costTableCells(cost, largestRate(config, cost));
    const plan = planMemory(config, await firstFreeAddress(build), cells);
    const memory = allocateMemory(plan.pages, availableMemory());
    const kernel = await instantiateKernel(build, memory);
    return new Simulation(build, memory, kernel, config, cost, plan);
  }

  /** The configuration with every default filled in; `extend` and changes by hand show in it. */
  get config(): CompleteConfig {
    return this.#config;
  }

  /** The present time. */
  get time(): number {
    return this.#state.getF64(EPOCH_START) + this.#state.getF64(CLOCK);
  }

  /** Accepted arrivals and departures since t = 0. */
  get events(): number {
    const state = this.#state;
    return state.getCount(ARRIVALS) - state.getCount(DROPPED) + state.getCount(DEPARTURES);
  }

  /** What has been recorded so far. */
  get trajectory(): Trajectory {
    return new Trajectory(this.#memory, this.#plan, this.#config.record);
  }

  /**
   * Runs to time `until` (default: the horizon).
   * @throws {RangeError} if that lies in the past or beyond the horizon
   */
  runUntil(until = this.#config.horizon): void {
    this.#checkTime(until);
    while (!this.#run(until, BLOCKS_PER_CALL)) {}
  }

  /**
   * Runs on towards the horizon for about `candidates` candidate events (a whole number of blocks, at
   * least one). How a run is cut into steps changes nothing in it.
   * @returns true once the horizon is reached
   */
  step(candidates: number): boolean {
    if (!(candidates >= 1))
      throw new RangeError(`candidates: got ${candidates}; must be at least 1`);
    let blocks = Math.ceil(candidates / this.#state.getU32(BLOCK_SIZE));
    while (blocks > 0) {
      if (this.#run(this.#config.horizon, Math.min(blocks, BLOCKS_PER_CALL))) return true;
      blocks -= BLOCKS_PER_CALL;
    }
    return false;
  }

  /** Present rates μ_v, by server; a copy, into `out` if given (length n). */
  rates(out = new Float64Array(this.#config.servers)): Float64Array {
    this.#forEachServer((id, slot) => {
      out[id] = this.#kernel.rateOf(this.#plan.state, slot);
    });
    return out;
  }

  /** Present idle signals I_v, by server; a copy, into `out` if given (length n). */
  idleSignals(out = new Float64Array(this.#config.servers)): Float64Array {
    this.#forEachServer((id, slot) => {
      out[id] = this.#kernel.signalOf(this.#plan.state, slot);
    });
    return out;
  }

  /** Present tasks at each server, in service included, by server; a copy, into `out` if given (length n). */
  queueLengths(out = new Uint32Array(this.#config.servers)): Uint32Array {
    this.#forEachServer((id, _slot, queue) => {
      out[id] = queue;
    });
    return out;
  }

  /**
   * Sojourn times of the tagged tasks (`record.sojourns`) that have left, in order of arrival; a copy.
   */
  sojournTimes(): Float64Array {
    const view = new DataView(this.#memory.buffer, this.#plan.tags);
    const used = this.#state.getU32(TAGS_USED);
    const times = new Float64Array(used);
    let finished = 0;
    for (let i = 0; i < used; i++) {
      const sojourn = view.getFloat64(i * TAG_BYTES + TAG_SOJOURN, true);
      if (sojourn > 0) times[finished++] = sojourn;
    }
    return times.subarray(0, finished);
  }

  /** Servers busy at present. */
  get busyServers(): number {
    return this.#state.getU32(BUSY);
  }

  /** Changes λ from now on. @throws {ConfigError} as for a configuration */
  setArrivalRate(arrivalRate: number): void {
    this.#change({ arrivalRate });
  }

  /** Changes m from now on; `'inf'` freezes the rates. @throws {ConfigError} as for a configuration */
  setInverseStepSize(inverseStepSize: number | 'inf'): void {
    this.#change({ inverseStepSize });
  }

  /**
   * Moves the horizon further away; the recording goes on with the same interval. The events are those of a
   * run that had the later horizon from the start.
   * @throws {ConfigError} if the horizon is not later, or the longer recording does not fit
   */
  extend(horizon: number): void {
    if (!(horizon >= this.#config.horizon)) {
      throw new ConfigError('horizon', `got ${horizon}; must be at least ${this.#config.horizon}`);
    }
    const config = validateConfig({ ...this.#config, horizon });
    const plan = planMemory(config, this.#plan.state, this.#plan.costCells);
    const recorded = this.trajectory.copy();
    if (plan.pages * PAGE_BYTES > this.#memory.buffer.byteLength) {
      try {
        this.#memory.grow(plan.pages - this.#memory.buffer.byteLength / PAGE_BYTES);
      } catch (cause) {
        throw new ConfigError(
          'horizon',
          `the longer recording needs memory that could not be had (${String(cause)})`,
        );
      }
    }
    this.#config = config;
    this.#plan = plan;
    writeRecording(config, plan, this.#state);
    this.#rewriteColumns(recorded);
  }

  /** The figures so far, from the warm-up on. Observation: the run can go on. */
  result(): SimulationResult {
    const state = this.#state;
    const { servers, arrivalRate, horizon, warmup } = this.#config;
    const time = this.time;
    const warm = state.getU32(WARM) === 1;
    this.#kernel.summarise(this.#plan.state);
    const since = (now: number, then: number) => (warm ? now - then : 0);
    const events = {
      arrivals: since(state.getCount(ARRIVALS), state.getCount(WARM_ARRIVALS)),
      dropped: since(state.getCount(DROPPED), state.getCount(WARM_DROPPED)),
      departures: since(state.getCount(DEPARTURES), state.getCount(WARM_DEPARTURES)),
      candidates: since(state.getCount(CANDIDATES), state.getCount(WARM_CANDIDATES)),
    };
    const serverTime = servers * Math.max(0, time - warmup);
    const average = (now: number, then: number) =>
      ratio(since(state.getF64(now), state.getF64(then)), serverTime);
    const meanQueueLength = average(NOW_TASK_TIME, WARM_TASK_TIME);
    const throughput = ratio(events.departures, serverTime);
    const meanSojournTime =
      meanQueueLength === null || throughput === null ? null : ratio(meanQueueLength, throughput);

    const rows = state.getU32(SAMPLE_ROWS);
    const offset = ratio(state.getF64(SAMPLE_MEAN), rows);
    const square = ratio(state.getF64(SAMPLE_SQUARE), rows);
    const quantile = (level: number) => {
      if (rows === 0) return null;
      const value = this.#kernel.pooledQuantile(this.#plan.state, level);
      return Math.min(state.getF64(SAMPLE_MAX), Math.max(state.getF64(SAMPLE_MIN), value));
    };
    const delay = meanSojournTime === null ? null : arrivalRate * this.#cost.g(1 / meanSojournTime);
    const power = ratio(state.getF64(SAMPLE_POWER), rows);
    const accepted = events.arrivals - events.dropped;

    const result: SimulationResult = {
      config: this.#config,
      events,
      serviceRate: {
        mean: offset === null ? null : state.getF64(SAMPLE_CENTRE) + offset,
        sd:
          offset === null || square === null ? null : Math.sqrt(Math.max(0, square - offset ** 2)),
        p05: quantile(0.05),
        p50: quantile(0.5),
        p95: quantile(0.95),
      },
      busyFraction: average(NOW_BUSY_TIME, WARM_BUSY_TIME),
      blockingProbability: ratio(events.dropped, events.arrivals),
      throughput,
      meanSojournTime,
      ...(this.#config.record.sojourns > 0 && {
        sojournTime: { tagged: state.getU32(TAGS_USED), ...describe(this.sojournTimes()) },
      }),
      meanQueueLength,
      maxQueueLength: warm ? Math.max(state.getU32(MAX_TASKS), accepted > 0 ? 1 : 0) : null,
      meanIdleSignal: average(NOW_SIGNAL_TIME, WARM_SIGNAL_TIME),
      cost: { delay, power, total: delay === null || power === null ? null : delay + power },
      time: { start: warmup, end: time },
      engine: {
        version: VERSION,
        kernelHash: this.#build.hash,
        wallSeconds: this.#wallSeconds,
        eventsPerSecond: this.#wallSeconds > 0 ? this.events / this.#wallSeconds : 0,
        memoryBytes: this.#memory.buffer.byteLength,
        bytesPerServer: RECORD_BYTES,
      },
      stateHash: this.stateHash(),
      status: time >= horizon ? 'completed' : 'cancelled',
      ...(this.#changes.length > 0 && { changes: [...this.#changes] }),
    } as SimulationResult;
    // not enumerable, so that JSON.stringify leaves the megabytes out
    Object.defineProperty(result, 'trajectory', { value: this.trajectory });
    return result;
  }

  /** 16 hex digits that name the present state: random numbers, clock, counts, every server. */
  stateHash(): string {
    return BigInt.asUintN(64, this.#kernel.hashState(this.#plan.state))
      .toString(16)
      .padStart(16, '0');
  }

  /**
   * Everything, as bytes: `restore` continues from them as if nothing had happened.
   * @throws {CheckpointError} if a cost was given as code
   */
  async checkpoint(): Promise<Uint8Array> {
    for (const [name, f] of Object.entries(this.#config.cost)) {
      if (typeof f === 'function' || (typeof f === 'object' && 'f' in f)) {
        throw new CheckpointError(
          `cost.${name} is code, which cannot be saved; give it as an expression`,
        );
      }
    }
    const header: CheckpointHeader = {
      kernelHash: this.#build.hash,
      config: this.#config,
      changes: this.#changes,
      wallSeconds: this.#wallSeconds,
    };
    return encodeCheckpoint(header, this.#stateBytes(), await hasher(this.#build));
  }

  /** Runs at most `blocks` blocks of candidates; true once `until` is reached. */
  #run(until: number, blocks: number): boolean {
    const started = performance.now();
    const code = this.#kernel.run(this.#plan.state, until, blocks);
    this.#wallSeconds += (performance.now() - started) / 1000;
    if (code === RUN_ERROR) {
      const state = this.#state;
      throw new EngineError(
        `server ${state.getU32(ERROR_SERVER)} has rate ${state.getF64(ERROR_RATE)} at t ≈ ${this.time}, above the proven ` +
          `bound ${state.getF64(BOUND)}: a bug in the engine; please report it with the configuration`,
      );
    }
    return code === RUN_REACHED;
  }

  #checkTime(until: number): void {
    if (!(until >= this.time && until <= this.#config.horizon)) {
      throw new RangeError(
        `until: got ${until}; must lie between the present time, ${this.time}, and the horizon, ${this.#config.horizon}`,
      );
    }
  }

  #change(change: { arrivalRate?: number; inverseStepSize?: number | 'inf' }): void {
    this.#config = validateConfig({ ...this.#config, ...change });
    this.#changes.push({ time: this.time, ...change });
    this.#state.setF64(ARRIVAL_RATE, this.#config.arrivalRate);
    this.#state.setF64(INVERSE_STEP_SIZE, fromInf(this.#config.inverseStepSize));
    this.#kernel.changeParameters(this.#plan.state);
  }

  #forEachServer(visit: (id: number, slot: number, queue: number) => void): void {
    const words = new Uint32Array(
      this.#memory.buffer,
      this.#plan.records,
      (this.#config.servers * RECORD_BYTES) / 4,
    );
    for (let slot = 0; slot < this.#config.servers; slot++) {
      const word = (slot * RECORD_BYTES) / 4;
      visit(words[word + ID / 4] as number, slot, words[word + QUEUE / 4] as number);
    }
  }

  /** The planned part of the memory, as bytes. */
  #stateBytes(): Uint8Array {
    const { state, end } = this.#plan;
    return new Uint8Array(this.#memory.buffer, state, end - state);
  }

  /** Puts recorded columns into a plan with more rows. */
  #rewriteColumns(recorded: ReturnType<Trajectory['copy']>): void {
    const now = this.trajectory;
    now.time.set(recorded.time);
    now.mean.set(recorded.mean);
    now.sd.set(recorded.sd);
    now.min.set(recorded.min);
    now.max.set(recorded.max);
    now.busy.set(recorded.busy);
    now.maxQueue.set(recorded.maxQueue);
    now.meanQueue.set(recorded.meanQueue);
    now.dropped.set(recorded.dropped);
    now.quantiles.forEach((column, k) => {
      column.set(recorded.quantiles[k] as Float64Array);
    });
    recorded.serverRates.forEach((rates, k) => {
      now.serverRates(k).set(rates);
      now.serverQueues(k).set(recorded.serverQueues[k] as Uint32Array);
    });
  }
}

/** Blocks per call into the kernel: long enough to amortise the call, short enough for the optimiser. */
const BLOCKS_PER_CALL = 4096;

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

/** Mean, sd and quantiles (order statistics, interpolated) of a sample, which is sorted in place. */
function describe(sample: Float64Array) {
  const finished = sample.length;
  sample.sort();
  const mean = ratio(
    sample.reduce((sum, x) => sum + x, 0),
    finished,
  );
  const variance =
    mean === null ? null : sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finished;
  const quantile = (level: number) => {
    if (finished === 0) return null;
    const position = level * (finished - 1);
    const low = sample[Math.floor(position)] as number;
    const high = sample[Math.ceil(position)] as number;
    return low + (position - Math.floor(position)) * (high - low);
  };
  return {
    finished,
    mean,
    sd: variance === null ? null : Math.sqrt(variance),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}

/** Hashing and `__heap_base` need an instance, but no simulation: one small instance per build. */
const scratchInstances = new WeakMap<
  KernelBuild,
  Promise<{ kernel: Kernel; memory: WebAssembly.Memory }>
>();

function scratchInstance(build: KernelBuild) {
  let scratch = scratchInstances.get(build);
  if (!scratch) {
    const memory = allocateMemory(18, Number.POSITIVE_INFINITY);
    scratch = instantiateKernel(build, memory).then((kernel) => ({ kernel, memory }));
    scratchInstances.set(build, scratch);
  }
  return scratch;
}

async function firstFreeAddress(build: KernelBuild): Promise<number> {
  const { kernel } = await scratchInstance(build);
  return Math.ceil(kernel.heapBase() / 64) * 64;
}

async function hasher(build: KernelBuild): Promise<Hash> {
  const { kernel, memory } = await scratchInstance(build);
  return (bytes, seed) => {
    new Uint8Array(memory.buffer, PAGE_BYTES, bytes.length).set(bytes);
    return BigInt.asUintN(64, kernel.hashBytes(PAGE_BYTES, bytes.length, seed));
  };
}
