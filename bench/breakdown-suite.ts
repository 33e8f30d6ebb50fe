/**
 * npm run bench -- breakdown: where the time of an event goes, from differences that anyone can take. The kernel itself
 * runs, never a changed one: with frozen rates (m = inf) nothing has to be solved; its generator runs by itself; and
 * touch.ts does to memory what events do. Parts overlap in a processor, so they are estimates, and what is left is named so.
 */

import { type Spread, spreadOf } from '../src/analysis/spread.js';
import type { Chart } from '../src/charts/chart.js';
import { instantiateKernel, kernelBuild } from '../src/engine/kernel.js';
import { RNG } from '../src/engine/layout.js';
import { Simulation } from '../src/index.js';
import { expectedBusyFraction } from '../src/run/speed.js';
import { errorWithin, restingRate } from './accuracy.js';
import { casesTable, quantitiesTable } from './report.js';
import { type Case, publish, type Quantity } from './results.js';
import { Touch } from './touch.js';

const LAMBDA = 0.8;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
const ROUNDS = 7;
const EVENTS = 4e6;
const TOUCHES = 2 ** 22;
const FAR = 1e9;
/** Outputs of the generator per candidate. */
const OUTPUTS = 3;
/** Records that fit the nearest cache. */
const NEAR = 256;

/** A system that goes on from round to round. */
class Subject {
  readonly times: number[] = [];
  readonly errors: number[] = [];
  readonly perEvent: number[] = [];

  private constructor(
    readonly simulation: Simulation,
    readonly rate: number,
  ) {}

  static async create(n: number, inverseStepSize: number | 'inf'): Promise<Subject> {
    const rate = restingRate(n, LAMBDA);
    const simulation = await Simulation.create({
      servers: n,
      arrivalRate: LAMBDA,
      inverseStepSize,
      initialRates: rate,
      horizon: FAR,
      record: { interval: FAR },
    });
    simulation.runUntil(n > 1e6 ? 2 : 5);
    return new Subject(simulation, rate);
  }

  measure(): void {
    const { simulation, rate } = this;
    const before = this.#counts();
    const started = performance.now();
    simulation.runUntil(before.time + EVENTS / (2 * LAMBDA * simulation.config.servers));
    const elapsed = performance.now() - started;
    const after = this.#counts();
    const events = after.events - before.events;
    this.times.push((1e6 * elapsed) / events);
    this.perEvent.push((after.candidates - before.candidates) / events);
    const busy = (after.busy - before.busy) / (after.time - before.time);
    this.errors.push(busy - expectedBusyFraction(LAMBDA, rate, before.time, after.time));
  }

  #counts() {
    const { simulation } = this;
    const { events, busyFraction } = simulation.result();
    return {
      time: simulation.time,
      events: simulation.events,
      candidates: events.candidates,
      busy: (busyFraction ?? 0) * simulation.time,
    };
  }
}

/** Nanoseconds of the generator for one candidate, in blocks as the engine draws them. */
async function generator(): Promise<() => number> {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
  const kernel = await instantiateKernel(await kernelBuild('release'), memory);
  const state = 65536;
  new BigUint64Array(memory.buffer, state + RNG, 4).set([1n, 2n, 3n, 4n]);
  const block = 64;
  return () => {
    const repeats = 20_000;
    const started = performance.now();
    for (let i = 0; i < repeats; i++) kernel.fillBits(state, state + 4096, OUTPUTS * block);
    return (1e6 * (performance.now() - started)) / (repeats * block);
  };
}

interface Place {
  n: number;
  plain: Subject;
  frozen: Subject;
  touch: Touch;
  overlapped: number[];
  chained: number[];
}

const difference = (a: readonly number[], b: readonly number[]): Spread =>
  spreadOf(a.map((value, i) => value - (b[i] as number)));

