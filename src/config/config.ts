/** What a run is: the configuration, its defaults, and the checks that happen before anything runs. */
import * as v from 'valibot';
import {
  type AnyFunction,
  type CostChoice,
  isFamilyCost,
  PAPER_COST,
  upperRate,
} from '../cost/cost.js';
import { ConfigError } from '../errors.js';

/** Initial rates: the same for all, i.i.d. uniform on [a, b], or one per server. */
export type InitialRates = number | { uniform: [number, number] } | ArrayLike<number>;

/** A system and how to simulate it. JSON-able: `'inf'` stands for infinity (`Infinity` is taken too). */
export interface SimulationConfig {
  /** n, number of servers: 1 … 134,000,000 */
  servers: number;
  /** λ, arrivals per server per unit time: 1e-9 … 1e9; tasks arrive as a Poisson process of rate λn */
  arrivalRate: number;
  /** m, inverse step size: rates move at speed 1/m (2.2): 1e-3 … 1e15, or `'inf'` for frozen rates */
  inverseStepSize: number | 'inf';
  /** tasks a server holds, the one in service included: 1 (default; unit buffers), K, or `'inf'` */
  buffer?: number | 'inf';
  /** μ_v(0), each 0 … 1e9; default `{ uniform: [0, 2] }` */
  initialRates?: InitialRates;
  /** tasks at each server at t = 0, in service included: for all, or one number per server; default 0 */
  initialTasks?: number | ArrayLike<number>;
  /**
   * g and h of the objective (2.1): a family, an expression in x such as `'1/(1+x)'`, or code (a function, or
   * `{ f, df, ddf }` with its derivatives); default the paper's g(x) = 1/x, h(x) = 0.1 x²
   */
  cost?: { g?: CostChoice['g']; h?: CostChoice['h'] };
  /** end of the run, in units of the mean service requirement: up to 1e12 */
  horizon: number;
  /**
   * start of the statistics: 0 (default) … horizon; or `'auto'` (`simulate`, `replicate`, `sweep`): found from
   * the run itself by MSER-5, at least five relaxation times m/θ
   */
  warmup?: number | 'auto';
  record?: {
    /** spacing of the recording grid; default max(horizon / 1000, 1 / λ), at most the horizon */
    interval?: number;
    /** levels of the recorded quantiles of the rates over servers; default [0.05, 0.5, 0.95] */
    quantiles?: readonly number[];
    /** servers whose rate and queue length are recorded: ids 0 … n − 1, or `'all'`; default none */
    servers?: readonly number[] | 'all';
    /**
     * about how many tasks to follow from arrival to departure, spread evenly over those that arrive from
     * the warm-up on, for the law of the sojourn time: 0 (default) … 10,000,000, 24 bytes each
     */
    sojourns?: number;
  };
  /** any string or number; equal seeds give equal runs, 1 and '1' are equal; default 1 */
  seed?: string | number;
}

/** A configuration with every default filled in. */
export interface CompleteConfig {
  servers: number;
  arrivalRate: number;
  inverseStepSize: number | 'inf';
  buffer: number | 'inf';
  initialRates: number | { uniform: [number, number] } | number[];
  initialTasks: number | number[];
  cost: CostChoice;
  horizon: number;
  warmup: number | 'auto';
  record: { interval: number; quantiles: number[]; servers: number[] | 'all'; sojourns: number };
  seed: string | number;
}

/** Records of 32 bytes in 4 GiB of memory, less what else must fit. */
const MAX_SERVERS = 134_000_000;
const MAX_TASKS = 4_294_967_294;

// Each message completes "<field>: got <value>; must be …".
const number = (low: number, high: number, range: string) =>
  v.pipe(
    v.number(range),
    v.check((x) => x >= low && x <= high, range),
  );
const integer = (low: number, high: number, range: string) =>
  v.pipe(
    v.number(range),
    v.check((x) => Number.isInteger(x) && x >= low && x <= high, range),
  );
const orInfinity = <T extends v.GenericSchema<unknown, number>>(schema: T, range: string) =>
  v.union(
    [v.pipe(v.picklist(['inf', Number.POSITIVE_INFINITY]), v.transform(toInf)), schema],
    range,
  );
const toInf = (): 'inf' => 'inf';

const STEP_RANGE = 'a number from 1e-3 to 1e15, or "inf"';
const BUFFER_RANGE = 'a whole number from 1, or "inf" (unbounded)';
const WARMUP_RANGE = 'a number from 0 to the horizon, or "auto"';
const scale = number(1e-9, 1e9, 'a number from 1e-9 to 1e9');
const G = v.strictObject(
  {
    family: v.picklist(['power', 'shifted'], '"power" or "shifted"'),
    a: scale,
    p: number(0.01, 20, 'a number from 0.01 to 20'),
  },
  '{ family: "power" | "shifted", a, p }',
);
const H = v.strictObject(
  {
    family: v.literal('power', '"power"'),
    b: scale,
    q: number(1, 20, 'a number from 1 to 20'),
  },
  '{ family: "power", b, q }',
);

