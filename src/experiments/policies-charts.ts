/** The pictures of the experiment on policies. */
import type { Chart, Series } from '../charts/chart.js';
import type { Dispatch } from '../config/config.js';
import { constantRates } from '../studies/comparison-chart.js';
import { optimum } from '../theory/index.js';
import type { Estimate } from './estimate.js';
import { COST, type Results } from './experiment.js';
import { at, LAMBDA, RULES, SERVERS, SPLIT } from './policies-systems.js';
import type { Servers } from './rate-split.js';

/** Cost of delay against cost of power of every rule. */
export function costChart(results: Results): Chart {
  const best = optimum(COST, LAMBDA);
  const points = RULES.map((dispatch) => {
    const point = at(results, dispatch);
    const [power, delay] = (['cost.power', 'cost.delay'] as const).map((name) =>
      results.figure(point, name),
    ) as [Estimate, Estimate];
    return { dispatch, power, delay };
  });
  const powers = [COST.h(best.rate), ...points.map(({ power }) => power.mean)];
  const domain: [number, number] = [0.9 * Math.min(...powers), 1.1 * Math.max(...powers)];
  const ideal = { delay: (x: number) => LAMBDA * COST.g(x), power: COST.h };
  return {
    name: 'policies-cost',
    title: `What the control costs under each dispatch rule, λ = ${LAMBDA}, n = ${SERVERS}, queues`,
    caption: `Cost of delay against cost of power, with 95 % confidence intervals of both. The curve is what one constant rate for all servers costs if no task waits; its cheapest point is at μ*. Shortest-idle (with ${SPLIT} servers), whose rates are far from equal, gets below it.`,
    x: { title: 'cost of power, mean of h(μ)', domain },
    y: { title: 'cost of delay, λ g(1/E[S])' },
    series: [
      ...points.map(
        ({ dispatch, power, delay }): Series => ({
          kind: 'points',
          name: dispatch,
          ...{ x: [power.mean], y: [delay.mean] },
          ...{ left: [power.low], right: [power.high], low: [delay.low], high: [delay.high] },
        }),
      ),
      constantRates(ideal, best.rate, domain),
      {
        kind: 'points',
        name: 'μ*',
        x: [COST.h(best.rate)],
        y: [LAMBDA * COST.g(best.rate)],
        hollow: true,
      },
    ],
  };
}

/** The rates of all servers at the end of a run, in order. */
export function rateChart(results: Results): Chart {
  const shown: readonly Dispatch[] = ['jiq', 'longest-idle', 'shortest-idle', 'random'];
  return {
    name: 'policies-rates',
    title: `Rates of all servers at the end of a run, λ = ${LAMBDA}, queues`,
    caption:
      'Rates in ascending order, of the first run of four rules, and μ*. Shortest-idle splits the servers into two groups.',
    x: { title: 'part of the servers, from the slowest to the fastest' },
    y: { title: 'service rate (tasks per unit of time)' },
    series: [
      ...shown.map((dispatch): Series => {
        const rates = results.measured<Servers>(at(results, dispatch))[0]?.rates ?? [];
        const x = rates.map((_, i) => (i + 0.5) / rates.length);
        return { kind: 'line', name: dispatch, x, y: rates };
      }),
      {
        kind: 'dashed',
        name: 'optimal rate μ*',
        x: [0, 1],
        y: [optimum(COST, LAMBDA).rate, optimum(COST, LAMBDA).rate],
      },
    ],
  };
}
