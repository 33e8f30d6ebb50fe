/**
 * npm run bench -- peers: nanoseconds per event of the engine and its peers near the stationary state, in turn, with
 * random numbers of their own in each round.
 */

import { spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { accuracyOf, restingRate } from './accuracy.js';
import { findPeers, type Measurement, type Peer, type PeerParameters } from './peers/index.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const LAMBDA = 0.8;
const INVERSE_STEP_SIZE = 500;

/** Per number of servers: when timing starts, how many events are timed, how often, and the slowest peer that can wait. */
const SIZES = [
  { n: 100, from: 10, events: 4e6, rounds: 7, slowest: 'simpy' },
  { n: 1000, from: 10, events: 4e6, rounds: 7, slowest: 'simpy' },
  { n: 10_000, from: 10, events: 4e6, rounds: 7, slowest: 'simpy' },
  { n: 100_000, from: 10, events: 4e6, rounds: 5, slowest: 'event-list' },
  { n: 1_000_000, from: 3, events: 4e6, rounds: 5, slowest: 'event-list' },
  { n: 10_000_000, from: 2, events: 8e6, rounds: 5, slowest: 'typescript' },
] as const;

/** In the order of speed; slow ones get a share of the events. */
const KINDS = [
  'engine',
  'twin-portable',
  'twin-native',
  'typescript',
  'event-list',
  'simpy',
] as const;
type Kind = (typeof KINDS)[number];
const SHARE: Partial<Record<Kind, number>> = { 'event-list': 1 / 4, simpy: 1 / 100 };
/** Which ratios targets are set for: what is faster is below, or the engine. */
const RATIOS: [Kind, Kind][] = [
  ['engine', 'twin-portable'],
  ['engine', 'twin-native'],
  ['typescript', 'engine'],
  ['event-list', 'engine'],
  ['simpy', 'engine'],
];

interface Contest {
  kind: Kind;
  name: string;
  run: (parameters: PeerParameters) => Promise<Measurement>;
  runs: { parameters: PeerParameters; measurement: Measurement }[];
}

function kindOf({ name }: Peer): Kind {
  if (name.startsWith('WASM')) return 'engine';
  if (name.startsWith('C++ twin')) return /native/.test(name) ? 'twin-native' : 'twin-portable';
  if (name.startsWith('C++')) return 'event-list';
  return name.startsWith('SimPy') ? 'simpy' : 'typescript';
}

/** What is measured at one number of servers. */
async function measureSize(
  { n, from, events, rounds, slowest }: (typeof SIZES)[number],
  peers: readonly Peer[],
): Promise<{ cases: Case[]; quantities: Quantity[] }> {
  const rate = restingRate(n, LAMBDA);
  const contests = peers.flatMap((peer): Contest[] => {
    const kind = kindOf(peer);
    if (!peer.available || KINDS.indexOf(kind) > KINDS.indexOf(slowest)) return [];
    return [{ kind, name: peer.name, run: peer.run, runs: [] }];
  });
  // round 0 is for the optimisers of this process, which the compiled peers do not need
  const hashes: string[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const { kind, run, runs } of contests) {
      if (round === 0 && (n > 1e6 || !['engine', 'typescript'].includes(kind))) continue;
      const share = SHARE[kind] ?? 1;
      const duration = (events * share) / (2 * LAMBDA * n);
      // fast ones run for half as long untimed: a process that has just been waiting is slow for a while
      const begin = share === 1 ? Math.max(from, duration / 2) : from;
      const times = { from: begin, until: begin + duration };
      const start = { low: rate, high: rate, ...times, seed: `n ${n}, round ${round}` };
      const parameters = { n, lambda: LAMBDA, m: INVERSE_STEP_SIZE, ...start };
      const measurement = await run(parameters);
      // engine and twins must have done the very same work
      const { stateHash } = measurement;
      if (stateHash !== undefined && round > 0) {
        hashes[round] ??= stateHash;
        if (stateHash !== hashes[round]) {
          throw new Error(`n = ${n}, round ${round}: the ${kind} gives other bits than the engine`);
        }
      }
      if (round > 0) runs.push({ parameters, measurement });
    }
  }
  const times = new Map(
    contests.map(({ kind, runs }) => [
      kind,
      runs.map(({ measurement: { seconds, events } }) => (1e9 * seconds) / events),
    ]),
  );
  return {
    cases: contests.map(({ kind, name, runs }) => ({
      name,
      n,
      nanosecondsPerEvent: spreadOf(times.get(kind) as number[]),
      accuracy: accuracyOf(runs),
    })),
    quantities: RATIOS.flatMap(([above, below]) => {
      const [one, other] = [times.get(above), times.get(below)];
      if (!one || !other) return [];
      return [{ name: `${above}/${below}`, n, unit: '', value: ratioOf(one, other) }];
    }),
  };
}

function chartOf(cases: readonly Case[]): Chart {
  const names = [...new Set(cases.map(({ name }) => name))];
  return {
    name: 'peers',
    title: 'Time per event near the stationary state, λ = 0.8, m = 500',
    caption: 'Medians of the rounds, with the fastest and the slowest of them.',
    x: { title: 'servers', scale: 'log', domain: [50, 2e7] },
    y: { title: 'ns per event', scale: 'log' },
    series: names.map((name) => {
      const own = cases.filter((one) => one.name === name);
      return pointsOfSpreads(
        name,
        own.map(({ n }) => n),
        own.map(({ nanosecondsPerEvent }) => nanosecondsPerEvent),
      );
    }),
  };
}

export async function runPeersSuite(): Promise<void> {
  const peers = await findPeers();
  const missing = peers.flatMap((peer) => (peer.available ? [] : [`${peer.name}: ${peer.reason}`]));
  for (const line of missing) console.log(`missing: ${line}`);
  const cases: Case[] = [];
  const quantities: Quantity[] = [];
  for (const size of SIZES) {
    const found = await measureSize(size, peers);
    console.log(`${casesTable(found.cases)}${quantitiesTable(found.quantities)}`);
    cases.push(...found.cases);
    quantities.push(...found.quantities);
  }
  const what =
    'Nanoseconds per event (accepted arrival or departure) near the stationary state, λ = 0.8, m = 500, unit ' +
    'buffers. Ratios are taken round by round.';
  const rounds = Math.min(...SIZES.map((size) => size.rounds));
  await publish('peers', { what, rounds, cases, quantities, missing }, chartOf(cases));
}
