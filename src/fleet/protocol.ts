/**
 * What travels between a coordinator and its workers, as JSON: packs of runs one way, results and announcements the other.
 * All of it comes from other machines, so it is checked before it is used. It is data, never code.
 */
import * as v from 'valibot';
import { type CompleteConfig, validateConfig } from '../config/config.js';
import { read } from '../config/messages.js';
import { ENGINE_HASH } from '../engine/engine-hash.js';
import { ConfigError } from '../errors.js';
import { EXPERIMENTS } from '../experiments/index.js';
import { keyOf } from '../studies/points.js';
import type { Job } from '../studies/queue.js';
import { VERSION } from '../version.js';

const FORMAT = 1;

/** More characters than these are in no pack or result. */
export const LONGEST = 64 * 2 ** 20;

/** More runs than these are in no pack. */
export const MOST_RUNS = 1000;

/** Keys of a Redis begin with this, BullMQ's included. */
export const PREFIX = 'ratescale';

/** Who makes runs that can be mixed: the same version with the same kernels. */
export interface Maker {
  version: string;
  engine: string;
}

export const US: Maker = { version: VERSION, engine: ENGINE_HASH };

export function makerText({ version, engine }: Maker): string {
  return `version ${version} with engine ${engine.slice(0, 12)}`;
}

/** The BullMQ queue of packs: others' packs are in queues of their own. */
export const QUEUE = `packs-${US.version}-${US.engine.slice(0, 12)}`;

/** The stream to which workers add results. It is there as long as somebody waits for them. */
export const resultsKey = (sweep: string) => `${PREFIX}:results:${sweep}`;

/** The channel on which workers say every second what they do. */
export const ANNOUNCEMENTS = `${PREFIX}:workers`;

/** There while a coordinator is that makes packs of ours. */
export const COORDINATED = `${PREFIX}:coordinated:${QUEUE}`;

const text = (pattern: RegExp) => v.pipe(v.string(), v.maxLength(200), v.regex(pattern));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const maker = { version: text(/^[\w.+-]+$/), engine: text(/^[0-9a-f]{64}$/) };
const sweep = text(/^[0-9a-f]{32}$/);

/** `sweep-coordinator-number` */
const packName = text(/^[0-9a-f]{32}-[0-9a-f]{8}-\d{1,12}$/);

const packSchema = v.strictObject({
  format: v.literal(FORMAT),
  ...maker,
  sweep,
  /** the experiment whose `measure` looks at the trajectories */
  experiment: v.nullable(v.picklist(EXPERIMENTS.map(({ name }) => name))),
  /** numbers of points with their configurations, seeds apart */
  points: v.pipe(v.array(v.tuple([count, v.record(v.string(), v.unknown())])), v.minLength(1)),
  /** point, replication, seed */
  runs: v.pipe(
    v.array(v.tuple([count, count, v.pipe(v.string(), v.maxLength(10_000))])),
    v.minLength(1),
    v.maxLength(MOST_RUNS),
  ),
});

export type Pack = v.InferOutput<typeof packSchema>;

export function packOf(sweep: string, experiment: string | null, jobs: Iterable<Job>): Pack {
  const points = new Map<number, Record<string, unknown>>();
  const runs: Pack['runs'] = [];
  for (const { point, replication, config } of jobs) {
    const { seed, ...rest } = config;
    if (!points.has(point)) points.set(point, rest);
    runs.push([point, replication, String(seed)]);
  }
  return { format: FORMAT, ...US, sweep, experiment, points: [...points], runs };
}

/** The jobs of a pack. @throws {Refusal} unless it is one of ours, and means the same here as where it was made */
export function jobsOf(input: unknown): { pack: Pack; jobs: Job[] } {
  const pack = take(packSchema, input, 'pack');
  checkMaker(pack, 'a pack');
  const configs = new Map<number, CompleteConfig>();
  for (const [number, given] of pack.points) configs.set(number, meant(given, number));
  const jobs = pack.runs.map(([point, replication, seed]): Job => {
    const config = configs.get(point);
    if (!config) throw new Refusal(`a pack has runs of point ${point} without its configuration`);
    return { point, replication, config: { ...config, seed } };
  });
  return { pack, jobs };
}