const code = v.custom<(x: number) => number>((value) => typeof value === 'function', 'a function');
const anyFunction = {
  expression: v.pipe(v.string(), v.nonEmpty('an expression in x')),
  code,
  codes: v.strictObject({ f: code, df: v.exactOptional(code), ddf: v.exactOptional(code) }),
};
/** An expression, code, or else a family: the schema by what the input looks like. */
const costFunction = <T extends v.GenericSchema<unknown, object>>(family: T) =>
  v.lazy((input): v.GenericSchema<unknown, v.InferOutput<T> | AnyFunction> => {
    if (typeof input === 'string') return anyFunction.expression;
    if (typeof input === 'function') return anyFunction.code;
    if (typeof input === 'object' && input !== null && 'f' in input)
      return anyFunction.codes as never;
    return family as never;
  });

const rate = number(0, 1e9, 'a number from 0 to 1e9');
const tasks = integer(0, MAX_TASKS, `a whole number from 0 to ${MAX_TASKS}`);
const level = number(0, 1, 'a number from 0 to 1');

const schema = v.strictObject(
  {
    servers: integer(1, MAX_SERVERS, `a whole number from 1 to ${MAX_SERVERS}`),
    arrivalRate: number(1e-9, 1e9, 'a number from 1e-9 to 1e9'),
    inverseStepSize: orInfinity(number(1e-3, 1e15, STEP_RANGE), STEP_RANGE),
    buffer: v.optional(orInfinity(integer(1, MAX_TASKS, BUFFER_RANGE), BUFFER_RANGE), 1),
    initialRates: v.optional(
      v.union(
        [
          rate,
          v.strictObject({ uniform: v.tuple([rate, rate]) }),
          v.custom<ArrayLike<number>>(isArrayLike),
        ],
        'a rate from 0 to 1e9, { uniform: [a, b] }, or one rate per server',
      ),
      { uniform: [0, 2] },
    ),
    initialTasks: v.optional(
      v.union(
        [tasks, v.custom<ArrayLike<number>>(isArrayLike)],
        'a whole number from 0, or one per server',
      ),
      0,
    ),
    cost: v.optional(
      v.strictObject(
        {
          g: v.optional(costFunction(G), PAPER_COST.g),
          h: v.optional(costFunction(H), PAPER_COST.h),
        },
        '{ g, h }',
      ),
      {},
    ),
    horizon: number(1e-9, 1e12, 'a number from 1e-9 to 1e12'),
    warmup: v.optional(
      v.union([v.literal('auto'), number(0, 1e12, WARMUP_RANGE)], WARMUP_RANGE),
      0,
    ),
    record: v.optional(
      v.strictObject(
        {
          interval: v.optional(number(1e-12, 1e12, 'a positive number up to the horizon')),
          quantiles: v.optional(
            v.pipe(
              v.array(level, 'a list of levels from 0 to 1'),
              v.maxLength(100, 'at most 100 levels'),
            ),
            [0.05, 0.5, 0.95],
          ),
          servers: v.optional(
            v.union(
              [
                v.literal('all'),
                v.array(integer(0, MAX_SERVERS, 'server ids from 0 to servers − 1')),
              ],
              'a list of server ids from 0 to servers − 1, or "all"',
            ),
            [],
          ),
          sojourns: v.optional(integer(0, 1e7, 'a whole number from 0 to 10000000'), 0),
        },
        '{ interval, quantiles, servers, sojourns }',
      ),
      {},
    ),
    seed: v.optional(
      v.union([v.string(), v.pipe(v.number(), v.finite())], 'a string or a finite number'),
      1,
    ),
  },
  'an object with at least servers, arrivalRate, inverseStepSize and horizon',
);

/**
 * Checks a configuration and fills in the defaults (see `SimulationConfig`).
 * @throws {ConfigError} naming the field, the value and what is allowed
 */
