import type { MathNode } from 'mathjs/number';
import { ELEMENTARY, type Elementary, elementaryFunctions } from '../engine/elementary.js';
import { ConfigError } from '../errors.js';
import type { CustomFunction } from './cost.js';

const CONSTANTS: Record<string, number> = { e: Math.E, pi: Math.PI };
const FUNCTIONS: readonly string[] = ELEMENTARY;
/** Whole powers up to this one are products. */
const LARGEST_PRODUCT = 8;

type Real = (x: number) => number;

/**
 * A cost function written as an expression in x, such as `1/(1+x)` or `0.05*x^3`, with its first two
 * derivatives found symbolically. The library for it, mathjs, is loaded on the first use. The tree is
 * evaluated here, with arithmetic and the kernel's elementary functions: the values are the same to the
 * bit on every platform, and no code is generated.
 * @throws {ConfigError} naming `field` if the text is no expression in x
 */
export async function parseExpression(
  field: string,
  text: string,
): Promise<Required<CustomFunction>> {
  const [{ parse, derivative }, elementary] = await Promise.all([
    import('mathjs/number'),
    elementaryFunctions(),
  ]);
  try {
    const tree = parse(text);
    evaluator(tree, elementary); // what is not allowed is refused before it is differentiated
    const first = derivative(tree, 'x');
    const second = derivative(first, 'x');
    return {
      f: evaluator(tree, elementary),
      df: evaluator(first, elementary),
      ddf: evaluator(second, elementary),
    };
  } catch (error) {
    throw new ConfigError(
      field,
      `got ${JSON.stringify(text)}; must be a smooth expression in x: ${(error as Error).message}`,
    );
  }
}

/** The parts of mathjs's nodes that are used here. */
interface Node {
  type: string;
  content: MathNode;
  value: unknown;
  name: string;
  op: string;
  args: MathNode[];
}

function evaluator(node: MathNode, elementary: Elementary): Real {
  const { type, content, value, name, op, args } = node as unknown as Node;
  switch (type) {
    case 'ParenthesisNode':
      return evaluator(content, elementary);
    case 'ConstantNode':
      if (typeof value !== 'number') throw new Error(`${String(value)} is no number`);
      return () => value;
    case 'SymbolNode': {
      if (name === 'x') return (x) => x;
      const constant = CONSTANTS[name];
      if (constant === undefined) throw new Error(`there is no ${name}`);
      return () => constant;
    }
    case 'OperatorNode':
      return operation(op, args, elementary);
    case 'FunctionNode':
      return call(name, args, elementary);
    default:
      throw new Error('only arithmetic and functions are allowed');
  }
}

function operation(op: string, args: MathNode[], elementary: Elementary): Real {
  const [a, b] = args.map((node) => evaluator(node, elementary)) as [Real, Real | undefined];
  if (b === undefined) {
    if (op === '-') return (x) => -a(x);
    if (op === '+') return a;
  } else {
    if (op === '+') return (x) => a(x) + b(x);
    if (op === '-') return (x) => a(x) - b(x);
    if (op === '*') return (x) => a(x) * b(x);
    if (op === '/') return (x) => a(x) / b(x);
    if (op === '^') return power(a, b, elementary);
  }
  throw new Error(`there is no operator ${op}`);
}

function call(name: string, args: MathNode[], elementary: Elementary): Real {
  if (!FUNCTIONS.includes(name)) throw new Error(`there is no function ${name}`);
  const expected = name === 'pow' ? 2 : 1;
  // the derivative of a logarithm comes as log(x, base)
  const base = name === 'log' && args.length === 2 ? args[1] : undefined;
  if (args.length !== expected && base === undefined) {
    throw new Error(`${name} takes ${expected} argument${expected > 1 ? 's' : ''}`);
  }
  const [a, b] = args.map((node) => evaluator(node, elementary)) as [Real, Real | undefined];
  if (name === 'pow') return power(a, b as Real, elementary);
  if (base !== undefined && b !== undefined) {
    return (x) => elementary('log', a(x), 0) / elementary('log', b(x), 0);
  }
  return (x) => elementary(name, a(x), 0);
}

function power(a: Real, b: Real, elementary: Elementary): Real {
  return (x) => {
    const base = a(x);
    const exponent = b(x);
    const size = Math.abs(exponent);
    if (!Number.isInteger(exponent) || size > LARGEST_PRODUCT)
      return elementary('pow', base, exponent);
    let product = 1;
    for (let i = 0; i < size; i++) product *= base;
    return exponent < 0 ? 1 / product : product;
  };
}
