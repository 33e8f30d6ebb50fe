/** What comes from other machines and is not what it should be is refused by name. */
import { describe, expect, it } from 'vitest';
import { Outstanding } from '../../src/fleet/outstanding.js';
import {
  answerOf,
  jobsOf,
  packOf,
  readAnnouncement,
  readAnswer,
} from '../../src/fleet/protocol.js';
import { checkResult } from '../../src/fleet/result-check.js';
import { completePlan } from '../../src/studies/plan.js';
import type { Job } from '../../src/studies/queue.js';
import { sweep } from '../../src/studies/sweep.js';

const BASE = {
  ...{ servers: 5, arrivalRate: 0.8, inverseStepSize: 100, horizon: 20, warmup: 5 },
  ...{ buffer: 'inf', record: { sojourns: 10 } },
};
const SWEEP = 'ab'.repeat(16);

const { replications } = await sweep({ base: BASE as never, replications: 2 }, { workers: 0 });
const [first] = replications as [(typeof replications)[0]];
const jobs: Job[] = replications.map(({ point, replication, config }) => ({
  ...{ point, replication, config },
}));
const job = jobs[0] as Job;
/** as it comes over the wire */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const pack = wire(packOf(SWEEP, null, jobs));

describe('a pack', () => {
  it('means the same at the other end', () => {
    expect(jobsOf(pack).jobs).toEqual(wire(jobs));
    expect(completePlan({ base: BASE }).points.length).toBe(1);
  });

  it.each<[string, object, RegExp]>([
    [
      'another version',
      { version: '9.9.9' },
      /^a pack is of version 9\.9\.9 with engine \w{12}; this is/,
    ],
    ['another engine', { engine: '0'.repeat(64) }, /with engine 000000000000; this is version/],
    ['a field of its own', { code: 'process.exit()' }, /^malformed pack: /],
    ['no runs', { runs: [] }, /^malformed pack: runs/],
    [
      'runs of another point',
      { runs: [[7, 0, 's']] },
      /^a pack has runs of point 7 without its conf/,
    ],
    ['an unknown experiment', { experiment: 'fig99' }, /^malformed pack: experiment/],
    [
      'a bad configuration',
      { points: [[0, { servers: 0 }]] },
      /cannot be run: servers: got 0; must/,
    ],
    ['an incomplete one', { points: [[0, BASE]] }, /configuration of point 0 that is not complete/],
    ['a sweep that is none', { sweep: '../../etc' }, /^malformed pack: sweep/],
  ])('with %s is refused', (_, change, message) => {
    expect(() => jobsOf({ ...pack, ...change })).toThrow(message);
  });

  it.each([null, 'pack', [], 5])('that is %o is refused', (input) => {
    expect(() => jobsOf(input)).toThrow(/^malformed pack: /);
  });

  it('with a prototype of its own is refused', () => {
    const text = JSON.stringify(pack).replace('{', '{"__proto__":{"servers":1},');
    expect(() => jobsOf(JSON.parse(text))).toThrow(/^malformed pack: /);
  });
});

describe('an answer', () => {
  const answer = { pack: `${SWEEP}-00000000-0`, worker: 'w', seconds: 1, refused: null, runs: [] };
  const text = answerOf(answer);

  it('is read as it was written', () => {
    expect(readAnswer(text)).toMatchObject(answer);
  });

  it.each<[string | undefined, RegExp]>([
    [undefined, /^a result is empty/],
    ['{', /^a result is not JSON: /],
    ['[]', /^malformed result: /],
    [text.replace('"format":1', '"format":2'), /^malformed result: format/],
    [
      text.replace(/"version":"[^"]*"/, '"version":"8.8.8"'),
      /^a result of w is of version 8\.8\.8 /,
    ],
    [text.replace('-00000000-0', '-x'), /^malformed result: pack/],
    [text.replace('"runs":[]', '"runs":[{"point":0}]'), /^malformed result: runs/],
    [' '.repeat(64 * 2 ** 20 + 1), /^a result is longer than 67108864 characters/],
  ])('that is not one is refused (%#)', (input, message) => {
    expect(() => readAnswer(input)).toThrow(message);
  });

  it('announcements that are none are passed over', () => {
    expect(readAnnouncement('{"lanes":-1}')).toBeNull();
  });
});

describe('a result', () => {
  it('of the job is taken as it came', () => {
    expect(JSON.stringify(checkResult(wire(first), job, false))).toBe(JSON.stringify(first));
  });

  it.each<[string, object, RegExp]>([
    [
      'of another replication',
      { replication: 1 },
      /^point 0, replication 0: the result is of point 0, rep/,
    ],
    [
      'of another configuration',
      { config: { ...first.config, servers: 6 } },
      /another configuration/,
    ],
    ['of another seed', { config: { ...first.config, seed: 'x' } }, /another configuration/],
    ['that ends early', { time: { start: 5, end: 19 } }, /the result ends at 19, not at 20/],
    ['with a figure that is no number', { busyFraction: '0.5' }, /: busyFraction: /],
    ['without a figure', { throughput: undefined }, /: throughput: /],
    ['with a figure that is infinite', { throughput: Infinity }, /: throughput: /],
    ['with a field too many', { extra: 1 }, /: extra: /],
    ['with a hash that is none', { stateHash: 'zz' }, /: stateHash: /],
    ['with measurements', { measured: 1 }, /the result has measurements/],
    ['with classes of text', { classes: [{ servers: 'x' }] }, /: classes: /],
  ])('%s is refused', (_, change, message) => {
    expect(() => checkResult({ ...wire(first), ...change }, job, false)).toThrow(message);
  });

  it('without the measurements that were asked for is refused', () => {
    expect(() => checkResult(wire(first), job, true)).toThrow(/the result lacks measurements/);
  });
});

it('runs that are out are in one pack each, and come back when it is gone', () => {
  const out = new Outstanding();
  const [one, two] = jobs as [Job, Job];
  expect([out.add(one), out.add(two)]).toEqual([true, true]);
  out.sent('a', [one, two]);
  expect(out.remove(one)).toBe(true);
  expect(out.remove(one)).toBe(false);
  expect(out.drop('a')).toEqual([two]);
  out.putBack(two);
  expect(out.takeBack()).toBe(two);
  expect(out.takeBack()).toBeUndefined();
  out.adopt('b', [one]);
  expect(out.add(one)).toBe(false);
  expect(out.drop('b')).toEqual([one]);
});
