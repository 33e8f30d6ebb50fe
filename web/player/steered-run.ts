/**
 * A run that is watched and steered. It has no end, and takes the same memory however long it goes on: the engine records
 * nothing, and the rows that are looked at here are thinned.
 */
import {
  type CompleteConfig,
  type CostFunctions,
  resolveCost,
  Simulation,
} from '../../src/index.js';
import { meanArrivalRate } from '../../src/run/load.js';
import { optimum } from '../../src/theory/index.js';
import { type Load, loadAt } from './load.js';
import type { Look, Pace, Update } from './protocol.js';
import { type Histogram, histogramOf, quantiles } from './rates.js';
import { Recording, type Row } from './rows.js';

/** No run gets here: the latest time of a configuration. */
const END = 1e12;
/** Servers whose rates are looked at, all or spread evenly over the ids; and of these, those that are shown one by one. */
const SAMPLE = 10_000;
const CLOUD = 300;
/** Rows since t = 0 are about that many, as long as they can be afforded. */
const ROWS = 2048;
/** Part of the time that may be spent on looking at all servers. */
const SHARE = 0.25;
/** Milliseconds: between two visits to the event loop, of one call of the engine, and between two looks. */
const SLICE = 8;
const STRIDE = 2;
const FRAME = 1000 / 60;
/** The cost is averaged over this part of the run. */
const WINDOW = 1 / 20;

/** What the engine has added up since t = 0, per server. */
interface Sums {
  time: number;
  /** ∫ tasks */
  tasks: number;
  arrivals: number;
  dropped: number;
}

/** Servers with a cost of their own: those from the part before up to `end`. */
interface Part {
  end: number;
  h: (x: number) => number;
}

export class SteeredRun {
  readonly recording = new Recording();
  readonly #simulation: Simulation;
  /** what was asked for; the simulation itself records nothing and does not end */
  readonly #given: CompleteConfig;
  /** ids of the servers whose rates are looked at, and these rates */
  readonly #sample: Uint32Array;
  #rates = new Float64Array(0);
  readonly #queues: Uint32Array<ArrayBuffer>;
  readonly #sums: Sums[] = [];
  /** repeats the run but for its end */
  #config: CompleteConfig;
  /** the functions of every cost so far, by their text */
  readonly #costs = new Map<string, CostFunctions>();
  #load: Load;
  #cost!: CostFunctions;
  #classes: Part[] = [];
  #optimum!: { optimal: number; optimalCost: number };
  #time = 0;
  /** units of time that the engine runs in about `STRIDE` */
  #stride = 0;
  /** how far it got lately, and in how many milliseconds */
  #lately = { units: 0, ms: 0 };
  /** milliseconds that a look takes, and when the last one was */
  #lookMs = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #row!: Row;
  #histogram!: Histogram;
  #reported = Number.NEGATIVE_INFINITY;

  private constructor(simulation: Simulation, given: CompleteConfig) {
    this.#simulation = simulation;
    this.#given = given;
    this.#config = simulation.config;
    const { servers } = given;
    this.#sample = evenly(servers, SAMPLE);
    this.#queues = new Uint32Array(servers);
    this.#load = loadAt(given, 0);
  }

  /** @throws {ConfigError} for what the engine refuses */
  static async create(given: CompleteConfig): Promise<SteeredRun> {
    const { sojourns: _, servers: __, ...record } = given.record;
    const simulation = await Simulation.create({
      ...given,
      horizon: END,
      warmup: 0,
      record: { ...record, interval: END, quantiles: [] },
    });
    const run = new SteeredRun(simulation, given);
    await run.#learnCosts(run.#config);
    run.#followLoad(true);
    run.#look(true);
    // the first stride: what a thousand candidates take, more or less
    run.#stride = Math.min(1, 500 / (given.servers * given.arrivalRate));
    return run;
  }

  get time(): number {
    return this.#time;
  }

  get events(): number {
    return this.#simulation.events;
  }

  get finished(): boolean {
    return this.#time >= END;
  }

