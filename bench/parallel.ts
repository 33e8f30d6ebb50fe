/**
 * npm run bench -- parallel: a sweep of equal runs on one worker and on two, interleaved in one process, and what
 * a very short run costs beyond its simulation. The results are compared as well: they must be the same.
 */
import { type SweepPlan, sweep } from '../src/index.js';

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

for (const [name, plan] of Object.entries(PLANS)) {
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
  const ratios = times[1].map((one, i) => one / (times[2][i] as number)).sort((a, b) => a - b);
  const best = Math.min(...times[2]) / (plan.replications as number);
  console.log(
    `${name}: speed-up with 2 workers ${(ratios[ROUNDS >> 1] as number).toFixed(2)} ` +
      `(${(ratios[0] as number).toFixed(2)} … ${(ratios.at(-1) as number).toFixed(2)} in ${ROUNDS} rounds), ` +
      `${best.toFixed(2)} ms per run at best`,
  );
}
