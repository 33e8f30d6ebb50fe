/** A comparison: variants of one system, on the same random numbers. */
import * as v from 'valibot';
import { type SimulationConfig, validateConfig } from '../config/config.js';
import { number, object, whole } from '../config/domain.js';
import { isPlain, mustBe, read, refuse, show } from '../config/messages.js';
import { ConfigError } from '../errors.js';
import { BASELINES, type Baseline, baselineFields, isBaseline } from './baselines.js';
import { COMPARED } from './compared-figures.js';
import { type IdealSystem, idealSystem } from './ideal-system.js';
import { type Look, looksOf } from './looks.js';
import { phasesOf } from './phases.js';
import type { CompletePlan } from './plan.js';
import { keyOf, type Point, withFields } from './points.js';

/** JSON-able. */
export interface ComparisonPlan {
  /** the system */
  base: Partial<SimulationConfig>;
  /**
   * each by its name: the fields in which it differs from `base`, a field within a section with a dot, such as `cost.h.b`; `{}` is `base` itself.
   * What has to be the same for all is refused: servers, horizon, warmup, seed and record
   */
  variants: Record<string, Record<string, unknown>>;
  /** variants that come with it: `'static'`, `'static:0.7'`, `'clairvoyant'` (see `Baseline`); default none */
  baselines?: readonly Baseline[];
  /** compare with this variant alone; default every variant with every other */
  reference?: string;
  /** runs of each variant before the first look at the differences: 2 … 1,000,000; default 10 */
  replications?: number;
  /**
   * most runs of a variant; default 8 times `replications`, at most 1000 times. As long as the difference of two variants in cost may be
   * 0, both get more
   */
  maxReplications?: number;
  /** probability that all intervals of all differences hold together: 0.5 … 0.99; default 0.95 */
  level?: number;
}

/** A comparison with its variants and defaults spelt out. */
export interface CompleteComparison {
  /** of all points, variant by variant */
  names: string[];
  /** as a sweep with common streams and the largest number of replications */
  sweep: CompletePlan;
  /** the same as JSON, for a results directory */
  given: object;
  /** pairs of variants, by number */
  pairs: [number, number][];
  reference: number | null;
  looks: Look[];
  level: number;
  /** of `base` */
  ideal: IdealSystem;
}

/** More, and the intervals would need quantiles of Student's t beyond 1e-9. */
const MOST_VARIANTS = 26;
const MOST_GROWTH = 1000;
/** Tasks whose sojourn times are followed in each run, unless the base says otherwise: one in a hundred gives the 99 % quantile. */
const TAGGED = 10_000;

/** What must be the same for all, and why. */
const SHARED: Record<string, string> = {
  servers: 'figures are per server, and common random numbers need as many servers',
  horizon: 'all variants run equally long',
  warmup: 'the figures of all variants are about the same time',
  seed: 'all variants use the same random numbers',
  record: 'what is recorded changes no event; set it in the base',
};

const anything = v.custom<unknown>(() => true);
const fields = v.pipe(
  v.custom<object>(isPlain, mustBe('an object of configuration fields')),
  v.record(v.string(mustBe('a field')), anything),
);
const VARIANTS = 'an object with the fields of each variant by its name';
const baseline = v.custom<Baseline>(isBaseline, mustBe(BASELINES));
const BASELINE_LIST = `a list of ${BASELINES}`;
const schema = object({
  base: fields,
  variants: v.pipe(
    v.custom<object>(isPlain, mustBe(VARIANTS)),
    v.record(v.string(mustBe('a name')), fields, mustBe(VARIANTS)),
  ),
  baselines: v.optional(
    v.pipe(
      v.custom<unknown[]>(Array.isArray, mustBe(BASELINE_LIST)),
      v.array(baseline, mustBe(BASELINE_LIST)),
    ),
    [],
  ),
  reference: v.optional(v.string(mustBe('the name of a variant'))),
  replications: v.optional(whole(2, 1_000_000).schema, 10),
  maxReplications: v.optional(whole(2, 1_000_000_000).schema),
  level: v.optional(number(0.5, 0.99).schema, 0.95),
});

/**
 * Checks a plan and spells out its variants, then its baselines.
 * @throws {ConfigError} naming the field and the variant
 */
