/**
 * Who gets a task, one task after the other, against the probabilities that the rule gives each server in the state
 * before it. Servers do next to nothing, so that states differ by arrivals alone. For each server the number of its
 * tasks less the sum of its probabilities is a martingale with known variance, all but normal after
 * 20,000 steps. About 60 comparisons of false-alarm probability 1e-6.
 */
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/index.js';
import { normalQuantile } from '../reference/statistics.js';

const FALSE_ALARM = 1e-6;
const servers = 6;
const ids = Array.from({ length: servers }, (_, v) => v);

/** The states before tasks that came alone, and where those went. */
async function picks(dispatch: 'jiq' | 'random' | 'jsq' | `jsq:${number}`) {
  const step = 0.01;
  const horizon = 4000;
  const simulation = await Simulation.create({
    servers,
    arrivalRate: 1,
    inverseStepSize: 'inf',
    initialRates: 1e-9,
    buffer: 'inf',
    dispatch,
    horizon,
    record: { interval: horizon },
    seed: 'picks',
  });
  const found: { before: Uint32Array; server: number }[] = [];
  let before = simulation.queueLengths();
  for (let i = 1; i * step < horizon; i++) {
    simulation.runUntil(i * step);
    const after = simulation.queueLengths();
    const changed = ids.filter((v) => after[v] !== before[v]);
    if (changed.length === 1 && after[changed[0]] === before[changed[0]] + 1) {
      found.push({ before, server: changed[0] });
    }
    before = after;
  }
  return found;
}

/** Probability of each server if the shortest queue among d different ones gets the task, by all samples. */
function shortestOf(d: number, queues: Uint32Array): number[] {
  const probability = ids.map(() => 0);
  let samples = 0;
  for (let set = 0; set < 2 ** servers; set++) {
    const sample = ids.filter((v) => (set >> v) & 1);
    if (sample.length !== d) continue;
    samples++;
    const shortest = Math.min(...sample.map((v) => queues[v]));
    const ties = sample.filter((v) => queues[v] === shortest);
    for (const v of ties) probability[v] += 1 / ties.length;
  }
  return probability.map((p) => p / samples);
}

function expectMartingale(values: { outcome: number; probability: number }[], name: string) {
  const sum = values.reduce((total, { outcome, probability }) => total + outcome - probability, 0);
  const variance = values.reduce((total, { probability: p }) => total + p * (1 - p), 0);
  // 1e-9 for the rounding of probabilities that add up to 1
  const limit = -normalQuantile(FALSE_ALARM / 2) * Math.sqrt(variance) + 1e-9;
  expect(Math.abs(sum), name).toBeLessThan(limit);
}

describe.each([
  ['random', () => ids.map(() => 1 / servers)],
  ['jsq:1', () => ids.map(() => 1 / servers)],
  ['jsq:2', (queues: Uint32Array) => shortestOf(2, queues)],
  ['jsq:4', (queues: Uint32Array) => shortestOf(4, queues)],
  ['jsq', (queues: Uint32Array) => shortestOf(servers, queues)],
  // all are busy from soon on, and all have room
  [
    'jiq',
    (queues: Uint32Array) =>
      shortestOf(
        servers,
        queues.map((tasks) => Math.min(tasks, 1)),
      ),
  ],
] as const)('%s', (dispatch, law) => {
  const probabilities = picks(dispatch).then((found) =>
    found.map(({ before, server }) => ({ before, server, law: law(before) })),
  );

  it('never picks a server that cannot be picked', async () => {
    const found = await probabilities;
    expect(found.length).toBeGreaterThan(20_000);
    expect(found.every(({ server, law }) => law[server] > 0)).toBe(true);
  });

  it('picks each server as often as it should', async () => {
    const found = await probabilities;
    for (const v of ids) {
      expectMartingale(
        found.map(({ server, law }) => ({ outcome: server === v ? 1 : 0, probability: law[v] })),
        `server ${v}`,
      );
    }
  });

  it('picks short queues, and the server of the task before, as often as it should', async () => {
    const found = await probabilities;
    const total = (law: number[], those: number[]) =>
      Math.min(
        1,
        those.reduce((sum, v) => sum + law[v], 0),
      );
    expectMartingale(
      found.map(({ before, server, law }) => {
        const shortest = Math.min(...before);
        const those = ids.filter((v) => before[v] === shortest);
        return { outcome: those.includes(server) ? 1 : 0, probability: total(law, those) };
      }),
      'a shortest queue',
    );
    expectMartingale(
      found.slice(1).map(({ server, law }, i) => ({
        outcome: server === found[i].server ? 1 : 0,
        probability: law[found[i].server],
      })),
      'the same again',
    );
  });
});
