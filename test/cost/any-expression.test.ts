/** Whatever is given as an expression: it is a function of x alone, or refused with a ConfigError that says where it fails. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/cost/expression.js';
import { ConfigError, simulate } from '../../src/index.js';

/** What careless parsers and evaluators trip over. */
const REACHING = [
  ...['constructor', 'prototype', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'this'],
  ...['globalThis', 'window', 'self', 'process', 'require', 'import', 'eval', 'Function', 'fetch'],
  ...['arguments', 'undefined', 'NaN', 'Infinity', 'Math', 'f', 'df', 'name', 'length'],
];

const tokens = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('x', '2', '0.5', '1e-3', '.5', '1e308', '0', 'pi', 'e'),
    },
    { weight: 4, arbitrary: fc.constantFrom('+', '-', '*', '/', '^', '**', '(', ')', ',', ' ') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('exp(', 'log(', 'sqrt(', 'pow(', 'tan(', 'abs(', 'cosh('),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...REACHING,
        '`',
        '$',
        '{',
        '"',
        "'",
        ';',
        '=>',
        '[',
        '.',
        '\\u0078',
        '\ud800',
      ),
    },
  ),
  { maxLength: 30 },
);

/** The function, or null if it was refused as it should be. */
async function read(text: string) {
  try {
    return await parseExpression('cost.g', text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).toMatch(/^cost\.g: got .*; must be a smooth expression in x: ./s);
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toContain('call stack');
    return null;
  }
}

describe('any expression', () => {
  it('of the tokens of a formula, and of others, is three numbers at every x', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(tokens, fc.double({ min: 0, max: 100, noNaN: true }), async (parts, x) => {
        const found = await read(parts.join(''));
        if (found === null) return;
        taken++;
        for (const value of [found.f(x), found.df(x), found.ddf(x)])
          expect(value).toBeTypeOf('number');
        // nothing is remembered from one call to the next
        expect(found.f(x)).toBe(found.f(x));
      }),
      { numRuns: 3000, seed: 21 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('of any characters, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        await read(text);
      }),
      { numRuns: 1000, seed: 22 },
    );
  });

  it.each(REACHING)('cannot name %s', async (name) => {
    for (const text of [name, `${name}(x)`, `x.${name}`, `x[${name}]`, `exp.${name}(x)`]) {
      expect(await read(text)).toBeNull();
    }
  });

  it('is refused when it is too long or too deep for the stack', async () => {
    const deep = (open: string, close: string, times: number) =>
      `${open.repeat(times)}x${close.repeat(times)}`;
    for (const times of [400, 100_000]) {
      for (const text of [
        deep('(', ')', times),
        deep('-', '', times),
        deep('', '^x', times),
        deep('', '+x', times),
        deep('exp(', ')', times),
      ]) {
        const found = await read(text);
        expect(found === null).toBe(text.length > 1000);
        if (found) expect(found.f(1)).toBeTypeOf('number');
      }
    }
  });

  it('that a run takes gives finite figures; others are refused before anything runs', async () => {
    let taken = 0;
    const system = { servers: 3, arrivalRate: 0.8, inverseStepSize: 20, horizon: 20 };
    // products and sums of what is convex and decreasing, with a stray term now and then
    const term = fc.constantFrom(
      '1/x',
      'exp(-x)',
      '2/x^2',
      '1/(1+x)',
      'x',
      '-x',
      'log(x)',
      'sin(x)',
      '1e300',
      '0',
    );
    const formula = fc
      .array(term, { minLength: 1, maxLength: 3 })
      .map((terms) => terms.join(' + '));
    await fc.assert(
      fc.asyncProperty(formula, async (g) => {
        try {
          const { serviceRate, cost } = await simulate({ ...system, cost: { g } });
          taken++;
          expect(Number.isFinite(serviceRate.mean)).toBe(true);
          expect(cost.total === null || Number.isFinite(cost.total)).toBe(true);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.field).toMatch(/^cost/);
        }
      }),
      { numRuns: 150, seed: 23 },
    );
    expect(taken).toBeGreaterThan(30);
  });
});