function quantitiesOf(place: Place, near: readonly number[], bits: readonly number[]): Quantity[] {
  const { n, plain, frozen, overlapped, chained } = place;
  const random = bits.map((time, i) => time * (plain.perEvent[i] as number));
  const equation = plain.times.map((time, i) => time - (frozen.times[i] as number));
  const distance = overlapped.map((time, i) => {
    return (time - (near[i] as number)) * (plain.perEvent[i] as number);
  });
  const rest = plain.times.map((time, i) => {
    return time - (random[i] as number) - (equation[i] as number) - (distance[i] as number);
  });
  const unit = 'ns per event';
  return [
    { name: 'random bits', n, unit, value: spreadOf(random) },
    { name: 'rate equation', n, unit, value: difference(plain.times, frozen.times) },
    { name: 'distance of memory', n, unit, value: spreadOf(distance) },
    { name: 'rest', n, unit, value: spreadOf(rest) },
    { name: 'candidates per event', n, unit: '', value: spreadOf(plain.perEvent) },
    { name: 'one miss after the other', n, unit: 'ns per touch', value: spreadOf(chained) },
    { name: 'misses overlapped', n, unit: 'ns per touch', value: spreadOf(overlapped) },
  ];
}

function chartOf(quantities: readonly Quantity[], cases: readonly Case[]): Chart {
  const parts = ['random bits', 'rate equation', 'distance of memory', 'rest'];
  const total = cases.filter(({ name }) => name === 'whole event');
  return {
    name: 'breakdown',
    title: 'Where the time of an event goes, λ = 0.8, m = 500',
    caption: 'Medians of the rounds.',
    x: { title: 'servers', scale: 'log' },
    y: { title: 'ns per event' },
    series: [
      {
        kind: 'line',
        name: 'whole event',
        x: total.map(({ n }) => n),
        y: total.map(({ nanosecondsPerEvent }) => nanosecondsPerEvent.median),
      },
      ...parts.map((name) => {
        const own = quantities.filter((one) => one.name === name);
        const x = own.map(({ n }) => n as number);
        return { kind: 'dashed' as const, name, x, y: own.map(({ value }) => value.median) };
      }),
    ],
  };
}

export async function runBreakdownSuite(): Promise<void> {
  const random = await generator();
  const places: Place[] = [];
  for (const n of SIZES) {
    places.push({
      n,
      plain: await Subject.create(n, 500),
      frozen: await Subject.create(n, 'inf'),
      touch: await Touch.create(n),
      overlapped: [],
      chained: [],
    });
  }
  const nearby = await Touch.create(NEAR);
  const near: number[] = [];
  const bits: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    bits.push(random());
    near.push(nearby.nanoseconds('overlapped', TOUCHES));
    for (const place of places) {
      place.plain.measure();
      place.frozen.measure();
      place.overlapped.push(place.touch.nanoseconds('overlapped', TOUCHES));
      place.chained.push(place.touch.nanoseconds('chained', TOUCHES >> 2));
    }
    if (round > 0) continue; // round 0 is for the optimiser
    for (const list of [bits, near]) list.length = 0;
    for (const { plain, frozen, overlapped, chained } of places) {
      for (const { times, errors, perEvent } of [plain, frozen]) {
        for (const list of [times, errors, perEvent]) list.length = 0;
      }
      for (const list of [overlapped, chained]) list.length = 0;
    }
  }
  const cases = places.flatMap(({ n, plain, frozen }): Case[] =>
    [
      { name: 'whole event', subject: plain },
      { name: 'frozen rates', subject: frozen },
    ].map(({ name, subject: { times, errors } }) => {
      const busyFraction = errorWithin(errors);
      return { name, n, nanosecondsPerEvent: spreadOf(times), accuracy: { busyFraction } };
    }),
  );
  const quantities = places.flatMap((place) => quantitiesOf(place, near, bits));
  console.log(`${casesTable(cases)}${quantitiesTable(quantities)}`);
  const what =
    'Nanoseconds per event of the parts: the generator by itself; the kernel less the kernel with frozen rates; random ' +
    `touches of n records less touches of ${NEAR}, sixty-four at a time; and the rest.`;
  await publish(
    'breakdown',
    { what, rounds: ROUNDS, cases, quantities },
    chartOf(quantities, cases),
  );
}
