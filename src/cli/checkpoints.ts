/** A run that is saved now and then, and that goes on from what was saved. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type CompleteConfig, type SimulationConfig, validateConfig } from '../config/config.js';
import { resolveCost } from '../cost/cost.js';
import { CheckpointError } from '../errors.js';
import { meanArrivalRate } from '../run/load.js';
import type { SimulationResult } from '../run/result.js';
import type { Progress } from '../run/simulate.js';
import { Simulation } from '../run/simulation.js';
import { serviceLaw } from '../service/law.js';
import { loadWarning } from '../theory/load.js';
import { BadInput, Failure, reason } from './bad-input.js';
import { writeAll } from './store/lines.js';

/** Milliseconds between two visits to the event loop, where signals and time limits come in. */
const SLICE = 30;
const FIRST_STEP = 10_000;

/** Why a run that is saved has no intervals. */
const REFUSAL =
  'a run with checkpoints is not divided into batches; replications give intervals, or the run without --checkpoint and --resume';

/**
 * The simulation that a checkpoint holds.
 * @throws {BadInput} if the file cannot be read or is no checkpoint of this engine
 */
export async function readCheckpoint(path: string): Promise<Simulation> {
  const refuse = (cause: unknown) => new BadInput(`--resume: ${path}: ${reason(cause)}`);
  const bytes = await readFile(path).catch((cause) => {
    throw refuse(cause);
  });
  try {
    return await Simulation.restore(bytes);
  } catch (error) {
    throw error instanceof CheckpointError ? refuse(error) : error;
  }
}

/**
 * Takes up a later horizon; nothing else may differ from what the checkpoint was made with.
 * @param wanted what the user gave beside the checkpoint
 * @throws {BadInput} that names the field
 * @throws {ConfigError} if `wanted` cannot be run at all
 */
export function agree(simulation: Simulation, wanted: SimulationConfig, path: string): void {
  const saved = simulation.config;
  // what is left out follows from the horizon, which may be another one
  const record = { interval: saved.record.interval, ...wanted.record };
  const complete = validateConfig({ ...wanted, record });
  const { horizon } = complete;
  for (const [field, value] of fieldsOf({ ...complete, horizon: saved.horizon })) {
    const before = fieldsOf(saved).get(field);
    if (value !== before) {
      throw new BadInput(
        `--resume: ${path} is of a run whose ${field} is ${cut(before)}, not ${cut(value)}; a run goes on as it began, only its horizon may be later`,
      );
    }
  }
  if (horizon < saved.horizon) {
    throw new BadInput(
      `--resume: ${path} is of a run to the horizon ${saved.horizon}, not ${horizon}; only a later one is possible`,
    );
  }
  if (horizon > saved.horizon) simulation.extend(horizon);
}

/** The text of every field, those in sections by themselves. */
function fieldsOf(config: CompleteConfig): Map<string, string> {
  const { record, cost, ...rest } = config;
  const sections = { record, cost };
  return new Map(
    [
      ...Object.entries(rest),
      ...Object.entries(sections).flatMap(([name, section]) =>
        Object.entries(section).map(([key, value]) => [`${name}.${key}`, value] as const),
      ),
    ].map(([field, value]) => [field, JSON.stringify(value)]),
  );
}

function cut(text = 'the default'): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

export interface SavedRunOptions {
  /** where to save; undefined: nowhere */
  checkpoint: string | undefined;
  /** seconds between two checkpoints */
  every: number;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/**
 * Runs to the horizon, or until `signal` is aborted, and saves the state every so often and at the end. How often changes
 * nothing in the run. A checkpoint that cannot be written while the run goes on costs a warning.
 * @throws {Failure} if the last one cannot be written; `result` has what was reached
 */
export async function runSaved(
  simulation: Simulation,
  { checkpoint, every, signal, onProgress }: SavedRunOptions,
): Promise<{ result: SimulationResult; failure: Failure | undefined }> {
  let candidates = FIRST_STEP;
  let saved = performance.now();
  let done = simulation.time >= simulation.config.horizon;
  const { horizon } = simulation.config;
  // something is gained even if the time limit was over before the run began
  while (!done) {
    const began = performance.now();
    done = simulation.step(candidates);
    const now = performance.now();
    candidates = Math.ceil(candidates * Math.min(2, Math.max(0.5, SLICE / (now - began))));
    const { time, events, trajectory } = simulation;
    onProgress({ time, horizon, fraction: time / horizon, events, trajectory });
    if (checkpoint !== undefined && !done && now - saved >= 1000 * every) {
      await save(simulation, checkpoint).catch((error: Failure) => {
        process.stderr.write(`ratescale: warning: ${error.message}\n`);
      });
      saved = performance.now();
    }
    await setImmediate();
    if (signal.aborted) break;
  }
  let failure: Failure | undefined;
  if (checkpoint !== undefined) {
    await save(simulation, checkpoint).catch((error) => {
      failure = error;
    });
  }
  const result = simulation.result();
  const overload = await overloadOf(result.config);
  return {
    result: Object.assign(result, {
      confidence: null,
      confidenceRefused: REFUSAL,
      ...(overload && { warnings: [overload] }),
    }),
    failure,
  };
}

/** What `simulate` says of servers that cannot keep up with the mean load. */
async function overloadOf(config: CompleteConfig): Promise<string | null> {
  const { service, horizon, warmup } = config;
  const work = service === undefined ? 1 : serviceLaw(service).mean;
  const load = work * meanArrivalRate(config, warmup === 'auto' ? 0 : warmup, horizon);
  return loadWarning({ ...config, arrivalRate: load }, await resolveCost(config.cost));
}

/**
 * Writes beside the file and renames, so that there is always a whole checkpoint, even if the machine fails.
 * @throws {Failure}
 */
async function save(simulation: Simulation, path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const bytes = await simulation.checkpoint();
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new Failure(`--checkpoint: ${path} could not be written: ${reason(cause)}`);
  }
}