  /** Repeats the run, but for its end. */
  get config(): CompleteConfig {
    const { horizon, warmup, record } = this.#given;
    return { ...this.#config, horizon, warmup, record };
  }

  stateHash(): string {
    return this.#simulation.stateHash();
  }

  /** Runs on for a slice of the wall clock, at most to `until`; true if that is reached. */
  advance(until: number, pace: Pace): boolean {
    const limit = Math.min(until, END);
    const end = performance.now() + SLICE;
    let now = performance.now();
    while (this.#time < limit && now < end) {
      const due = this.#nextRow(pace);
      const reach = this.#time + Math.max(this.#stride, 1e-12 * this.#time);
      const target = Math.min(limit, due, reach);
      const span = target - this.#time;
      this.#simulation.runUntil(target);
      const elapsed = performance.now() - now;
      // a call that was cut short tells little: it may make strides longer, hardly shorter
      if (target === reach || elapsed > STRIDE) {
        this.#stride *= Math.min(2, Math.max(0.25, STRIDE / Math.max(elapsed, 1e-3)));
      }
      this.#lately.units = 0.99 * this.#lately.units + span;
      this.#lately.ms = 0.99 * this.#lately.ms + elapsed;
      this.#time = target;
      this.#followLoad();
      if (target >= due) this.#look(true);
      now = performance.now();
    }
    if (now - this.#lookedAt >= Math.max(FRAME, this.#lookMs / SHARE)) this.#look(false);
    return this.#time >= limit;
  }

  /** Runs on to the next time with few digits, so that configurations are easy to read. */
  tidy(): void {
    const digits = Math.max(0, Math.ceil(-Math.log10(this.#stride)));
    const unit = 10 ** Math.min(digits, 12);
    const target = Math.min(END, Math.ceil(this.#time * unit) / unit);
    if (target > this.#time) {
      this.#simulation.runUntil(target);
      this.#time = target;
    }
  }

  /** From now on. @throws {ConfigError} as for a configuration */
  async update(change: Update): Promise<void> {
    this.tidy();
    await this.#simulation.update(change);
    this.#time = Math.max(this.#time, this.#simulation.time);
    const { config } = this.#simulation;
    await this.#learnCosts(config); // the run goes on meanwhile
    this.#config = config;
    this.#followLoad(true);
    this.#look(true);
  }

  /** All servers as they are now, in a row of its own. */
  look(): void {
    this.#look(this.recording.rows.time.at(-1) !== this.#time);
  }

  /** What is new since the last report, all but the two numbers that the clock has to do with. */
  report(): Omit<Look, 'eventsPerSecond' | 'running' | 'config'> {
    const rows = this.recording.after(this.#reported);
    this.#reported = rows.time.at(-1) ?? this.#reported;
    return {
      time: this.#time,
      events: this.events,
      finished: this.finished,
      stateHash: null,
      load: this.#load,
      rows,
      now: this.#row,
      rates: Float64Array.from(evenly(this.#rates.length, CLOUD), (k) => this.#rates[k] as number),
      histogram: { ...this.#histogram, counts: this.#histogram.counts.slice() },
    };
  }

  /** The next row stands at a multiple of a power of two, which grows with the run and with what looking costs. */
  #nextRow(pace: Pace): number {
    const { units, ms } = this.#lately;
    const fastest = ms > 0 ? units / ms : 0;
    const perMs = pace === 'max' ? fastest : Math.min(pace / 1000, fastest);
    const spacing =
      2 **
      Math.ceil(
        Math.log2(
          Math.max(
            this.#time / ROWS,
            1 / (16 * this.#given.arrivalRate),
            (perMs * this.#lookMs) / SHARE,
          ),
        ),
      );
    return (Math.floor(this.#time / spacing) + 1) * spacing;
  }

  #look(record: boolean): void {
    const started = performance.now();
    const n = this.#given.servers;
    const rates = this.#simulation.ratesOf(this.#sample);
    this.#rates = rates;
    let [sum, min, max] = [0, Number.POSITIVE_INFINITY, 0];
    for (const rate of rates) {
      sum += rate;
      if (rate < min) min = rate;
      if (rate > max) max = rate;
    }
    let power = 0;
    const parts = this.#classes.length ? this.#classes : [{ end: n, h: this.#cost.h }];
    let part = 0;
    for (let k = 0; k < rates.length; k++) {
      while ((this.#sample[k] as number) >= (parts[part] as Part).end) part++;
      power += (parts[part] as Part).h(rates[k] as number);
    }
    power /= rates.length;
    const [low, median, high] = quantiles(rates.slice(), [0.05, 0.5, 0.95]) as [
      number,
      number,
      number,
    ];
    let [tasks, most] = [0, 0];
    for (const queue of this.#simulation.queueLengths(this.#queues)) {
      tasks += queue;
      if (queue > most) most = queue;
    }
    const delay = this.#delay(record);
    this.#row = {
      time: this.#time,
      mean: sum / rates.length,
      low,
      median,
      high,
      min,
      max,
      busy: this.#simulation.busyServers / n,
      meanQueue: tasks / n,
      maxQueue: most,
      cost: delay + power,
      delay,
      power,
      ...this.#optimum,
    };
    if (record) this.recording.add(this.#row);
    this.#histogram = histogramOf(rates, min, max);
    this.#lookedAt = performance.now();
    const elapsed = this.#lookedAt - started;
    // another process may have had the processor meanwhile: one slow look says little
    const before = this.#lookMs || elapsed;
    this.#lookMs = before + 0.2 * (Math.min(elapsed, 2 * before) - before);
  }

  /**
   * λ g(1/E[S]) of the last twentieth of the run, by Little's law: E[S] is tasks per server over accepted tasks per unit of
   * time, which are λ but for the part that is dropped.
   */
  #delay(record: boolean): number {
    const time = this.#time;
    const { meanQueueLength, events } = this.#simulation.result();
    const now: Sums = {
      time,
      tasks: (meanQueueLength ?? 0) * time,
      arrivals: events.arrivals,
      dropped: events.dropped,
    };
    const from = Math.max(time * (1 - WINDOW), this.#load.since);
    const sums = this.#sums;
    while (sums.length > 1 && (sums[1] as Sums).time <= from) sums.shift();
    const before = sums[0];
    if (record) sums.push(now);
    if (!before || before.time >= time) return Number.NaN;
    const arrivals = now.arrivals - before.arrivals;
    const lost = arrivals > 0 ? (now.dropped - before.dropped) / arrivals : 0;
    const arrivalRate = meanArrivalRate(this.#config, before.time, time);
    const meanTasks = (now.tasks - before.tasks) / (time - before.time);
    return arrivalRate * this.#cost.g((arrivalRate * (1 - lost)) / meanTasks);
  }

  async #learnCosts({ cost, classes = [], schedule = [] }: CompleteConfig): Promise<void> {
    for (const choice of [
      cost,
      ...classes.map((group) => group.cost),
      ...schedule.map((change) => change.cost),
    ]) {
      if (!choice) continue;
      const text = JSON.stringify(choice);
      if (!this.#costs.has(text)) this.#costs.set(text, await resolveCost(choice));
    }
    let end = 0;
    this.#classes = classes.map(({ servers, cost }) => {
      end += servers;
      return { end, h: this.#functions(cost).h };
    });
  }

  #functions(cost: CompleteConfig['cost']): CostFunctions {
    return this.#costs.get(JSON.stringify(cost)) as CostFunctions;
  }

  #followLoad(changed = false): void {
    if (!changed && this.#config.schedule === undefined) return;
    const load = loadAt(this.#config, this.#time);
    if (!changed && load.since === this.#load.since) return;
    this.#load = load;
    this.#cost = this.#functions(load.cost);
    this.#optimum = this.#findOptimum();
  }

  #findOptimum(): { optimal: number; optimalCost: number } {
    try {
      if (this.#classes.length > 0) throw new Error('each class has its own cost');
      const { rate, cost } = optimum(this.#cost, this.#load.arrivalRate);
      return { optimal: rate, optimalCost: cost };
    } catch {
      return { optimal: Number.NaN, optimalCost: Number.NaN };
    }
  }
}

/** Whole numbers below `count`, all or so many of them, spread evenly. */
function evenly(count: number, most: number): Uint32Array {
  const length = Math.min(count, most);
  return Uint32Array.from({ length }, (_, k) => Math.floor((k * count) / length));
}
