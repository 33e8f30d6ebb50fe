/**
 * A textbook discrete-event simulator of the model: an event list in time order, and for every task
 * the moment of its completion worked out when its service starts (Law, Simulation Modeling and
 * Analysis, ch. 1–2). Slow, and deliberately unlike the library: it draws the *work* of a task and
 * waits until the server has done it.
 *
 * The model: servers v = 0, …, n − 1; tasks arrive as a Poisson stream of rate `arrivalRate` times
 * n, each with an Exp(1) amount of work. A task joins a uniformly random idle server; if none is
 * idle, a uniformly random server with room; if none has room, it is lost. Rates follow (2.2).
 */
import { Sfc32 } from './random.js';
import {
  frozenTrajectory,
  movingTrajectory,
  type PowerLawCost,
  paperCost,
  type RateTrajectory,
} from './rate-trajectory.js';

export interface EventListOptions {
  servers: number;
  /** Arrival rate per server. */
  arrivalRate: number;
  /** m of equation (2.2); Infinity freezes the rates. */
  inverseStepSize: number;
  /** Tasks a server has room for, the one in service included: 1, K or Infinity. */
  bufferCapacity: number;
  initialRates: readonly number[];
  /** Tasks at every server at time 0; none if left out. */
  initialTasks?: readonly number[];
  /** The paper's Section 3 cost if left out. */
  cost?: PowerLawCost;
  /** Nondecreasing times at which to look. */
  sampleTimes: readonly number[];
  seed: number;
}

/** What is seen at one time; the counters count from time 0. */
export interface Snapshot {
  time: number;
  rates: number[];
  /** Tasks at every server, the one in service included. */
  queueLengths: number[];
  idleSignals: number[];
  /** Tasks that have come, lost ones included, initial ones not. */
  arrivals: number;
  dropped: number;
  /** Completed tasks, initial ones included. */
  departures: number;
}

/** A server as its last event left it. */
interface Server {
  tasks: number;
  lastEvent: number;
  rateAtLastEvent: number;
  /** I right after the last event: 0 if it left the server idle, else the last idle period. */
  signalAtLastEvent: number;
  /** The rate at the completion that is in the event list, if the server is busy. */
  rateAtCompletion: number;
}

/** A completion at a server, or an arrival. */
interface Event {
  time: number;
  server: number | 'arrival';
}

/** Runs the model and reports what it looks like at the sample times. */
export function simulateEventList(options: EventListOptions): Snapshot[] {
  const { servers: n, arrivalRate, bufferCapacity, initialRates } = options;
  const initialTasks = options.initialTasks ?? initialRates.map(() => 0);
  if (initialRates.length !== n || initialTasks.length !== n) {
    throw new Error('initialRates and initialTasks need one entry per server');
  }
  if (initialTasks.some((tasks) => tasks > bufferCapacity)) {
    throw new Error('initialTasks exceed bufferCapacity');
  }

  const trajectory: RateTrajectory =
    options.inverseStepSize === Number.POSITIVE_INFINITY
      ? frozenTrajectory
      : movingTrajectory(options.cost ?? paperCost, options.inverseStepSize);
  const random = new Sfc32(options.seed);
  const eventList = new EventList();
  const servers = initialRates.map(
    (rate, v): Server => ({
      tasks: initialTasks[v],
      lastEvent: 0,
      rateAtLastEvent: rate,
      signalAtLastEvent: 0,
      rateAtCompletion: Number.NaN,
    }),
  );
  let idleServers = servers.filter((server) => server.tasks === 0).length;
  let serversWithRoom = servers.filter((server) => server.tasks < bufferCapacity).length;
  let arrivals = 0;
  let dropped = 0;
  let departures = 0;

  const rateAt = (server: Server, time: number) =>
    trajectory.untilElapsed(
      {
        rate: server.rateAtLastEvent,
        idleSignal: server.signalAtLastEvent,
        idle: server.tasks === 0,
      },
      time - server.lastEvent,
    ).rate;

  const signalAt = (server: Server, time: number) =>
    server.signalAtLastEvent + (server.tasks === 0 ? time - server.lastEvent : 0);

  function scheduleArrival(now: number): void {
    const time = now + random.exponential() / (arrivalRate * n);
    eventList.insert({ time, server: 'arrival' });
  }

  function startService(v: number, now: number, rate: number, idleSignal: number): void {
    const server = servers[v];
    const completion = trajectory.untilWorkDone(
      { rate, idleSignal, idle: false },
      random.exponential(),
    );
    server.lastEvent = now;
    server.rateAtLastEvent = rate;
    server.signalAtLastEvent = idleSignal;
    server.rateAtCompletion = completion.rate;
    eventList.insert({ time: now + completion.elapsed, server: v });
  }

  /** Uniform among the servers that qualify (there must be one): draw until one does. */
  function randomServer(qualifies: (server: Server) => boolean): number {
    for (;;) {
      const v = random.integer(n);
      if (qualifies(servers[v])) return v;
    }
  }

  function handleArrival(now: number): void {
    arrivals++;
    scheduleArrival(now);
    if (serversWithRoom === 0) {
      dropped++;
      return;
    }
    const v = randomServer(
      idleServers > 0 ? (server) => server.tasks === 0 : (server) => server.tasks < bufferCapacity,
    );
    const server = servers[v];
    if (server.tasks === 0) {
      const rate = rateAt(server, now);
      startService(v, now, rate, signalAt(server, now));
      idleServers--;
    }
    server.tasks++;
    if (server.tasks === bufferCapacity) serversWithRoom--;
  }

  function handleCompletion(v: number, now: number): void {
    const server = servers[v];
    departures++;
    if (server.tasks === bufferCapacity) serversWithRoom++;
    server.tasks--;
    if (server.tasks > 0) {
      startService(v, now, server.rateAtCompletion, 0);
    } else {
      server.lastEvent = now;
      server.rateAtLastEvent = server.rateAtCompletion;
      server.signalAtLastEvent = 0;
      idleServers++;
    }
  }

  servers.forEach((server, v) => {
    if (server.tasks > 0) startService(v, 0, server.rateAtLastEvent, 0);
  });
  scheduleArrival(0);

  return options.sampleTimes.map((time) => {
    while (eventList.nextTime() <= time) {
      const event = eventList.removeNext();
      if (event.server === 'arrival') handleArrival(event.time);
      else handleCompletion(event.server, event.time);
    }
    return {
      time,
      rates: servers.map((server) => rateAt(server, time)),
      queueLengths: servers.map((server) => server.tasks),
      idleSignals: servers.map((server) => signalAt(server, time)),
      arrivals,
      dropped,
      departures,
    };
  });
}

/** Events in time order: a binary heap (Sedgewick and Wayne, Algorithms, §2.4). */
class EventList {
  private readonly heap: Event[] = [];

  nextTime(): number {
    return this.heap[0].time;
  }

  insert(event: Event): void {
    let hole = this.heap.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.heap[parent].time <= event.time) break;
      this.heap[hole] = this.heap[parent];
      hole = parent;
    }
    this.heap[hole] = event;
  }

  removeNext(): Event {
    const heap = this.heap;
    const next = heap[0];
    const moved = heap[heap.length - 1];
    heap.length--;
    const size = heap.length;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && heap[child + 1].time < heap[child].time) child++;
      if (moved.time <= heap[child].time) break;
      heap[hole] = heap[child];
      hole = child;
    }
    if (size > 0) heap[hole] = moved;
    return next;
  }
}
