/**
 * npm run bench -- huge: a hundred million servers from the command line to the summary, in one memory of 4 GiB, and the
 * refusal of what does not fit. Needs 5 GiB of free memory and minutes, hence not among `all`.
 */
import { spawnSync } from 'node:child_process';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import type { RunSummary } from '../src/index.js';
import { expectedBusyFraction } from '../src/run/speed.js';
import { restingRate } from './accuracy.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { ROOT } from './root.js';

const SERVERS = 1e8;
const HORIZON = 3;
const NEEDED = 5 * 2 ** 30;
/** What is asked for beyond what there is, and what the refusal has to say. */
const REFUSALS = [
  {
    flags: '-n 134000001 -T 1',
    complaint: /--servers: got 134000001; must be a whole number from 1 to 134000000\n$/,
  },
  {
    flags: '-n 134000000 -T 1 --interval 1e-6',
    complaint: /--interval: .* do not fit: .* ends at 4 GiB/,
  },
];

const exactly = (value: number): Spread => spreadOf([value]);

function ratescale(flags: string, timeout: number) {
  const command = join(ROOT, 'dist', 'cli', 'main.js');
  const args = [command, 'run', '-l', '0.8', '-m', '500', ...flags.split(' ')];
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout,
  });
  return { status, stdout, stderr, seconds: (performance.now() - started) / 1000 };
}

export async function runHugeSuite(): Promise<void> {
  for (const { flags, complaint } of REFUSALS) {
    const { status, stderr } = ratescale(flags, 10_000);
    if (status !== 2 || !complaint.test(stderr)) {
      throw new Error(`"${flags}" must be refused with ${complaint}, was ${status}: ${stderr}`);
    }
    console.log(`refused as it must be: ${stderr.trim()}`);
  }
  if (freemem() < NEEDED) {
    console.error(`not run: ${(freemem() / 2 ** 30).toFixed(1)} GiB are free, 5 GiB are needed`);
    process.exitCode = 1;
    return;
  }
  const rate = restingRate(SERVERS, 0.8);
  const system = `-n ${SERVERS} --initial-rates ${rate}`;
  const { status, stdout, stderr, seconds } = ratescale(
    `${system} -T ${HORIZON} --json`,
    3_600_000,
  );
  if (status !== 0) throw new Error(`the run ended with ${status}: ${stderr}`);
  const result = JSON.parse(stdout) as RunSummary;
  const { engine, busyFraction, events } = result;
  const perEvent = (1e9 * engine.wallSeconds) / (events.arrivals + events.departures);
  // busy servers are a Poisson number with mean below n/2, and their average over time varies less
  const halfWidth = 1.96 * Math.sqrt(0.5 / SERVERS);
  const error = (busyFraction ?? Number.NaN) - expectedBusyFraction(0.8, rate, 0, HORIZON);
  const cases: Case[] = [
    {
      name: 'ratescale run',
      n: SERVERS,
      nanosecondsPerEvent: exactly(perEvent),
      accuracy: { busyFraction: { error, halfWidth } },
    },
  ];
  const quantities: Quantity[] = [
    { name: 'events', n: SERVERS, unit: '', value: exactly(events.arrivals + events.departures) },
    { name: 'from start to summary', n: SERVERS, unit: 's', value: exactly(seconds) },
    {
      name: 'whole memory',
      n: SERVERS,
      unit: 'B per server',
      value: exactly(engine.memoryBytes / SERVERS),
    },
  ];
  console.log(`${casesTable(cases)}${quantitiesTable(quantities)}`);
  const what =
    `One run of ${SERVERS} servers for ${HORIZON} units of time by "ratescale run", with all servers idle at first; the time ` +
    'per event includes making the servers and three rows of the recording.';
  const chart: Chart = {
    name: 'huge',
    title: 'A hundred million servers',
    caption: 'One run.',
    x: { title: 'servers', scale: 'log', domain: [1e7, 1e9] },
    y: { title: 'ns per event', domain: [0, 2 * perEvent] },
    series: [{ kind: 'points', name: 'ratescale run', x: [SERVERS], y: [perEvent] }],
  };
  await publish('huge', { what, rounds: 1, cases, quantities }, chart);
}
