/**
 * npm run bench -- peers: nanoseconds per event of the engine and its peers near the steady state, interleaved in one
 * process, as medians with their spread and as ratios to the engine; beside each speed its error against the exact
 * busy fraction of the fixed point, because a fast wrong simulator is worth nothing.
 */
import { costFunctions, fixedPoint, PAPER_COST } from '../src/index.js';
import { findPeers, type Measurement } from './peers/index.js';

const LAMBDA = 0.8;
const ROUNDS = 5;
/** events per measurement; slow peers get a hundredth */
const EVENTS = 2e6;

const peers = await findPeers();
for (const peer of peers) {
  if (!peer.available) console.log(`${peer.name}: missing: ${peer.reason}`);
}
const present = peers.filter((peer) => peer.available);
for (const n of [100, 10_000, 1_000_000]) {
  const { rate } = fixedPoint(costFunctions(PAPER_COST), LAMBDA, Math.min(n, 10_000));
  const measurements = new Map<string, Measurement[]>(present.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const peer of present) {
      const events = peer.name.startsWith('SimPy') ? EVENTS / 100 : EVENTS;
      if (peer.name.startsWith('SimPy') && n > 10_000) continue; // it would take minutes to start
      const from = 5;
      const until = from + events / (2 * LAMBDA * n);
      const seed = round + 1;
      const parameters = { n, lambda: LAMBDA, m: 500, low: rate, high: rate, from, until, seed };
      measurements.get(peer.name)?.push(await peer.run(parameters));
    }
  }
  console.log(`\nn = ${n}`.padEnd(36), ' ns/event    spread   ratio   busy fraction − λ/μ*');
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;
  let reference = Number.NaN;
  for (const [name, runs] of measurements) {
    if (runs.length === 0) continue;
    const times = runs.map(({ events, seconds }) => (1e9 * seconds) / events);
    const middle = median(times);
    if (Number.isNaN(reference)) reference = middle;
    const spread = (100 * (Math.max(...times) - Math.min(...times))) / middle;
    const busy = runs.reduce((sum, { busyFraction }) => sum + busyFraction, 0) / runs.length;
    console.log(
      name.padEnd(34),
      middle.toFixed(1).padStart(10),
      `${spread.toFixed(0)} %`.padStart(9),
      (middle / reference).toFixed(2).padStart(7),
      (busy - LAMBDA / rate).toExponential(1).padStart(12),
    );
  }
}