export async function completeComparison(plan: unknown): Promise<CompleteComparison> {
  const given = read(schema, plan, 'plan');
  const { replications, level } = given;
  const base = withTags(given.base as Record<string, unknown>);
  const { maxReplications = 8 * replications } = given;
  checkBudget(replications, maxReplications);
  const system = validateConfig(base);
  const variants = Object.entries(given.variants).map(
    ([name, fields]) => [name, fields] as [string, Record<string, unknown>],
  );
  for (const name of given.baselines) {
    variants.push([name, await baselineFields(name, system, base)]);
  }
  const names = variants.map(([name]) => name);
  checkNames(names);
  const points = variants.map(([name, fields]) => pointOf(base, name, fields));
  checkDifferent(names, points);
  const reference = given.reference === undefined ? null : names.indexOf(given.reference);
  if (reference === -1) {
    refuse('reference', given.reference, `the name of a variant: ${names.join(', ')}`);
  }
  const pairs = pairsOf(names.length, reference);
  return {
    names,
    sweep: {
      points,
      replications: maxReplications,
      streams: 'common',
      precision: null,
      maxReplications,
    },
    given: {
      base,
      points: points.map(({ parameters }) => parameters),
      replications: maxReplications,
      streams: 'common',
    },
    pairs,
    reference,
    looks: looksOf(replications, maxReplications, (1 - level) / (pairs.length * COMPARED.length)),
    level,
    ideal: await idealSystem(system, phasesOf(system)),
  };
}

/** Sojourn times are followed, unless the base says how many, or none. */
function withTags(base: Record<string, unknown>): Record<string, unknown> {
  const { record } = base;
  if (record !== undefined && (!isPlain(record) || record.sojourns !== undefined)) return base;
  return withFields(base, { 'record.sojourns': TAGGED });
}

function checkBudget(replications: number, maxReplications: number): void {
  if (maxReplications < replications) {
    refuse('maxReplications', maxReplications, `at least replications, ${replications}`);
  }
  if (maxReplications > MOST_GROWTH * replications) {
    refuse(
      'maxReplications',
      maxReplications,
      `at most ${MOST_GROWTH} times replications, ${MOST_GROWTH * replications}`,
    );
  }
}

function checkNames(names: readonly string[]): void {
  if (names.length < 2) {
    throw new ConfigError(
      'variants',
      `there ${names.length === 1 ? 'is one' : 'is none'}; give at least two, baselines included`,
    );
  }
  if (names.length > MOST_VARIANTS) {
    throw new ConfigError(
      'variants',
      `there are ${names.length}, baselines included; at most ${MOST_VARIANTS}`,
    );
  }
  names.forEach((name, i) => {
    if (name.trim() === '' || name !== name.trim()) {
      refuse('variants', name, 'a name without blanks at its ends');
    }
    if (names.indexOf(name) !== i) {
      throw new ConfigError('variants', `two of them are called ${show(name)}; rename one`);
    }
  });
}

function pointOf(
  base: Record<string, unknown>,
  name: string,
  parameters: Record<string, unknown>,
): Point {
  const place = `variants.${name}`;
  for (const field of Object.keys(parameters)) {
    const why = SHARED[field.split('.')[0] as string];
    if (why) throw new ConfigError(`${place}.${field}`, `must be the same for all: ${why}`);
  }
  try {
    return { parameters, config: validateConfig(withFields(base, parameters)) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`${place}.${error.field}`, error.message.slice(error.field.length + 2));
  }
}

function checkDifferent(names: readonly string[], points: readonly Point[]): void {
  const seen = new Map<string, string>();
  points.forEach(({ config }, i) => {
    const key = keyOf(config);
    const before = seen.get(key);
    if (before !== undefined) {
      throw new ConfigError(
        'variants',
        `${show(before)} and ${show(names[i])} are the same system; leave one out`,
      );
    }
    seen.set(key, names[i] as string);
  });
}

/** Every variant with every other, or with the reference. */
function pairsOf(count: number, reference: number | null): [number, number][] {
  const pairs: [number, number][] = [];
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      if (reference === null || a === reference || b === reference) pairs.push([a, b]);
    }
  }
  return pairs;
}
