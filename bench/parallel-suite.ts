/**
 * npm run bench -- parallel: a sweep of equal runs on one worker and on two, interleaved in one process, and what
 * a very short run costs beyond its simulation. The results are compared as well: they must be the same.
 */

import { spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { type SweepPlan, sweep } from '../src/studies/index.js';
import { quantitiesTable } from './report.js';
import { publish, type Quantity } from './results.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const ROUNDS = 7;
const PLANS: Record<string, SweepPlan> = {
  '12 equal runs': {
    base: { servers: 1000, arrivalRate: 0.8, inverseStepSize: 500, horizon: 1000 },
    replications: 12,
  },
  '1,000 short runs': {
    base: {
      servers: 10,
      arrivalRate: 0.8,
      inverseStepSize: 500,
      horizon: 20,
      record: { interval: 1 },
    },
    replications: 1000,
  },
};

/** Milliseconds, and what came out. */
async function timed(plan: SweepPlan, workers: number) {
  const started = performance.now();
  const { replications } = await sweep(plan, { workers });
  const hashes = replications.map(({ stateHash }) => stateHash).join();
  return { milliseconds: performance.now() - started, hashes };
}

async function measurePlan(name: string, plan: SweepPlan): Promise<Quantity[]> {
  const times: Record<1 | 2, number[]> = { 1: [], 2: [] };
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const workers of [1, 2] as const) {
      const { milliseconds, hashes } = await timed(plan, workers);
      times[workers].push(milliseconds);
      seen.add(hashes);
    }
  }
  if (seen.size !== 1) throw new Error(`${name}: one worker and two give different results`);
  const runs = plan.replications as number;
  return [
    { name: `speed-up, ${name}`, unit: '', value: ratioOf(times[1], times[2]) },
    { name: `per run, ${name}`, unit: 'ms', value: spreadOf(times[2].map((time) => time / runs)) },
  ];
}

function chartOf(quantities: readonly Quantity[]): Chart {
  const speedUps = quantities.filter(({ name }) => name.startsWith('speed-up'));
  return {
    name: 'parallel',
    title: 'Sweeps on two workers over sweeps on one',
    caption: 'Medians of the rounds, with the least and the greatest.',
    x: { title: 'sweep, in the order of the legend', domain: [0, speedUps.length + 1] },
    y: { title: 'speed-up', domain: [0, 2.2] },
    series: speedUps.map(({ name, value }, i) => pointsOfSpreads(name, [i + 1], [value])),
  };
}

export async function runParallelSuite(): Promise<void> {
  const quantities: Quantity[] = [];
  for (const [name, plan] of Object.entries(PLANS)) {
    quantities.push(...(await measurePlan(name, plan)));
  }
  console.log(quantitiesTable(quantities));
  const what =
    'Sweeps on one worker and on two, in turn. Both gave the same bits in every replication, which the state hashes show.';
  await publish('parallel', { what, rounds: ROUNDS, quantities }, chartOf(quantities));
}
