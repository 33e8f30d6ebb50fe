/** A sweep: many configurations, each with its replications. */
import * as v from 'valibot';
import { type CompleteConfig, type SimulationConfig, validateConfig } from '../config/config.js';
import { PAPER_COST } from '../cost/cost.js';
import { ConfigError } from '../errors.js';

/** Values of one field: a list, or evenly spaced ones; `integer` rounds them and drops duplicates. */
export type Values =
  | readonly unknown[]
  | { linspace: [from: number, to: number, count: number]; integer?: boolean }
  | { logspace: [from: number, to: number, count: number]; integer?: boolean };

/** Values by field; a field within a section is written with a dot, as in `record.interval` or `cost.h.b`. */
export type Axes = Record<string, Values>;

/** JSON-able. */
export interface SweepPlan {
  /** what all points have in common; a point's own fields come on top */
  base?: Partial<SimulationConfig>;
  /** every combination of these values is a point; the last field varies fastest */
  grid?: Axes;
  /** groups of fields that vary together, each like one more field of the grid, after its own */
  zip?: readonly Axes[];
  /** points given one by one, as fields on top of `base`; after those of the grid */
  points?: readonly Record<string, unknown>[];
  /** runs of each point: 1 … 1,000,000; default 10 */
  replications?: number;
  /**
   * `'independent'` (default): every run has its own random numbers; `'common'`: replication k has the same ones at
   * every point with the same seed, so that points are compared on equal terms (common random numbers)
   */
  streams?: 'independent' | 'common';
  /** add replications to a point until every headline figure has this relative half-width, e.g. 0.01 */
  precision?: number;
  /** with `precision`: most replications of a point; default 64 times `replications` */
  maxReplications?: number;
}

/** One design point. */
export interface Point {
  /** what distinguishes it from the base, by field */
  parameters: Record<string, unknown>;
  config: CompleteConfig;
}

/** A plan with its points and defaults spelt out. */
export interface CompletePlan {
  points: Point[];
  replications: number;
  streams: 'independent' | 'common';
  precision: number | null;
  maxReplications: number;
}

const MOST_POINTS = 1_000_000;
const COUNT = 'a whole number from 1 to 1000000';
const count = v.pipe(
  v.number(COUNT),
  v.integer(COUNT),
  v.minValue(1, COUNT),
  v.maxValue(1e6, COUNT),
);
const SPACE = '[from, to, count] with a count from 1 to 1000000';
const space = v.tuple(
  [v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite()), count],
  SPACE,
);
const VALUES =
  'a list of values, { linspace: [from, to, count] } or { logspace: [from, to, count] }';
const values = v.union(
  [
    v.pipe(v.array(v.unknown()), v.minLength(1, 'a list of values, not empty')),
    v.strictObject({ linspace: space, integer: v.optional(v.boolean()) }),
    v.strictObject({ logspace: space, integer: v.optional(v.boolean()) }),
  ],
  VALUES,
);
const axes = v.record(v.string(), values, 'fields with their values');
const PRECISION = 'a number between 0 and 1, such as 0.01';
const schema = v.strictObject(
  {
    base: v.optional(v.record(v.string(), v.unknown(), 'an object of configuration fields'), {}),
    grid: v.optional(axes, {}),
    zip: v.optional(v.array(axes, 'a list of groups of fields'), []),
    points: v.optional(
      v.array(v.record(v.string(), v.unknown()), 'a list of objects of configuration fields'),
    ),
    replications: v.optional(count, 10),
    streams: v.optional(
      v.picklist(['independent', 'common'], '"independent" or "common"'),
      'independent',
    ),
    precision: v.optional(
      v.pipe(
        v.number(PRECISION),
        v.check((x) => x > 0 && x < 1, PRECISION),
      ),
    ),
    maxReplications: v.optional(count),
  },
  'an object with base, grid, zip, points, replications, streams, precision, maxReplications',
);

/**
 * Checks a plan and spells out its points.
 * @throws {ConfigError} naming the field and, where a point is at fault, the point
 */
