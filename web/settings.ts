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
export const MOST_SERVERS = 2_000_000;
/** Rows of a recording up to the moment of a link. */
const MOST_ROWS = 1_000_000;

/** Rows while the rates learn: enough for a smooth curve, few enough to keep. */
const ROWS_PER_M = 100;

/** The configuration of a system, with a recording that suits its pace. */
export function complete(settings: object): CompleteConfig {
  const { inverseStepSize, period } = settings as Partial<Settings>;
  const m = typeof inverseStepSize === 'number' ? inverseStepSize : 100;
  const pace = Math.min(m, typeof period === 'number' ? period : Number.POSITIVE_INFINITY);
  const interval = Math.min(10, Math.max(0.1, Number((pace / ROWS_PER_M).toPrecision(1)) || 1));
  return limited(validateConfig({ ...settings, horizon: 1000 * interval, record: { interval } }));
}

/** @throws {ConfigError} for what the engine could do and a page cannot */
export function limited(config: CompleteConfig): CompleteConfig {
  const { servers, horizon, record } = config;
  if (servers > MOST_SERVERS) {
    throw new ConfigError(
      'servers',
      `got ${servers}; this page takes up to ${MOST_SERVERS}, and ratescale run takes more`,
    );
  }
  if (horizon / record.interval > MOST_ROWS) {
    throw new ConfigError(
      'record.interval',
      `got ${record.interval}; this page records up to ${MOST_ROWS} times in a run`,
    );
  }
  if (record.servers === 'all' || record.servers.length > 0 || record.sojourns > 0) {
    throw new ConfigError('record', 'asks for single servers or tasks; ratescale run records them');
  }
  return config;
}

/** The system of a configuration as it is at the end of its schedule, so that the controls can show it. */
export function settingsOf(config: CompleteConfig): Settings {
  const { horizon, record, warmup, schedule, period, ...system } = config;
  if (period !== undefined) return { ...system, ...(schedule && { schedule }), period };
  const present = { ...system };
  for (const { time, rates, ...change } of schedule ?? []) Object.assign(present, change);
  return present;
}
