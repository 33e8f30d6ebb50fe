/**
 * npm run bench -- threads: one run of very many servers, as a whole and in partitions with one thread and with two, interleaved in one process;
 * what the ends of windows cost; and what that makes of 16 and 64 cores.
 */
import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { type SimulationConfig, validateConfig } from '../src/config/config.js';
import { type here, inThread } from '../src/run/executor.js';
import { Run } from '../src/run/run.js';
import { Team } from '../src/threads/team.js';
import { Thread } from '../src/threads/thread.js';
import { quantitiesTable } from './report.js';
import { publish, type Quantity } from './results.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const ROUNDS = 9;
/** Servers, and how long a system is run each time: from its optimum, once it has settled. */
const SIZES = [
  [1_000_000, 12],
  [10_000_000, 1],
] as const;
const SETTLED = 3;
const WAYS = ['as a whole', 'one thread', 'two threads'] as const;

export async function runThreadsSuite(): Promise<void> {
  const threads = [await Thread.start(), await Thread.start()] as [Thread, Thread];
  const quantities: Quantity[] = [];
  for (const [servers, span] of SIZES) {
    quantities.push(...(await measureSize(servers, span, new Team(threads[0], [threads[1]]))));
  }
  for (const thread of threads) thread.end();
  console.log(quantitiesTable(quantities));
  const what =
    'One run near its stationary state, λ = 0.8, m = 500: as a whole in one thread, in partitions in one thread, and in partitions in two, in turn. The state hashes of one thread and two are the same.';
  await publish('threads', { what, rounds: ROUNDS, quantities }, chartOf(quantities));
}

async function measureSize(servers: number, span: number, team: Team): Promise<Quantity[]> {
  const config: SimulationConfig = {
    servers,
    arrivalRate: 0.8,
    inverseStepSize: 500,
    initialRates: 1.5874,
    horizon: 1e6,
    record: { interval: 1e6 },
  };
  const complete = validateConfig(config);
  const runs = {
    'as a whole': await Run.prepare(complete, { partitions: null }),
    'one thread': await Run.prepare(complete),
    'two threads': await Run.prepare(complete),
  };
  const executors = {
    'as a whole': inThread(team.leader),
    'one thread': inThread(team.leader),
    'two threads': { advance: team.leg.bind(team) } as typeof here,
  };
  const times: Record<(typeof WAYS)[number], number[]> = {
    'as a whole': [],
    'one thread': [],
    'two threads': [],
  };
  for (const way of WAYS) await executors[way].advance(runs[way], SETTLED, {});
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of WAYS) {
      const run = runs[way];
      const { events, wallSeconds } = run;
      await executors[way].advance(run, SETTLED + round * span, {});
      times[way].push((1e9 * (run.wallSeconds - wallSeconds)) / (run.events - events));
    }
  }
  if (runs['one thread'].stateHash() !== runs['two threads'].stateHash()) {
    throw new Error('one thread and two give different results');
  }
  const { windows = 0, reversed = 0 } = runs['two threads'].result().engine.partitions ?? {};
  const { events } = runs['two threads'];
  const found: Quantity[] = [
    ...WAYS.map((way) => ({
      name: `per event, ${way}`,
      unit: 'ns',
      value: spreadOf(times[way]),
    })),
    {
      name: 'speed-up of two threads over one',
      unit: '',
      value: ratioOf(times['one thread'], times['two threads']),
    },
    {
      name: 'one thread over a whole system',
      unit: '',
      value: ratioOf(times['one thread'], times['as a whole']),
    },
    { name: 'events in a window', unit: '', value: spreadOf([events / windows]) },
    {
      name: 'decisions reversed in a million events',
      unit: '',
      value: spreadOf([1e6 * reversed]),
    },
    ...modelled(
      ratioOf(times['one thread'], times['two threads']),
      spreadOf(times['one thread']).median,
      events / windows,
      runs['two threads'].plan.parts,
    ),
  ];
  return found.map((quantity) => ({ ...quantity, n: servers }));
}

/**
 * With T threads a window takes a + b/T: what the leader does alone, with all that threads lose by waiting for each other, and what they share. The
 * speed-up of two gives the share of a, and the spread of its rounds that of what follows.
 */
function modelled(speedUp: Spread, one: number, events: number, parts: number): Quantity[] {
  const alone = (twice: number) => Math.max(0, 2 / twice - 1);
  const over = (value: (share: number) => number): Spread => {
    const [a, b] = [value(alone(speedUp.min)), value(alone(speedUp.max))];
    return { median: value(alone(speedUp.median)), min: Math.min(a, b), max: Math.max(a, b) };
  };
  return [
    { name: 'partitions', unit: '', value: spreadOf([parts]) },
    {
      name: 'alone at the end of a window',
      unit: 'µs',
      value: over((share) => (share * one * events) / 1000),
    },
    ...[16, 64].map((cores) => ({
      name: `expected speed-up on ${cores} cores`,
      unit: '',
      value: over((share) => 1 / (share + (1 - share) / Math.min(cores, parts))),
    })),
  ];
}

function chartOf(quantities: readonly Quantity[]): Chart {
  const times = quantities.filter(({ name }) => name.startsWith('per event'));
  return {
    name: 'threads',
    title: 'One run, as a whole and in partitions',
    caption: 'Medians of the rounds, with the least and the greatest.',
    x: { title: 'run, in the order of the legend', domain: [0, times.length + 1] },
    y: { title: 'ns per event', domain: [0, 80] },
    series: times.map(({ name, n, value }, i) =>
      pointsOfSpreads(`${name}, n = ${n}`, [i + 1], [value]),
    ),
  };
}
