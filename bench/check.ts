/**
 * npm run bench -- --check: a guard against lost speed that is no timed test. The engine runs beside the same algorithm in
 * plain TypeScript, in turn in one process, so that only their ratio counts; the margin is wide. Exit code 1 if it fails.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { restingRate } from './accuracy.js';
import { runEngine } from './peers/engine.js';
import { runTypeScriptTwin } from './peers/twin.js';
import { spread } from './report.js';
import { ROOT } from './root.js';
import { ratioOf } from './spread.js';

const ROUNDS = 5;
const EVENTS = 2e6;
/** TypeScript's time over the engine's; half of what is usual. */
const LEAST = [
  { n: 100, ratio: 0.9 },
  { n: 10_000, ratio: 1.25 },
];
const LARGEST_KERNEL = 48_000;

export async function checkSpeed(): Promise<void> {
  const complaints: string[] = [];
  for (const { n, ratio } of LEAST) {
    const rate = restingRate(n, 0.8);
    const until = 10 + EVENTS / (2 * 0.8 * n);
    const times: Record<'engine' | 'twin', number[]> = { engine: [], twin: [] };
    for (let seed = 0; seed <= ROUNDS; seed++) {
      const start = { low: rate, high: rate, from: 10, until, seed };
      const parameters = { n, lambda: 0.8, m: 500, ...start };
      const engine = await runEngine(parameters);
      const twin = runTypeScriptTwin(parameters);
      if (seed === 0) continue; // for the optimiser
      times.engine.push(engine.seconds / engine.events);
      times.twin.push(twin.seconds / twin.events);
    }
    const measured = ratioOf(times.twin, times.engine);
    console.log(`n = ${n}: TypeScript over WASM ${spread(measured)}, at least ${ratio}`);
    if (measured.median < ratio) {
      complaints.push(`TypeScript over WASM at n = ${n} is ${measured.median}; must be ${ratio}`);
    }
  }
  const { size } = statSync(join(ROOT, 'dist', 'kernel.wasm'));
  console.log(`kernel ${size} B, at most ${LARGEST_KERNEL}`);
  if (size > LARGEST_KERNEL) {
    complaints.push(`the kernel has ${size} bytes; must be at most ${LARGEST_KERNEL}`);
  }
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
}
