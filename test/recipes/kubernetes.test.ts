/**
 * The recipe for Kubernetes, without a cluster: its manifests against the published schemas and each other, and what its
 * containers would run, as processes with the volumes as directories. Scheduling, probes and the autoscaler itself are
 * not tried here.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
// @ts-expect-error a script of the build, without types
import { redisServer } from '../../scripts/redis.mjs';
import { MAIN } from '../cli/ratescale.js';
import { freePort } from '../support/free-port.js';
import { faultsOf, type Manifest, unknownFieldsOf } from './manifests.js';
import { alone, contents, Project } from './project.js';
import { until } from './until.js';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../examples/kubernetes/', import.meta.url));

const read = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { strict: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const manifests = files.flatMap(read);
const named = (kind: string, name: string) =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
const find = (kind: string, name: string) => named(kind, name) as Manifest;
const podsOf = (manifest: Manifest) => manifest.spec?.template?.spec;
const workloads = manifests.filter(podsOf);

describe('the manifests', () => {
  it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    '%s %s is as its schema says',
    (_kind, _name, manifest) => {
      expect(faultsOf(manifest)).toEqual([]);
    },
  );

  it('have no unknown fields', () => {
    expect(unknownFieldsOf(manifests)).toEqual([]);
  });

  it('are really checked', () => {
    const job = find('Job', 'ratescale-shards');
    const broken = structuredClone(job);
    broken.spec.completions = 'eight';
    delete broken.spec.template.spec.containers[0].name;
    expect(faultsOf(broken).join()).toMatch(/completions.*name/s);
    const scaler = structuredClone(find('ScaledObject', 'ratescale-workers'));
    delete scaler.spec.scaleTargetRef;
    expect(faultsOf(scaler).join()).toMatch(/scaleTargetRef/);
    const misspelt = structuredClone(job);
    misspelt.spec.template.spec.terminationGraceSeconds = 30;
    const faults = unknownFieldsOf([
      misspelt,
      { ...find('ScaledObject', 'ratescale-workers'), spek: {} },
    ]);
    expect(faults[0]).toMatch(/terminationGraceSeconds.* does not exist/);
    expect(faults.join()).toMatch(/spek.* does not exist/);
  });

  it.each(workloads.map((manifest) => [manifest.metadata.name, podsOf(manifest)]))(
    'pods of %s run as nobody in particular, and name what there is',
    (_name, pod) => {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
      expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
      const [container] = pod.containers;
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
      });
      for (const { configMap, persistentVolumeClaim } of pod.volumes ?? []) {
        if (configMap) expect(named('ConfigMap', configMap.name)).toBeDefined();
        else expect(named('PersistentVolumeClaim', persistentVolumeClaim.claimName)).toBeDefined();
      }
      const address = container.env?.find(({ name }: { name: string }) => /QUEUE/.test(name));
      if (address) expect(named('Service', new URL(address.value).hostname)).toBeDefined();
    },
  );

  it('leave a worker more time than it takes', () => {
    const pod = podsOf(find('Deployment', 'ratescale-workers'));
    const { args } = pod.containers[0];
    const grace = Number(args[args.indexOf('--grace') + 1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(grace + 10);
  });

  it('scale what there is', () => {
    const { spec } = find('ScaledObject', 'ratescale-workers');
    expect(named('Deployment', spec.scaleTargetRef.name)).toBeDefined();
    const [{ metadata, authenticationRef }] = spec.triggers;
    const [, host, port] =
      /^(\w[\w-]*)\.default\.svc\.cluster\.local:(\d+)$/.exec(metadata.address) ?? [];
    expect(find('Service', host as string).spec.ports[0].port).toBe(Number(port));
    expect(named('TriggerAuthentication', authenticationRef.name)).toBeDefined();
    // more threads at work call for more pods
    const { args } = podsOf(find('Deployment', 'ratescale-workers')).containers[0];
    const threads = Number(args[args.indexOf('--workers') + 1]);
    expect(Number(metadata.listLength)).toBeLessThan(threads);
  });
});

const PLAN = {
  base: { arrivalRate: 0.8, inverseStepSize: 100, horizon: 3000, warmup: 500 },
  grid: { servers: [20, 40, 80] },
  replications: 6,
};

/** A directory in which volumes are folders: /plan with a plan, and /data. */
function volumes(): Project {
  const here = new Project({});
  for (const name of ['plan', 'data']) mkdirSync(join(here.path, name));
  here.write('plan/plan.json', PLAN);
  return here;
}

