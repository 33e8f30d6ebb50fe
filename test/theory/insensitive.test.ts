import { describe, expect, test } from 'vitest';
import { costFunctions, PAPER_COST } from '../../src/cost/cost.js';
import { type Service, serviceLaw } from '../../src/service/law.js';
import { restPoint } from '../../src/theory/fixed-point.js';
import { fixedPoint, homogeneousIdleSignal, stationaryLaw } from '../../src/theory/index.js';
import { expectRelative, solve } from './tools.js';

/**
 * n equal servers with unit buffers and Join-Idle-Queue, work of phase type: P(idle) and E[I] from the chain of how many servers
 * are in each phase, by elimination.
 */
function phases(n: number, rate: number, lambda: number, service: Service) {
  const { alpha, T } = serviceLaw(service);
  const ends = T.map((row) => -row.reduce((sum, x) => sum + x, 0));
  const states: number[][] = [];
  const place = new Map<string, number>();
  const list = (counts: number[], left: number) => {
    if (counts.length === alpha.length) {
      place.set(counts.join(), states.length);
      states.push(counts);
      return;
    }
    for (let k = 0; k <= left; k++) list([...counts, k], left - k);
  };
  list([], n);
  const busy = states.map((counts) => counts.reduce((sum, k) => sum + k, 0));
  const moved = (counts: number[], from: number | null, to: number | null) => {
    const next = [...counts];
    if (from !== null) next[from]--;
    if (to !== null) next[to]++;
    return place.get(next.join()) as number;
  };
  /** transitions that leave the tagged idle server alone, if there is one, else all */
  const leaving = (i: number, share: number) => {
    const counts = states[i];
    const moves: [number, number][] = [];
    alpha.forEach((p, to) => {
      if (p > 0 && share > 0) moves.push([moved(counts, null, to), lambda * n * share * p]);
    });
    counts.forEach((k, from) => {
      if (k === 0) return;
      T[from].forEach((x, to) => {
        if (to !== from && x > 0) moves.push([moved(counts, from, to), k * rate * x]);
      });
      if (ends[from] > 0) moves.push([moved(counts, from, null), k * rate * ends[from]]);
    });
    return moves;
  };

  /** minus the generator of these transitions, with a rate of ending beside them */
  const matrix = (moves: (i: number) => [number, number][], ending: (i: number) => number) =>
    states.map((_, i) => {
      const row = new Array<number>(states.length).fill(0);
      row[i] += ending(i);
      for (const [to, speed] of moves(i)) {
        row[i] += speed;
        row[to] -= speed;
      }
      return row;
    });
  const all = matrix(
    (i) => leaving(i, busy[i] < n ? 1 : 0),
    () => 0,
  );
  const balance = all.map((_, to) => all.map((row) => row[to]));
  balance[0] = states.map(() => 1);
  const law = solve(
    balance,
    states.map((_, i) => (i === 0 ? 1 : 0)),
  );
  const room = (i: number) => (busy[i] < n ? n - busy[i] : 1);
  const left = solve(
    matrix(
      (i) => (busy[i] < n ? leaving(i, (n - 1 - busy[i]) / room(i)) : []),
      (i) => (lambda * n) / room(i), // the tagged idle server is taken; nothing matters where none is idle
    ),
    states.map(() => 1),
  );
  const share = law.map((p, i) => (p * (n - busy[i])) / n);
  const idle = share.reduce((sum, p) => sum + p, 0);
  return {
    idle,
    blocked: law.reduce((sum, p, i) => sum + (busy[i] === n ? p : 0), 0),
    signal: share.reduce((sum, p, i) => sum + p * left[i], 0) + idle / rate,
  };
}

describe('what does not depend on the law of work', () => {
  const [rate, lambda] = [1.3, 0.8];

  test.each<[number, Service]>([
    [3, 'exponential'],
    [3, 'erlang:3'],
    [4, 'scv:4'],
    [4, 'hyperexponential:0.9,5,0.2'],
  ])('n = %i, %j: busy probability and blocking, but not the idle signal', (n, service) => {
    const law = stationaryLaw(new Array(n).fill(rate), lambda);
    const exact = phases(n, rate, lambda, service);
    expectRelative(1 - exact.idle, law.busyFraction, 1e-9);
    expectRelative(exact.blocked, law.blockingProbability, 1e-9);
    const exponential = homogeneousIdleSignal(n, rate, lambda);
    if (service === 'exponential') expectRelative(exact.signal, exponential, 1e-9);
    else {
      // the variance of idle periods differs a little: work that varies less makes them shorter, seen over time
      const excess = exact.signal / exponential - 1;
      expect(Math.abs(excess)).toBeGreaterThan(1e-3);
      expect(Math.abs(excess)).toBeLessThan(2e-2);
      expect(Math.sign(excess)).toBe(serviceLaw(service).scv > 1 ? 1 : -1);
    }
  });

  test.each<[number, Service]>([
    [2, 'erlang:3'],
    [5, 'erlang:2'],
    [2, 'scv:100'],
    [5, 'scv:100'],
    [10, 'scv:100'],
  ])(
    'so the fixed point of n = %i, %j is near that for exponential work',
    (n, service) => {
      const cost = costFunctions(PAPER_COST);
      const exact = restPoint(cost, lambda, (x) => phases(n, x, lambda, service).signal);
      const distance = exact / fixedPoint(cost, lambda, n).rate - 1;
      expect(Math.abs(distance)).toBeLessThan(3e-3);
      expect(Math.sign(distance)).toBe(serviceLaw(service).scv > 1 ? -1 : 1);
    },
    60_000,
  );
});
