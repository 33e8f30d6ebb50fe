/** Costs written as expressions: grammar, values, derivatives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/cost/expression.js';
import values from '../reference/expression-values.json' with { type: 'json' };

const { x: places, expressions } = values;

describe.each(Object.entries(expressions))('%s', (text, rows) => {
  it('has the values and derivatives of an independent computation, to 4e-15', async () => {
    const { f, df, ddf } = await parseExpression('cost.g', text);
    for (const [i, x] of places.entries()) {
      for (const [k, value] of [f(x), df(x), ddf(x)].entries()) {
        const exact = rows[i][k] as number;
        const error = Math.abs(value - exact) / (Math.abs(exact) || 1);
        expect(error, `derivative ${k} at ${x}`).toBeLessThan(4e-15);
      }
    }
  });
});

/** Pairs that mean the same. */
const readings: [string, string][] = [
  ['-x^2', '0 - (x^2)'],
  ['2^-x^2', '2^(0 - (x^2))'],
  ['2^x^2', '2^(x^2)'],
  ['x - 1 - 2', '(x - 1) - 2'],
  ['8/x/2', '(8/x)/2'],
  ['8/x*2', '(8/x)*2'],
  ['2x^2', '2*(x^2)'],
  ['x^2(1+x)', '(x^2)*(1+x)'],
  ['-2x', '-(2*x)'],
  ['2 exp(x) sin(x)', '(2*exp(x))*sin(x)'],
  ['x(1+x)', 'x*(1+x)'],
  ['x ** 2', 'x^2'],
  ['pow(x, 2.5)', 'x^2.5'],
  ['ln(x)', 'log(x)'],
  ['1.e1 + .5 + 1e-3', '10 + 0.5 + 0.001'],
  ['x/2 + 3x', '(x/2) + (3*x)'],
  ['+x - -x', 'x + x'],
  ['2e', '2*e'],
];

it.each(readings)('%s is read as %s', async (one, other) => {
  const a = await parseExpression('cost.g', one);
  const b = await parseExpression('cost.g', other);
  for (const x of [0.3, 1, 2.5]) {
    for (const name of ['f', 'df', 'ddf'] as const) expect(a[name](x)).toBe(b[name](x));
  }
});

it('sums, products, quotients and compositions keep the rules of differentiation', async () => {
  const pieces = ['x', '(1+x)', 'exp(-x)', 'log(2+x)', 'sqrt(x)', 'tanh(x)', 'x^1.7', '3'];
  const piece = fc.constantFrom(...pieces);
  const operator = fc.constantFrom('+', '-', '*', '/');
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(piece, operator, piece, operator, piece),
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      async (parts, x) => {
        const { f, df, ddf } = await parseExpression('cost.g', parts.join(' '));
        // central differences of fourth order: truncation and rounding together below 1e-7 here
        const slope = (f: (x: number) => number, h = 1e-3) =>
          (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
        const scale = 1 + Math.abs(f(x)) + Math.abs(df(x)) + Math.abs(ddf(x));
        expect(Math.abs(df(x) - slope(f)) / scale).toBeLessThan(1e-7);
        expect(Math.abs(ddf(x) - slope(df)) / scale).toBeLessThan(1e-7);
      },
    ),
    { numRuns: 200 },
  );
});

it('what has no derivative says so by NaN', async () => {
  const { f, df, ddf } = await parseExpression('cost.g', 'abs(x - 1)');
  expect([f(1), df(1), ddf(1)]).toEqual([0, Number.NaN, Number.NaN]);
  expect([f(0.5), df(0.5), ddf(0.5)]).toEqual([0.5, -1, 0]);
});

it.each([
  ['1/y', 'there is no y (at character 3); there are x, e, pi, tau, exp, expm1,'],
  ['foo(x, 1)', 'there is no foo (at character 1)'],
  ['constructor', 'there is no constructor (at character 1)'],
  ['__proto__', 'there is no __proto__ (at character 1)'],
  ['globalThis', 'there is no globalThis (at character 1)'],
  ['1/2x', '1/2x can be read in two ways: write 1/2*x or 1/(2*x) (at character 4)'],
  ['1/(x', 'the "(" (at character 3) is never closed'],
  ['x = 3', 'only arithmetic and functions of x are allowed, not "=" (at character 3)'],
  ['[1, x]', 'only arithmetic and functions of x are allowed, not "[" (at character 1)'],
  ['x.y', 'only arithmetic and functions of x are allowed, not "." (at character 2)'],
  ['2 3', 'an operator should stand before "3" (at character 3)'],
  ['(x))', 'an operator should stand before ")" (at character 4)'],
  ['', 'it ends where a number, x or "(" should follow'],
  ['x^', 'it ends where a number, x or "(" should follow'],
  ['x * / 2', 'a number, x or "(" should stand before "/" (at character 5)'],
  ['exp x', 'exp is a function: write exp(x) (at character 1)'],
  ['exp()', 'a number, x or "(" should stand before ")" (at character 5)'],
  ['pow(x)', 'pow takes 2 arguments (at character 1)'],
  ['log(x, 2, 3)', 'log takes 1 or 2 arguments (at character 1)'],
  ['sqrt(x, 2)', 'sqrt takes 1 argument (at character 1)'],
  ['1e999', '1e999 is too large (at character 1)'],
])('%j is refused: %s', async (text, message) => {
  await expect(parseExpression('cost.h', text)).rejects.toThrow(
    `cost.h: got ${JSON.stringify(text)}; must be a smooth expression in x: ${message}`,
  );
});
