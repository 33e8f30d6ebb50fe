/**
 * The intervals that one run gives itself, from its batches, against exact values: over many independent runs
 * they must cover as often as they say.
 *
 * Batches are never quite independent and their means never quite normal, so that the coverage need not be 0.95
 * to the last digit: from LOWEST to HIGHEST passes. A coverage at the edge of that range fails with probability
 * below FALSE_ALARM, for each of the figures below.
 */
import { expect, it } from 'vitest';
import { type SimulationConfig, validateConfig } from '../src/config.js';
import type { Instance } from '../src/engine/instance.js';
import { here } from '../src/executor.js';
import { type FigureName, figureOf } from '../src/figures.js';
import { Run } from '../src/run.js';
import { runInSections } from '../src/simulate.js';
import { stationaryLaw } from '../src/theory/index.js';
import { fixedPoint } from './reference/exact-laws.js';
import { logGamma } from './reference/statistics.js';

const RUNS = 400;
const LOWEST = 0.91;
const HIGHEST = 0.985;
const FALSE_ALARM = 1e-5;

/** How many of the runs' intervals hold the exact value, by figure. */
async function coverage(config: SimulationConfig, exact: Partial<Record<FigureName, number>>) {
  const names = Object.keys(exact) as FigureName[];
  const covered = Object.fromEntries(names.map((name) => [name, 0]));
  let used: Instance | undefined;
  for (let k = 0; k < RUNS; k++) {
    const run = await Run.prepare(validateConfig({ ...config, seed: `coverage ${k}` }), { used });
    used = run.instance;
    const result = await runInSections(run, here);
    expect(result.confidence?.batches).toBeGreaterThanOrEqual(10);
    for (const name of names) {
      const error = (figureOf(result, name) as number) - (exact[name] as number);
      const halfWidth = result.confidence?.halfWidths[name] as number;
      if (Math.abs(error) <= halfWidth) covered[name] = (covered[name] as number) + 1;
    }
  }
  return covered;
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

function expectCoverage(covered: Record<string, number>): void {
  console.log(covered);
  for (const [name, count] of Object.entries(covered)) {
    expect(binomialTail(count, LOWEST), `${name}: ${count} of ${RUNS}`).toBeGreaterThan(
      FALSE_ALARM,
    );
    expect(
      binomialTail(RUNS - count, 1 - HIGHEST),
      `${name}: ${count} of ${RUNS}`,
    ).toBeGreaterThan(FALSE_ALARM);
  }
}

it('accepts no coverage far from what it says', () => {
  // 0.85 would be found out in more than nine of ten cases, and intervals that always cover in every one
  expect(binomialTail(0.85 * RUNS, LOWEST)).toBeLessThan(1e-3);
  expect(binomialTail(0, 1 - HIGHEST)).toBeGreaterThan(0);
});

it('covers the exact law of five unequal servers with frozen rates', async () => {
  const rates = [0.5, 0.9, 1.3, 2, 3];
  const law = stationaryLaw(rates, 0.8);
  const covered = await coverage(
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
  expectCoverage(covered);
});

it('covers the fixed point of one server with an adaptive rate', async () => {
  const covered = await coverage(
    {
      servers: 1,
      arrivalRate: 0.8,
      inverseStepSize: 100,
      initialRates: fixedPoint(0.8, 1),
      warmup: 1600,
      horizon: 1600 + 25_600,
    },
    { 'serviceRate.mean': fixedPoint(0.8, 1) },
  );
  expectCoverage(covered);
});
