/**
 * How fast the engine is where it runs: nanoseconds per event for systems of several sizes, interleaved, and beside each
 * speed the error against the exact law, because a fast wrong simulator is worth nothing. In Node and in pages.
 */
import { yieldToEventLoop } from '#platform';
import { meanInterval } from '../analysis/interval.js';
import { type Spread, spreadOf } from '../analysis/spread.js';
import { validateConfig } from '../config/config.js';
import { number } from '../config/domain.js';
import { check } from '../config/options.js';
import { costFunctions, PAPER_COST } from '../cost/cost.js';
import { ConfigError } from '../errors.js';

import { fixedPoint } from '../theory/fixed-point.js';
import type { Signal } from '../threads/foreign.js';

import { Simulation } from './simulation.js';

/** What is measured: the paper's system, near its stationary state. */
export const SPEED_SYSTEM = { arrivalRate: 0.8, inverseStepSize: 500 } as const;

export interface SpeedOptions {
  /** numbers of servers, each 1 … 134,000,000; default 100, 10,000 and 1,000,000 */
  servers?: readonly number[] | undefined;
  /** for how long to measure, all sizes together, in seconds: 1e-3 … 3600; default 8. Getting ready takes some more */
  seconds?: number | undefined;
  /** told after each measurement how much is done, 0 … 1 */
  onProgress?: ((fraction: number) => void) | undefined;
  /** ends the measurement early; sizes with less than two rounds are then left out */
  signal?: Signal | undefined;
}

/** The speed at one number of servers. */
export interface Speed {
  servers: number;
  /** accepted arrivals and departures that were timed */
  events: number;
  /** over the rounds */
  nanosecondsPerEvent: Spread;
  /** at the median */
  eventsPerSecond: number;
  /**
   * the fraction of servers busy, beside what the exact law has for rates at their fixed point; `halfWidth` is that of a
   * 95 % interval for the error from the rounds. At this m the two differ by 1e-4 or so in the long run
   */
  busyFraction: { measured: number; exact: number; error: number; halfWidth: number };
}

/** Rounds, of which each measures every size. */
const ROUNDS = 8;
/** Time that a system has to come near its stationary state, in units of the mean service requirement. */
const SETTLING = 3;
/** Milliseconds between two visits to the event loop. */
const SLICE = 20;

/**
 * Measures the engine in the calling thread, which it gives back every 20 ms.
 * @throws {ConfigError} for options that are out of range
 */
export async function measureSpeed(options: SpeedOptions = {}): Promise<Speed[]> {
  const { servers = [100, 10_000, 1_000_000], seconds = 8, onProgress, signal } = options;
  check('seconds', seconds, number(1e-3, 3600));
  if (servers.length === 0) {
    throw new ConfigError('servers', 'got none; must be at least one number of servers');
  }
  const meters: Meter[] = [];
  for (const n of servers) meters.push(await Meter.create(n));
  const budget = (1000 * seconds) / (ROUNDS * servers.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, meter] of meters.entries()) {
      if (signal?.aborted) break;
      await meter.round(budget);
      onProgress?.((round * servers.length + i + 1) / (ROUNDS * servers.length));
    }
  }
  return meters.filter((meter) => meter.rounds > 1).map((meter) => meter.speed());
}

/**
 * The exact mean fraction of busy servers between two times, if all rates are `rate`, all servers were idle at t = 0 and
 * none arrives when all are busy: then busy servers are the customers of an M/G/∞ queue, with mean
 * (λ/μ)(1 − e^{−μt}) at time t.
 */
export function expectedBusyFraction(
  lambda: number,
  rate: number,
  from: number,
  until: number,
): number {
  const settling = (Math.exp(-rate * from) - Math.exp(-rate * until)) / (rate * (until - from));
  return (lambda / rate) * (1 - settling);
}

/** One system and what was measured of it. */
class Meter {
  readonly #simulation: Simulation;
  readonly #rate: number;
  readonly #nanoseconds: number[] = [];
  readonly #busy: number[] = [];
  readonly #errors: number[] = [];
  #events = 0;

  private constructor(simulation: Simulation, rate: number) {
    this.#simulation = simulation;
    this.#rate = rate;
  }

  /** Settled, and run for a moment, so that the kernel has been optimised. */
  static async create(servers: number): Promise<Meter> {
    const horizon = 1e12;
    const record = { interval: horizon };
    validateConfig({ servers, ...SPEED_SYSTEM, horizon, record });
    const { rate } = fixedPoint(costFunctions(PAPER_COST), SPEED_SYSTEM.arrivalRate, servers);
    const simulation = await Simulation.create({
      servers,
      ...SPEED_SYSTEM,
      initialRates: rate,
      horizon,
      record,
    });
    const meter = new Meter(simulation, rate);
    const started = performance.now();
    while (simulation.time < SETTLING || performance.now() - started < 100) {
      await meter.#slice();
    }
    return meter;
  }

  get rounds(): number {
    return this.#nanoseconds.length;
  }

  async round(milliseconds: number): Promise<void> {
    const simulation = this.#simulation;
    const { time, events } = simulation;
    const before = busyTime(simulation);
    let elapsed = 0;
    while (elapsed < milliseconds) elapsed += await this.#slice();
    const done = simulation.events - events;
    const busy = (busyTime(simulation) - before) / (simulation.time - time);
    const { arrivalRate } = SPEED_SYSTEM;
    this.#nanoseconds.push((1e6 * elapsed) / done);
    this.#busy.push(busy);
    this.#errors.push(busy - expectedBusyFraction(arrivalRate, this.#rate, time, simulation.time));
    this.#events += done;
  }

  speed(): Speed {
    const nanosecondsPerEvent = spreadOf(this.#nanoseconds);
    const { mean: error, halfWidth } = meanInterval(this.#errors);
    const measured = this.#busy.reduce((sum, busy) => sum + busy, 0) / this.rounds;
    return {
      servers: this.#simulation.config.servers,
      events: this.#events,
      nanosecondsPerEvent,
      eventsPerSecond: 1e9 / nanosecondsPerEvent.median,
      busyFraction: { measured, exact: measured - error, error, halfWidth: halfWidth as number },
    };
  }

  /** Candidates in a slice: found from how long the last one took. */
  #candidates = 1000;

  /** Milliseconds that the engine ran. */
  async #slice(): Promise<number> {
    const started = performance.now();
    this.#simulation.step(this.#candidates);
    const elapsed = performance.now() - started;
    this.#candidates *= Math.min(2, Math.max(0.5, SLICE / elapsed));
    await yieldToEventLoop();
    return elapsed;
  }
}

/** ∫ of the fraction of busy servers since t = 0, of a run without a warm-up. */
export function busyTime(simulation: Simulation): number {
  return (simulation.result().busyFraction ?? 0) * simulation.time;
}
