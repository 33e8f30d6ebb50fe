/**
 * The two cost functions of the objective (2.1): g, the cost of slow service as a function of
 * 1/E[sojourn time], and h, the cost per unit time of running at a rate.
 */

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
 * μ* = argmin λ g(x) + h(x), the optimal common rate (Theorem 2.3): the root of λ g' + h'.
 * For the paper's cost (5λ)^{1/3}. NaN if the minimum is at 0 (a cost `validateConfig` refuses).
 */
export function optimalRate(cost: Cost, arrivalRate: number): number {
  const { dg, dh } = costFunctions(cost);
  return root((x) => arrivalRate * dg(x) + dh(x));
}

/**
 * μ₊, the root of φ(x) = g'(x) + h'(x)/x: no rate that starts below grows beyond it (Remark 2.5), √5
 * for the paper's cost. NaN if φ(0+) ≥ 0: then rates would sink to 0.
 */
export function upperRate(cost: Cost): number {
  const { dg, dh } = costFunctions(cost);
  return root((x) => dg(x) + dh(x) / x);
}

/** The root of a function that increases from negative to positive on (0, ∞), by bisection of log x. */
function root(f: (x: number) => number): number {
  let low = -100;
  let high = 100;
  if (!(f(Math.exp(low)) < 0 && f(Math.exp(high)) > 0)) return Number.NaN;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (f(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
