/** Whatever is given as a configuration or a plan: it is taken, or refused with a ConfigError in our own words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS, validateConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/errors.js';
import { completePlan } from '../../src/studies/plan.js';

const good = { servers: 4, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100 };

/** Values that make careless code throw, or never end. */
function hostile(): unknown[] {
  const cyclic: Record<string, unknown> = { servers: 4 };
  cyclic.record = cyclic;
  cyclic.cost = cyclic;
  const ring: unknown[] = [];
  ring.push(ring);
  const shy = {
    get servers(): number {
      throw new Error('not now');
    },
  };
  class Made {
    servers = 4;
  }
  return [
    5n,
    Symbol('s'),
    Symbol.iterator,
    new Date(0),
    new Date(Number.NaN),
    new Map([[1, 2]]),
    new Set([1]),
    /x/,
    new Error('x'),
    Promise.resolve(1),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new BigInt64Array(4),
    new Float32Array(4),
    new Array(4),
    new Array(4e9),
    [5n],
    [Symbol('s')],
    Object.assign(new Array(3), [1]),
    cyclic,
    ring,
    shy,
    { toJSON: () => shy.servers },
    { toString: () => shy.servers, valueOf: () => shy.servers },
    { [Symbol.toStringTag]: 'Array' },
    Object.create(null),
    Object.create({ servers: 4 }),
    new Made(),
    Made,
    JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}'),
    { family: shy },
    { f: shy },
    { uniform: new Array(4e9) },
    { uniform: [2n, 1n] },
    { linspace: new Array(4e9) },
    { linspace: [0, 1, 5n] },
    { logspace: [1, 2, 3], integer: 'yes' },
    '\ud800',
    'a,b',
    -0,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    null,
    () => 1,
  ];
}

/** The generator looks into what it hands out, and cannot hold these. */
function proxies(): unknown[] {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [revoked.proxy, [revoked.proxy], new Proxy({}, { get: () => 1 }), new Proxy([], {})];
}

const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withObjectString: true,
    withBoxedValues: true,
    withUnicodeString: true,
  }),
  fc.nat(hostile().length - 1).map((i) => hostile()[i]),
);

/** The result, if it is taken; what is refused is refused as it should be. */
function taken<T>(take: () => T): T | null {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message.startsWith(`${error.field}: `)).toBe(true);
    // the words of the library that checks, where a check has none of its own
    expect(error.message).not.toMatch(
      /Invalid (type|key|\w+: (Expected|Received))|must be (Invalid|undefined)/,
    );
    expect(error.message).not.toMatch(/\p{Surrogate}/u);
    expect(error.message.length).toBeLessThan(2000);
    return null;
  }
}

function checkConfig(config: unknown): void {
  const complete = taken(() => validateConfig(config));
  if (complete === null) return;
  // no number is NaN or infinite, no zero has a sign, and nothing that is taken is refused when it comes back
  const { cost, ...rest } = complete;
  expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
  expect(validateConfig(complete)).toEqual({ ...rest, cost });
}

function withField(path: string, value: unknown): unknown {
  const [head = '', inner] = path.split('.');
  return { ...good, [head]: inner === undefined ? value : { [inner]: value } };
}

describe('any configuration', () => {
  it('as a whole', () => {
    fc.assert(fc.property(anything, checkConfig), { seed: 1, numRuns: 2000 });
    for (const value of [...hostile(), ...proxies()]) checkConfig(value);
  });

  it.each(['cost', 'record', ...FIELDS.map(({ path }) => path)])('%s', (path) => {
    const check = (value: unknown) => checkConfig(withField(path, value));
    fc.assert(fc.property(anything, check), { seed: 2, numRuns: 300 });
    for (const value of [...hostile(), ...proxies()]) check(value);
  });

  it('with inner fields that are anything', () => {
    const inner = fc.record(
      {
        cost: fc.record({
          g: fc.record({ family: fc.constantFrom('power', 'log'), a: anything, p: anything }),
          h: fc.record({ f: anything, df: anything }, { requiredKeys: ['f'] }),
        }),
        initialRates: fc.record({ uniform: fc.oneof(fc.array(anything), anything) }),
        initialTasks: fc.array(anything, { maxLength: 5 }),
        record: fc.record({ quantiles: fc.array(anything), servers: fc.array(anything) }),
      },
      { requiredKeys: [] },
    );
    const check = (fields: object) => checkConfig({ ...good, ...fields });
    fc.assert(fc.property(inner, check), { seed: 3, numRuns: 1000 });
  });
});

describe('any plan', () => {
  const base = good;
  const check = (plan: unknown) => {
    taken(() => completePlan(plan));
  };

  it('as a whole, and in every part', () => {
    fc.assert(fc.property(anything, check), { seed: 4, numRuns: 1000 });
    for (const value of [...hostile(), ...proxies()]) {
      check(value);
      for (const key of ['grid', 'zip', 'points', 'replications', 'streams', 'precision', 'base']) {
        check({ base, [key]: value });
      }
      for (const field of ['servers', 'seed', 'cost.h.b', 'record.servers', '__proto__.x']) {
        check({ base, grid: { [field]: value } });
        check({ base, grid: { [field]: [value] } });
        check({ base, zip: [{ [field]: value }] });
        check({ base, points: [{ [field]: value }, value] });
      }
    }
  });
});
