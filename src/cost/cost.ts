/**
 * The two cost functions of the objective (2.1): g, the cost of slow service as a function of
 * 1/E[sojourn time], and h, the cost per unit time of running at a rate.
 */
import { ConfigError } from '../errors.js';
import { positiveRoot } from '../numerics/root.js';

/** g(x) = a x^−p (`power`) or a (1 + x)^−p (`shifted`). */
export interface SlownessCost {
  family: 'power' | 'shifted';
  /** a > 0 */
  a: number;
  /** p > 0 */
  p: number;
}

/** h(x) = b x^q. */
export interface PowerCost {
  family: 'power';
  /** b > 0 */
  b: number;
  /** q ≥ 1 */
  q: number;
}

export interface Cost {
  g: SlownessCost;
  h: PowerCost;
}

/** A cost function given as code: f, and its derivatives if known (else found numerically, to about 1e-11). */
export interface CustomFunction {
  f: (x: number) => number;
  df?: (x: number) => number;
  ddf?: (x: number) => number;
}

/**
 * A cost function outside the families: code, or an expression in x such as `'1/(1+x)'`. An expression has numbers, `x`, `e`, `pi`,
 * `tau`, `+ - * / ^` (also `**`), products without a sign (`2x`), and exp, expm1, log (or ln; `log(x, b)` is to base b), log1p, log2,
 * log10, sqrt, cbrt, abs, sin, cos, tan, sinh, cosh, tanh, asinh, atan and pow. `-x^2` is −(x²), `2^3^x` is 2^(3^x).
 */
export type AnyFunction = string | CustomFunction | ((x: number) => number);

/** Cost functions as a configuration gives them. */
export interface CostChoice {
  g: SlownessCost | AnyFunction;
  h: PowerCost | AnyFunction;
}

/** Whether both functions are of families that the engine computes itself. */
export function isFamilyCost(cost: CostChoice): cost is Cost {
  return isFamily(cost.g) && isFamily(cost.h);
}

function isFamily(f: SlownessCost | PowerCost | AnyFunction): f is SlownessCost | PowerCost {
  return typeof f === 'object' && 'family' in f;
}

/** The cost of the paper's section 3: g(x) = 1/x, h(x) = 0.1 x². */
export const PAPER_COST: Cost = {
  g: { family: 'power', a: 1, p: 1 },
  h: { family: 'power', b: 0.1, q: 2 },
};

/** The two cost functions and their first two derivatives, for x > 0. */
export interface CostFunctions {
  g(x: number): number;
  /** g' */
  dg(x: number): number;
  /** g'' */
  ddg(x: number): number;
  h(x: number): number;
  /** h' */
  dh(x: number): number;
  /** h'' */
  ddh(x: number): number;
}

/** The functions that a cost describes. */
export function costFunctions({ g: { family, a, p }, h: { b, q } }: Cost): CostFunctions {
  const shift = family === 'power' ? 0 : 1;
  return {
    g: (x) => a * (shift + x) ** -p,
    dg: (x) => -a * p * (shift + x) ** (-p - 1),
    ddg: (x) => a * p * (p + 1) * (shift + x) ** (-p - 2),
    h: (x) => b * x ** q,
    dh: (x) => b * q * x ** (q - 1),
    ddh: (x) => b * q * (q - 1) * x ** (q - 2),
  };
}

/**
 * The functions behind any choice of costs, checked to be usable.
 * @throws {ConfigError} naming `cost`, `cost.g` or `cost.h`
 */