/** The arguments of a container, with its variables and volumes. */
function argumentsOf(pod: ReturnType<typeof podsOf>, here: Project, variables: object): string[] {
  const [{ args }] = pod.containers;
  return args.map((arg: string) =>
    Object.entries(variables)
      .reduce((text, [name, value]) => text.replaceAll(`$(${name})`, value), arg)
      .replace(/^\/(plan|data)\b/, `${here.path}/$1`),
  );
}

describe.concurrent('what the containers run', () => {
  it('shards, merged, are the files of one machine', async () => {
    const here = volumes();
    const { spec } = find('Job', 'ratescale-shards');
    for (let index = 0; index < spec.completions; index++) {
      const variables = { JOB_COMPLETION_INDEX: `${index}` };
      const args = argumentsOf(spec.template.spec, here, variables);
      await run(process.execPath, [MAIN, ...args], { env: { ...process.env, ...variables } });
    }
    const merge = podsOf(find('Job', 'ratescale-merge'));
    await run(process.execPath, [MAIN, ...argumentsOf(merge, here, {})]);
    expect(contents(join(here.path, 'data/results'))).toEqual(await alone(PLAN));
  });

  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const start = (program: string, args: string[], environment: object) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment } });
    children.push(child);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const started = { child, ended, said: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        started.said += data;
      });
    }
    return started;
  };

  it('coordinator, queue and worker make the files of one machine, and the autoscaler sees the queue', async () => {
    const here = volumes();
    const [{ command, args }] = podsOf(find('StatefulSet', 'ratescale-queue')).containers;
    const [port, password] = [await freePort(), 'secret'];
    const script = args[0].replace(
      'dir /data',
      `dir ${here.path}/data\nport ${port}\nbind 127.0.0.1`,
    );
    const server = join(await redisServer(), '..');
    start(command[0], [...command.slice(1), script], {
      PASSWORD: password,
      PATH: `${server}:${process.env.PATH}`,
    });
    const addressOf = (pod: ReturnType<typeof podsOf>) => {
      const [{ env }] = pod.containers;
      const { value } = env.find(({ name }: { name: string }) => name === 'RATESCALE_QUEUE');
      return value
        .replace('$(PASSWORD)', password)
        .replace('ratescale-queue:6379', `127.0.0.1:${port}`);
    };

    const coordinator = podsOf(find('Job', 'ratescale-coordinator'));
    const sweep = start(process.execPath, [MAIN, ...argumentsOf(coordinator, here, {})], {
      RATESCALE_QUEUE: addressOf(coordinator),
    });
    const [{ metadata }] = find('ScaledObject', 'ratescale-workers').spec.triggers;
    const redis = new Redis(port, '127.0.0.1', { password, maxRetriesPerRequest: null });
    redis.on('error', () => {}); // it starts just now
    await until(
      async () => (await redis.llen(metadata.listName)) > 0,
      async () => `no packs in ${metadata.listName}, but ${await redis.keys('*')}; ${sweep.said}`,
    );
    redis.disconnect();

    const pod = podsOf(find('Deployment', 'ratescale-workers'));
    const worker = start(process.execPath, [MAIN, ...argumentsOf(pod, here, {})], {
      RATESCALE_QUEUE: addressOf(pod),
    });
    expect(await sweep.ended, sweep.said).toBe(0);
    worker.child.kill('SIGTERM');
    expect(await worker.ended, worker.said).toBe(143);
    expect(contents(join(here.path, 'data/results'))).toEqual(await alone(PLAN));
    expect(readdirSync(join(here.path, 'data'))).toContain('appendonlydir');
  });
});
