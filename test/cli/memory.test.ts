import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Directory, MAIN } from './ratescale.js';

/** Megabytes of heap, of which results of so many points and runs would take several times as much. */
const HEAP = 48;

it.each([
  ['points', { grid: { arrivalRate: { linspace: [0.1, 1, 20_000] } }, replications: 1 }],
  ['replications', { replications: 20_000 }],
])('a sweep of 20,000 %s holds no results in memory', (_, plan) => {
  const base = { servers: 2, arrivalRate: 0.8, inverseStepSize: 100, horizon: 2, warmup: 0 };
  const here = new Directory({ 'plan.json': { base, ...plan } });
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...[`--max-old-space-size=${HEAP}`, MAIN, 'sweep', 'plan.json'],
      ...['--out', 'out', '--quiet', '--workers', '0'],
    ],
    { cwd: here.path, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const rows = here.read(join('out', 'results.csv')).trimEnd().split('\n');
  expect(rows).toHaveLength(20_001);
});
