/**
 * What a run is. A field, with its type, check, words, default and flag, stands in one file of `fields/`; here all are
 * put together.
 */
import * as v from 'valibot';
import type { CostChoice } from '../cost/cost.js';
import { object } from './domain.js';
import { entries, type Field } from './field.js';
import {
  type ClassFields,
  type CompleteClass,
  classes,
  completeClasses,
} from './fields/classes.js';
import { type CostFields, completeCost, cost } from './fields/cost.js';
import { completePolicies, type PolicyFields, policies } from './fields/policies.js';
import {
  type CompleteRecording,
  completeRecording,
  type RecordingFields,
  recording,
} from './fields/recording.js';
import { completeRun, type RunFields, run } from './fields/run.js';
import {
  type CompleteSchedule,
  completeSchedule,
  type ScheduleFields,
  schedule,
} from './fields/schedule.js';
import { type SeedFields, seed } from './fields/seed.js';
import { type CompleteStart, completeStart, type StartFields, start } from './fields/start.js';
import { type SystemFields, system } from './fields/system.js';
import { read } from './messages.js';

export type { CompleteClass, ServerClass } from './fields/classes.js';
export type { Dispatch } from './fields/policies.js';
export type { Change, CompleteChange, Update } from './fields/schedule.js';
export type { InitialRates } from './fields/start.js';

/** A system and how to simulate it. JSON-able: `'inf'` stands for infinity (`Infinity` is taken too). */
export interface SimulationConfig
  extends SystemFields,
    PolicyFields,
    ClassFields,
    StartFields,
    CostFields,
    ScheduleFields,
    RunFields,
    RecordingFields,
    SeedFields {}

/** A configuration with every default filled in; what a plain system does not have (policies, classes, a schedule) is absent. */
export interface CompleteConfig
  extends Required<SystemFields>,
    CompleteStart,
    Required<RunFields>,
    Required<SeedFields>,
    PolicyFields,
    CompleteSchedule {
  classes?: CompleteClass[];
  cost: CostChoice;
  record: CompleteRecording;
}

type Section<T> = { readonly [K in keyof Required<T>]: Field<unknown> };

/** Every field, in the order of the help; a field of a type without an entry here, or the other way round, does not compile. */
const fields = {
  ...system,
  ...policies,
  classes,
  ...start,
  cost,
  ...schedule,
  ...run,
  record: recording,
  seed,
} satisfies {
  [K in keyof Required<SimulationConfig>]: K extends 'cost' | 'record'
    ? Section<Required<SimulationConfig>[K]>
    : Field<unknown>;
};

const schema = object(
  {
    ...entries({ ...system, ...policies, classes, ...start, ...schedule, ...run, seed }),
    cost: v.optional(object(entries(cost)), {}),
    record: v.optional(object(entries(recording)), {}),
  },
  'an object with at least servers, arrivalRate, inverseStepSize and horizon',
);

/**
 * Checks a configuration and fills in the defaults (see `SimulationConfig`).
 * @throws {ConfigError} naming the field, the value and what is allowed
 */
export function validateConfig(config: unknown): CompleteConfig {
  const given = read(schema, config, 'config');
  const { servers, arrivalRate, inverseStepSize, buffer, horizon, seed } = given;
  const start = completeStart(given);
  const cost = completeCost(given.cost);
  const { classes } = completeClasses(given.classes, { servers, buffer, cost, ...start });
  const load = completeSchedule(given, { cost, classes });
  return {
    servers,
    arrivalRate,
    inverseStepSize,
    buffer,
    ...completePolicies(given),
    ...(classes && { classes }),
    ...start,
    cost,
    ...load,
    ...completeRun(given, load),
    record: completeRecording(given.record, { servers, arrivalRate, horizon, ...load }),
    seed,
  };
}

/** @internal A field and where it stands in a configuration: `record.interval`. */
export interface PlacedField extends Field<unknown> {
  path: string;
}

/** @internal All fields, in the order of the configuration. */
export const FIELDS: readonly PlacedField[] = Object.entries(fields).flatMap(([name, inner]) =>
  'takes' in inner
    ? { path: name, ...(inner as Field<unknown>) }
    : Object.entries(inner as Record<string, Field<unknown>>).map(([key, field]) => ({
        path: `${name}.${key}`,
        ...field,
      })),
);