export async function resolveCost(cost: CostChoice): Promise<CostFunctions> {
  if (isFamilyCost(cost)) return costFunctions(cost);
  const g = await withDerivatives('cost.g', isFamily(cost.g) ? asExpression(cost.g) : cost.g);
  const h = await withDerivatives('cost.h', isFamily(cost.h) ? asExpression(cost.h) : cost.h);
  const functions = { g: g.f, dg: g.df, ddg: g.ddf, h: h.f, dh: h.df, ddh: h.ddf };
  const upper = upperRate(functions);
  if (Number.isNaN(upper)) {
    throw new ConfigError(
      'cost',
      "g'(x) + h'(x)/x must be negative for small x and positive for large x, else rates have no finite bound",
    );
  }
  for (let octave = -20; octave <= 2; octave += 0.25) {
    const x = upper * 2 ** octave;
    for (const [name, value] of Object.entries(functions)) {
      if (!Number.isFinite(value(x))) {
        throw new ConfigError(`cost.${name.at(-1)}`, `is not finite, or not smooth, at x = ${x}`);
      }
    }
    if (functions.dh(x) < 0) {
      throw new ConfigError('cost.h', `decreases at x = ${x}; it must be non-decreasing`);
    }
  }
  return functions;
}

/** The same cost as expressions, which are evaluated alike on every platform, where it is of families. */
export function costAsExpressions({ g, h }: CostChoice): CostChoice {
  return { g: isFamily(g) ? asExpression(g) : g, h: isFamily(h) ? asExpression(h) : h };
}

/** A family beside something that is none: as an expression, which is evaluated alike on every platform. */
function asExpression(f: SlownessCost | PowerCost): string {
  if ('b' in f) return `${f.b} * x^${f.q}`;
  return `${f.a} * ${f.family === 'power' ? 'x' : '(1 + x)'}^(-${f.p})`;
}

async function withDerivatives(
  field: string,
  given: AnyFunction,
): Promise<Required<CustomFunction>> {
  if (typeof given === 'string') {
    const { parseExpression } = await import('./expression.js');
    return parseExpression(field, given);
  }
  const { f, df, ddf } = typeof given === 'function' ? { f: given } : given;
  const first = df ?? ((x: number) => derivative(f, x));
  return { f, df: first, ddf: ddf ?? ((x: number) => derivative(first, x)) };
}

/** f'(x), x > 0, by central differences extrapolated to step 0 (Ridders 1982). */
function derivative(f: (x: number) => number, x: number): number {
  const levels = 7;
  const rows: number[][] = [];
  let best = Number.NaN;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < levels; i++) {
    const h = (0.4 * x) / 2 ** i;
    const row = [(f(x + h) - f(x - h)) / (2 * h)];
    for (let j = 1; j <= i; j++) {
      const fine = row[j - 1] as number;
      const coarse = rows[i - 1]?.[j - 1] as number;
      row.push(fine + (fine - coarse) / (4 ** j - 1));
      const error = Math.abs((row[j] as number) - fine);
      if (error < smallest) {
        smallest = error;
        best = row[j] as number;
      }
    }
    rows.push(row);
  }
  return best;
}

/**
 * μ* = argmin λ g(x) + h(x), the optimal common rate (Theorem 2.3): the root of λ g' + h'.
 * For the paper's cost (5λ)^{1/3}. NaN if the minimum is at 0 (a cost `validateConfig` refuses).
 */
export function optimalRate(cost: Cost | CostFunctions, arrivalRate: number): number {
  const { dg, dh } = asFunctions(cost);
  return positiveRoot((x) => arrivalRate * dg(x) + dh(x)) ?? Number.NaN;
}

/**
 * μ₊, the root of φ(x) = g'(x) + h'(x)/x: no rate that starts below grows beyond it (Remark 2.5), √5
 * for the paper's cost. NaN if φ(0+) ≥ 0: then rates would sink to 0.
 */
export function upperRate(cost: Cost | CostFunctions): number {
  const { dg, dh } = asFunctions(cost);
  return positiveRoot((x) => dg(x) + dh(x) / x) ?? Number.NaN;
}

function asFunctions(cost: Cost | CostFunctions): CostFunctions {
  return 'dg' in cost ? cost : costFunctions(cost);
}
