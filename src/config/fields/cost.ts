import * as v from 'valibot';
import {
  type AnyFunction,
  type CostChoice,
  isFamilyCost,
  PAPER_COST,
  type PowerCost,
  type SlownessCost,
  upperRate,
} from '../../cost/cost.js';
import { ConfigError } from '../../errors.js';
import { type Domain, number, object, oneOf, pick } from '../domain.js';
import { field } from '../field.js';
import { isPlain, mustBe } from '../messages.js';

export interface CostFields {
  /**
   * g and h of the objective (2.1): a family, an expression in x such as `'1/(1+x)'`, or code (a function, or
   * `{ f, df, ddf }` with its derivatives); default the paper's g(x) = 1/x, h(x) = 0.1 x²
   */
  cost?: { g?: CostChoice['g']; h?: CostChoice['h'] };
}

const scale = number(1e-9, 1e9);
const slownessPower = number(0.01, 20);
const ratePower = number(1, 20);

const slowness: v.GenericSchema<unknown, SlownessCost> = object({
  family: oneOf('power', 'shifted').schema,
  a: scale.schema,
  p: slownessPower.schema,
});
const power: v.GenericSchema<unknown, PowerCost> = object({
  family: oneOf('power').schema,
  b: scale.schema,
  q: ratePower.schema,
});

const expression = v.pipe(v.string(), v.nonEmpty(mustBe('an expression in x')));
const code = v.custom<(x: number) => number>(
  (value) => typeof value === 'function',
  mustBe('a function'),
);
const codes = object({ f: code, df: v.exactOptional(code), ddf: v.exactOptional(code) });

/** A family, an expression or code: by what the input looks like. */
function costFunction<T>(
  family: v.GenericSchema<unknown, T>,
  forms: string,
): Domain<T | AnyFunction> {
  const words = `${forms}, an expression in x, or a function`;
  return {
    schema: pick<T | AnyFunction>(words, (input) => {
      if (typeof input === 'string') return expression;
      if (typeof input === 'function') return code;
      if (!isPlain(input)) return null;
      return 'f' in input ? codes : family;
    }),
    words,
    range: words,
  };
}

/** @internal */
export const cost = {
  g: field({
    group: 'cost',
    meaning: 'cost of slowness, g(x): the family power is a x^−p, shifted is a (1+x)^−p',
    takes: costFunction(slowness, '{ family: "power" or "shifted", a, p }'),
    default: PAPER_COST.g,
    flag: {
      spelling: '--g <cost>',
      form: 'g',
      help: `cost of slowness: power:a,p is a x^-p, shifted:a,p is a (1+x)^-p, or any expression in x such as "1/(1+x)"; a: ${scale.range}, p: ${slownessPower.range}`,
      default: 'power:1,1',
    },
  }),
  h: field({
    group: 'cost',
    meaning: 'cost of running at a rate, h(x): the family power is b x^q',
    takes: costFunction(power, '{ family: "power", b, q }'),
    default: PAPER_COST.h,
    flag: {
      spelling: '--h <cost>',
      form: 'h',
      help: `cost of running at a rate: power:b,q is b x^q, or any expression in x such as "0.05*x^3"; b: ${scale.range}, q: ${ratePower.range}`,
      default: 'power:0.1,2',
    },
  }),
};

/** @internal The part of a cost that a class of servers or a moment of a schedule changes. */
export const partialCost: v.GenericSchema<unknown, Partial<CostChoice>> = object({
  g: v.exactOptional(cost.g.takes.schema),
  h: v.exactOptional(cost.h.takes.schema),
});

/** Families whose rates would have no bounds are refused here; other functions when they are resolved. */
export function completeCost({ g, h }: CostChoice): CostChoice {
  const cost = { g, h };
  if (!isFamilyCost(cost)) return cost;
  const bounded = !Number.isNaN(upperRate(cost));
  const { a, p } = cost.g;
  const { b, q } = cost.h;
  if (cost.g.family === 'shifted' && (q < 2 || !bounded)) {
    throw new ConfigError(
      'cost',
      `with g = ${a} (1+x)^-${p} and h = ${b} x^${q}, g'(0) + lim h'(x)/x ` +
        'is not negative, so rates would fall to 0; choose q > 2, or q = 2 and 2b < ap',
    );
  }
  if (!bounded) {
    throw new ConfigError(
      'cost',
      `with g = ${a} x^-${p} and h = ${b} x^${q} rates have no bound below 1e43; choose a larger b or q`,
    );
  }
  return cost;
}
