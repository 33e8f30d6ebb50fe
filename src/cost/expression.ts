import { show } from '../config/messages.js';
import { type Elementary, elementaryFunctions } from '../engine/elementary.js';
import { ConfigError } from '../errors.js';
import type { CustomFunction } from './cost.js';
import * as jet from './jet.js';
import { type Node, type Operator, parse, place } from './syntax.js';

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['e', Math.E],
  ['pi', Math.PI],
  ['tau', 2 * Math.PI],
]);

/** A function of one number, and its first two derivatives there. */
type Outer = (u: number) => readonly [number, number, number];

/** x with everything that depends on it. */
type Formula = (x: jet.Jet) => jet.Jet;

/**
 * A cost function written as an expression in x, such as `1/(1+x)` or `0.05*x^3`, with its first two derivatives. The
 * tree is evaluated with + − · / and the elementary functions of a WASM module: the values are the same to the bit on
 * every platform, no code is generated, and no name reaches beyond the tables of this file.
 * @throws {ConfigError} naming `field` if the text is not an expression in x
 */
export async function parseExpression(
  field: string,
  text: string,
): Promise<Required<CustomFunction>> {
  const elementary = await elementaryFunctions();
  const functions = functionsOf(elementary);
  try {
    const tree = parse(text, {
      values: new Set(['x', ...CONSTANTS.keys()]),
      functions: new Set([...functions.keys(), 'pow']),
    });
    const formula = formulaOf(tree, functions, elementary);
    const at = (x: number) => formula({ f: x, df: 1, ddf: 0 });
    return { f: (x) => at(x).f, df: (x) => at(x).df, ddf: (x) => at(x).ddf };
  } catch (error) {
    throw new ConfigError(
      field,
      `got ${show(text)}; must be a smooth expression in x: ${(error as Error).message}`,
    );
  }
}

/** The functions of one argument. */
function functionsOf(elementary: Elementary): ReadonlyMap<string, Outer> {
  const {
    exp,
    expm1,
    log,
    log1p,
    log2,
    log10,
    cbrt,
    sin,
    cos,
    tan,
    sinh,
    cosh,
    tanh,
    asinh,
    atan,
  } = elementary;
  const logarithm =
    (value: (u: number) => number, ofBase: number): Outer =>
    (u) => [value(u), 1 / (u * ofBase), -1 / (u * u * ofBase)];
  const table: Record<string, Outer> = {
    exp: (u) => {
      const f = exp(u);
      return [f, f, f];
    },
    expm1: (u) => [expm1(u), exp(u), exp(u)],
    log: logarithm(log, 1),
    ln: logarithm(log, 1),
    log2: logarithm(log2, Math.LN2),
    log10: logarithm(log10, Math.LN10),
    log1p: (u) => [log1p(u), 1 / (1 + u), -1 / ((1 + u) * (1 + u))],
    sqrt: (u) => {
      const f = Math.sqrt(u); // exact to the last bit by IEEE 754, unlike the rest of Math
      return [f, 0.5 / f, -0.25 / (f * u)];
    },
    cbrt: (u) => {
      const f = cbrt(u);
      return [f, f / (3 * u), (-2 * f) / (9 * u * u)];
    },
    // smooth but at 0, where it has no derivatives
    abs: (u) => [Math.abs(u), u / Math.abs(u), u === 0 ? Number.NaN : 0],
    sin: (u) => [sin(u), cos(u), -sin(u)],
    cos: (u) => [cos(u), -sin(u), -cos(u)],
    tan: (u) => {
      const f = tan(u);
      const df = 1 + f * f;
      return [f, df, 2 * f * df];
    },
    sinh: (u) => [sinh(u), cosh(u), sinh(u)],
    cosh: (u) => [cosh(u), sinh(u), cosh(u)],
    tanh: (u) => {
      const f = tanh(u);
      const sech = 1 / cosh(u); // 1 − tanh² would lose its digits
      return [f, sech * sech, -2 * f * sech * sech];
    },
    asinh: (u) => {
      const slope = 1 / Math.sqrt(1 + u * u);
      return [asinh(u), slope, -u * slope * slope * slope];
    },
    atan: (u) => {
      const slope = 1 / (1 + u * u);
      return [atan(u), slope, -2 * u * slope * slope];
    },
  };
  return new Map(Object.entries(table));
}

function formulaOf(
  node: Node,
  functions: ReadonlyMap<string, Outer>,
  elementary: Elementary,
): Formula {
  const inner = (node: Node) => formulaOf(node, functions, elementary);
  switch (node.kind) {
    case 'number': {
      const value = jet.constant(node.value);
      return () => value;
    }
    case 'name': {
      if (node.name === 'x') return (x) => x;
      const value = jet.constant(CONSTANTS.get(node.name) as number);
      return () => value;
    }
    case 'negate': {
      const of = inner(node.of);
      return (x) => jet.negate(of(x));
    }
    case 'operation':
      if (node.operator === '^') return powerOf(node.left, node.right, inner, elementary);
      return arithmetic(node.operator, inner(node.left), inner(node.right));
    case 'call': {
      const { name, args, at } = node;
      const [first, second] = args as [Node, Node | undefined];
      const most = name === 'pow' || name === 'log' ? 2 : 1;
      if (args.length > most || (name === 'pow' && second === undefined)) {
        throw new Error(
          `${name} takes ${name === 'log' ? '1 or 2 arguments' : most === 2 ? '2 arguments' : '1 argument'}${place(at)}`,
        );
      }
      if (name === 'pow') return powerOf(first, second as Node, inner, elementary);
      const outer = functions.get(name) as Outer;
      const applied =
        (u: Formula): Formula =>
        (x) => {
          const value = u(x);
          return jet.chain(value, outer(value.f));
        };
      // log(x, base)
      return second === undefined
        ? applied(inner(first))
        : arithmetic('/', applied(inner(first)), applied(inner(second)));
    }
  }
}

function arithmetic(operator: Exclude<Operator, '^'>, a: Formula, b: Formula): Formula {
  const operation = { '+': jet.add, '-': jet.subtract, '*': jet.multiply, '/': jet.divide }[
    operator
  ];
  return (x) => operation(a(x), b(x));
}

function powerOf(
  base: Node,
  exponent: Node,
  inner: (node: Node) => Formula,
  elementary: Elementary,
): Formula {
  const u = inner(base);
  const w = inner(exponent);
  if (hasX(exponent)) return (x) => jet.generalPower(u(x), w(x), elementary);
  const { f: c } = w(jet.constant(Number.NaN));
  return (x) => jet.power(u(x), c, elementary);
}

function hasX(node: Node): boolean {
  switch (node.kind) {
    case 'number':
      return false;
    case 'name':
      return node.name === 'x';
    case 'negate':
      return hasX(node.of);
    case 'operation':
      return hasX(node.left) || hasX(node.right);
    case 'call':
      return node.args.some(hasX);
  }
}
