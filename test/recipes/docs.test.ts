/**
 * Every block of code in docs/fleet.md runs: in a project with ratescale, against a Redis and a SLURM of our own. Docker
 * and kubectl are not there; a program in their place looks whether the files that they are given exist.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a script of the build, without types
import { redisServer } from '../../scripts/redis.mjs';
// @ts-expect-error a script of the build, without types
import { findSlurm } from '../../scripts/slurm.mjs';
import { sweep } from '../../src/studies/index.js';
import { freePort } from '../support/free-port.js';
import { TestRedis } from '../support/redis.js';
import { Cluster } from './cluster.js';
import { alone, contents, Project } from './project.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs/fleet.md'), 'utf8');
const blocks = [...guide.matchAll(/^## ([^\n]*)$|^```(\w+)\n(.*?)^```$/gms)].reduce(
  ({ under, found }, [, heading, language, text]) =>
    heading === undefined
      ? { under, found: [...found, { under, language, text: text as string }] }
      : { under: heading, found },
  { under: '', found: [] as { under: string; language: string | undefined; text: string }[] },
).found;

/** The blocks of a language under a heading. */
const of = (under: string, language = 'sh') =>
  blocks
    .filter((block) => block.under === under && block.language === language)
    .map(({ text }) => text);

const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 3000, warmup: 500 },
  grid: { servers: [20, 40, 80] },
  replications: 6,
};
const reference = alone(PLAN);
const project = () => new Project({ 'plan.json': PLAN });

const children: ChildProcess[] = [];
afterAll(() => {
  for (const { pid, exitCode, signalCode } of children) {
    if (exitCode === null && signalCode === null) process.kill(-(pid as number), 'SIGKILL');
  }
});

/** A shell with a block of commands, in a group of processes of its own. */
async function shell(here: Project, text: string, environment: object = {}) {
  const PATH = `${dirname(await redisServer())}:${process.env.PATH}`;
  const child = spawn('sh', ['-e', '-c', text], {
    cwd: here.path,
    env: { ...process.env, PATH, ...environment },
    detached: true,
  });
  children.push(child);
  const shell = { child, said: '', ended: once(child, 'close').then(([code]) => code) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      shell.said += data;
    });
  }
  return shell;
}

/** Runs a block to its end; what it says. */
async function runs(here: Project, text: string, environment: object = {}): Promise<string> {
  const started = await shell(here, text, environment);
  expect(await started.ended, started.said).toBe(0);
  return started.said;
}

describe.concurrent('docs/fleet.md', () => {
  it('has blocks of every kind', () => {
    const counts = (['sh', 'conf', 'ts'] as const).map(
      (kind) => blocks.filter(({ language }) => language === kind).length,
    );
    expect(counts).toEqual([8, 1, 1]);
    expect(blocks).toHaveLength(10);
  });

  it('its shards merge to the files of one machine', async () => {
    const here = project();
    expect(await runs(here, of('Shards')[0] as string)).toMatch(
      /0\/2 +part-0 +9 of 9 runs +finished/,
    );
    expect(contents(join(here.path, 'results'))).toEqual(await reference);
  });

  it('its fleet on one machine makes the files of one machine', async () => {
    const here = project();
    await runs(here, of('A queue')[0] as string);
    expect(contents(join(here.path, 'results'))).toEqual(await reference);
  });

  it('its Redis, worker and coordinator make the files of one machine', async () => {
    const here = project();
    const port = await freePort();
    here.write('redis.conf', `${of('A queue', 'conf')[0]}port ${port}\ndir ${here.path}\n`);
    await shell(here, 'exec redis-server redis.conf');
    const [work, coordinate] = of('A queue')
      .slice(1)
      .map((text) => text.replace('queue.example.org:6379', `127.0.0.1:${port}`));
    const worker = await shell(here, work as string);
    await runs(here, coordinate as string);
    process.kill(-(worker.child.pid as number), 'SIGTERM');
    await worker.ended;
    expect(worker.said).toMatch(/18 runs in \d+ packs/);
    expect(contents(join(here.path, 'results'))).toEqual(await reference);
  });

  it('its program prints what the same sweep without a queue has', async () => {
    const here = project();
    const redis = await TestRedis.start();
    const [program] = of('A queue', 'ts');
    const { outputFiles } = await build({
      stdin: { contents: program as string, resolveDir: here.path, loader: 'ts' },
      packages: 'external',
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    here.write('program.mjs', (outputFiles[0] as { text: string }).text);
    const { stdout } = await run(process.execPath, ['program.mjs'], {
      cwd: here.path,
      env: { ...process.env, RATESCALE_QUEUE: redis.url },
    });
    const { points } = await sweep({
      base: { servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 2000, warmup: 1000 },
      grid: { arrivalRate: [0.5, 0.8] },
      replications: 4,
    });
    const means = points.map(({ figures }) => figures['serviceRate.mean']?.mean);
    expect(JSON.parse(stdout)).toEqual(means);
  });

  it('its commands for Kubernetes name files that are there', async () => {
    const here = project();
    symlinkSync(join(root, 'examples'), join(here.path, 'examples'));
    const programs = join(here.path, 'programs');
    mkdirSync(programs);
    const look =
      '#!/bin/sh\nfor arg in "$@"; do case $arg in examples/*) test -f "$arg" && echo "$arg" ;; esac || exit 1; done\n';
    for (const name of ['docker', 'kubectl']) {
      writeFileSync(join(programs, name), look, { mode: 0o755 });
    }
    const said = await runs(here, of('Kubernetes').join(''), {
      PATH: `${programs}:${process.env.PATH}`,
    });
    const files = readdirSync(join(root, 'examples/kubernetes'))
      .filter((name) => !name.endsWith('ignore'))
      .map((name) => `examples/kubernetes/${name}`);
    expect([...new Set(said.trim().split('\n'))].sort()).toEqual(files.sort());
    await expect(
      run('kubectl', ['apply', '-f', 'examples/x.yaml'], { env: { PATH: programs } }),
    ).rejects.toThrow();
  });
});

const programs = findSlurm();

describe.runIf(programs)('docs/fleet.md, under SLURM', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start(programs);
  });
  afterAll(() => cluster?.stop());

  it('its jobs make the files of one machine', async () => {
    const here = project();
    const commands = of('SLURM').map((text) =>
      text.replace('--cpus-per-task=1', '$& --mem-per-cpu=1G'),
    );
    const last = [];
    for (const command of commands) {
      const jobs = [...(await runs(here, command, cluster.environment)).matchAll(/job (\d+)/g)];
      last.push(jobs.map(([, id]) => id as string));
    }
    const [[, merge], [coordinator]] = last as [[string, string], [string, string]];
    expect(await cluster.ended(merge), here.logs()).toBe('COMPLETED');
    expect(await cluster.ended(coordinator), here.logs()).toBe('COMPLETED');
    for (const results of ['results', 'from-queue']) {
      expect(contents(join(here.path, results))).toEqual(await reference);
    }
  });
});
