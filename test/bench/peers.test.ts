/**
 * The peers of the benchmark are worth comparing with only if they simulate the same thing: the C++ twin must reach
 * the engine's states bit by bit, and every peer must follow the exact law and, from a start far from it, the
 * engine. A peer that this machine lacks is a skipped test that says why.
 */
import { describe, expect, it } from 'vitest';
import { runEngine } from '../../bench/peers/engine.js';
import {
  findPeers,
  type Measurement,
  type Peer,
  type PeerParameters,
} from '../../bench/peers/index.js';
import { runTypeScriptTwin } from '../../bench/peers/twin.js';
import { costFunctions, PAPER_COST } from '../../src/index.js';
import { fixedPoint, stationaryLaw } from '../../src/theory/index.js';
import { mean, normalUpperTail, studentInterval, variance } from '../reference/statistics.js';

/**
 * Beyond 4 standard errors, for which Student's law stands in with few runs: false-alarm probability 6e-5 for each of
 * 4 figures per peer. Seeds are fixed, so that an alarm comes with a change of code, not by the day.
 */
const FALSE_ALARM = 2 * normalUpperTail(4);
const RUNS = 16;

const typeScriptVariants = (['single', 'block'] as const).map(
  (variant): Peer => ({
    name: `TypeScript twin, ${variant}`,
    available: true,
    run: async (parameters) => runTypeScriptTwin(parameters, variant),
  }),
);
const peers = [
  ...(await findPeers()).filter(({ name }) => name !== 'TypeScript twin'),
  ...typeScriptVariants,
];

/** `it`, or a skipped test with the reason in its name: a toolchain that this machine has not cannot be tested here. */
function test(peer: Peer, what: string, body: (peer: Peer & { available: true }) => Promise<void>) {
  if (peer.available) it(`${peer.name} ${what}`, () => body(peer));
  else it.skip(`${peer.name} ${what} (skipped: ${peer.reason})`, () => {});
}

const stationary = 1.5874010519681994;

describe('same bits as the engine', () => {
  const sizes = [1, 2, 10, 100, 1000, 10_000, 100_000];
  const cases = sizes.flatMap((n) =>
    [500, 10].flatMap((m) =>
      [
        { low: 0, high: 2 },
        { low: stationary, high: stationary },
      ].map((start) => ({ n, m, ...start })),
    ),
  );
  for (const peer of peers.filter(({ name }) => name.startsWith('C++ twin'))) {
    test(peer, `for n = ${sizes.join(', ')}, m = 500 and 10, two starts`, async ({ run }) => {
      for (const system of cases) {
        const until = Math.min(200, 2e5 / system.n);
        const parameters = { ...system, lambda: 0.8, from: until / 3, until, seed: system.n };
        const twin = await run(parameters);
        const engine = await runEngine(parameters);
        expect(twin.stateHash, JSON.stringify(parameters)).toBe(engine.stateHash);
        expect(twin.events).toBe(engine.events);
        expect(twin.busyFraction).toBeCloseTo(engine.busyFraction, 12);
        expect(twin.meanRate).toBeCloseTo(engine.meanRate, 12);
      }
    });
    test(peer, 'for stiff gaps, λ = 0.025 and m = 100', async ({ run }) => {
      const start = { n: 100, m: 100, low: 0.5, high: 0.5 };
      const parameters = { ...start, lambda: 0.025, from: 0, until: 200, seed: 1 };
      expect((await run(parameters)).stateHash).toBe((await runEngine(parameters)).stateHash);
    });
    test(peer, 'for a start at rate 0', async ({ run }) => {
      const start = { n: 25, m: 100, low: 0, high: 0 };
      const parameters = { ...start, lambda: 0.8, from: 0, until: 50, seed: 1 };
      expect((await run(parameters)).stateHash).toBe((await runEngine(parameters)).stateHash);
    });
  }
});

async function replicate(
  run: (parameters: PeerParameters) => Promise<Measurement>,
  parameters: Omit<PeerParameters, 'seed'>,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let i = 0; i < RUNS; i++) measurements.push(await run({ ...parameters, seed: `run ${i}` }));
  return measurements;
}

const FIGURES = ['busyFraction', 'meanRate'] as const;

describe('the exact law', () => {
  // At m = 500 the means are within 2e-4 of their limits for m → ∞, which are what is exact: well within the errors.
  const n = 30;
  const lambda = 0.8;
  const { rate } = fixedPoint(costFunctions(PAPER_COST), lambda, n);
  const { busyFraction } = stationaryLaw(new Array(n).fill(rate), lambda);
  const exact = { busyFraction, meanRate: rate };
  for (const peer of peers) {
    test(peer, 'reaches it', async ({ name, run }) => {
      const until = name.startsWith('SimPy') ? 300 : 3000;
      const parameters = { n, lambda, m: 500, low: rate, high: rate, from: 20, until, samples: 10 };
      const measurements = await replicate(run, parameters);
      for (const figure of FIGURES) {
        const sample = measurements.map((measurement) => measurement[figure]);
        const interval = studentInterval(sample, FALSE_ALARM);
        const error = Math.abs(interval.mean - exact[figure]);
        expect(error, `${figure} ${interval.mean}`).toBeLessThan(interval.halfWidth);
      }
    });
  }
});

describe('from Unif[0, 2], far from rest', () => {
  const parameters = {
    n: 200,
    lambda: 0.8,
    m: 50,
    low: 0,
    high: 2,
    from: 0,
    until: 40,
    samples: 4,
  };
  const engine = replicate(runEngine, parameters);
  for (const peer of peers.filter(({ name }) => !/engine|C\+\+ twin/.test(name))) {
    test(peer, 'moves like the engine', async ({ run }) => {
      const measurements = await replicate(run, parameters);
      for (const figure of FIGURES) {
        const ours = (await engine).map((measurement) => measurement[figure]);
        const theirs = measurements.map((measurement) => measurement[figure]);
        const error = Math.sqrt((variance(ours) + variance(theirs)) / RUNS);
        // Student's quantile with the smaller degrees of freedom is on the safe side
        const { halfWidth } = studentInterval(theirs, FALSE_ALARM);
        const quantile = halfWidth / Math.sqrt(variance(theirs) / RUNS);
        const difference = Math.abs(mean(ours) - mean(theirs));
        expect(difference, `${figure} ${mean(theirs)}`).toBeLessThan(quantile * error);
      }
    });
  }
});
