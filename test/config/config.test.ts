import { describe, expect, it } from 'vitest';
import { ConfigError, Simulation, simulate, validateConfig } from '../../src/index.js';

const good = { servers: 4, arrivalRate: 0.8, inverseStepSize: 500, horizon: 100 };

describe('defaults', () => {
  it('are those documented', () => {
    expect(validateConfig(good)).toEqual({
      ...good,
      buffer: 1,
      initialRates: { uniform: [0, 2] },
      initialTasks: 0,
      cost: { g: { family: 'power', a: 1, p: 1 }, h: { family: 'power', b: 0.1, q: 2 } },
      warmup: 0,
      record: { interval: 1.25, quantiles: [0.05, 0.5, 0.95], servers: [], sojourns: 0 },
      seed: 1,
    });
  });

  it('stand in one order, whatever was given: configurations are compared as text', () => {
    const given = { record: { sojourns: 3, interval: 2 }, cost: { h: 'x^2' }, seed: 4 };
    const text = JSON.stringify(validateConfig({ ...given, ...good }));
    expect(text).toBe(
      '{"servers":4,"arrivalRate":0.8,"inverseStepSize":500,"buffer":1,"initialRates":{"uniform":[0,2]},' +
        '"initialTasks":0,"cost":{"g":{"family":"power","a":1,"p":1},"h":"x^2"},"horizon":100,"warmup":0,' +
        '"record":{"interval":2,"quantiles":[0.05,0.5,0.95],"servers":[],"sojourns":3},"seed":4}',
    );
    expect(JSON.stringify(validateConfig({ ...good, record: {} }).record)).toBe(
      '{"interval":1.25,"quantiles":[0.05,0.5,0.95],"servers":[],"sojourns":0}',
    );
  });

  it('record a thousand rows of a long run, fewer of a short one, never none', () => {
    expect(validateConfig({ ...good, horizon: 1e6 }).record.interval).toBe(1000);
    expect(validateConfig({ ...good, arrivalRate: 1e-6 }).record.interval).toBe(100);
  });

  it('write infinity as "inf", which JSON can carry', () => {
    const config = validateConfig({ ...good, inverseStepSize: Infinity, buffer: Infinity });
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({
      inverseStepSize: 'inf',
      buffer: 'inf',
    });
    expect(validateConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('sort what has an order, and take typed arrays', () => {
    const config = validateConfig({
      ...good,
      initialRates: new Float64Array([1, 2, 3, 0]),
      initialTasks: new Uint8Array([1, 0, 1, 0]),
      record: { quantiles: [0.9, 0.1], servers: [3, 1, 3] },
    });
    expect(config.initialRates).toEqual([1, 2, 3, 0]);
    expect(config.initialTasks).toEqual([1, 0, 1, 0]);
    expect(config.record).toMatchObject({ quantiles: [0.1, 0.9], servers: [1, 3] });
  });

  it('do not alias what the caller may change', () => {
    const rates = [1, 1, 1, 1];
    const config = validateConfig({ ...good, initialRates: rates });
    rates[0] = Number.NaN;
    expect(config.initialRates).toEqual([1, 1, 1, 1]);
  });
});

/** Bad input, and what the message must say: the field first, then the value or what is allowed. */
const bad: [string, unknown, RegExp][] = [
  ['no object', 7, /^config: got 7; must be an object/],
  ['nothing', undefined, /^config/],
  ['missing servers', { ...good, servers: undefined }, /^servers: is missing/],
  ['missing horizon', { servers: 1, arrivalRate: 1, inverseStepSize: 1 }, /^horizon: is missing/],
  ['no servers', { ...good, servers: 0 }, /^servers: got 0; must be a whole number from 1 to/],
  ['half a server', { ...good, servers: 2.5 }, /^servers: got 2.5/],
  ['servers as text', { ...good, servers: '4' }, /^servers: got "4"/],
  ['too many servers', { ...good, servers: 2e8 }, /^servers: got 200000000/],
  ['λ = 0', { ...good, arrivalRate: 0 }, /^arrivalRate: got 0/],
  ['λ = NaN', { ...good, arrivalRate: Number.NaN }, /^arrivalRate: got NaN/],
  ['λ infinite', { ...good, arrivalRate: Infinity }, /^arrivalRate: got Infinity/],
  ['m = 0', { ...good, inverseStepSize: 0 }, /^inverseStepSize: got 0; must be .*"inf"/],
  ['m negative', { ...good, inverseStepSize: -5 }, /^inverseStepSize: got -5/],
  ['m NaN', { ...good, inverseStepSize: Number.NaN }, /^inverseStepSize: got NaN/],
  ['m other text', { ...good, inverseStepSize: 'big' }, /^inverseStepSize: got "big"/],
  ['no buffer', { ...good, buffer: 0 }, /^buffer: got 0; must be a whole number from 1/],
  ['buffer 1.5', { ...good, buffer: 1.5 }, /^buffer: got 1.5/],
  ['negative rate', { ...good, initialRates: -1 }, /^initialRates: got -1/],
  ['NaN rate', { ...good, initialRates: Number.NaN }, /^initialRates: got NaN/],
  [
    'uniform reversed',
    { ...good, initialRates: { uniform: [2, 1] } },
    /^initialRates.uniform: got \[2, 1\]; must be .*ascending/,
  ],
  [
    'uniform with NaN',
    { ...good, initialRates: { uniform: [0, Number.NaN] } },
    /^initialRates\.uniform\[1\]: got NaN/,
  ],
  [
    'too few rates',
    { ...good, initialRates: [1, 2] },
    /^initialRates: got 2 values; must be one for each of the 4 servers/,
  ],
  [
    'a NaN among rates',
    { ...good, initialRates: [1, 2, Number.NaN, 1] },
    /^initialRates\[2\]: got NaN/,
  ],
  ['text among rates', { ...good, initialRates: [1, '2', 1, 1] }, /^initialRates\[1\]: got "2"/],
  [
    'backlog above buffer',
    { ...good, initialTasks: 2 },
    /^initialTasks: got 2; must be a whole number from 0 to the buffer, 1/,
  ],
  [
    'one backlog above buffer',
    { ...good, buffer: 3, initialTasks: [0, 4, 0, 0] },
    /^initialTasks\[1\]: got 4/,
  ],
  ['half a task', { ...good, buffer: 3, initialTasks: 0.5 }, /^initialTasks: got 0.5/],
  ['backlog of wrong length', { ...good, initialTasks: [1] }, /^initialTasks: got 1 values/],
  [
    'cost g unknown',
    { ...good, cost: { g: { family: 'log', a: 1, p: 1 } } },
    /^cost\.g\.family: got "log"; must be "power" or "shifted"/,
  ],
  ['cost a = 0', { ...good, cost: { g: { family: 'power', a: 0, p: 1 } } }, /^cost\.g\.a: got 0/],
  [
    'cost p missing',
    { ...good, cost: { g: { family: 'power', a: 1 } } },
    /^cost\.g\.p: is missing/,
  ],
  [
    'cost q = 0.5',
    { ...good, cost: { h: { family: 'power', b: 1, q: 0.5 } } },
    /^cost\.h\.q: got 0.5/,
  ],
  [
    'rates would sink to 0',
    { ...good, cost: { g: { family: 'shifted', a: 1, p: 1 }, h: { family: 'power', b: 1, q: 2 } } },
    /^cost: .*fall to 0/,
  ],
  [
    'rates without a bound',
    {
      ...good,
      cost: { g: { family: 'power', a: 1e9, p: 0.01 }, h: { family: 'power', b: 1e-9, q: 1 } },
    },
    /^cost: .*no bound below/,
  ],
  ['horizon 0', { ...good, horizon: 0 }, /^horizon: got 0/],
  ['horizon infinite', { ...good, horizon: Infinity }, /^horizon: got Infinity/],
  [
    'warm-up beyond',
    { ...good, warmup: 101 },
    /^warmup: got 101; must be a number from 0 to the horizon, 100/,
  ],
  ['warm-up negative', { ...good, warmup: -1 }, /^warmup: got -1/],
  ['interval 0', { ...good, record: { interval: 0 } }, /^record\.interval: got 0/],
  ['interval beyond', { ...good, record: { interval: 101 } }, /^record\.interval: got 101/],
  ['quantile 5', { ...good, record: { quantiles: [5] } }, /^record\.quantiles\[0\]: got 5/],
  ['quantiles no list', { ...good, record: { quantiles: 0.5 } }, /^record\.quantiles: got 0.5/],
  [
    'server 4 of 4',
    { ...good, record: { servers: [0, 4] } },
    /^record\.servers: got 4; must be server ids from 0 to 3/,
  ],
  ['servers "some"', { ...good, record: { servers: 'some' } }, /^record\.servers: got "some"/],
  ['sojourns −1', { ...good, record: { sojourns: -1 } }, /^record\.sojourns: got -1/],
  ['seed object', { ...good, seed: {} }, /^seed: got \{\}/],
  ['seed NaN', { ...good, seed: Number.NaN }, /^seed: got NaN/],
  [
    'unknown field',
    { ...good, lambda: 1 },
    /^lambda: unknown field; allowed here: servers, arrivalRate/,
  ],
  [
    'unknown field inside',
    { ...good, record: { every: 1 } },
    /^record\.every: unknown field; allowed here: interval/,
  ],
  [
    'unknown cost field',
    { ...good, cost: { g: { family: 'power', a: 1, p: 1, c: 2 } } },
    /^cost\.g\.c: unknown field; allowed here: family, a, p/,
  ],
  [
    'recording that cannot fit',
    { ...good, servers: 100_000, record: { interval: 0.01, servers: 'all' } },
    /^record\.servers: 10001 rows .* do not fit: .* GiB are needed/,
  ],
  [
    'rows that cannot fit',
    { ...good, record: { interval: 1e-7 } },
    /^record\.interval: .* do not fit/,
  ],
  [
    'servers and tags that cannot fit',
    { ...good, servers: 134_000_000, record: { sojourns: 1e7 } },
    /^servers: got 134000000; .* GiB are needed/,
  ],
];

describe('bad input is refused before anything runs', () => {
  it.each(bad)('%s', async (_name, config, message) => {
    const refused = Simulation.create(config as never);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(simulate(config as never)).rejects.toThrow(message);
  });

  it('memory that the machine does not have', async () => {
    const { allocateMemory } = await import('../../src/engine/allocate.js');
    expect(() => allocateMemory(60_000, 2 ** 30)).toThrow(
      /^servers: the run needs 3.66 GiB of memory and 1.00 GiB are free/,
    );
  });
});

describe('misuse of a simulation is refused', () => {
  it('going back, going beyond, and stepping nowhere', async () => {
    const simulation = await Simulation.create(good);
    simulation.runUntil(10);
    expect(() => simulation.runUntil(9)).toThrow(
      /until: got 9; must be from the present time, 10, to the horizon, 100/,
    );
    expect(() => simulation.runUntil(101)).toThrow(/until: got 101; must be .* the horizon, 100/);
    expect(() => simulation.runUntil(Number.NaN)).toThrow(ConfigError);
    expect(() => simulation.step(0)).toThrow(/^candidates: got 0; must be a number from 1/);
    expect(() => simulation.extend(50)).toThrow(
      /^horizon: got 50; must be a number from 100 to 1e12/,
    );
    expect(() => simulation.trajectory.serverRates(0)).toThrow(ConfigError);
    expect(simulation.time).toBe(10);
    expect(simulation.config.arrivalRate).toBe(0.8);
  });
});

describe('simulate', () => {
  it('returns what was reached when cancelled, from the start or on the way', async () => {
    const early = new AbortController();
    early.abort();
    const nothing = await simulate(good, { signal: early.signal });
    expect(nothing).toMatchObject({
      status: 'cancelled',
      time: { start: 0, end: 0 },
      busyFraction: null,
    });

    const controller = new AbortController();
    const reached = await simulate(
      { ...good, servers: 1000, horizon: 1e6 },
      {
        signal: controller.signal,
        onProgress: ({ events }) => {
          if (events > 1e6) controller.abort();
        },
      },
    );
    expect(reached.status).toBe('cancelled');
    expect(reached.time.end).toBeGreaterThan(100);
    expect(reached.time.end).toBeLessThan(1e6);
    expect(reached.busyFraction).toBeGreaterThan(0.4);
    expect(reached.trajectory.rows).toBe(Math.floor(reached.time.end / 1000) + 1);
  });

  it('lets the event loop run meanwhile, and reports progress to the end', async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    const fractions: number[] = [];
    await simulate(
      { ...good, servers: 1000, horizon: 3000 },
      { onProgress: ({ fraction }) => fractions.push(fraction) },
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });
});

describe('views', () => {
  it('are never stale: a new access sees new rows, also after the memory has grown', async () => {
    const simulation = await Simulation.create({
      ...good,
      record: { interval: 1, servers: 'all' },
    });
    const { trajectory } = simulation;
    simulation.runUntil(10);
    const early = trajectory.mean;
    expect(early.length).toBe(11);
    const before = early.slice();
    simulation.extend(200_000);
    simulation.runUntil(100_000);
    const now = simulation.trajectory;
    expect(now.mean.buffer.byteLength).toBeGreaterThan(early.buffer.byteLength);
    expect(now.rows).toBe(100_001);
    expect(now.mean.subarray(0, 11)).toEqual(before);
    expect(now.serverRates(3)[100_000]).toBe(simulation.rates()[3]);
    expect(now.serverQueues(3)[100_000]).toBe(simulation.queueLengths()[3]);
    expect(now.busy[100_000]).toBe(simulation.busyServers);
    expect(now.time[100_000]).toBe(100_000);
  });

  it('share the engine’s memory; copies do not', async () => {
    const simulation = await Simulation.create(good);
    simulation.runUntil();
    const { trajectory } = simulation.result();
    expect(trajectory.mean.buffer).toBe(trajectory.sd.buffer);
    const copy = trajectory.copy();
    expect(copy.mean.buffer).not.toBe(trajectory.mean.buffer);
    expect([...copy.mean]).toEqual([...trajectory.mean]);
    expect(JSON.stringify(simulation.result())).not.toContain('trajectory');
  });
});

describe('what a message repeats', () => {
  const said = (seed: unknown) => {
    try {
      validateConfig({ ...good, seed });
    } catch (error) {
      return (error as ConfigError).message;
    }
    return null;
  };

  it.each<[unknown, string]>([
    [5n, '5n'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a,b'], '[1, "a,b"]'],
    [{ a: 'b,c', d: 5n }, '{"a": "b,c", "d": 5n}'],
    [null, 'null'],
    [new Date(0), 'a Date'],
    [new Map(), 'a Map'],
    [() => 1, 'a function'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [{ a: { b: { c: { d: 1 } } } }, '{"a": {"b": {"c": …}}}'],
    [['x'.repeat(100)], `["${'x'.repeat(55)}…`],
  ])('%#', (seed, shown) => {
    expect(said(seed)).toBe(`seed: got ${shown}; must be a text or a finite number`);
  });
});

describe('seeds', () => {
  it('are well-formed text, or finite numbers', () => {
    const texts = ['', '0', 'a b', 'Łódź', '🙂', '\u0000'];
    for (const seed of [...texts, 0, -1.5, 1e300]) {
      expect(validateConfig({ ...good, seed }).seed).toBe(seed);
    }
    expect(Object.is(validateConfig({ ...good, seed: -0 }).seed, 0)).toBe(true);
    for (const seed of ['\ud83d', 'a\udc00b', '\udc00\ud83d']) {
      expect(() => validateConfig({ ...good, seed })).toThrow(
        /^seed: got ".*"; must be well-formed/,
      );
    }
  });
});

describe('levels of quantiles', () => {
  it('are recorded once each, in order', () => {
    const { record } = validateConfig({ ...good, record: { quantiles: [0.9, 0.1, 0.9, -0, 0] } });
    expect(record.quantiles).toEqual([0, 0.1, 0.9]);
    const many = Array.from({ length: 200 }, (_, i) => (i % 100) / 100);
    expect(validateConfig({ ...good, record: { quantiles: many } }).record.quantiles.length).toBe(
      100,
    );
    const more = { quantiles: [...many, 1] };
    expect(() => validateConfig({ ...good, record: more })).toThrow(
      /^record\.quantiles: got 101 levels; must be at most 100/,
    );
  });
});
