import type { CustomFunction } from './cost.js';
import { ConfigError } from './errors.js';

/** What an expression may name beside x: constants and smooth functions of one or two numbers. */
const CONSTANTS = new Set(['e', 'pi']);
const FUNCTIONS = new Set(
  'exp expm1 log log1p log2 log10 pow sqrt cbrt sin cos tan sinh cosh tanh asinh atan'.split(' '),
);

/**
 * A cost function written as an expression in x, such as `1/(1+x)` or `0.05*x^3`, with its first two
 * derivatives found symbolically. The library for it, mathjs, is loaded on the first use; no code is
 * generated from the text.
 * @throws {ConfigError} naming `field` if the text is no expression in x
 */
export async function parseExpression(
  field: string,
  text: string,
): Promise<Required<CustomFunction>> {
  const { parse, derivative } = await import('mathjs/number');
  const refuse = (why: string): never => {
    throw new ConfigError(
      field,
      `got ${JSON.stringify(text)}; must be a smooth expression in x: ${why}`,
    );
  };
  try {
    const tree = parse(text);
    tree.traverse((node, _path, parent) => {
      if (node.type === 'FunctionNode') {
        const { name } = node as unknown as { name: string };
        if (!FUNCTIONS.has(name)) refuse(`there is no function ${name}`);
      } else if (node.type === 'SymbolNode' && parent?.type !== 'FunctionNode') {
        const { name } = node as unknown as { name: string };
        if (name !== 'x' && !CONSTANTS.has(name)) refuse(`there is no ${name}`);
      } else if (node.type === 'SymbolNode') {
        const { name } = node as unknown as { name: string };
        if (name !== 'x' && !CONSTANTS.has(name) && !FUNCTIONS.has(name)) {
          refuse(`there is no ${name}`);
        }
      } else if (!['OperatorNode', 'ConstantNode', 'ParenthesisNode'].includes(node.type)) {
        refuse('only arithmetic and functions are allowed');
      }
    });
    const first = derivative(tree, 'x');
    const second = derivative(first, 'x');
    const [f, df, ddf] = [tree, first, second].map((node) => {
      const code = node.compile();
      return (x: number): number => Number(code.evaluate({ x }));
    }) as [CustomFunction['f'], CustomFunction['f'], CustomFunction['f']];
    return { f, df, ddf };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return refuse((error as Error).message);
  }
}