export function validateConfig(config: unknown): CompleteConfig {
  const parsed = v.safeParse(schema, config);
  if (!parsed.success) throw toConfigError(parsed.issues[0]);
  const c = parsed.output;
  const { servers, horizon, warmup, arrivalRate } = c;

  const initialRates = c.initialRates;
  if (typeof initialRates === 'object' && 'uniform' in initialRates) {
    const [low, high] = initialRates.uniform;
    if (low > high) {
      fail('initialRates.uniform', initialRates.uniform, 'two rates in ascending order');
    }
  }
  const cost: CostChoice = { g: c.cost.g, h: c.cost.h };
  if (isFamilyCost(cost)) {
    const { g, h } = cost;
    if (g.family === 'shifted' && (h.q < 2 || Number.isNaN(upperRate(cost)))) {
      throw new ConfigError(
        'cost',
        `with g = ${g.a} (1+x)^-${g.p} and h = ${h.b} x^${h.q}, g'(0) + lim h'(x)/x ` +
          'is not negative, so rates would fall to 0; choose q > 2, or q = 2 and 2b < ap',
      );
    }
    if (Number.isNaN(upperRate(cost))) {
      throw new ConfigError(
        'cost',
        `with g = ${g.a} x^-${g.p} and h = ${h.b} x^${h.q} rates have no bound below 1e43; choose a larger b or q`,
      );
    }
  }
  const buffer = c.buffer;
  const room = buffer === 'inf' ? MAX_TASKS : buffer;
  const roomText = `a whole number from 0 to the buffer, ${room}`;
  if (warmup !== 'auto' && warmup > horizon)
    fail('warmup', warmup, `a number from 0 to the horizon, ${horizon}`);
  const interval =
    c.record.interval ?? Math.min(horizon, Math.max(horizon / 1000, 1 / arrivalRate));
  if (interval > horizon) {
    fail('record.interval', interval, `a positive number up to the horizon, ${horizon}`);
  }
  const { quantiles } = c.record;
  const watched =
    c.record.servers === 'all' ? 'all' : [...new Set(c.record.servers)].sort((a, b) => a - b);
  for (const id of watched === 'all' ? [] : watched) {
    if (id >= servers) fail('record.servers', id, `server ids from 0 to ${servers - 1}`);
  }
  return {
    servers,
    arrivalRate,
    inverseStepSize: c.inverseStepSize,
    buffer,
    initialRates: isArrayLike(initialRates)
      ? perServer('initialRates', initialRates, servers, isRate, 'a number from 0 to 1e9')
      : initialRates,
    initialTasks: isArrayLike(c.initialTasks)
      ? perServer('initialTasks', c.initialTasks, servers, (x) => isCount(x, room), roomText)
      : isCount(c.initialTasks, room)
        ? c.initialTasks
        : fail('initialTasks', c.initialTasks, roomText),
    cost,
    horizon,
    warmup,
    record: {
      interval,
      quantiles: [...quantiles].sort((a, b) => a - b),
      servers: watched,
      sojourns: c.record.sojourns,
    },
    seed: c.seed,
  };
}

function isArrayLike(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isRate(x: number): boolean {
  return x >= 0 && x <= 1e9;
}

function isCount(x: number, high: number): boolean {
  return Number.isInteger(x) && x >= 0 && x <= high;
}

/** A copy of a list with one allowed number for each server. */
function perServer(
  field: string,
  values: ArrayLike<number>,
  servers: number,
  allowed: (x: number) => boolean,
  range: string,
): number[] {
  if (values.length !== servers) {
    throw new ConfigError(
      field,
      `got ${values.length} values; must be one for each of the ${servers} servers`,
    );
  }
  const copy = Array.from(values);
  const bad = copy.findIndex((x) => typeof x !== 'number' || !allowed(x));
  if (bad >= 0) fail(`${field}[${bad}]`, copy[bad], range);
  return copy;
}

function fail(field: string, value: unknown, allowed: string): never {
  throw new ConfigError(field, `got ${show(value)}; must be ${allowed}`);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'function') return String(value);
  const text = JSON.stringify(value)?.replaceAll(',', ', ') ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function toConfigError(issue: v.BaseIssue<unknown>): ConfigError {
  const field = v.getDotPath(issue) ?? 'config';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const parent = issue.path?.slice(0, -1).map((item) => String(item.key)) ?? [];
    return new ConfigError(field, `unknown field; allowed here: ${fieldsOf(parent).join(', ')}`);
  }
  // a missing field is reported with the schema's general message: name what the field takes instead
  if (issue.input === undefined && issue.path) {
    return new ConfigError(field, 'is missing');
  }
  // a union reports itself; the alternative that got furthest knows better what was wrong
  const deeper = issue.issues?.find((inner) => inner.path !== undefined);
  if (deeper && deeper.type !== 'strict_object') {
    const path = [...(issue.path ?? []), ...(deeper.path ?? [])];
    return new ConfigError(
      path.map((item) => String(item.key)).join('.'),
      `got ${show(deeper.input)}; must be ${deeper.message}`,
    );
  }
  return new ConfigError(field, `got ${show(issue.input)}; must be ${issue.message}`);
}

function fieldsOf(path: string[]): string[] {
  const entries: Record<string, string[]> = {
    '': Object.keys(schema.entries),
    record: ['interval', 'quantiles', 'servers', 'sojourns'],
    cost: ['g', 'h'],
    'cost.g': ['family', 'a', 'p'],
    'cost.h': ['family', 'b', 'q'],
    initialRates: ['uniform'],
  };
  return entries[path.join('.')] ?? [];
}
