/**
 * npm run bench -- policies: what each dispatch rule, law of work, classes of servers and a schedule cost, beside the paper's
 * system: unbounded buffers, 10,000 servers and a million, near their stationary state. Rounds take all in turn.
 */
import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { Simulation, type SimulationConfig } from '../src/index.js';
import { restingRate } from './accuracy.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const ARRIVAL_RATE = 0.8;
const ROUNDS = 7;
/** Arrivals and departures in a measurement, about. */
const EVENTS = 800_000;
/** For the queues to settle, in units of time. */
const SETTLING = 30;
const FAR = 1e9;
export const POLICY_SIZES = [10_000, 1_000_000];

/** What is changed; a task of k phases is k + 1 events of the engine and counts as two. */
export const POLICIES: { name: string; change: (servers: number) => Partial<SimulationConfig> }[] =
  [
    { name: 'a schedule', change: () => ({ schedule: [{ time: FAR / 2, arrivalRate: 0.9 }] }) },
    ...(
      ['random', 'round-robin', 'jsq:2', 'jsq:20', 'jsq', 'longest-idle', 'shortest-idle'] as const
    ).map((dispatch) => ({ name: dispatch, change: () => ({ dispatch }) })),
    ...(['erlang:2', 'erlang:4', 'scv:0.3', 'scv:4'] as const).map((service) => ({
      name: service,
      change: () => ({ service }),
    })),
    {
      name: 'two classes',
      change: (servers) => ({
        classes: [
          { servers: servers / 2 },
          { servers: servers / 2, cost: { h: { family: 'power', b: 0.2, q: 2 } } },
        ],
      }),
    },
  ];

interface Subject {
  name: string;
  simulation: Simulation;
  times: number[];
}

async function prepare(
  servers: number,
  name: string,
  change: Partial<SimulationConfig>,
): Promise<Subject> {
  const simulation = await Simulation.create({
    servers,
    arrivalRate: ARRIVAL_RATE,
    inverseStepSize: 500,
    buffer: 'inf',
    initialRates: restingRate(servers, ARRIVAL_RATE),
    horizon: FAR,
    record: { interval: FAR },
    seed: name,
    ...change,
  });
  simulation.runUntil(SETTLING);
  return { name, simulation, times: [] };
}

/** Nanoseconds per event of the next stretch of each. */
function measureRound(subjects: readonly Subject[], duration: number): void {
  for (const { simulation, times } of subjects) {
    const before = simulation.events;
    const started = performance.now();
    simulation.runUntil(simulation.time + duration);
    times.push((1e6 * (performance.now() - started)) / (simulation.events - before));
  }
}

export async function runPoliciesSuite(): Promise<void> {
  const cases: Case[] = [];
  const quantities: Quantity[] = [];
  for (const n of POLICY_SIZES) {
    const subjects: Subject[] = [await prepare(n, 'the paper’s system', {})];
    for (const { name, change } of POLICIES) subjects.push(await prepare(n, name, change(n)));
    const duration = EVENTS / (2 * ARRIVAL_RATE * n);
    measureRound(subjects, duration); // for the optimiser
    for (const { times } of subjects) times.length = 0;
    for (let round = 0; round < ROUNDS; round++) measureRound(subjects, duration);
    const [paper] = subjects as [Subject];
    for (const { name, times } of subjects) {
      cases.push({ name, n, nanosecondsPerEvent: spreadOf(times) });
      if (times === paper.times) continue;
      quantities.push({ name: `${name}/paper`, n, unit: '', value: ratioOf(times, paper.times) });
    }
  }
  console.log(`${casesTable(cases)}${quantitiesTable(quantities)}`);
  const what =
    `Nanoseconds per accepted arrival or departure at λ = ${ARRIVAL_RATE}, m = 500, unbounded buffers, with one policy changed. ` +
    'Phases of the work that end without a departure are not counted as events.';
  await publish('policies', { what, rounds: ROUNDS, cases, quantities }, chartOf(cases));
}

function chartOf(cases: readonly Case[]): Chart {
  const names = [...new Set(cases.map(({ name }) => name))];
  const spreads = cases.map(({ nanosecondsPerEvent }) => nanosecondsPerEvent);
  return {
    name: 'policies',
    title: `What policies cost, λ = ${ARRIVAL_RATE}, unbounded buffers`,
    caption:
      'Medians of the rounds, with the fastest and the slowest; 10,000 servers left, a million right.',
    x: { title: 'policy, in the order of the legend', domain: [0, names.length + 1] },
    y: { title: 'ns per event', domain: [0, 1.1 * Math.max(...spreads.map(({ max }) => max))] },
    series: names.map((name, i) => {
      const own = cases.filter((one) => one.name === name);
      const places = own.map((_, k) => i + 1 + 0.3 * k);
      return pointsOfSpreads(
        name,
        places,
        own.map((one): Spread => one.nanosecondsPerEvent),
      );
    }),
  };
}
