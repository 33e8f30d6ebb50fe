/**
 * npm run bench -- scale: how the engine grows from 100 servers to ten million: time per event, memory per server; and
 * what there is before the first event: the start, and the kernel's size.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { validateConfig } from '../src/config/config.js';
import { resolveCosts } from '../src/engine/costs.js';
import { planMemory } from '../src/engine/memory.js';
import { ConfigError, Simulation } from '../src/index.js';
import { accuracyOf, restingRate } from './accuracy.js';
import { runEngine } from './peers/engine.js';
import type { Measurement, PeerParameters } from './peers/measurement.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { ROOT } from './root.js';
import { pointsOfSpreads, ratioOf } from './spread.js';

const LAMBDA = 0.8;
const ROUNDS = 5;
const START_ROUNDS = 31;
const EVENTS = 8e6;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
/** Growth is over this size. */
const BASE = 10_000;

interface Run {
  parameters: PeerParameters;
  measurement: Measurement;
}

/** All sizes in turn, round by round. */
async function measureGrowth(): Promise<{ cases: Case[]; quantities: Quantity[] }> {
  const runs = SIZES.map((): Run[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, n] of SIZES.entries()) {
      if (round === 0 && n > 1e6) continue; // round 0 is for the optimiser
      const rate = restingRate(n, LAMBDA);
      const from = n > 1e6 ? 2 : n > 1e5 ? 4 : 10;
      const until = from + EVENTS / (2 * LAMBDA * n);
      const start = { low: rate, high: rate, from, until, seed: `n ${n}, round ${round}` };
      const parameters = { n, lambda: LAMBDA, m: 500, ...start };
      const measurement = await runEngine(parameters);
      if (round > 0) runs[i]?.push({ parameters, measurement });
    }
  }
  const times = runs.map((own) => own.map(({ measurement: m }) => (1e9 * m.seconds) / m.events));
  const base = times[SIZES.indexOf(BASE)] as number[];
  return {
    cases: SIZES.map((n, i) => ({
      name: 'WASM engine',
      n,
      nanosecondsPerEvent: spreadOf(times[i] as number[]),
      accuracy: accuracyOf(runs[i] as Run[]),
    })),
    quantities: SIZES.filter((n) => n > BASE).map((n) => ({
      name: `growth over n = ${BASE}`,
      n,
      unit: '',
      value: ratioOf(times[SIZES.indexOf(n)] as number[], base),
    })),
  };
}

const exactly = (value: number): Spread => spreadOf([value]);

/** The memory that a run of n servers with the least recording has, and the most servers that 4 GiB hold. */
async function measureMemory(): Promise<Quantity[]> {
  const config = (servers: number) => ({
    servers,
    arrivalRate: LAMBDA,
    inverseStepSize: 500,
    horizon: 1,
    record: { interval: 1 },
  });
  const costs = await resolveCosts(validateConfig(config(1)));
  const fits = (servers: number) => {
    try {
      planMemory(validateConfig(config(servers)), costs, 2 ** 16);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  };
  let [most, least] = [1, 2 ** 28];
  while (least - most > 1) {
    const middle = Math.floor((most + least) / 2);
    if (fits(middle)) most = middle;
    else least = middle;
  }
  const n = 1e7;
  const simulation = await Simulation.create(config(n));
  const { memoryBytes, bytesPerServer } = simulation.result().engine;
  return [
    { name: 'record', unit: 'B per server', value: exactly(bytesPerServer) },
    { name: 'whole memory', n, unit: 'B per server', value: exactly(memoryBytes / n) },
    { name: 'servers in 4 GiB', unit: '', value: exactly(most) },
  ];
}

/**
 * Beyond another program's times: the fastest less the fastest, the median less the median, and the third quartiles.
 * Processes start so fast that what else the
 * machine does in one of two neighbours would decide a difference of those two.
 */
function beyond(times: readonly number[], bare: readonly number[]): Spread {
  const quantile = (values: readonly number[], level: number) =>
    values.toSorted((a, b) => a - b)[Math.round(level * (values.length - 1))] as number;
  const [fastest, median, slow] = [0, 0.5, 0.75].map((level) => {
    return quantile(times, level) - quantile(bare, level);
  }) as [number, number, number];
  return { median, min: Math.min(fastest, median, slow), max: Math.max(fastest, median, slow) };
}

/** Wall milliseconds that programs take beyond one that does nothing, in turn. */
function measureStart(): Quantity[] {
  const entry = pathToFileURL(join(ROOT, 'dist', 'index.js')).href;
  const command = join(ROOT, 'dist', 'cli', 'main.js');
  const code = (text: string) => ['--input-type=module', '-e', text];
  const system = 'servers: 100, arrivalRate: 0.8, inverseStepSize: 500, horizon: 10';
  const programs: Record<string, string[]> = {
    'node itself': code('0'),
    import: code(`import '${entry}';`),
    'import to first event': code(
      `import { Simulation } from '${entry}'; (await Simulation.create({ ${system} })).step(1);`,
    ),
    'ratescale run': [command, ...'run -n 100 -l 0.8 -m 500 -T 10 --json'.split(' ')],
  };
  const times = new Map(Object.keys(programs).map((name) => [name, [] as number[]]));
  for (let round = 0; round < START_ROUNDS; round++) {
    for (const [name, args] of Object.entries(programs)) {
      const started = performance.now();
      execFileSync(process.execPath, args, { stdio: 'pipe' });
      times.get(name)?.push(performance.now() - started);
    }
  }
  const [[, bare], ...others] = [...times] as [[string, number[]], ...[string, number[]][]];
  return [
    { name: 'node itself', unit: 'ms', value: spreadOf(bare) },
    ...others.map(([name, own]) => ({
      name,
      unit: 'ms beyond node',
      value: beyond(own, bare),
    })),
  ];
}

function chartOf(cases: readonly Case[]): Chart {
  const spread = cases.map(({ nanosecondsPerEvent }) => nanosecondsPerEvent);
  return {
    name: 'scale',
    title: 'Time per event of the engine, λ = 0.8, m = 500',
    caption: 'Medians of the rounds, with the fastest and the slowest of them.',
    x: { title: 'servers', scale: 'log', domain: [50, 2e7] },
    y: { title: 'ns per event', domain: [0, 1.1 * Math.max(...spread.map(({ max }) => max))] },
    series: [
      pointsOfSpreads(
        'WASM engine',
        cases.map(({ n }) => n),
        spread,
      ),
    ],
  };
}

export async function runScaleSuite(): Promise<void> {
  const start = measureStart();
  console.log(quantitiesTable(start));
  const kernel = statSync(join(ROOT, 'dist', 'kernel.wasm')).size;
  const growth = await measureGrowth();
  const quantities: Quantity[] = [
    ...growth.quantities,
    ...(await measureMemory()),
    { name: 'kernel', unit: 'B', value: exactly(kernel) },
    ...start,
  ];
  console.log(`${casesTable(growth.cases)}${quantitiesTable(quantities)}`);
  const what =
    'Nanoseconds per event near the stationary state, λ = 0.8, m = 500, sizes in turn; memory; and milliseconds from the ' +
    'start of a process to its end, beyond those of one that does nothing.';
  const { cases } = growth;
  await publish('scale', { what, rounds: ROUNDS, cases, quantities }, chartOf(cases));
}
