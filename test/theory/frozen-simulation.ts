/**
 * A small event-list simulation of servers with frozen rates, for every dispatch rule and any law of work: the next arrival
 * and one completion per busy server, the earliest of which comes next. It shares nothing with the library.
 */
import { Sfc32 } from '../reference/random.js';

export type Rule = 'jiq' | 'random' | 'round-robin' | 'longest-idle' | { shortestOf: number };

export interface FrozenSystem {
  rates: readonly number[];
  /** arrivals per unit of time and per server */
  arrivalRate: number;
  rule: Rule;
  /** tasks that a server holds */
  buffer: number;
  /** draws the work of a task; exponential with mean 1 if left out */
  work?: ((random: Sfc32) => number) | undefined;
  seed: number;
}

/** Averages over one stretch of time. */
export interface Averages {
  /** of the idle signals of each server */
  idleSignals: number[];
  /** of the fraction of time for which each server is busy */
  busy: number[];
  /** of the tasks at each server */
  tasks: number[];
  arrivals: number;
  dropped: number;
}

/** Erlang with k phases, and hyperexponential with probabilities and rates, of mean 1 if the parameters say so. */
export const erlang = (k: number) => (random: Sfc32) => {
  let sum = 0;
  for (let i = 0; i < k; i++) sum += random.exponential();
  return sum / k;
};
export const hyperexponential = (p: number, r1: number, r2: number) => (random: Sfc32) =>
  random.exponential() / (random.uniform() < p ? r1 : r2);

interface Server {
  tasks: number;
  /** start of the present idle period, if idle */
  idleSince: number;
  /** idle signal of the task in service */
  signal: number;
  /** up to when the integrals are complete */
  seen: number;
  signalIntegral: number;
  busyIntegral: number;
  tasksIntegral: number;
}

/** Averages over `stretches` of equal length, after a warm-up of one. */
export function simulateFrozen(
  system: FrozenSystem,
  stretch: number,
  stretches: number,
): Averages[] {
  const { rates, arrivalRate, rule, buffer, work = (r: Sfc32) => r.exponential() } = system;
  const n = rates.length;
  const random = new Sfc32(system.seed);
  const heap = new Completions();
  const servers = rates.map(
    (): Server => ({
      tasks: 0,
      idleSince: 0,
      signal: 0,
      seen: 0,
      signalIntegral: 0,
      busyIntegral: 0,
      tasksIntegral: 0,
    }),
  );
  const idle = rates.map((_, v) => v); // in the order in which they became idle, for longest-idle
  let turn = 0;
  let [arrivals, dropped] = [0, 0];

  const advance = (v: number, now: number) => {
    const server = servers[v];
    const span = now - server.seen;
    if (server.tasks === 0) {
      const age = server.seen - server.idleSince;
      server.signalIntegral += span * (age + span / 2);
    } else {
      server.signalIntegral += span * server.signal;
      server.busyIntegral += span;
      server.tasksIntegral += span * server.tasks;
    }
    server.seen = now;
  };

  const sample = (size: number) => {
    const chosen = new Set<number>();
    while (chosen.size < size) chosen.add(random.integer(n));
    return [...chosen];
  };
  const uniformOf = (list: number[]) => list[random.integer(list.length)];

  const destination = (): number => {
    if (rule === 'random') return random.integer(n);
    if (rule === 'round-robin') return turn++ % n;
    if (typeof rule === 'object') {
      const drawn = sample(rule.shortestOf);
      const least = Math.min(...drawn.map((v) => servers[v].tasks));
      return uniformOf(drawn.filter((v) => servers[v].tasks === least));
    }
    if (idle.length > 0) return rule === 'longest-idle' ? idle[0] : uniformOf(idle);
    const open = rates.map((_, v) => v).filter((v) => servers[v].tasks < buffer);
    return open.length > 0 ? uniformOf(open) : 0;
  };

  const serve = (v: number, now: number) => heap.insert(now + work(random) / rates[v], v);

  let next = random.exponential() / (arrivalRate * n);
  const runTo = (end: number) => {
    for (;;) {
      const completion = heap.nextTime();
      const now = Math.min(next, completion);
      if (now > end) break;
      if (completion <= next) {
        const v = heap.removeNext();
        advance(v, now);
        const server = servers[v];
        server.tasks--;
        if (server.tasks > 0) {
          server.signal = 0;
          serve(v, now);
        } else {
          server.idleSince = now;
          idle.push(v);
        }
      } else {
        next = now + random.exponential() / (arrivalRate * n);
        arrivals++;
        const v = destination();
        const server = servers[v];
        if (server.tasks >= buffer) {
          dropped++;
          continue;
        }
        advance(v, now);
        if (server.tasks === 0) {
          idle.splice(idle.indexOf(v), 1);
          server.signal = now - server.idleSince;
          serve(v, now);
        }
        server.tasks++;
      }
    }
    servers.forEach((_, v) => {
      advance(v, end);
    });
  };

  const totals = () => ({
    idleSignals: servers.map(({ signalIntegral }) => signalIntegral),
    busy: servers.map(({ busyIntegral }) => busyIntegral),
    tasks: servers.map(({ tasksIntegral }) => tasksIntegral),
    arrivals,
    dropped,
  });
  runTo(stretch);
  let before = totals();
  return Array.from({ length: stretches }, (_, i) => {
    runTo((i + 2) * stretch);
    const after = totals();
    const per = (key: 'idleSignals' | 'busy' | 'tasks') =>
      after[key].map((value, v) => (value - before[key][v]) / stretch);
    const averages = {
      idleSignals: per('idleSignals'),
      busy: per('busy'),
      tasks: per('tasks'),
      arrivals: after.arrivals - before.arrivals,
      dropped: after.dropped - before.dropped,
    };
    before = after;
    return averages;
  });
}

/** Completions in time order: a binary heap. */
class Completions {
  private readonly times: number[] = [];
  private readonly servers: number[] = [];

  nextTime(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY;
  }

  insert(time: number, server: number): void {
    let hole = this.times.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.times[parent] <= time) break;
      this.times[hole] = this.times[parent];
      this.servers[hole] = this.servers[parent];
      hole = parent;
    }
    this.times[hole] = time;
    this.servers[hole] = server;
  }

  removeNext(): number {
    const server = this.servers[0];
    const time = this.times.pop() as number;
    const moved = this.servers.pop() as number;
    const size = this.times.length;
    if (size === 0) return server;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && this.times[child + 1] < this.times[child]) child++;
      if (time <= this.times[child]) break;
      this.times[hole] = this.times[child];
      this.servers[hole] = this.servers[child];
      hole = child;
    }
    this.times[hole] = time;
    this.servers[hole] = moved;
    return server;
  }
}
