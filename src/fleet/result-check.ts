/** Whether what a worker sends is the result of the run that it was asked for. */
import * as v from 'valibot';
import { isPlain } from '../config/messages.js';
import { FIGURE_NAMES } from '../figures/figures.js';
import { keyOf } from '../studies/points.js';
import type { Job } from '../studies/queue.js';
import type { Replication } from '../studies/result.js';
import { Refusal } from './protocol.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const maybe = v.nullable(finite);
const numbers = v.custom<Record<string, unknown>[]>(
  (list) => Array.isArray(list) && list.every((item) => isPlain(item) && hasNumbersAlone(item)),
);

/** The entries of an object schema for all figures: `serviceRate.mean` is a field of `serviceRate`. */
function figureEntries(): Record<string, v.GenericSchema> {
  const sections = new Map<string, Record<string, v.GenericSchema>>();
  const entries: Record<string, v.GenericSchema> = {};
  for (const name of FIGURE_NAMES) {
    const [head, field] = name.split('.') as [string, string?];
    if (field === undefined) entries[head] = maybe;
    else sections.set(head, { ...sections.get(head), [field]: maybe });
  }
  for (const [head, fields] of sections) entries[head] = v.strictObject(fields);
  return entries;
}

const schema = v.strictObject({
  point: count,
  replication: count,
  config: v.unknown(),
  events: v.strictObject({ arrivals: count, dropped: count, departures: count, candidates: count }),
  ...figureEntries(),
  sojournTime: v.optional(
    v.strictObject({
      ...{ tagged: count, finished: count },
      ...{ mean: maybe, sd: maybe, p50: maybe, p95: maybe, p99: maybe },
    }),
  ),
  classes: v.optional(numbers),
  phases: v.optional(numbers),
  maxQueueLength: v.nullable(count),
  time: v.strictObject({ start: finite, end: finite }),
  warnings: v.optional(v.array(v.string())),
  stateHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  measured: v.optional(v.unknown()),
});

/** @param measured whether the runs are measured @throws {Refusal} if it is not the result of that job */
export function checkResult(input: unknown, job: Job, measured: boolean): Replication {
  const { point, replication, config } = job;
  const which = `point ${point}, replication ${replication}`;
  const parsed = v.safeParse(schema, input, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Refusal(`${which}: ${v.getDotPath(issue) ?? 'the result'}: ${issue.message}`);
  }
  // as it came, in its order, not as the schema puts it together
  const result = input as Replication;
  if (result.point !== point || result.replication !== replication) {
    throw new Refusal(
      `${which}: the result is of point ${result.point}, replication ${result.replication}`,
    );
  }
  if (keyOf(result.config) !== keyOf(config)) {
    throw new Refusal(`${which}: the result is of another configuration than was asked for`);
  }
  if (result.time.end !== config.horizon) {
    throw new Refusal(`${which}: the result ends at ${result.time.end}, not at ${config.horizon}`);
  }
  if ('measured' in result !== measured) {
    throw new Refusal(`${which}: the result ${measured ? 'lacks' : 'has'} measurements`);
  }
  return result;
}

function hasNumbersAlone(value: unknown): boolean {
  if (value === null || Number.isFinite(value)) return true;
  if (!isPlain(value)) return false;
  return Object.entries(value).every(([key, item]) => key !== '__proto__' && hasNumbersAlone(item));
}
