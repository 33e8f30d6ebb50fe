/** Every example in the help of these commands runs, and every command in docs/running.md. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Directory, MAIN } from './ratescale.js';

const CONFIG = { servers: 20, arrivalRate: 0.8, inverseStepSize: 50, horizon: 500 };
const YAML = 'servers: 20\narrivalRate: 0.8\ninverseStepSize: 50\nhorizon: 500\n';
const PLAN = { base: { ...CONFIG, horizon: 50 }, grid: { servers: [2, 3] }, replications: 2 };

/** A directory with a command of that name, and files to run. */
function workshop(command: string, script: string): Directory {
  const here = new Directory({
    'config.json': CONFIG,
    'config.yaml': YAML,
    'plan.json': PLAN,
    [command]: `#!/bin/sh\n${script}\nexec "${process.execPath}" "${MAIN}" "$@"\n`,
  });
  chmodSync(`${here.path}/${command}`, 0o755);
  return here;
}

/** Runs lines of a shell; what goes to standard error is a fault. */
function runAll(lines: string[], here: Directory) {
  for (const line of lines) {
    const { status, stderr } = spawnSync('sh', ['-c', line], {
      cwd: here.path,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${here.path}:${process.env.PATH}` },
    });
    const said = line.includes('--trajectory -') ? '' : stderr; // the summary, in that case
    expect({ line, status, said }).toEqual({ line, status: 0, said: '' });
  }
}

describe('examples in the help', () => {
  it.each(['run', 'report', 'completion'])(
    'of ratescale %s',
    async (name) => {
      const here = workshop('ratescale', '');
      if (name === 'report') await here.run('sweep plan.json --out results --workers 0'.split(' '));
      const { stdout } = await here.run([name, '--help']);
      const examples = stdout.slice(stdout.indexOf('Examples:')).trim().split('\n').slice(1);
      expect(examples.length).toBeGreaterThan(0);
      runAll(examples, here);
    },
    300_000,
  );
});

describe('docs/running.md', () => {
  const guide = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
  const blocks = (language: string) =>
    [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, text]) => text as string,
    );

  it('has commands that run, one after the other', () => {
    const here = workshop('npx', 'shift');
    here.write('system.yaml', blocks('yaml')[0]);
    const lines = blocks('sh').flatMap((text) => text.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(12);
    runAll(lines, here);
    expect(here.files()).toEqual(
      expect.arrayContaining([
        'job.ckpt',
        'rates.svg',
        'results',
        'run.ckpt',
        'run.csv.gz',
        'run.html',
      ]),
    );
  }, 300_000);
});
