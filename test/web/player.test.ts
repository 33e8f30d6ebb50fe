/** The protocol between a page and its worker, both here, with a line between them. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimulationConfig, simulate, validateConfig } from '../../src/index.js';
import { loadAt } from '../../web/player/load.js';
import { Player, type PlayerError, type Snapshot } from '../../web/player/player.js';
import type { FromWorker, Port, ToWorker } from '../../web/player/protocol.js';
import { histogramOf, quantiles } from '../../web/player/rates.js';
import { COLUMNS, Recording, type Row } from '../../web/player/rows.js';
import { serve } from '../../web/player/serve.js';

const config: SimulationConfig = {
  servers: 100,
  arrivalRate: 0.8,
  inverseStepSize: 50,
  horizon: 1000,
  seed: 7,
};

/** A worker in this thread. What has left it arrives even after its end, as it may in a page. */
function connect(): Port<ToWorker, FromWorker> {
  let toHost: (message: FromWorker) => void = () => {};
  let toWorker: (message: ToWorker) => void = () => {};
  let ended = false;
  serve({
    post: (message, transfer = []) => {
      const copy = structuredClone(message, { transfer });
      setTimeout(() => toHost(copy));
    },
    listen: (onMessage) => {
      toWorker = onMessage;
    },
    end: () => {},
  });
  return {
    post: (message) => {
      const copy = structuredClone(message);
      setTimeout(() => ended || toWorker(copy));
    },
    listen: (onMessage) => {
      toHost = onMessage;
    },
    end() {
      toWorker({ type: 'pause' });
      ended = true;
    },
  };
}

const players: Player[] = [];
afterEach(() => {
  for (const player of players.splice(0)) player.end();
});

