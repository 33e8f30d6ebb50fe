import { yieldToEventLoop } from '#platform';
import type { SimulationConfig } from './config.js';
import type { SimulationResult } from './result.js';
import { Simulation, type SimulationOptions } from './simulation.js';

/** How far a run has come. */
export interface Progress {
  time: number;
  horizon: number;
  /** time / horizon */
  fraction: number;
  /** accepted arrivals and departures so far */
  events: number;
}

export interface SimulateOptions extends SimulationOptions {
  /** aborting it ends the run early; the result then has status `'cancelled'` */
  signal?: AbortSignal;
  /** called after every slice of the run, some fifty times a second */
  onProgress?: (progress: Progress) => void;
}

/** Milliseconds between two visits to the event loop. */
const SLICE = 20;

/**
 * Runs a configuration to its horizon, in slices that leave the event loop room.
 * @returns the figures, and the trajectory as views of the engine's memory
 * @throws {ConfigError} before anything runs
 */
export async function simulate(
  config: SimulationConfig,
  { signal, onProgress, ...options }: SimulateOptions = {},
): Promise<SimulationResult> {
  const simulation = await Simulation.create(config, options);
  const { horizon } = simulation.config;
  let done = false;
  let candidates = 10_000;
  while (!done && !signal?.aborted) {
    const started = performance.now();
    done = simulation.step(candidates);
    const elapsed = performance.now() - started;
    candidates *= Math.min(2, Math.max(0.5, SLICE / elapsed));
    const { time, events } = simulation;
    onProgress?.({ time, horizon, fraction: time / horizon, events });
    if (!done) await yieldToEventLoop();
  }
  return simulation.result();
}
