/**
 * npm run bench -- engine: what the engine's features and parameters cost, beside a plain run: other buffers, a cost that
 * is no family, a row of the recording every 1/λ, m = 10, and a start from Unif[0, 2]. 10,000 servers; benny is the clock.
 * And two small systems with costs of their own: stiff gaps (Figure 2b at λ = 0.025), and a single server.
 */
import b from 'benny';
import { spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { Simulation, type SimulationConfig } from '../src/index.js';
import { busyTime, expectedBusyFraction } from '../src/run/speed.js';
import { errorWithin, restingRate } from './accuracy.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const SERVERS = 10_000;
const ARRIVAL_RATE = 0.8;
const ROUNDS = 9;
/** Of a measurement, in units of time: 800,000 events. */
const DURATION = 50;
/** Over which a start from Unif[0, 2] is followed: a relaxation time or so. */
const TRANSIENT = 200;
/** No row of the recording but the first, O(n), is in what is timed. */
const FAR = 1e9;
/** Time for the busy servers, or for the queues of larger buffers, to settle. */
const SETTLING = 20;

const rate = restingRate(SERVERS, ARRIVAL_RATE);
const plain = {
  servers: SERVERS,
  arrivalRate: ARRIVAL_RATE,
  inverseStepSize: 500,
  initialRates: rate,
  horizon: FAR,
  record: { interval: FAR },
} satisfies SimulationConfig;

/** What is compared with `plain`; `lawful`: the exact law of unit buffers holds, also without a drop. */
const VARIANTS: { name: string; change: Partial<SimulationConfig>; lawful: boolean }[] = [
  { name: 'plain', change: {}, lawful: true },
  { name: 'unbounded buffers', change: { buffer: 'inf' }, lawful: true },
  { name: 'K = 3', change: { buffer: 3 }, lawful: true },
  { name: 'custom cost', change: { cost: { g: '1/x', h: '0.1*x^2' } }, lawful: true },
  {
    name: 'recording every 1/λ',
    // room for all rows that are timed, and no more
    change: { horizon: 40_000, record: { interval: 1 / ARRIVAL_RATE } },
    lawful: true,
  },
  { name: 'm = 10', change: { inverseStepSize: 10 }, lawful: false },
];

interface Subject {
  name: string;
  lawful: boolean;
  simulation: Simulation;
  times: number[];
  errors: { busyFraction: number[]; meanRate: number[] };
}

async function prepare({ name, change, lawful }: (typeof VARIANTS)[number]): Promise<Subject> {
  const simulation = await Simulation.create({ ...plain, ...change, seed: name });
  simulation.runUntil(SETTLING);
  return { name, lawful, simulation, times: [], errors: { busyFraction: [], meanRate: [] } };
}

/** One round: every variant in turn, and the transient. */
async function measureRound(subjects: readonly Subject[]): Promise<void> {
  const before = subjects.map(({ simulation }) => ({
    time: simulation.time,
    events: simulation.events,
    busy: busyTime(simulation),
  }));
  const runs = subjects.map(() => 0);
  const summary = await b.suite(
    `n = ${SERVERS}, λ = ${ARRIVAL_RATE}`,
    ...subjects.map(({ name, simulation }, i) =>
      b.add(
        name,
        () => {
          simulation.runUntil(simulation.time + DURATION);
          runs[i] = (runs[i] ?? 0) + 1;
        },
        { minSamples: 3, maxTime: 0.1, minTime: 0.01, initCount: 1, delay: 0 },
      ),
    ),
  );
  subjects.forEach(({ simulation, times, errors }, i) => {
    const start = before[i] as (typeof before)[number];
    const result = summary.results.find(({ name }) => name === subjects[i]?.name);
    // seconds per run of so many events
    const seconds = result?.details.median as number;
    const events = (simulation.events - start.events) / (runs[i] as number);
    times.push((1e9 * seconds) / events);
    const { time } = simulation;
    const busy = (busyTime(simulation) - start.busy) / (time - start.time);
    errors.busyFraction.push(busy - expectedBusyFraction(ARRIVAL_RATE, rate, start.time, time));
    const rates = simulation.rates();
    errors.meanRate.push(rates.reduce((sum, x) => sum + x, 0) / SERVERS - rate);
  });
}

/** Nanoseconds per event from Unif[0, 2] on: a new system each time, so benny cannot be its clock. */
async function measureTransient(round: number): Promise<number> {
  const simulation = await Simulation.create({
    ...plain,
    initialRates: { uniform: [0, 2] },
    seed: `transient ${round}`,
  });
  const started = performance.now();
  simulation.runUntil(TRANSIENT);
  return (1e6 * (performance.now() - started)) / simulation.events;
}

/** Events of a round are about 2 λ n × `duration`. */
const SMALL_SYSTEMS = [
  { name: 'stiff gaps: λ = 0.025, m = 100', n: 100, arrivalRate: 0.025, m: 100, duration: 20_000 },
  { name: 'a single server', n: 1, arrivalRate: ARRIVAL_RATE, m: 500, duration: 200_000 },
] as const;

/** Nanoseconds per event of a small system, after settling for a tenth of the time. */
async function measureSmall(
  { name, n, arrivalRate, m, duration }: (typeof SMALL_SYSTEMS)[number],
  round: number,
): Promise<number> {
  const simulation = await Simulation.create({
    servers: n,
    arrivalRate,
    inverseStepSize: m,
    initialRates: restingRate(n, arrivalRate),
    horizon: FAR,
    record: { interval: FAR },
    seed: `${name}, round ${round}`,
  });
  simulation.runUntil(duration / 10);
  const before = simulation.events;
  const started = performance.now();
  simulation.runUntil(duration);
  return (1e6 * (performance.now() - started)) / (simulation.events - before);
}

function chartOf(cases: readonly Case[]): Chart {
  const spread = cases.map(({ nanosecondsPerEvent }) => nanosecondsPerEvent);
  return {
    name: 'engine',
    title: `What features and parameters cost, n = ${SERVERS}, λ = ${ARRIVAL_RATE}`,
    caption: 'Medians of the rounds, with the fastest and the slowest of them.',
    x: { title: 'case, in the order of the legend', domain: [0, cases.length + 1] },
    y: { title: 'ns per event', domain: [0, 1.1 * Math.max(...spread.map(({ max }) => max))] },
    series: cases.map(({ name }, i) => {
      return pointsOfSpreads(name, [i + 1], [spread[i] as (typeof spread)[number]]);
    }),
  };
}

export async function runEngineSuite(): Promise<void> {
  const subjects = await Promise.all(VARIANTS.map(prepare));
  await measureRound(subjects); // for the optimiser
  await measureTransient(0);
  for (const { times, errors } of subjects) {
    times.length = 0;
    errors.busyFraction.length = 0;
    errors.meanRate.length = 0;
  }
  const transient: number[] = [];
  const small = SMALL_SYSTEMS.map((system) => ({ system, times: [] as number[] }));
  for (let round = 1; round <= ROUNDS; round++) {
    await measureRound(subjects);
    transient.push(await measureTransient(round));
    for (const { system, times } of small) times.push(await measureSmall(system, round));
  }
  const cases: Case[] = [
    ...subjects.map(({ name, lawful, times, errors }) => ({
      name,
      n: SERVERS,
      nanosecondsPerEvent: spreadOf(times),
      ...(lawful && {
        accuracy: {
          busyFraction: errorWithin(errors.busyFraction),
          meanRate: errorWithin(errors.meanRate),
        },
      }),
    })),
    { name: 'from Unif[0, 2]', n: SERVERS, nanosecondsPerEvent: spreadOf(transient) },
  ];
  const base = subjects[0]?.times as number[];
  const quantities: Quantity[] = [
    ...subjects.slice(1).map(({ name, times }) => ({ name: `${name}/plain`, times })),
    { name: 'from Unif[0, 2]/plain', times: transient },
  ].map(({ name, times }) => ({ name, n: SERVERS, unit: '', value: ratioOf(times, base) }));
  quantities.push(
    ...small.map(({ system: { name, n }, times }) => {
      return { name, n, unit: 'ns per event', value: spreadOf(times) };
    }),
  );
  console.log(`${casesTable(cases)}${quantitiesTable(quantities)}`);
  const what =
    `Nanoseconds per event of ${SERVERS} servers at λ = ${ARRIVAL_RATE}, m = 500 near the stationary state, with one thing ` +
    'changed; and from a start at Unif[0, 2]. The law is that of the limit m → ∞, which m = 500 misses by 1e-4 or so.';
  await publish('engine', { what, rounds: ROUNDS, cases, quantities }, chartOf(cases));
}
