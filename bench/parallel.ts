/**
 * npm run bench -- parallel: a sweep of equal runs on one worker and on two, as ratios in the same process, and
 * what a very short run costs beyond its simulation. The results are compared as well: they must be the same.
 */
import b from 'benny';
import { type SweepPlan, sweep } from '../src/index.js';

const equalRuns: SweepPlan = {
  base: { servers: 1000, arrivalRate: 0.8, inverseStepSize: 500, horizon: 600 },
  replications: 12,
};
const shortRuns: SweepPlan = {
  base: {
    servers: 10,
    arrivalRate: 0.8,
    inverseStepSize: 500,
    horizon: 20,
    record: { interval: 1 },
  },
  replications: 1000,
};

const hashes = async (plan: SweepPlan, workers: number) =>
  (await sweep(plan, { workers })).replications.map(({ stateHash }) => stateHash).join();

if ((await hashes(equalRuns, 1)) !== (await hashes(equalRuns, 2))) {
  throw new Error('one worker and two give different results');
}

const suite = (name: string, plan: SweepPlan) =>
  b.suite(
    name,
    ...[1, 2].map((workers) =>
      b.add(
        `${workers} worker${workers > 1 ? 's' : ''}`,
        async () => void (await sweep(plan, { workers })),
      ),
    ),
    b.cycle(),
  );

for (const [name, plan] of [
  ['12 equal runs', equalRuns],
  ['1,000 short runs', shortRuns],
] as const) {
  const { results } = await suite(name, plan);
  const [one, two] = results.map(({ details }) => details);
  if (!one || !two) continue;
  const runs = plan.replications as number;
  console.log(
    `${name}: speed-up with 2 workers ${(one.mean / two.mean).toFixed(2)} ` +
      `(± ${one.relativeMarginOfError.toFixed(0)} %, ± ${two.relativeMarginOfError.toFixed(0)} %), ` +
      `${((1e3 * two.mean) / runs).toFixed(2)} ms per run`,
  );
}
