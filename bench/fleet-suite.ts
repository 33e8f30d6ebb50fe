/**
 * npm run bench -- fleet: a sweep over a queue and the same one without, in turn, on one machine that is coordinator,
 * queue and worker at once; what a pack costs on its way; and how many processors one Redis can keep busy. The results
 * are compared as well: they must be the same.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { validateConfig } from '../src/config/config.js';
import { Connection } from '../src/fleet/connection.js';
import { ANNOUNCEMENTS, packOf, resultsKey } from '../src/fleet/protocol.js';
import { type SweepPlan, sweep } from '../src/studies/index.js';
import { quantitiesTable } from './report.js';
import { publish, type Quantity } from './results.js';
import { ROOT } from './root.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const ROUNDS = 5;
const THREADS = 2;
/** Packs of one run each, and how many of them are out at once: as many as a coordinator has out. */
const PACKS = 1000;
const OUT = 2 * THREADS + 1;
/** Seconds for which the Redis is watched while nobody works. */
const IDLE_SECONDS = 3;
/** Seconds that a pack is meant to take. */
const PACK_SECONDS = 2;

const SHORT = { servers: 10, arrivalRate: 0.8, inverseStepSize: 500, horizon: 20, warmup: 0 };
const PLANS: Record<'short' | 'long', SweepPlan> = {
  short: { base: SHORT, replications: 10_000 },
  long: { base: { ...SHORT, servers: 1000, horizon: 20_000 }, replications: 16 },
};

type Numbers = Record<string, number[]>;

