/** Beyond the paper: its control under other dispatch rules, and with other laws of service. */
import type { Chart, Series } from '../charts/chart.js';
import type { CompleteConfig, Dispatch } from '../config/config.js';
import { rootBetween } from '../numerics/root.js';
import type { Trajectory } from '../run/trajectory.js';
import { constantRates } from '../studies/comparison-chart.js';
import type { PointResult } from '../studies/result.js';
import { restPoint } from '../theory/fixed-point.js';
import { fixedPoint, optimum, stationaryLaw } from '../theory/index.js';
import { type DispatchLimit, dispatchLimit } from './dispatch-limits.js';
import {
  type Estimate,
  estimate,
  jointly,
  minus,
  number,
  over,
  percent,
  show,
} from './estimate.js';
import {
  type Claim,
  COST,
  type Experiment,
  type ExperimentOptions,
  type Results,
} from './experiment.js';
import { longRun } from './steady-state.js';
import { above, below, judge, known, together } from './verdict.js';

const LAMBDA = 0.8;
/** Where random dispatch leads the control further astray. */
const LIGHT = 0.5;
const M = 200;
const SERVERS = 100;
/** Servers under shortest-idle. */
const SPLIT = 500;
const RULES = [
  ...(['jiq', 'longest-idle', 'shortest-idle', 'jsq', 'jsq:2'] as const),
  ...(['round-robin', 'random'] as const),
];
/** Squared coefficients of variation of the work of a task. */
const VARIATIONS = [0.25, 1, 4];
/** Frozen systems: few servers that drop some tasks, independent ones with queues, and very many. */
const FEW = { servers: 10, rate: 1.2, arrivalRate: LAMBDA };
const QUEUES = { servers: 50, rate: 1, arrivalRate: 0.7 };
const MANY = { servers: 1000, rate: 1, arrivalRate: LAMBDA };

/** Largest relative distance of a mean rate from its limit as m → ∞ (and n → ∞), and one that must show. */
const RATE = { tolerance: 0.01, resolution: 0.05 };
/** The same for exact laws, where there is nothing but chance. */
const EXACT = { resolution: 0.1 };

/** The systems that are simulated, each by a name. */
const SYSTEMS = new Map<string, (scale: number) => Record<string, unknown>>([
  ...RULES.map((dispatch) => [dispatch, (scale: number) => ruled(dispatch, scale)] as const),
  ...[1, 4].map((scv) => [`light ${scv}`, (scale: number) => light(scv, scale)] as const),
  ['random, unit buffers', (scale) => ({ ...adaptive(LAMBDA, scale), dispatch: 'random' })],
  ...VARIATIONS.map((scv) => [`jiq ${scv}`, (scale: number) => varied(scv, scale)] as const),
  ...VARIATIONS.map((scv) => [`few ${scv}`, (scale: number) => frozenFew(scv, scale)] as const),
  ...VARIATIONS.map((scv) => [`queues ${scv}`, (scale: number) => queues(scv, scale)] as const),
  ['many', (scale) => frozen(MANY, 'jsq:2', 50, 100 * scale)],
]);

function adaptive(arrivalRate: number, scale: number) {
  return longRun(SERVERS, arrivalRate, M, 250 * scale);
}

/** The paper's system with queues, under a dispatch rule. */
function ruled(dispatch: Dispatch, scale: number) {
  const run = dispatch === 'shortest-idle' ? manySettling(scale) : adaptive(LAMBDA, scale);
  return { ...run, buffer: 'inf', dispatch, record: { ...run.record, servers: 'all' } };
}

/**
 * Under shortest-idle some servers stay idle and slow down without end; how many takes many servers to show, as the number of those that
 * work fluctuates.
 */
function manySettling(scale: number) {
  const [warmup, observed] = [500, 500 * scale];
  return {
    ...{ servers: SPLIT, arrivalRate: LAMBDA, inverseStepSize: M },
    ...{ warmup, horizon: warmup + observed, record: { interval: observed / 20 } },
  };
}

function light(scv: number, scale: number) {
  return { ...adaptive(LIGHT, scale), buffer: 'inf', dispatch: 'random', service: work(scv) };
}

