/** Every example in the help of these commands runs. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Directory, MAIN } from './ratescale.js';

const CONFIG = { servers: 20, arrivalRate: 0.8, inverseStepSize: 50, horizon: 500 };
const PLAN = { base: { ...CONFIG, horizon: 50 }, grid: { servers: [2, 3] }, replications: 2 };

describe('examples in the help', () => {
  it.each(['run', 'report', 'completion'])('of ratescale %s', async (name) => {
    const here = new Directory({
      'config.json': CONFIG,
      'config.yaml': 'servers: 20\narrivalRate: 0.8\ninverseStepSize: 50\nhorizon: 500\n',
      'plan.json': PLAN,
      ratescale: `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`,
    });
    chmodSync(`${here.path}/ratescale`, 0o755);
    if (name === 'report') await here.run('sweep plan.json --out results --workers 0'.split(' '));
    const { stdout } = await here.run([name, '--help']);
    const examples = stdout.slice(stdout.indexOf('Examples:')).trim().split('\n').slice(1);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const { status, stderr } = spawnSync('sh', ['-c', example], {
        cwd: here.path,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${here.path}:${process.env.PATH}` },
      });
      expect({ example, status, stderr }).toEqual({ example, status: 0, stderr: '' });
    }
  });
});