export async function runFleetSuite(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ratescale-bench-'));
  const processes: ChildProcess[] = [];
  try {
    const queue = await startRedis(directory, processes);
    const connection = await Connection.open(queue, console.error);
    const idle = await idleCpu(connection);
    await startWorkers(queue, connection, processes);
    const numbers: Numbers = {};
    for (let round = 0; round < ROUNDS; round++) {
      note(numbers, await measurePacks(connection, round));
      for (const length of ['short', 'long'] as const) {
        note(numbers, await measureSweep(length, queue, connection, idle));
      }
    }
    connection.close();
    await publishAll(numbers);
  } finally {
    for (const one of processes) {
      one.kill('SIGKILL');
      if (one.exitCode === null) await once(one, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

function note(numbers: Numbers, round: Record<string, number>): void {
  for (const [name, value] of Object.entries(round)) {
    numbers[name] ??= [];
    numbers[name].push(value);
  }
}

async function startRedis(directory: string, processes: ChildProcess[]): Promise<string> {
  const { redisServer } = await import(pathToFileURL(join(ROOT, 'scripts', 'redis.mjs')).href);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory];
  // as docs/fleet.md has it
  flags.push('--appendonly', 'yes', '--loglevel', 'warning');
  processes.push(spawn(await redisServer(), flags, { stdio: 'ignore' }));
  return `redis://127.0.0.1:${port}/0`;
}

/** Starts them, and waits until they announce themselves. */
async function startWorkers(
  queue: string,
  connection: Connection,
  processes: ChildProcess[],
): Promise<void> {
  const listener = connection.another();
  await listener.subscribe(ANNOUNCEMENTS);
  const heard = once(listener, 'message');
  const command = [join(ROOT, 'dist', 'cli', 'main.js'), 'work', '--queue', queue];
  const flags = ['--workers', `${THREADS}`, '--quiet'];
  processes.push(spawn(process.execPath, [...command, ...flags], { stdio: 'inherit' }));
  await heard;
  listener.disconnect();
}

/** What packs of a single trivial run cost, sent and taken in as a coordinator does. */
async function measurePacks(
  connection: Connection,
  round: number,
): Promise<Record<string, number>> {
  const { redis } = connection;
  const reader = connection.another();
  const packs = connection.packs();
  const name = `${round}`.padStart(32, '0');
  const key = resultsKey(name);
  await redis.multi().xadd(key, '1-1', 'empty', '').xdel(key, '1-1').exec();
  const config = validateConfig({ ...SHORT, servers: 1, horizon: 1, seed: '1' });
  const send = (number: number) => {
    const pack = packOf(name, null, [{ point: 0, replication: number, config }]);
    const jobId = `${name}-00000000-${number}`;
    return packs.add('pack', pack, { jobId, removeOnComplete: true });
  };
  const before = await redisCpu(connection);
  const started = performance.now();
  let [sent, back] = [0, 0];
  while (back < PACKS) {
    while (sent < PACKS && sent - back < OUT) await send(sent++);
    const read = await reader.xread('COUNT', 8, 'BLOCK', 2000, 'STREAMS', key, '0');
    const ids = read?.[0]?.[1].map(([id]) => id) ?? [];
    if (ids.length === 0) throw new Error('no worker answers');
    await redis.xdel(key, ...ids);
    back += ids.length;
  }
  const milliseconds = performance.now() - started;
  const cpu = (await redisCpu(connection)) - before;
  await redis.del(key);
  reader.disconnect();
  await packs.close();
  return { packMilliseconds: (THREADS * milliseconds) / PACKS, packCpu: cpu / PACKS };
}

/** One sweep without a queue and over it. */
async function measureSweep(
  length: 'short' | 'long',
  queue: string,
  connection: Connection,
  idle: number,
): Promise<Record<string, number>> {
  const plan = PLANS[length];
  const local = await timed(plan, {});
  const packs = await packsSent(connection);
  const cpu = await redisCpu(connection);
  const began = performance.now();
  const own = process.cpuUsage();
  const fleet = await timed(plan, { queue });
  const { user, system } = process.cpuUsage(own);
  if (fleet.hashes !== local.hashes) {
    throw new Error(`${length} runs: with a queue and without give different results`);
  }
  const seconds = (performance.now() - began) / 1000;
  const used = (await redisCpu(connection)) - cpu - idle * seconds;
  const runs = plan.replications as number;
  const coordinator = (user + system) / 1e6;
  const simulation = (THREADS * runs) / local.perSecond;
  const sent = (await packsSent(connection)) - packs;
  return {
    [`${length}Local`]: local.perSecond,
    [`${length}Fleet`]: fleet.perSecond,
    [`${length}Cpu`]: used / sent,
    [`${length}Packs`]: sent,
    [`${length}Coordinator`]: coordinator / runs,
    [`${length}Seconds`]: simulation / runs,
    [`${length}RedisFeeds`]: simulation / used,
    [`${length}CoordinatorFeeds`]: simulation / coordinator,
  };
}

/** Runs per second, and what came out. Short runs are timed when a tenth is there, since starting takes its time. */
async function timed(plan: SweepPlan, where: { queue?: string }) {
  const runs = plan.replications as number;
  const from = runs >= 1000 ? runs / 10 : 0;
  let started = performance.now();
  let done = 0;
  const { replications } = await sweep(plan, {
    ...where,
    workers: THREADS,
    onReplication() {
      if (++done === from) started = performance.now();
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const hashes = replications.map(({ stateHash }) => stateHash).join();
  return { perSecond: (runs - from) / seconds, hashes };
}

/** Processor seconds of the Redis so far. */
async function redisCpu({ redis }: Connection): Promise<number> {
  const info = await redis.info('cpu');
  const of = (name: string) => Number(new RegExp(`^${name}:(.*)`, 'm').exec(info)?.[1]);
  return of('used_cpu_user') + of('used_cpu_sys');
}

/** Processor seconds per second that a Redis needs for itself, however many work. */
async function idleCpu(connection: Connection): Promise<number> {
  const before = await redisCpu(connection);
  await setTimeout(1000 * IDLE_SECONDS);
  return ((await redisCpu(connection)) - before) / IDLE_SECONDS;
}

/** Packs that were ever sent: BullMQ counts them. */
async function packsSent(connection: Connection): Promise<number> {
  const packs = connection.packs();
  const sent = Number(await connection.redis.get(packs.toKey('id')));
  await packs.close();
  return sent;
}

async function publishAll(numbers: Numbers): Promise<void> {
  const of = (name: string) => numbers[name] ?? [];
  const each = (name: string, factor: number) => spreadOf(of(name).map((x) => factor * x));
  const quantities: Quantity[] = [
    {
      name: 'runs of a second, over without a queue',
      unit: '',
      value: ratioOf(of('longFleet'), of('longLocal')),
    },
    { name: 'a run of a second', unit: 's', value: spreadOf(of('longSeconds')) },
    { name: 'short runs', unit: '1/s', value: spreadOf(of('shortFleet')) },
    { name: 'short runs, without a queue', unit: '1/s', value: spreadOf(of('shortLocal')) },
    {
      name: 'short runs, over without a queue',
      unit: '',
      value: ratioOf(of('shortFleet'), of('shortLocal')),
    },
    {
      name: 'a thread’s time for a pack of one trivial run',
      unit: 'ms',
      value: spreadOf(of('packMilliseconds')),
    },
    { name: 'Redis, 1,000 packs of one run', unit: 's', value: each('packCpu', 1000) },
    {
      name: 'Redis, 1,000 packs of a sweep of short runs',
      unit: 's',
      value: each('shortCpu', 1000),
    },
    { name: 'Redis, 1,000 packs of a sweep of long runs', unit: 's', value: each('longCpu', 1000) },
    { name: 'packs of the sweep of short runs', unit: '', value: spreadOf(of('shortPacks')) },
    { name: 'packs of the sweep of long runs', unit: '', value: spreadOf(of('longPacks')) },
    { name: 'coordinator, 1,000 short runs', unit: 's', value: each('shortCoordinator', 1000) },
    {
      name: 'processors that one Redis keeps busy, packs of one run of 2 s',
      unit: '',
      value: spreadOf(of('packCpu').map((cpu) => PACK_SECONDS / cpu)),
    },
    {
      name: 'processors that one Redis keeps busy, runs of a second',
      unit: '',
      value: spreadOf(of('longRedisFeeds')),
    },
    {
      name: 'processors that one Redis keeps busy, short runs',
      unit: '',
      value: spreadOf(of('shortRedisFeeds')),
    },
    {
      name: 'processors that one coordinator keeps busy, runs of a second',
      unit: '',
      value: spreadOf(of('longCoordinatorFeeds')),
    },
    {
      name: 'processors that one coordinator keeps busy, short runs',
      unit: '',
      value: spreadOf(of('shortCoordinatorFeeds')),
    },
  ];
  console.log(quantitiesTable(quantities));
  const what = `Sweeps of ${PLANS.short.replications} short runs and of ${PLANS.long.replications} long ones, without a queue and over one, in turn, and ${PACKS} packs of one trivial run, with coordinator, Redis (append-only) and ${THREADS} threads of workers on one machine. Both gave the same bits in every replication, which the state hashes show.`;
  await publish('fleet', { what, rounds: ROUNDS, quantities }, chartOf(quantities));
}

function chartOf(quantities: readonly Quantity[]): Chart {
  const ratios = quantities.filter(({ name }) => name.endsWith('over without a queue'));
  return {
    name: 'fleet',
    title: 'Speed with a queue over that without',
    caption: 'Medians of the rounds, with the least and the greatest.',
    x: { title: 'sweep, in the order of the legend', domain: [0, ratios.length + 1] },
    y: { title: 'ratio', domain: [0, 1.2] },
    series: ratios.map(({ name, value }, i) => pointsOfSpreads(name, [i + 1], [value])),
  };
}