function varied(scv: number, scale: number) {
  return { ...adaptive(LAMBDA, scale), service: work(scv) };
}

function frozenFew(scv: number, scale: number) {
  return { ...frozen(FEW, 'jiq', 200, 15_000 * scale), buffer: 1, service: work(scv) };
}

function queues(scv: number, scale: number) {
  return { ...frozen(QUEUES, 'random', 500, 5_000 * scale), service: work(scv) };
}

function frozen(
  { servers, rate, arrivalRate }: typeof FEW,
  dispatch: Dispatch,
  warmup: number,
  observed: number,
) {
  return {
    ...{ servers, arrivalRate, inverseStepSize: 'inf', initialRates: rate },
    ...{ dispatch, buffer: 'inf', warmup, horizon: warmup + observed },
  };
}

/** `scv:1` is exponential work. */
function work(scv: number) {
  return scv === 1 ? 'exponential' : `scv:${scv}`;
}

export const policies: Experiment = {
  name: 'policies',
  title: 'Beyond the paper: the control under other dispatch rules and laws of service',

  plan({ size, seed }: ExperimentOptions) {
    const scale = size === 'full' ? 10 : 1;
    return {
      base: { seed },
      points: [...SYSTEMS.values()].map((system) => system(scale)),
      replications: 10,
    };
  },

  measure: (trajectory, config) =>
    trajectory.servers === 'all' ? measureServers(trajectory, config) : undefined,

  conclude(results) {
    return {
      charts: [costChart(results), rateChart(results)],
      claims: [
        randomGoesAstray(results),
        restsWhereIdleTimesSay(results),
        aloneWithUnitBuffers(results),
        longestOvershoots(results),
        shortestSplits(results),
        variationMakesNoDifference(results),
        controlSeesNoVariation(results),
        queuesOfRandom(results),
        queuesOfTwoChoices(results),
      ],
      choices: [
        `Rates adapt with m = ${M} at ${SERVERS} servers from Unif[0, 2], λ = ${LAMBDA} unless said, and have settled for ten relaxation times (shortest-idle: ${SPLIT} servers, from t = 500 on; idle ones go on slowing down); under every rule servers follow (2.2).`,
        `A mean rate "is" a predicted one within ${100 * RATE.tolerance} %, for what is left of finite n and m.`,
        `Whether rates split is measured by the split of the last rates of all servers into two groups that explains most of their variance: of a normal law it explains 64 %, of a uniform one 75 %, of two far apart groups all.`,
      ],
    };
  },
};

/** What is kept of a run whose servers are all recorded. */
interface Servers {
  /** at the end, in ascending order */
  rates: number[];
  /** part of the variance of these that the best split into two groups explains */
  explained: number;
  /** part of the servers in the faster group, and the busy fraction of either in the second half of the run */
  fast: number;
  busy: { slow: number; fast: number };
}

function measureServers(trajectory: Trajectory, { servers }: CompleteConfig): Servers {
  const last = trajectory.rows - 1;
  const from = Math.ceil(last / 2);
  const each = Array.from({ length: servers }, (_, v) => ({
    rate: trajectory.serverRates(v)[last] as number,
    busy: mean([...trajectory.serverQueues(v).subarray(from, last + 1)].map(Math.sign)),
  })).sort((a, b) => a.rate - b.rate);
  const rates = each.map(({ rate }) => rate);
  const { explained, slow } = bestSplit(rates);
  const busy = (part: typeof each) => mean(part.map(({ busy }) => busy));
  return {
    rates,
    explained,
    fast: 1 - slow / servers,
    busy: { slow: busy(each.slice(0, slow)), fast: busy(each.slice(slow)) },
  };
}