/** A player that remembers all it said. */
function watched() {
  const snapshots: Snapshot[] = [];
  const errors: PlayerError[] = [];
  const player = new Player(
    (snapshot) => snapshots.push(snapshot),
    (error) => errors.push(error),
    connect,
  );
  players.push(player);
  const until = async (condition: (last: Snapshot) => boolean): Promise<Snapshot> => {
    for (;;) {
      const last = snapshots.at(-1);
      if (last && condition(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { player, snapshots, errors, until };
}

const hashOf = async ({ config }: Snapshot) => (await simulate(config)).stateHash;

describe('a player', () => {
  it('runs beyond the horizon, pauses, and repeats to the bit in simulate', async () => {
    const { player, errors, until } = watched();
    player.start(config);
    await until(({ time }) => time > 1500);
    player.pause();
    const paused = await until(({ running }) => !running);
    expect(paused.stateHash).toBe(await hashOf(paused));
    expect(paused.config).toMatchObject({ horizon: paused.time, seed: 7 });
    player.resume();
    const later = await until(({ time }) => time > paused.time + 100);
    expect(later).toMatchObject({ running: true, stateHash: null });
    expect(errors).toEqual([]);
  });

  it('changes λ, m and the cost while it runs, and the result repeats', async () => {
    const { player, until } = watched();
    player.start(config);
    await until(({ time }) => time > 300);
    player.update({ arrivalRate: 1.2 });
    const more = await until(({ markers }) => markers.since > 0);
    expect(more.markers.optimal).toBeCloseTo(6 ** (1 / 3), 10); // λ/μ² = 0.2 μ
    await until(({ time }) => time > more.time + 100);
    player.update({ inverseStepSize: 200, cost: { h: { family: 'power', b: 0.2, q: 2 } } });
    const { markers } = await until((last) => last.markers.since > more.markers.since);
    expect(markers.optimal).toBeCloseTo(3 ** (1 / 3), 10);
    await until(({ time }) => time > markers.since + 100);
    player.pause();
    const paused = await until(({ running }) => !running);
    expect(paused.config.schedule).toHaveLength(2);
    expect(paused.stateHash).toBe(await hashOf(paused));
    // a change while it stands still is part of the run, too
    player.update({ arrivalRate: 0.5 });
    const changed = await until(({ config }) => config.schedule?.length === 3);
    expect(changed).toMatchObject({ running: false, time: paused.time });
    expect(changed.stateHash).toBe(await hashOf(changed));
    expect(changed.stateHash).not.toBe(paused.stateHash);
  });

  it('changes to a cost that is an expression while the run goes on', async () => {
    const { player, errors, until } = watched();
    player.start(config);
    await until(({ time }) => time > 100);
    player.update({ cost: { h: '0.2 * x^2' } });
    const { markers } = await until((last) => last.markers.since > 0);
    expect(markers.optimal).toBeCloseTo(2 ** (1 / 3), 8);
    await until(({ time }) => time > markers.since + 100);
    player.pause();
    const paused = await until(({ running }) => !running);
    expect(paused.stateHash).toBe(await hashOf(paused));
    expect(errors).toEqual([]);
  });

  it('takes many changes at once as few', async () => {
    const { player, until } = watched();
    player.start(config);
    await until(({ time }) => time > 10);
    for (let i = 1; i <= 50; i++) player.update({ arrivalRate: 0.8 + i / 100 });
    player.update({ inverseStepSize: 77 });
    const { config: changed } = await until(
      ({ config }) => config.schedule?.at(-1)?.inverseStepSize === 77,
    );
    expect(changed.schedule).toHaveLength(2);
    expect(changed.schedule?.at(-1)).toMatchObject({ arrivalRate: 1.3 });
  });

  it('steps for the time asked for', async () => {
    const { player, until } = watched();
    player.start(config);
    player.pause();
    const { time } = await until(({ running }) => !running);
    player.step(10);
    const stepped = await until((last) => last.time > time && !last.running);
    expect(stepped.time - time).toBeGreaterThanOrEqual(10);
    expect(stepped.time - time).toBeLessThan(10.01);
    expect(stepped.stateHash).toBe(await hashOf(stepped));
  });

  it('keeps a pace', async () => {
    const { player, until } = watched();
    player.speed(20);
    player.start(config);
    const { time } = await until((last) => last.time > 0);
    const began = performance.now();
    const later = await until((last) => last.time > time + 10);
    const seconds = (performance.now() - began) / 1000;
    // never ahead of its pace, by more than a frame or two
    expect(later.time - time).toBeLessThan(20 * seconds + 2);
  });

  it('restarts with the present load and the same seed, and drops what the old run still says', async () => {
    const { player, snapshots, until } = watched();
    player.start(config);
    await until(({ time }) => time > 100);
    player.update({ arrivalRate: 1.1 });
    player.restart();
    const from = snapshots.length;
    const restarted = await until(({ run, time }) => run === 2 && time > 50);
    expect(snapshots.slice(from).map(({ run }) => run)).toEqual(snapshots.slice(from).map(() => 2));
    expect(restarted.config).toMatchObject({ arrivalRate: 1.1, seed: 7 });
    expect(restarted.config.schedule).toBeUndefined();
    player.restart('other');
    const other = await until(({ run }) => run === 3);
    expect(other.config.seed).toBe('other');
  });

  it('says at which field an error is', async () => {
    const { player, errors, until } = watched();
    player.start({ ...config, servers: 0 });
    expect(errors.pop()).toMatchObject({
      field: 'servers',
      message: expect.stringMatching(/^got 0/),
    });
    // what only the worker finds out
    player.start({ ...config, cost: { h: 'x *' } });
    while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(errors.pop()).toMatchObject({ field: 'cost.h' });
    player.start({ ...config, cost: { h: (x) => x * x } });
    expect(errors.pop()).toMatchObject({ field: 'cost' });
    player.start(config);
    await until(({ time }) => time > 10);
    player.update({ arrivalRate: -1 });
    expect(errors.pop()).toMatchObject({ field: 'arrivalRate' });
    player.start({ ...config, schedule: [{ time: 5, arrivalRate: 1 }], period: 10 });
    player.update({ arrivalRate: 1 });
    expect(errors.pop()).toMatchObject({ field: 'period' });
    expect(errors).toEqual([]);
  });

  it('has the rows of the engine', async () => {
    const { player, until } = watched();
    player.start({ ...config, buffer: 'inf', initialTasks: 2 });
    await until(({ time }) => time > 200);
    player.pause();
    const paused = await until(({ running }) => !running);
    const { rows, stateHash } = await player.data();
    expect(stateHash).toBe(paused.stateHash);
    const { trajectory } = await simulate({
      ...paused.config,
      horizon: 64,
      record: { interval: 16 },
    });
    for (const [i, time] of trajectory.time.entries()) {
      const k = rows.time.indexOf(time);
      if (k < 0) continue; // thinned
      expect(rows.mean[k]).toBeCloseTo(trajectory.mean[i] as number, 9);
      expect([rows.low, rows.median, rows.high].map((column) => column[k])).toEqual(
        trajectory.quantiles.map((column) => expect.closeTo(column[i] as number, 9)),
      );
      expect(rows.min[k]).toBeCloseTo(trajectory.min[i] as number, 9);
      expect(rows.max[k]).toBeCloseTo(trajectory.max[i] as number, 9);
      expect((rows.busy[k] as number) * 100).toBeCloseTo(trajectory.busy[i] as number, 9);
      expect(rows.maxQueue[k]).toBe(trajectory.maxQueue[i]);
      expect(rows.meanQueue[k]).toBeCloseTo(trajectory.meanQueue[i] as number, 9);
    }
    expect(rows.time.indexOf(0)).toBe(0);
  });

  it('finds the predicted band, and costs as much as the result of the same run', async () => {
    const { player, until } = watched();
    player.start({ ...config, inverseStepSize: 500 });
    const { markers } = await until(({ markers, time }) => markers.band !== null && time > 20_000);
    player.pause();
    const { now, config: whole, time, histogram } = await until(({ running }) => !running);
    const { band, fixedPoint } = markers;
    expect(fixedPoint).toBeGreaterThan(1.58);
    expect(fixedPoint).toBeLessThan(markers.optimal as number);
    // the mean of 100 rates within five of its standard deviations, about, allowing for what they share
    expect(Math.abs(now.mean - (band?.mean ?? 0))).toBeLessThan(1.5 * (band?.sd ?? 0));
    const { cost } = await simulate({
      ...whole,
      warmup: 0.95 * time,
      record: { interval: time / 2000 },
    });
    expect(now.cost).toBeCloseTo(cost.total as number, 1);
    expect(Math.abs(now.delay / (cost.delay as number) - 1)).toBeLessThan(0.02);
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  });
});

describe('a recording', () => {
  const row = (time: number) => Object.fromEntries(COLUMNS.map((name) => [name, time])) as Row;

  it('stays small, and covers the run evenly', () => {
    const recording = new Recording();
    for (let time = 0; time < 100_000; time++) recording.add(row(time));
    const { time, mean } = recording.rows;
    expect(time.length).toBeGreaterThan(2000);
    expect(time.length).toBeLessThanOrEqual(4096);
    expect(time[0]).toBe(0);
    expect(time.at(-1)).toBe(99_999);
    expect(mean).toEqual(time);
    expect([...time]).toEqual([...time].sort((a, b) => a - b));
  });

  it('hands out what is later than a time, as copies', () => {
    const recording = new Recording();
    for (let time = 0; time < 10; time++) recording.add(row(time));
    const { time } = recording.after(6);
    expect([...time]).toEqual([7, 8, 9]);
    const other = new Recording();
    other.append(recording.after(Number.NEGATIVE_INFINITY));
    recording.clear();
    expect([recording.length, other.length]).toEqual([0, 10]);
  });
});

describe('rates at one moment', () => {
  it('quantiles are interpolated order statistics', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const sorted = [...values].sort((a, b) => a - b);
          const levels = [0, 0.05, 0.5, 0.95, 1];
          const expected = levels.map((level) => {
            const position = level * (sorted.length - 1);
            const low = sorted[Math.floor(position)] as number;
            const high = sorted[Math.ceil(position)] as number;
            return low + (position - Math.floor(position)) * (high - low);
          });
          const found = quantiles(Float64Array.from(values), levels);
          for (const [i, value] of found.entries())
            expect(value).toBeCloseTo(expected[i] as number, 9);
        },
      ),
      { seed: 1 },
    );
  });

  it('a histogram has every rate, in its bin', () => {
    const rates = Float64Array.from({ length: 1000 }, (_, i) => 1 + i / 500);
    const { from, to, counts } = histogramOf(rates, 1, 2.998);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
    const width = (to - from) / counts.length;
    expect(Number.isInteger(Math.log2(width))).toBe(true);
    expect(counts[0]).toBe(rates.filter((rate) => rate < from + width).length);
    expect(counts.length).toBeGreaterThanOrEqual(31);
    expect(histogramOf(Float64Array.of(2, 2), 2, 2).counts).toEqual(Float64Array.of(2));
    expect(histogramOf(Float64Array.of(0), 0, 0).counts).toEqual(Float64Array.of(1));
  });
});

describe('the load at a time', () => {
  it('follows the schedule, which may repeat', () => {
    const at = (time: number, period?: number) =>
      loadAt(
        validateConfig({
          ...config,
          schedule: [
            { time: 2, arrivalRate: 1 },
            { time: 5, inverseStepSize: 9 },
          ],
          ...(period !== undefined && { period }),
        }),
        time,
      );
    expect(at(1)).toMatchObject({ since: 0, arrivalRate: 0.8, inverseStepSize: 50 });
    expect(at(2)).toMatchObject({ since: 2, arrivalRate: 1, inverseStepSize: 50 });
    expect(at(7)).toMatchObject({ since: 5, arrivalRate: 1, inverseStepSize: 9 });
    expect(at(11, 10)).toMatchObject({ since: 5, arrivalRate: 1, inverseStepSize: 9 });
    expect(at(22, 10)).toMatchObject({ since: 22, arrivalRate: 1, inverseStepSize: 9 });
  });
});
