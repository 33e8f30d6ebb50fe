/** What a configuration says beyond the defaults: short enough for a link, a command or a program. */
import { type CompleteConfig, type SimulationConfig, validateConfig } from '../src/index.js';

/** The shortest configuration that `validateConfig` completes to the given one. */
export function minimal(config: CompleteConfig): SimulationConfig {
  const { servers, arrivalRate, inverseStepSize, horizon, schedule, period } = config;
  const required = { servers, arrivalRate, inverseStepSize, horizon };
  const repeats = { ...(schedule && { schedule }), ...(period !== undefined && { period }) };
  const standard = validateConfig({ ...required, ...repeats });
  return without(config, standard, [
    ...Object.keys(required),
    ...['schedule', 'period'],
  ]) as unknown as SimulationConfig;
}

type Fields = Record<string, unknown>;

/** The fields that differ; of a section only those within that do. */
function without(value: object, standard: object, kept: readonly string[] = []): Fields {
  const fields: Fields = {};
  for (const [name, own] of Object.entries(value)) {
    const other = (standard as Fields)[name];
    if (JSON.stringify(own) === JSON.stringify(other) && !kept.includes(name)) continue;
    const section = (name === 'cost' || name === 'record') && other !== undefined;
    fields[name] = section ? without(own as object, other as object) : own;
  }
  return fields;
}