export function completePlan(plan: unknown): CompletePlan {
  const parsed = v.safeParse(schema, plan);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue) ?? 'plan';
    const unknown = issue.type === 'strict_object' && issue.expected === 'never';
    throw new ConfigError(
      field,
      unknown
        ? `unknown field; allowed are ${Object.keys(schema.entries).join(', ')}`
        : `got ${JSON.stringify(issue.input)?.slice(0, 60) ?? 'nothing'}; must be ${issue.message}`,
    );
  }
  const { base, grid, zip, points, replications, streams, precision } = parsed.output;
  const { maxReplications = 64 * replications } = parsed.output;
  if (maxReplications < replications) {
    throw new ConfigError(
      'maxReplications',
      `got ${maxReplications}; must be at least replications, ${replications}`,
    );
  }
  let combinations: Record<string, unknown>[] = [{}];
  const multiply = (alternatives: Record<string, unknown>[]) => {
    if (combinations.length * alternatives.length > MOST_POINTS) {
      throw new ConfigError('grid', `has more than ${MOST_POINTS} points; choose fewer values`);
    }
    combinations = combinations.flatMap((left) =>
      alternatives.map((right) => ({ ...left, ...right })),
    );
  };
  for (const [field, of] of Object.entries(grid)) {
    multiply(spell(field, of as Values).map((value) => ({ [field]: value })));
  }
  zip.forEach((group, i) => {
    multiply(together(group as Axes, `zip.${i}`));
  });
  const alone = Object.keys(grid).length === 0 && zip.length === 0;
  const parameters = [...(alone && points ? [] : combinations), ...(points ?? [])];
  if (parameters.length === 0) throw new ConfigError('points', 'is empty; give at least one point');
  const complete = parameters.map((fields, i): Point => {
    const config = structuredCloneOf(base);
    for (const [field, value] of Object.entries(fields)) put(config, field.split('.'), value);
    try {
      return { parameters: fields, config: validateConfig(config) };
    } catch (error) {
      if (!(error instanceof ConfigError) || parameters.length === 1) throw error;
      const what = error.message.slice(error.field.length + 2);
      throw new ConfigError(error.field, `${what} (point ${i}: ${JSON.stringify(fields)})`);
    }
  });
  // the same point twice would be the same runs twice
  const seen = new Map<string, number>();
  complete.forEach(({ config }, i) => {
    const key = keyOf(config);
    const before = seen.get(key);
    if (before !== undefined) {
      throw new ConfigError('points', `points ${before} and ${i} are the same; leave one out`);
    }
    seen.set(key, i);
  });
  return {
    points: complete,
    replications,
    streams,
    precision: precision ?? null,
    maxReplications,
  };
}

/** What tells configurations apart: all that is in them, code as its text. */
export function keyOf(config: CompleteConfig): string {
  return JSON.stringify(config, (_, value) =>
    typeof value === 'function' ? String(value) : value,
  );
}

/** What names a replication within a plan. */
export function placeOf(point: number, replication: number): string {
  return `${point}/${replication}`;
}

function together(group: Axes, place: string): Record<string, unknown>[] {
  const columns = Object.entries(group).map(
    ([field, of]) => [field, spell(field, of)] as [string, unknown[]],
  );
  const lengths = new Set(columns.map(([, column]) => column.length));
  if (lengths.size !== 1) {
    const list = columns.map(([field, column]) => `${field} has ${column.length}`).join(', ');
    throw new ConfigError(place, `fields that vary together need equally many values: ${list}`);
  }
  const [length = 0] = lengths;
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(columns.map(([field, column]) => [field, column[i]])),
  );
}

function spell(field: string, of: Values): unknown[] {
  if (Array.isArray(of)) return [...of];
  const spaced = of as { linspace?: number[]; logspace?: number[]; integer?: boolean };
  const logarithmic = spaced.logspace !== undefined;
  const [from, to, points] = (spaced.linspace ?? spaced.logspace) as [number, number, number];
  if (logarithmic && !(from > 0 && to > 0)) {
    throw new ConfigError(field, `got logspace from ${from} to ${to}; both must be positive`);
  }
  const at = (i: number) => {
    // the ends as they were given, not as logarithms round them
    if (i === 0) return from;
    if (i === points - 1) return to;
    return logarithmic
      ? from * (to / from) ** (i / (points - 1))
      : from + ((to - from) * i) / (points - 1); // exact for whole steps
  };
  const list = Array.from({ length: points }, (_, i) => at(i));
  return spaced.integer ? [...new Set(list.map(Math.round))] : list;
}

/** A deep copy that keeps code. */
function structuredCloneOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'object' &&
      inner !== null &&
      Object.getPrototypeOf(inner) === Object.prototype
        ? structuredCloneOf(inner as Record<string, unknown>)
        : inner,
    ]),
  );
}

/** Sections that a field may be set in though the base has none: it changes the default. */
const SECTIONS: Record<string, unknown> = { cost: PAPER_COST };

function put(
  object: Record<string, unknown>,
  path: string[],
  value: unknown,
  defaults = SECTIONS,
): void {
  const [head, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    object[head] = value;
    return;
  }
  const isSection = (x: unknown): x is Record<string, unknown> =>
    typeof x === 'object' && x !== null;
  const below = isSection(defaults[head]) ? defaults[head] : {};
  const inner = object[head];
  const section = isSection(inner) ? inner : structuredCloneOf(below);
  object[head] = section;
  put(section, rest, value, below);
}
