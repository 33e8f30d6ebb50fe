/** A sweep: many configurations, each with its replications. */
import * as v from 'valibot';
import type { SimulationConfig } from '../config/config.js';
import { object, oneOf, pick, whole } from '../config/domain.js';
import { isPlain, mustBe, read, refuse } from '../config/messages.js';
import { relativeWidth } from '../config/options.js';
import { ConfigError } from '../errors.js';
import { PointIndex } from './point-index.js';
import { type Fields, type Points, SpeltPoints } from './points.js';

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

/** A plan with its points and defaults spelt out. */
export interface CompletePlan {
  points: Points;
  replications: number;
  streams: 'independent' | 'common';
  precision: number | null;
  maxReplications: number;
}

const MOST_POINTS = 1_000_000;
const count = whole(1, MOST_POINTS);
const anything = v.custom<unknown>(() => true);
const finite = v.custom<number>(Number.isFinite, mustBe('a finite number'));

/** A list that is not empty, before its items are looked at. */
function some<T>(item: v.GenericSchema<unknown, T>, words: string) {
  return v.pipe(
    v.custom<unknown[]>(
      (list) => Array.isArray(list) && list.length <= MOST_POINTS,
      mustBe(`${words}, at most ${MOST_POINTS}`),
    ),
    v.array(item, mustBe(words)),
  );
}

const space = v.pipe(
  v.custom<unknown[]>(
    (list) => Array.isArray(list) && list.length === 3,
    mustBe('[from, to, count]'),
  ),
  v.tuple([finite, finite, count.schema], mustBe('[from, to, count]')),
);
const yesOrNo = v.optional(v.boolean(mustBe('true or false')));
const linear = object({ linspace: space, integer: yesOrNo });
const logarithmic = object({ logspace: space, integer: yesOrNo });
const LIST = 'a list of values, not empty';
const several = v.pipe(some(anything, LIST), v.minLength(1, mustBe(LIST)));
const values = pick<v.InferOutput<typeof several | typeof linear | typeof logarithmic>>(
  'a list of values, { linspace: [from, to, count] } or { logspace: [from, to, count] }',
  (input) => {
    if (Array.isArray(input)) return several;
    if (!isPlain(input)) return null;
    return 'linspace' in input ? linear : 'logspace' in input ? logarithmic : null;
  },
);

/** An object whose keys are fields of a configuration. */
function fieldsWith<T>(value: v.GenericSchema<unknown, T>, words: string) {
  return v.pipe(
    v.custom<object>(isPlain, mustBe(words)),
    v.record(v.string(mustBe('a field')), value, mustBe(words)),
  );
}

const axes = fieldsWith(values, 'an object of fields with their values');
const given = fieldsWith(anything, 'an object of configuration fields');
const schema = object({
  base: v.optional(given, {}),
  grid: v.optional(axes, {}),
  zip: v.optional(some(axes, 'a list of groups of fields'), []),
  points: v.optional(some(given, 'a list of objects of configuration fields')),
  replications: v.optional(count.schema, 10),
  streams: v.optional(oneOf('independent', 'common').schema, 'independent'),
  precision: v.optional(relativeWidth.schema),
  maxReplications: v.optional(count.schema),
});

/**
 * Checks a plan and spells out its points.
 * @throws {ConfigError} naming the field and, where a point is at fault, the point
 */
export function completePlan(plan: unknown): CompletePlan {
  const complete = read(schema, plan, 'plan');
  const { base, grid, zip, points, replications, streams, precision } = complete;
  const { maxReplications = 64 * replications } = complete;
  if (maxReplications < replications) {
    refuse('maxReplications', maxReplications, `at least replications, ${replications}`);
  }
  let combinations = 1;
  const axes: Fields[][] = [];
  const multiply = (alternatives: Fields[]) => {
    combinations *= alternatives.length;
    if (combinations > MOST_POINTS) {
      throw new ConfigError('grid', `has more than ${MOST_POINTS} points; choose fewer values`);
    }
    axes.push(alternatives);
  };
  for (const [field, of] of Object.entries(grid)) {
    multiply(spell(field, of as Values).map((value) => ({ [field]: value })));
  }
  zip.forEach((group, i) => {
    multiply(together(group as Axes, `zip[${i}]`));
  });
  const all = new SpeltPoints(
    base,
    axes.length === 0 && points ? null : axes,
    (points ?? []) as Fields[],
  );
  if (all.length === 0) throw new ConfigError('points', 'is empty; give at least one point');
  // the same point twice would be the same runs twice
  const { repeated } = new PointIndex(all);
  if (repeated) {
    const [first, second] = repeated;
    throw new ConfigError('points', `points ${first} and ${second} are the same; leave one out`);
  }
  return {
    points: all,
    replications,
    streams,
    precision: precision ?? null,
    maxReplications,
  };
}

function together(group: Axes, place: string): Fields[] {
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
