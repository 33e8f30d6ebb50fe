import type { Interval } from '../analysis/interval.js';
import type { Chart, Series } from '../charts/chart.js';
import type { ComparisonResult, VariantResult } from './comparison-result.js';
import type { IdealSystem } from './ideal-system.js';

/** Points of the curve. */
const STEPS = 100;
/** What is left free about the variants, as a part of what they span. */
const MARGIN = 0.15;

/**
 * Cost of delay against cost of power, a point for each variant. What one constant rate for all servers would cost if no task waited is a
 * curve, whose cheapest point is at μ*. Only servers with unequal or changing rates can get below it.
 */
export function comparisonChart(
  { variants, family, optimum }: ComparisonResult,
  ideal: IdealSystem,
): Chart {
  const points = variants.flatMap((variant) => pointOf(variant) ?? []);
  const x = { ...axisOf(points, 'power', optimum.power), title: 'cost of power, h(μ)' };
  const y = { ...axisOf(points, 'delay', optimum.delay), title: 'cost of delay, λ g(1/E[S])' };
  return {
    name: 'comparison',
    title: 'Cost of delay against cost of power',
    caption: `Each variant with ${100 * family.level} % confidence intervals of both. The curve is what one constant rate for all servers costs if no task waits; μ* is its cheapest point, and on the dashed line the sum of both costs is the same as there.`,
    x,
    y,
    series: [
      // below the variants, of which one may be just there
      { kind: 'points', name: 'μ*', x: [optimum.power], y: [optimum.delay], hollow: true },
      // before the lines, so that as many variants as possible have colours of their own
      ...points.map(({ name, power, delay }): Series => {
        const [left, right] = ends(power);
        const [low, high] = ends(delay);
        return {
          kind: 'points',
          name,
          ...{ x: [power.mean], y: [delay.mean] },
          ...{ left: [left], right: [right], low: [low], high: [high] },
        };
      }),
      constantRates(ideal, optimum.rate, x.domain),
      {
        kind: 'dashed',
        name: 'as cheap as μ*',
        x: x.domain,
        y: x.domain.map((power) => optimum.power + optimum.delay - power),
      },
    ],
  };
}

interface Placed {
  name: string;
  power: Interval;
  delay: Interval;
}

/** None if a variant has no such costs, as where no task has left. */
function pointOf({ name, figures }: VariantResult): Placed | null {
  const { 'cost.power': power, 'cost.delay': delay } = figures;
  return power && delay && { name, power, delay };
}

function ends({ mean, halfWidth }: Interval): [number, number] {
  return [mean - (halfWidth ?? 0), mean + (halfWidth ?? 0)];
}

/** An axis that shows all variants and the optimum. */
function axisOf(points: readonly Placed[], cost: 'power' | 'delay', optimal: number) {
  const values = [optimal, ...points.flatMap((point) => ends(point[cost]))];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = MARGIN * (high - low || high);
  return { domain: [Math.max(0, low - margin), high + margin] as [number, number] };
}

/** The curve (h(μ), λ g(μ)) for the rates μ whose cost of power is on the axis. */
export function constantRates(
  ideal: Pick<IdealSystem, 'delay' | 'power'>,
  optimal: number,
  [low, high]: [number, number],
): Series {
  const slowest = rateWith(ideal.power, optimal, low);
  const fastest = rateWith(ideal.power, optimal, high);
  const rates = Array.from(
    { length: STEPS + 1 },
    (_, i) => slowest + ((fastest - slowest) * i) / STEPS,
  ).filter((rate) => rate > 0);
  return {
    kind: 'line',
    name: 'one constant rate μ, no waiting',
    x: rates.map(ideal.power),
    y: rates.map(ideal.delay),
  };
}

/** The rate with such a cost of power, which rises, within a factor of 1000 of another. */
function rateWith(power: (rate: number) => number, near: number, wanted: number): number {
  let [low, high] = [near / 1000, near * 1000];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (power(middle) < wanted) low = middle;
    else high = middle;
  }
  return low;
}
