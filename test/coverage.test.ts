/**
 * The intervals that one run gives itself, from its batches, against exact values: over many independent runs
 * they must cover about as often as they say, 95 %, and not by being far too wide.
 *
 * Batches are never quite independent and their means never quite normal, so any coverage from LOWEST to HIGHEST
 * passes. Each check fails with probability FALSE_ALARM at the edge of that range, over the choice of
 * seeds, and there are twelve; well inside the range, as they should be, far less often.
 */
import { expect, it } from 'vitest';
import { type SimulationConfig, validateConfig } from '../src/config/config.js';
import type { Instance } from '../src/engine/instance.js';
import { figureOf } from '../src/figures/figures.js';
import type { FigureName } from '../src/figures/registry.js';
import { here } from '../src/run/executor.js';
import { Run } from '../src/run/run.js';
import { runInSections } from '../src/run/simulate.js';
import { stationaryLaw } from '../src/theory/index.js';
import { fixedPoint } from './reference/exact-laws.js';
import { logGamma, mean, normalQuantile, variance } from './reference/statistics.js';

const RUNS = 300;
const LOWEST = 0.91;
const HIGHEST = 0.985;
const FALSE_ALARM = 1e-4;

async function expectCoverage(
  config: SimulationConfig,
  exact: Partial<Record<FigureName, number>>,
): Promise<void> {
  const names = Object.keys(exact) as FigureName[];
  const values = names.map((): number[] => []);
  const halfWidths = names.map((): number[] => []);
  let used: Instance | undefined;
  for (let k = 0; k < RUNS; k++) {
    const run = await Run.prepare(validateConfig({ ...config, seed: `coverage ${k}` }), { used });
    used = run.instance;
    const result = await runInSections(run, here);
    expect(result.confidence).toMatchObject({ level: 0.95 });
    expect(result.confidence?.batches).toBeGreaterThanOrEqual(10);
    names.forEach((name, i) => {
      values[i].push(figureOf(result, name) as number);
      halfWidths[i].push(result.confidence?.halfWidths[name] as number);
    });
  }
  names.forEach((name, i) => {
    const covered = values[i].filter(
      (value, k) => Math.abs(value - (exact[name] as number)) <= halfWidths[i][k],
    ).length;
    expect(binomialTail(covered, LOWEST), `${name}: ${covered} of ${RUNS}`).toBeGreaterThan(
      FALSE_ALARM,
    );
    // all of 300 intervals may cover at HIGHEST, so width is judged by the spread of the estimates, which is
    // nearly normal; that spread itself is known to 1/√(2 RUNS)
    const width = mean(halfWidths[i]) / Math.sqrt(variance(values[i]));
    const wide = normalQuantile((1 + HIGHEST) / 2);
    const noise = normalQuantile(1 - FALSE_ALARM) / Math.sqrt(2 * RUNS);
    expect(width, name).toBeLessThan(wide / (1 - noise));
  });
}

/** P(at most `count` of RUNS), each with probability p. */
function binomialTail(count: number, p: number): number {
  let tail = 0;
  for (let k = 0; k <= count; k++) {
    const ways = logGamma(RUNS + 1) - logGamma(k + 1) - logGamma(RUNS - k + 1);
    tail += Math.exp(ways + k * Math.log(p) + (RUNS - k) * Math.log1p(-p));
  }
  return tail;
}

it('asks for something: a coverage of 0.8 is found out in more than nineteen of twenty cases', () => {
  const least = Array.from({ length: RUNS }, (_, count) => count).find(
    (count) => binomialTail(count, LOWEST) > FALSE_ALARM,
  ) as number;
  expect(1 - binomialTail(least - 1, 0.8)).toBeLessThan(0.05);
});

it('is right for five unequal servers with frozen rates: the exact stationary law', async () => {
  const rates = [0.8, 0.9, 1.1, 1.3, 1.55];
  const law = stationaryLaw(rates, 0.8);
  await expectCoverage(
    {
      servers: 5,
      arrivalRate: 0.8,
      inverseStepSize: 'inf',
      initialRates: rates,
      warmup: 32,
      horizon: 32 + 1024,
    },
    {
      busyFraction: law.busyFraction,
      blockingProbability: law.blockingProbability,
      throughput: law.throughput,
      meanSojournTime: law.meanSojournTime,
      meanQueueLength: law.busyFraction,
    },
  );
});

it('is right for one server with an adaptive rate: the fixed point of the averaged dynamics', async () => {
  // the mean rate is off the fixed point by a term of order 1/m: 4e-4 at m = 500, a quarter of the standard
  // error of one run, which takes about 0.01 of the coverage
  await expectCoverage(
    {
      servers: 1,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      initialRates: fixedPoint(0.8, 1),
      warmup: 8000,
      horizon: 8000 + 96_000,
      record: { interval: 200 },
    },
    { 'serviceRate.mean': fixedPoint(0.8, 1) },
  );
});
