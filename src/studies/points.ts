/** The points of a plan. There may be a million: those of a grid are spelt out one at a time, when somebody asks. */
import { type CompleteConfig, validateConfig } from '../config/config.js';
import { isPlain, show } from '../config/messages.js';
import { PAPER_COST } from '../cost/cost.js';
import { ConfigError } from '../errors.js';

/** One design point. */
export interface Point {
  /** what distinguishes it from the base, by field */
  parameters: Record<string, unknown>;
  config: CompleteConfig;
}

/** What a list of points can be asked. */
export interface Points extends Iterable<Point> {
  readonly length: number;
  at(number: number): Point | undefined;
}

/** Values of some fields. */
export type Fields = Record<string, unknown>;

/** Every combination of the alternatives on each axis, the last axis fastest, then points given one by one. */
export class SpeltPoints implements Points {
  readonly length: number;
  readonly #base: Fields;
  readonly #axes: readonly (readonly Fields[])[];
  readonly #combinations: number;
  readonly #given: readonly Fields[];
  #last: { number: number; point: Point } | undefined;

  /** @param axes null: there are no combinations, not even the base by itself */
  constructor(base: Fields, axes: readonly (readonly Fields[])[] | null, given: readonly Fields[]) {
    this.#base = base;
    this.#axes = axes ?? [];
    this.#combinations = axes?.reduce((count, axis) => count * axis.length, 1) ?? 0;
    this.#given = given;
    this.length = this.#combinations + given.length;
  }

  /** @throws {ConfigError} if the point is not a configuration */
  at(number: number): Point | undefined {
    if (!(number >= 0 && number < this.length)) return undefined;
    if (this.#last?.number !== number) {
      const parameters = this.#parametersOf(number);
      this.#last = { number, point: { parameters, config: this.#configOf(number, parameters) } };
    }
    return this.#last.point;
  }

  *[Symbol.iterator](): Iterator<Point> {
    for (let number = 0; number < this.length; number++) yield this.at(number) as Point;
  }

  #parametersOf(number: number): Fields {
    if (number >= this.#combinations) return this.#given[number - this.#combinations] as Fields;
    let rest = number;
    const chosen: Fields[] = [];
    for (const axis of this.#axes.toReversed()) {
      chosen.unshift(axis[rest % axis.length] as Fields);
      rest = Math.floor(rest / axis.length);
    }
    return Object.assign({}, ...chosen);
  }

  #configOf(number: number, parameters: Fields): CompleteConfig {
    try {
      return validateConfig(withFields(this.#base, parameters));
    } catch (error) {
      if (!(error instanceof ConfigError) || this.length === 1) throw error;
      const what = error.message.slice(error.field.length + 2);
      throw new ConfigError(error.field, `${what} (point ${number}: ${show(parameters)})`);
    }
  }
}

/** A configuration with other values of some fields; a field within a section is written with a dot. */
export function withFields(base: Fields, fields: Fields): Fields {
  return Object.entries(fields).reduce(
    (config, [field, value]) => put(config, field.split('.'), value),
    base,
  );
}

/** Sections that a field may be set in though the base has none: it changes the default. */
const SECTIONS: Fields = { cost: PAPER_COST };

/** A copy with another value of one field; what is beside it is shared. */
function put(
  object: Fields,
  [head = '', ...rest]: string[],
  value: unknown,
  defaults = SECTIONS,
): Fields {
  if (rest.length === 0) return { ...object, [head]: value };
  const below = isPlain(defaults[head]) ? defaults[head] : {};
  const section = object[head];
  return { ...object, [head]: put(isPlain(section) ? section : below, rest, value, below) };
}

/** What tells configurations apart: all that is in them, code as its text. */
export function keyOf(config: CompleteConfig): string {
  return JSON.stringify(config, (_, value) =>
    typeof value === 'function' ? String(value) : value,
  );
}
