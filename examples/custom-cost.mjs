// Costs of your own, as expressions and as code: node custom-cost.mjs
import { costFunctions, optimalRate, PAPER_COST, resolveCost, simulate } from 'ratescale';

const costs = {
  'the paper’s': PAPER_COST,
  'power grows faster': { g: '1/x', h: '0.05*x^2 + 0.02*x^3' },
  'slowness saturates': { g: 'exp(-x) + 0.2/x', h: '0.05*x^2' },
  // code works, too; with its derivatives it is faster to prepare, and more exact
  'as code': {
    g: { f: (x) => 1 / x, df: (x) => -1 / x ** 2, ddf: (x) => 2 / x ** 3 },
    h: (x) => 0.1 * x ** 2,
  },
};

for (const [name, cost] of Object.entries(costs)) {
  const { serviceRate } = await simulate({
    servers: 200,
    arrivalRate: 0.8,
    inverseStepSize: 100,
    horizon: 3000,
    warmup: 1500,
    cost,
  });
  const functions = cost === PAPER_COST ? costFunctions(cost) : await resolveCost(cost);
  const best = optimalRate(functions, 0.8);
  console.log(
    `${name}: rates settle at ${serviceRate.mean.toFixed(3)}, best is ${best.toFixed(3)}`,
  );
}
