/** What the page simulates if it is not told otherwise, and what it takes. */
import {
  type CompleteConfig,
  ConfigError,
  type SimulationConfig,
  validateConfig,
} from '../src/index.js';

/** A system without an end: the page runs it for as long as someone looks. */
export type Settings = Omit<SimulationConfig, 'horizon' | 'record' | 'warmup'>;

export const STANDARD: Settings = { servers: 1000, arrivalRate: 0.8, inverseStepSize: 100 };

/** Servers that a page has memory and patience for. */
const MOST_SERVERS = 2_000_000;
/** The configuration of a system; the player runs it on and on, and records in its own way. */
export function complete(settings: object): CompleteConfig {
  return limited(validateConfig({ ...settings, horizon: 1000 }));
}

/** @throws {ConfigError} for what the engine could do and a page cannot */
export function limited(config: CompleteConfig): CompleteConfig {
  const { servers } = config;
  if (servers > MOST_SERVERS) {
    throw new ConfigError(
      'servers',
      `got ${servers}; this page takes up to ${MOST_SERVERS}, and ratescale run takes more`,
    );
  }
  return config;
}

/** A run up to a moment, without what was recorded of it. */
export function momentOf(config: CompleteConfig): CompleteConfig {
  const { record, warmup, ...system } = config;
  return validateConfig(system);
}

/** Time that one step takes: some of them are seen. */
export function stepOf({ inverseStepSize }: Settings): number {
  const m = typeof inverseStepSize === 'number' ? inverseStepSize : 100;
  return Number((m / 100).toPrecision(1));
}

/** The system of a configuration as it is at the end of its schedule, so that the controls can show it. */
export function settingsOf(config: CompleteConfig): Settings {
  const { horizon, record, warmup, schedule, period, ...system } = config;
  if (period !== undefined) return { ...system, ...(schedule && { schedule }), period };
  const present = { ...system };
  for (const { time, rates, ...change } of schedule ?? []) Object.assign(present, change);
  return present;
}
