/** What speed is aimed at, as ratios wherever there is something to divide by. */
import { POLICIES, POLICY_SIZES } from './policies-suite.js';

export interface Target {
  what: string;
  /** where the figure is found */
  suite: string;
  quantity: string;
  n?: number;
  unit?: string;
  /** the figure must be at most, or at least, this; `stretch` would be better still */
  limit: 'most' | 'least';
  target: number;
  stretch?: number;
}

const sizes = (numbers: readonly number[], target: Omit<Target, 'n'>): Target[] =>
  numbers.map((n) => ({ ...target, n }));

const EVERY_SIZE = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

export const TARGETS: readonly Target[] = [
  ...sizes(EVERY_SIZE, {
    what: 'time over that of the C++ twin, -O3 -march=x86-64-v3',
    suite: 'peers',
    quantity: 'engine/twin-portable',
    limit: 'most',
    target: 1.15,
    stretch: 1,
  }),
  ...sizes(EVERY_SIZE, {
    what: 'time over that of the C++ twin, -march=native, widest vectors',
    suite: 'peers',
    quantity: 'engine/twin-native',
    limit: 'most',
    target: 2,
    stretch: 1.5,
  }),
  ...[
    { n: 100, target: 1.7 },
    { n: 10_000, target: 2.5, stretch: 3 },
    { n: 100_000, target: 2.5, stretch: 3 },
    { n: 1_000_000, target: 3.5 },
  ].map(
    (row): Target => ({
      what: 'careful TypeScript’s time over the engine’s',
      suite: 'peers',
      quantity: 'typescript/engine',
      limit: 'least',
      ...row,
    }),
  ),
  ...[
    { n: 100, target: 4.5 },
    { n: 10_000, target: 7, stretch: 10 },
    { n: 100_000, target: 7, stretch: 10 },
    { n: 1_000_000, target: 7, stretch: 10 },
  ].map(
    (row): Target => ({
      what: 'a C++ event list’s time over the engine’s',
      suite: 'peers',
      quantity: 'event-list/engine',
      limit: 'least',
      ...row,
    }),
  ),
  ...sizes([100, 1000, 10_000], {
    what: 'SimPy’s time over the engine’s',
    suite: 'peers',
    quantity: 'simpy/engine',
    limit: 'least',
    target: 100,
    stretch: 150,
  }),
  {
    what: 'time per event over that at n = 10,000',
    suite: 'scale',
    quantity: 'growth over n = 10000',
    n: 10_000_000,
    limit: 'most',
    target: 1.5,
    stretch: 1.3,
  },
  ...(
    [
      ['from Unif[0, 2]', 'a start from Unif[0, 2]', 1.7, 1.4],
      ['m = 10', 'm = 10', 2.5, 1.5],
      ['unbounded buffers', 'unbounded buffers', 1.3, 1.1],
      ['K = 3', 'buffers of three', 1.3, 1.1],
      ['custom cost', 'a cost given as an expression', 2, 1.5],
      ['recording every 1/λ', 'a row of the recording every 1/λ', 1.2, 1.05],
    ] as const
  ).map(
    ([name, what, target, stretch]): Target => ({
      what: `${what}, over the plain run`,
      suite: 'engine',
      quantity: `${name}/plain`,
      n: 10_000,
      limit: 'most',
      target,
      stretch,
    }),
  ),
  {
    what: 'time per event with stiff gaps, λ = 0.025, m = 100',
    suite: 'engine',
    quantity: 'stiff gaps: λ = 0.025, m = 100',
    n: 100,
    unit: 'ns',
    limit: 'most',
    target: 500,
  },
  {
    what: 'time per event of a single server',
    suite: 'engine',
    quantity: 'a single server',
    n: 1,
    unit: 'ns',
    limit: 'most',
    target: 80,
  },
  {
    what: 'memory of a server',
    suite: 'scale',
    quantity: 'record',
    unit: 'B',
    limit: 'most',
    target: 32,
  },
  {
    what: 'servers in one memory of 4 GiB',
    suite: 'scale',
    quantity: 'servers in 4 GiB',
    limit: 'least',
    target: 1.2e8,
  },
  {
    what: 'from import to the first event, cold, n = 100, beyond Node’s own start',
    suite: 'scale',
    quantity: 'import to first event',
    unit: 'ms',
    limit: 'most',
    target: 30,
    stretch: 10,
  },
  {
    what: 'size of the kernel',
    suite: 'scale',
    quantity: 'kernel',
    unit: 'B',
    limit: 'most',
    target: 48_000,
    stretch: 24_000,
  },
  ...sizes([1_000_000, 10_000_000], {
    what: 'two threads, speed-up over one',
    suite: 'threads',
    quantity: 'speed-up of two threads over one',
    limit: 'least',
    target: 1.8,
  }),
  ...sizes([1_000_000, 10_000_000], {
    what: 'partitions in one thread, time over that of a system run as a whole',
    suite: 'threads',
    quantity: 'one thread over a whole system',
    limit: 'most',
    target: 1,
  }),
  {
    what: 'runs of a second, speed with a queue over that without',
    suite: 'fleet',
    quantity: 'runs of a second, over without a queue',
    limit: 'least',
    target: 0.95,
  },
  {
    what: 'short runs through one queue',
    suite: 'fleet',
    quantity: 'short runs',
    unit: 'per second',
    limit: 'least',
    target: 2000,
  },
  ...POLICIES.flatMap(({ name }) =>
    sizes(POLICY_SIZES, {
      what: `${name}, over the paper’s system`,
      suite: 'policies',
      quantity: `${name}/paper`,
      limit: 'most',
      target: name === 'jsq' ? 3 : 2,
    }),
  ),
];