/** Otsu's split of ascending values: it maximises the variance between the two groups (IEEE Trans. SMC 9, 1979). */
function bestSplit(values: readonly number[]): { explained: number; slow: number } {
  const centre = mean(values);
  const total = values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  let [best, slow, below] = [0, 0, 0];
  values.slice(0, -1).forEach((x, i) => {
    below += x - centre;
    const between = below ** 2 * (1 / (i + 1) + 1 / (values.length - i - 1));
    if (between > best) [best, slow] = [between, i + 1];
  });
  return { explained: total > 0 ? best / total : 0, slow };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function at(results: Results, system: string): PointResult {
  return results.points[[...SYSTEMS.keys()].indexOf(system)] as PointResult;
}

function meanRate(results: Results, system: string, level?: number): Estimate {
  return results.figure(at(results, system), 'serviceRate.mean', level);
}

function cost(results: Results, system: string, level?: number): Estimate {
  return results.figure(at(results, system), 'cost.total', level);
}

/** Where the control rests if this is the idle signal of a server among equals. */
function restOf({ idleSignal }: DispatchLimit, arrivalRate: number): number {
  return restPoint(COST, arrivalRate, idleSignal);
}

/** The common rate that would be cheapest under a rule, and its cost. */
function bestOf({ sojournTime }: DispatchLimit, arrivalRate: number) {
  const costAt = (rate: number) => arrivalRate * COST.g(1 / sojournTime(rate)) + COST.h(rate);
  const step = 1e-5;
  const slope = (rate: number) => costAt(rate * (1 + step)) - costAt(rate * (1 - step));
  const rate = rootBetween(arrivalRate * 1.01, 10, slope) as number;
  return { rate, cost: costAt(rate) };
}

const limitOf = (dispatch: Dispatch, arrivalRate: number) =>
  dispatchLimit(dispatch, arrivalRate, SERVERS) as DispatchLimit;

function randomGoesAstray(results: Results): Claim {
  const limit = limitOf('random', LIGHT);
  const rest = restOf(limit, LIGHT);
  const best = bestOf(limit, LIGHT);
  const level = jointly(3);
  const rate = meanRate(results, 'light 1');
  const dearer = over(cost(results, 'light 1', level), best.cost);
  return {
    claim: `Random dispatch leads the control astray: with queues, λ = ${LIGHT}, it rests at the root of 1/μ² = 0.2 + 0.2 μ(1 − ρ²)/λ, ${number(rest, 6)}, ${number(100 * (1 - rest / best.rate), 2)} % below the rate that would be best, ${number(best.rate, 6)}.`,
    measured: `Mean rate ${show(rate)}, ${percent(rate.mean / rest)} of the root and ${percent(rate.mean / best.rate)} of the best; it costs ${percent(dearer.mean)} (± ${number(100 * dearer.halfWidth, 2)} %) of the best.`,
    verdict: together([
      judge(minus(over(meanRate(results, 'light 1', level), rest), 1), RATE),
      below(over(meanRate(results, 'light 1', level), best.rate), 0.8),
      above(dearer, 1.05),
    ]),
  };
}

/** Rules of which theory knows where the control rests. */
const KNOWN = RULES.filter((dispatch) => dispatchLimit(dispatch, LAMBDA, SERVERS) !== null);

function restsWhereIdleTimesSay(results: Results): Claim {
  const level = jointly(KNOWN.length);
  const rows = KNOWN.map((dispatch) => {
    const limit = limitOf(dispatch, LAMBDA);
    const [rest, best] = [restOf(limit, LAMBDA), bestOf(limit, LAMBDA).rate];
    const isBest = Math.abs(rest / best - 1) < 1e-6;
    const rate = meanRate(results, dispatch);
    return {
      text: `${dispatch}: ${show(rate)}, predicted ${number(rest)}${isBest ? ', the best' : `, ${percent(rest / best)} of the best, ${number(best)}`}`,
      verdicts: [
        judge(minus(over(meanRate(results, dispatch, level), rest), 1), RATE),
        known(isBest === (dispatch === 'jiq' || dispatch === 'jsq')),
      ],
    };
  });
  return {
    claim:
      'Under every rule the control rests where g′ + h′(E[I] + 1/μ) = 0 with the idle signal that the rule gives equal servers. It is the best rate under Join-Idle-Queue and Join-Shortest-Queue, and no other rule of these.',
    measured: `${rows.map(({ text }) => text).join('; ')}.`,
    verdict: together(rows.flatMap(({ verdicts }) => verdicts)),
  };
}

function aloneWithUnitBuffers(results: Results): Claim {
  const alone = fixedPoint(COST, LAMBDA, 1).rate;
  const rate = meanRate(results, 'random, unit buffers', 0.99);
  return {
    claim: `With random dispatch and unit buffers every server is alone: it rests at the fixed point of n = 1, ${number(alone, 9)}.`,
    measured: `Mean rate ${show(rate)} (${percent(rate.mean / alone)}).`,
    verdict: judge(minus(over(rate, alone), 1), RATE),
  };
}

function longestOvershoots(results: Results): Claim {
  const best = optimum(COST, LAMBDA);
  const rest = restOf(limitOf('longest-idle', LAMBDA), LAMBDA);
  const dearer = LAMBDA * COST.g(rest) + COST.h(rest) - best.cost;
  const rate = over(meanRate(results, 'longest-idle', 0.99), best.rate);
  return {
    claim:
      'The longest-idle server first: idle periods become equally long, so their second moment falls, and rates overshoot μ*.',
    measured: `The mean rate is ${percent(rate.mean)} (± ${number(100 * rate.halfWidth, 2)} %) of μ*, in the limit of many servers ${percent(rest / best.rate)}; that costs ${number(dearer, 2)} more than μ*.`,
    verdict: above(rate, 1.02),
  };
}

/** Difference in cost of two systems, run by run. */
function differenceOf(results: Results, system: string, other: string, level: number): Estimate {
  const costs = (name: string) =>
    results.of(at(results, name)).map(({ cost }) => cost.total as number);
  const others = costs(other);
  return estimate(
    costs(system).map((value, k) => value - (others[k] as number)),
    level,
  );
}

function shortestSplits(results: Results): Claim {
  const level = jointly(5);
  const of = (dispatch: Dispatch, value: (run: Servers) => number) =>
    estimate(results.measured<Servers>(at(results, dispatch)).map(value), level);
  const explained = of('shortest-idle', (run) => run.explained);
  const usual = of('jiq', (run) => run.explained);
  const fast = of('shortest-idle', (run) => run.fast);
  const gap = of('shortest-idle', ({ busy }) => busy.fast - busy.slow);
  const cheaper = over(cost(results, 'shortest-idle', level), optimum(COST, LAMBDA).cost);
  const runs = results.measured<Servers>(at(results, 'shortest-idle'));
  const averaged = (value: (run: Servers) => number) => number(mean(runs.map(value)), 3);
  const share = (part: Estimate) => `${show(over(part, 0.01))} %`;
  return {
    claim:
      'The shortest-idle server first: servers split into busy, fast ones and idle, slow ones; and that is cheaper than the best common rate.',
    measured: `${SPLIT} servers: the best split of their last rates explains ${share(explained)} of the variance (under Join-Idle-Queue ${share(usual)}). ${share(fast)} of them are fast, at ${averaged(fastMean)} on average and busy for ${averaged(({ busy }) => busy.fast)} of the time; the others are at ${averaged(slowMean)}, and busy for ${averaged(({ busy }) => busy.slow)}. The cost is ${percent(cheaper.mean)} (± ${number(100 * cheaper.halfWidth, 2)} %) of that at μ*.`,
    verdict: together([
      above(explained, 0.8),
      below(usual, 0.75),
      above(fast, 0.1),
      above(gap, 0.5),
      below(cheaper, 1),
    ]),
  };
}

function slowMean({ rates, fast }: Servers): number {
  return mean(rates.slice(0, Math.round(rates.length * (1 - fast))));
}

function fastMean({ rates, fast }: Servers): number {
  return mean(rates.slice(Math.round(rates.length * (1 - fast))));
}

function variationMakesNoDifference(results: Results): Claim {
  const { servers, rate, arrivalRate } = FEW;
  const exact = stationaryLaw(new Array<number>(servers).fill(rate), arrivalRate);
  const level = jointly(2 * VARIATIONS.length);
  const rows = VARIATIONS.map((scv) => {
    const point = at(results, `few ${scv}`);
    const figures = (['busyFraction', 'blockingProbability'] as const).map((name) => ({
      shown: results.figure(point, name),
      error: minus(over(results.figure(point, name, level), exact[name]), 1),
    }));
    return {
      text: `${scv}: ${figures.map(({ shown }) => show(shown)).join(', ')}`,
      verdicts: figures.map(({ error }) => judge(error, EXACT)),
    };
  });
  return {
    claim: `With unit buffers and frozen rates Join-Idle-Queue is insensitive to the law of service: ${servers} servers of rate ${rate} are busy and drop tasks as for exponential work, whatever the variation.`,
    measured: `Busy fraction and blocking by squared coefficient of variation: ${rows.map(({ text }) => text).join('; ')}. Exact: ${number(exact.busyFraction, 5)}, ${number(exact.blockingProbability, 4)}.`,
    verdict: together(rows.flatMap(({ verdicts }) => verdicts)),
  };
}

function controlSeesNoVariation(results: Results): Claim {
  const jiq = fixedPoint(COST, LAMBDA, SERVERS).rate;
  const random = restOf(limitOf('random', LIGHT), LIGHT);
  const rows = [
    ...VARIATIONS.map((scv) => ({ system: `jiq ${scv}`, rest: jiq })),
    ...[1, 4].map((scv) => ({ system: `light ${scv}`, rest: random })),
  ];
  const level = jointly(rows.length + 1);
  const text = ({ system }: (typeof rows)[number]) => show(meanRate(results, system));
  const dearer = differenceOf(results, 'light 4', 'light 1', level);
  return {
    claim:
      'The control does not see how service varies: E[I] is the same whatever the law, under Join-Idle-Queue as under random dispatch, where waiting times are not.',
    measured: `Join-Idle-Queue, variation ${VARIATIONS.join(', ')}: mean rates ${rows.slice(0, VARIATIONS.length).map(text).join(', ')}, predicted ${number(jiq, 5)}. Random dispatch with queues, λ = ${LIGHT}, variation 1 and 4: ${rows.slice(VARIATIONS.length).map(text).join(' and ')}, predicted ${number(random, 5)}, though the latter costs ${show(dearer)} more.`,
    verdict: together([
      ...rows.map(({ system, rest }) =>
        judge(minus(over(meanRate(results, system, level), rest), 1), RATE),
      ),
      above(dearer, 0),
    ]),
  };
}

function queuesOfRandom(results: Results): Claim {
  const load = QUEUES.arrivalRate / QUEUES.rate;
  const level = jointly(VARIATIONS.length);
  const rows = VARIATIONS.map((scv) => {
    const tasks = load + (load ** 2 * (1 + scv)) / (2 * (1 - load));
    const point = at(results, `queues ${scv}`);
    const error = minus(over(results.figure(point, 'meanQueueLength', level), tasks), 1);
    return {
      text: `${scv}: ${show(results.figure(point, 'meanQueueLength'))} (${number(tasks)})`,
      verdict: judge(error, EXACT),
    };
  });
  return {
    claim:
      'With random dispatch and frozen rates queues follow Pollaczek and Khinchine: ρ + ρ²(1 + c)/(2(1 − ρ)) tasks per server.',
    measured: `ρ = ${load}, tasks by variation c (exact in brackets): ${rows.map(({ text }) => text).join('; ')}.`,
    verdict: together(rows.map(({ verdict }) => verdict)),
  };
}

function queuesOfTwoChoices(results: Results): Claim {
  const { servers, rate, arrivalRate } = MANY;
  const tasks = arrivalRate * limitOf('jsq:2', arrivalRate).sojournTime(rate);
  const measured = results.figure(at(results, 'many'), 'meanQueueLength', 0.99);
  return {
    claim: `The shorter of two queues, frozen rates, n → ∞: a share ρ^(2^k − 1) of the servers has k tasks or more, ${number(tasks, 5)} tasks on average at ρ = ${arrivalRate / rate}.`,
    measured: `${servers} servers: ${show(measured)} (${percent(measured.mean / tasks)}).`,
    verdict: judge(minus(over(measured, tasks), 1), RATE),
  };
}

/** Cost of delay against cost of power of every rule. */
function costChart(results: Results): Chart {
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
    caption:
      'Cost of delay against cost of power, with 95 % confidence intervals of both. The curve is what one constant rate for all servers costs if no task waits; its cheapest point is at μ*. Shortest-idle, whose rates are far from equal, gets below it.',
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
function rateChart(results: Results): Chart {
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
