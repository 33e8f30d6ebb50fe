/** Beyond the paper: its control under other dispatch rules, and with other laws of service. */
import type { Dispatch } from '../config/config.js';
import { fixedPoint, optimum, stationaryLaw } from '../theory/index.js';
import { bestOf, type DispatchLimit, dispatchLimit, restOf } from './dispatch-limits.js';
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
import { costChart, rateChart } from './policies-charts.js';
import {
  at,
  FEW,
  LAMBDA,
  LIGHT,
  M,
  MANY,
  QUEUES,
  RULES,
  SERVERS,
  SPLIT,
  SYSTEMS,
  VARIATIONS,
} from './policies-systems.js';
import { fastMean, mean, measureServers, type Servers, slowMean } from './rate-split.js';
import { above, below, judge, known, together } from './verdict.js';

/** Largest relative distance of a mean rate from its limit as m → ∞ (and n → ∞), and one that must show. */
const RATE = { tolerance: 0.01, resolution: 0.05 };
/** The same for exact laws, where there is nothing but chance. */
const EXACT = { resolution: 0.1 };

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

function meanRate(results: Results, system: string, level?: number): Estimate {
  return results.figure(at(results, system), 'serviceRate.mean', level);
}

function cost(results: Results, system: string, level?: number): Estimate {
  return results.figure(at(results, system), 'cost.total', level);
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