/** A complete configuration, which means the same here. */
function meant(given: Record<string, unknown>, point: number): CompleteConfig {
  const sent = { ...given, seed: '' } as CompleteConfig;
  let config: CompleteConfig;
  try {
    config = validateConfig(sent);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Refusal(`a pack has a configuration that cannot be run: ${error.message}`);
  }
  if (keyOf(config) !== keyOf(sent)) {
    throw new Refusal(`a pack has a configuration of point ${point} that is not complete`);
  }
  return config;
}

const runSchema = v.union([
  v.strictObject({
    point: count,
    replication: count,
    failure: v.pipe(v.string(), v.maxLength(2000)),
  }),
  v.strictObject({ point: count, replication: count, result: v.record(v.string(), v.unknown()) }),
]);

const answerSchema = v.strictObject({
  format: v.literal(FORMAT),
  ...maker,
  pack: packName,
  /** of the worker: host and process */
  worker: v.pipe(v.string(), v.maxLength(300)),
  /** that the runs took */
  seconds: amount,
  /** why the whole pack was not run */
  refused: v.nullable(v.pipe(v.string(), v.maxLength(2000))),
  runs: v.pipe(v.array(runSchema), v.maxLength(MOST_RUNS)),
});

/** What a worker says of a pack. */
export type Answer = v.InferOutput<typeof answerSchema>;

export function answerOf(answer: Omit<Answer, 'format' | keyof Maker>): string {
  return JSON.stringify({ format: FORMAT, ...US, ...answer } satisfies Answer);
}

/** @throws {Refusal} unless it is an answer of ours */
export function readAnswer(json: string | undefined): Answer {
  const answer = take(answerSchema, parse(json, 'a result'), 'result');
  checkMaker(answer, `a result of ${answer.worker}`);
  return answer;
}

const announcementSchema = v.strictObject({
  format: v.literal(FORMAT),
  ...maker,
  worker: v.pipe(v.string(), v.maxLength(300)),
  /** threads */
  lanes: v.pipe(count, v.maxValue(1024)),
  /** packs under way, with the accepted arrivals and departures of each so far */
  packs: v.pipe(v.array(v.tuple([packName, amount])), v.maxLength(2048)),
});

/** What a worker says every second. */
export type Announcement = v.InferOutput<typeof announcementSchema>;

export function announcementOf(announcement: Omit<Announcement, 'format' | keyof Maker>): string {
  return JSON.stringify({ format: FORMAT, ...US, ...announcement } satisfies Announcement);
}

/** null for what is none */
export function readAnnouncement(json: string): Announcement | null {
  try {
    return take(announcementSchema, parse(json, 'an announcement'), 'announcement');
  } catch {
    return null;
  }
}

/** What came from another machine cannot be used; the message names what and why. */
export class Refusal extends Error {}

function checkMaker(made: Maker, what: string): void {
  if (made.version === US.version && made.engine === US.engine) return;
  throw new Refusal(`${what} is of ${makerText(made)}; this is ${makerText(US)}`);
}

function take<T>(schema: v.GenericSchema<unknown, T>, input: unknown, name: string): T {
  try {
    return read(schema, input, name);
  } catch (error) {
    throw new Refusal(`malformed ${name}: ${(error as Error).message}`);
  }
}

function parse(json: string | undefined, what: string): unknown {
  if (json === undefined) throw new Refusal(`${what} is empty`);
  if (json.length > LONGEST) throw new Refusal(`${what} is longer than ${LONGEST} characters`);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Refusal(`${what} is not JSON: ${(cause as Error).message.slice(0, 100)}`);
  }
}
