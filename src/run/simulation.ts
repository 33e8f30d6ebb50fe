import {
  type CompleteConfig,
  type SimulationConfig,
  type Update,
  validateConfig,
} from '../config/config.js';
import { number } from '../config/domain.js';
import { LATEST } from '../config/fields/run.js';
import { refuse } from '../config/messages.js';
import { check } from '../config/options.js';
import type { CostChoice } from '../cost/cost.js';
import { writeInitialState } from '../engine/initial-state.js';
import { kernelBuild, kernelFor } from '../engine/kernel.js';
import { BLOCK_SIZE, BUSY, ID, QUEUE, RECORD_BYTES } from '../engine/layout.js';
import { endOfUse } from '../engine/memory.js';
import { hasher } from '../engine/scratch.js';
import { CheckpointError, ConfigError } from '../errors.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import type { SimulationResult } from './result.js';
import { BLOCKS_PER_CALL, Run } from './run.js';
import { steer } from './steer.js';
import type { Trajectory } from './trajectory.js';

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
  readonly #run: Run;

  private constructor(run: Run) {
    this.#run = run;
  }

  /**
   * The system at t = 0.
   * @throws {ConfigError} before anything is allocated, or if the memory cannot be had
   */
  static async create(
    config: SimulationConfig,
    options: SimulationOptions = {},
  ): Promise<Simulation> {
    const complete = validateConfig(config);
    if (complete.warmup === 'auto') {
      throw new ConfigError(
        'warmup',
        "'auto' is for simulate, replicate and sweep, which look back on the whole run; give a number",
      );
    }
    const run = await Run.prepare(complete, options);
    run.start();
    return new Simulation(run);
  }

  /**
   * Continues from `checkpoint()`, bit for bit.
   * @throws {CheckpointError} if the bytes are damaged, not a checkpoint, or of another kernel build
   */
  static async restore(bytes: Uint8Array, options: SimulationOptions = {}): Promise<Simulation> {
    const variant = options.checked ? 'checked' : 'release';
    const hash = await hasher(await kernelBuild(variant));
    const { header, state } = await decodeCheckpoint(bytes, hash, async (config) => {
      const { hash } = await kernelFor(config, variant);
      return hash;
    });
    const { config, steering } = header;
    const run = await Run.allocate(config, { ...options, steering });
    const { memory } = run.instance;
    const { plan } = run;
    const addresses = writeInitialState(config, run.costs, plan, memory);
    run.wider?.state.writeWiderState(config, run.costs, addresses, plan, memory);
    run.start();
    const { checkState } = await import('./foreign-checkpoint.js');
    checkState(state, header, plan, memory.buffer);
    const tables = state.length - (plan.end - plan.costTables);
    new Uint8Array(memory.buffer, plan.state).set(state.subarray(0, tables));
    new Uint8Array(memory.buffer, plan.costTables).set(state.subarray(tables));
    // what threads leave to each other is of no use to others
    if (plan.parts > 0) new Uint8Array(memory.buffer).fill(0, plan.teamHistograms, plan.partStates);
    run.wallSeconds = header.wallSeconds;
    return new Simulation(run);
  }

  /** The configuration with every default filled in; `extend` and changes by hand show in it. */
  get config(): CompleteConfig {
    return this.#run.repeatable;
  }

  /** The present time. */
  get time(): number {
    return this.#run.time;
  }

  /** Accepted arrivals and departures since t = 0. */
  get events(): number {
    return this.#run.events;
  }

  /** What has been recorded so far. */
  get trajectory(): Trajectory {
    return this.#run.trajectory;
  }

  /**
   * Runs to time `until` (default: the horizon).
   * @throws {ConfigError} if that lies in the past or beyond the horizon
   */
  runUntil(until = this.#run.config.horizon): void {
    this.#checkTime(until);
    while (!this.#run.advance(until, BLOCKS_PER_CALL)) {}
  }

  /**
   * Runs on towards the horizon for about `candidates` candidate events (a whole number of blocks, at
   * least one). How a run is cut into steps changes nothing in it.
   * @returns true once the horizon is reached
   * @throws {ConfigError} for less than one candidate
   */
  step(candidates: number): boolean {
    check('candidates', candidates, number(1, Number.POSITIVE_INFINITY));
    const { horizon } = this.#run.config;
    let blocks = Math.ceil(candidates / this.#run.state.getU32(BLOCK_SIZE));
    while (blocks > 0) {
      if (this.#run.advance(horizon, Math.min(blocks, BLOCKS_PER_CALL))) return true;
      blocks -= BLOCKS_PER_CALL;
    }
    return false;
  }

  /** Present rates μ_v, by server; a copy, into `out` if given (length n). */
  rates(out = new Float64Array(this.config.servers)): Float64Array {
    const { plan, instance } = this.#run;
    this.#forEachServer((id, slot) => {
      out[id] = instance.kernel.rateOf(plan.state, slot);
    });
    return out;
  }

  /**
   * Present rates of some servers, in the order given; a copy. Finding them takes O(n), but is fast: solving
   * their rates is what takes time.
   * @throws {ConfigError} for a server that is not there
   */
  ratesOf(servers: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const { plan, instance, config } = this.#run;
    const slots = new Uint32Array(config.servers);
    this.#forEachServer((id, slot) => {
      slots[id] = slot;
    });
    return Float64Array.from(servers, (id) => {
      const slot = slots[id];
      if (slot === undefined) refuse('servers', id, `ids from 0 to ${config.servers - 1}`);
      return instance.kernel.rateOf(plan.state, slot);
    });
  }

  /** Present idle signals I_v, by server; a copy, into `out` if given (length n). */
  idleSignals(out = new Float64Array(this.config.servers)): Float64Array {
    const { plan, instance } = this.#run;
    this.#forEachServer((id, slot) => {
      out[id] = instance.kernel.signalOf(plan.state, slot);
    });
    return out;
  }

  /** Present tasks at each server, in service included, by server; a copy, into `out` if given (length n). */
  queueLengths(out = new Uint32Array(this.config.servers)): Uint32Array {
    this.#forEachServer((id, _slot, queue) => {
      out[id] = queue;
    });
    return out;
  }

  /**
   * Sojourn times of the tagged tasks (`record.sojourns`) that have left, in order of arrival; a copy.
   */
  sojournTimes(): Float64Array {
    return this.#run.sojournTimes();
  }

  /** Servers busy at present. */
  get busyServers(): number {
    return this.#run.state.getU32(BUSY);
  }

  /**
   * Changes λ, m or the cost from now on. What `cost` leaves out of g and h stays as it is. The change stands in the schedule of `config`,
   * which repeats the run bit for bit. Wait for it where the cost is an expression or code; everything else is done at once.
   *
   * ```ts
   * simulation.runUntil(1000);
   * await simulation.update({ arrivalRate: 1.2, cost: { h: { family: 'power', b: 0.2, q: 2 } } });
   * simulation.runUntil(2000);
   * ```
   *
   * A change of the cost may move the trajectory in memory: take its arrays anew.
   * @throws {ConfigError} as for a configuration, and where classes of servers have costs or the schedule repeats
   */
  update(change: Update): Promise<void> {
    return steer(this.#run, change);
  }

  /**
   * Moves the horizon further away; the recording goes on with the same interval. The events are those of a
   * run that had the later horizon from the start.
   * @throws {ConfigError} if the horizon is not later, or the longer recording does not fit
   */
  extend(horizon: number): void {
    const { config } = this.#run;
    check('horizon', horizon, number(config.horizon, LATEST));
    this.#run.extend(validateConfig({ ...config, horizon }));
  }

  /** The figures so far, from the warm-up on. Observation: the run can go on. */
  result(): SimulationResult {
    return this.#run.result();
  }

  /** 16 hex digits that name the present state: random numbers, clock, counts, every server. */
  stateHash(): string {
    return this.#run.stateHash();
  }

  /**
   * Everything, as bytes: `restore` continues from them as if nothing had happened.
   * @throws {CheckpointError} if a cost was given as code
   */
  async checkpoint(): Promise<Uint8Array> {
    const { config, steering, wallSeconds, instance, plan, state } = this.#run;
    for (const [place, cost] of costsOf(this.config)) {
      for (const [name, f] of Object.entries(cost)) {
        if (typeof f === 'function' || (typeof f === 'object' && 'f' in f)) {
          throw new CheckpointError(
            `${place}cost.${name} is code, which cannot be saved; give it as an expression`,
          );
        }
      }
    }
    const kernelHash = instance.build.hash;
    const bytesOf = (from: number, to: number) =>
      new Uint8Array(instance.memory.buffer, from, to - from);
    return encodeCheckpoint(
      { kernelHash, config, steering, wallSeconds },
      [
        bytesOf(plan.state, endOfUse(plan, state)),
        bytesOf(plan.costTables, plan.end), // and the recording
      ],
      await hasher(await kernelBuild('release')),
    );
  }

  #checkTime(until: number): void {
    const { time, config } = this.#run;
    if (typeof until !== 'number' || !(until >= time && until <= config.horizon)) {
      refuse('until', until, `from the present time, ${time}, to the horizon, ${config.horizon}`);
    }
  }

  #forEachServer(visit: (id: number, slot: number, queue: number) => void): void {
    const { instance, plan, config } = this.#run;
    const words = new Uint32Array(
      instance.memory.buffer,
      plan.records,
      (config.servers * RECORD_BYTES) / 4,
    );
    for (let slot = 0; slot < config.servers; slot++) {
      const word = (slot * RECORD_BYTES) / 4;
      visit(words[word + ID / 4] as number, slot, words[word + QUEUE / 4] as number);
    }
  }
}

/** The costs in a configuration, and the places of those that are not the system's. */
function costsOf({ cost, classes = [], schedule = [] }: CompleteConfig): [string, CostChoice][] {
  return [
    ['', cost],
    ...classes.map(({ cost }, i): [string, CostChoice] => [`classes[${i}].`, cost]),
    ...schedule.flatMap(({ cost }, i): [string, CostChoice][] =>
      cost ? [[`schedule[${i}].`, cost]] : [],
    ),
  ];
}
